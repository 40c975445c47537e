import type { Work } from '../core/work.ts'
import type { Description } from '../model/description.ts'
import { headOf } from '../model/heads/index.ts'
import { linearLayers } from '../model/network.ts'
import type { TrainingConfig } from '../model/run-config.ts'
import { type NamedWeights, weightOf } from '../model/weights.ts'
import { log } from '../numerics/elementary.ts'
import type { Points } from '../numerics/points.ts'
import { streams } from '../numerics/random.ts'
import { decodeColumns } from '../table/encodings/decode.ts'
import { encodeColumns, isUnknown } from '../table/encodings/encode.ts'
import type { Block } from '../table/encodings/encoding.ts'
import { samplesForRows, samplesWithinWork } from './closing-work.ts'
import { noiseFrom, weightSampler } from './live-samples.ts'

/** Samples in a round, by the number of rows; fewer after a short training of a large network. */
const samples = { times: 3, most: 2000 } as const

/** How much of the log of the ratio each round corrects: less and less, because each has new samples. */
const rates = [0.6, 0.5, 0.4, 0.3, 0.2]

/** Rows added to both counts of a value, so that a few rare ones don't move its bias far. */
const prior = 2

/** A block's share of the rate is halved when its distance grows by this factor: then each round goes too far. */
const growth = 1.15

/**
 * Corrects the shares of categories, and of missing values, in a trained network's samples, which lean to the commonest value: draws
 * samples, adds the log of each value's share in the rows over its share in the samples to the bias of the value's logit, and
 * repeats with new ones (Robbins and Monro 1951; docs/formulation.md, "Margins"). A network without logits keeps its weights.
 *
 * @param weights - Those of the last training step.
 * @param codes - The training rows' codes [rows, columns], NaN for missing cells.
 * @param options - How long the network was trained, the seed of the samples, and a signal, whose reason is thrown once it is
 * aborted.
 * @returns The corrected weights. A block whose shares did not come nearer to the rows' keeps its biases.
 */
export async function correctMargins(
  description: Description,
  weights: NamedWeights,
  codes: Points,
  { training, seed, signal, onProgress }: Work & { readonly training: TrainingConfig; readonly seed: number },
): Promise<NamedWeights> {
  const { network, blocks, encoding, process } = description
  const steps = process().timesteps.length + 1
  const categories = headOf(network).hasLogits
    ? blocks.filter(({ size, isContext }) => size > 1 && !isContext)
    : []
  if (categories.length === 0) return weights
  const corrections = categories.map((block) => ({
    block,
    target: sharesOf(codes, block),
    factor: 1,
    first: Number.NaN,
    last: Number.POSITIVE_INFINITY,
  }))
  const most = samplesForRows(codes.count, samples)
  const count = samplesWithinWork(description, training, { draws: rates.length, most })
  const name = `${linearLayers(network).at(-1)!.name}.bias`
  const { shape, data } = weightOf(weights, name)
  const bias = data.slice()
  const withBias = () => new Map([...weights, [name, { shape, data: bias.slice() }]])
  for (const [round, rate] of rates.entries()) {
    onProgress?.({ stage: 'correcting shares', unit: 'rounds', done: round, count: rates.length })
    const noise = noiseFrom(seed, streams.margins, round * steps)
    const x_0 = await weightSampler(description, { count, noise, codes, signal })(withBias())
    const drawnCodes = encodeColumns(encoding, decodeColumns(encoding, x_0))
    for (const correction of corrections) {
      const { block, target } = correction
      const drawn = sharesOf(drawnCodes, block)
      const distance = distanceOf(drawn.shares, target.shares)
      if (round === 0) correction.first = distance
      if (distance > growth * correction.last) correction.factor /= 2
      correction.last = distance
      const added = prior / Math.max(1, drawn.rows)
      for (let k = 0; k < block.size; k++) {
        const ratio = (target.shares[k]! + added) / (drawn.shares[k]! + added)
        bias[block.start + k]! += correction.factor * rate * log(ratio)
      }
    }
  }
  for (const { block, first, last } of corrections) {
    const [from, to] = [block.start, block.start + block.size]
    if (last > first) bias.set(data.subarray(from, to), from)
  }
  return withBias()
}

/** Total variation. */
function distanceOf(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, share, k) => sum + Math.abs(share - b[k]!), 0) / 2
}

/** Shares of a block's values among the rows that have one, and how many these are; of a missing value's block, of all rows. */
function sharesOf({ data, count, dim }: Points, block: Block): { rows: number; shares: Float64Array } {
  const { column, part, size } = block
  const counts = new Float64Array(size)
  let rows = 0
  for (let i = 0; i < count; i++) {
    const code = data[i * dim + column]!
    const own = block.split(code)
    if (part !== 'missing' && (Number.isNaN(code) || isUnknown(block, own))) continue
    counts[own]!++
    rows++
  }
  return { rows, shares: counts.map((each) => each / Math.max(1, rows)) }
}
