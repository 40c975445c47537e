import type { Description } from '../model/description.ts'
import { headOf } from '../model/heads/index.ts'
import { linearLayers } from '../model/network.ts'
import { type NamedWeights, weightOf } from '../model/weights.ts'
import { log } from '../numerics/elementary.ts'
import type { Points } from '../numerics/points.ts'
import { streams } from '../numerics/random.ts'
import { type Block, blockCode, decodeBlocks, encodeCells } from '../table/encodings/encoding.ts'
import { weightSampler } from './live-samples.ts'

/** Samples in a round: as many as the training rows, between these two. */
const [fewest, most] = [500, 4000]

const rounds = 3

/** How much of the log of the ratio a round corrects: the bias works at every step of the reverse process. */
const damping = 0.7

/**
 * Corrects the shares of categories, and of gaps, in a trained network's samples, which lean to the commonest value: draws
 * samples, adds the log of each value's share in the rows over its share in the samples to the bias of the value's logit, and
 * repeats (docs/formulation.md, "Margins"). A network without logits keeps its weights.
 *
 * @param weights - Those of the last training step.
 * @param codes - The training rows' codes [rows, columns], NaN for missing cells.
 * @param options - The seed of the samples, and a signal, whose reason is thrown once it is aborted.
 * @returns The weights of the round whose shares were nearest to the rows'.
 */
export async function correctMargins(
  description: Description,
  weights: NamedWeights,
  codes: Points,
  { seed, signal }: { readonly seed: number; readonly signal?: AbortSignal | undefined },
): Promise<NamedWeights> {
  const { network, blocks, encoding } = description
  const categories = headOf(network).hasLogits ? blocks.filter(({ size }) => size > 1) : []
  if (categories.length === 0) return weights
  const sampleCount = Math.min(Math.max(codes.count, fewest), most)
  /** Added to both shares, so that a value without a sample gets a finite correction. */
  const half = 0.5 / sampleCount
  const targets = categories.map((block) => sharesOf(codes, block))
  const noise = (step: number | null) => ({
    seed,
    stream: streams.margins,
    step: step === null ? 0 : step + 1,
  })
  const draw = weightSampler(description, { count: sampleCount, noise, signal })
  const name = `${linearLayers(network).at(-1)!.name}.bias`
  const { shape, data } = weightOf(weights, name)
  let bias = data
  let best = { distance: Number.POSITIVE_INFINITY, bias }
  for (let round = 0; ; round++) {
    const x_0 = await draw(new Map([...weights, [name, { shape, data: bias }]]))
    const samples = encodeCells(encoding, { name: 'samples', ...decodeBlocks(encoding, x_0) })
    const shares = categories.map((block) => sharesOf(samples, block))
    const distance = shares.reduce((sum, each, c) => sum + distanceOf(each, targets[c]!), 0) / shares.length
    if (distance < best.distance) best = { distance, bias }
    if (round === rounds) break
    bias = bias.slice()
    for (const [c, { start, size }] of categories.entries())
      for (let k = 0; k < size; k++) {
        const ratio = (targets[c]![k]! + half) / (shares[c]![k]! + half)
        bias[start + k]! += damping * log(ratio)
      }
  }
  return new Map([...weights, [name, { shape, data: best.bias }]])
}

/** Total variation. */
function distanceOf(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, share, k) => sum + Math.abs(share - b[k]!), 0) / 2
}

/** Shares of a block's values among the rows that have one; of a gap's block, of all rows. */
function sharesOf({ data, count, dim }: Points, block: Block): Float64Array {
  const { column, part, size } = block
  const counts = new Float64Array(size)
  for (let i = 0; i < count; i++) {
    const code = data[i * dim + column]!
    if (part === 'gap' || !Number.isNaN(code)) counts[blockCode(block, code)]!++
  }
  const sum = counts.reduce((total, each) => total + each, 0)
  return counts.map((each) => each / Math.max(1, sum))
}
