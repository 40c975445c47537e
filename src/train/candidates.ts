import type { Work } from '../core/work.ts'
import { applyBins, fitBins } from '../measure/trees/bins.ts'
import { learnTrees } from '../measure/trees/trees.ts'
import { type Candidates, candidateSteps, treeText } from '../model/candidates.ts'
import type { Description } from '../model/description.ts'
import type { TrainingConfig } from '../model/run-config.ts'
import type { NamedWeights } from '../model/weights.ts'
import type { Points } from '../numerics/points.ts'
import { streams } from '../numerics/random.ts'
import { decode, decodeCells } from '../table/encodings/decode.ts'
import type { Table } from '../table/table.ts'
import { correctShares } from './candidate-shares.ts'
import { samplesForRows, samplesWithinWork } from './closing-work.ts'
import { noiseFrom, weightSampler } from './live-samples.ts'

/** Samples that the trees see in addition to the training rows; fewer after a short training. */
const [fewest, most] = [1000, 10_000]

/** Samples, each of all its candidates, whose shares are corrected, by the number of rows; at most as many as the trees see. */
const corrected = { times: 3, most: 2000 } as const

/**
 * Learns boosted trees that distinguish training rows from a trained network's samples, to choose candidates by, and corrects
 * the shares of values among those that are chosen (docs/formulation.md, "Candidates"). Undefined if the trees see no
 * difference.
 *
 * @param codes - The training rows' codes [rows, columns], NaN for missing cells.
 * @param options - How many candidates a row will have, how long the network was trained, the seed of the samples, and a signal,
 * whose reason is thrown.
 */
export async function learnCandidates(
  description: Description,
  weights: NamedWeights,
  codes: Points,
  {
    count,
    training,
    seed,
    signal,
    onProgress,
  }: Work & Readonly<{ count: number; training: TrainingConfig; seed: number }>,
): Promise<Candidates | undefined> {
  const { encoding } = description
  const sampleCount = samplesWithinWork(description, training, {
    draws: 1 + count,
    most: Math.min(Math.max(codes.count, fewest), most),
  })
  const say = (done: number) =>
    onProgress?.({ stage: 'learning to choose candidates', unit: 'parts', done, count: 3 })
  /** New samples; those of `draw` 0 are for the trees. */
  const drawn = async (draw: number, count: number) => {
    const noise = noiseFrom(seed, streams.candidates, draw * candidateSteps)
    return decode(encoding, await weightSampler(description, { count, noise, codes, signal })(weights))
  }
  say(0)
  const rows = decodeCells(encoding, codes)
  const samples = await drawn(0, sampleCount)
  const seen = encoding.columns.flatMap(({ as }, d) =>
    ['derived', 'constant', 'key', 'generated'].includes(as) ? [] : [d],
  )
  say(1)
  const odds = await learnOdds(rows, samples, seen, signal)
  if (!odds) return undefined
  say(2)
  const draws: Table[] = []
  const correctedCount = Math.min(sampleCount, samplesForRows(codes.count, corrected))
  for (let draw = 1; draw <= count; draw++) draws.push(await drawn(draw, correctedCount))
  return correctShares({ count, ...odds }, rows, draws)
}

/**
 * Learns boosted trees that distinguish rows from samples of the same columns. Undefined if the trees see no difference.
 *
 * @param seen - The columns that the trees see, by their indexes.
 */
export async function learnOdds(
  rows: Table,
  samples: Table,
  seen: readonly number[],
  signal?: AbortSignal,
): Promise<Omit<Candidates, 'count'> | undefined> {
  const drawn = featuresOf(samples, seen)
  const all = featuresOf(rows, seen).map((feature, f) => ({
    ...feature,
    cells: joined(feature.cells, drawn[f]!.cells),
  }))
  const count = rows.count + samples.count
  const { binnings } = fitBins(all, count)
  const targets = Float64Array.from({ length: count }, (_, i) => Number(i < rows.count))
  const { trees } = await learnTrees(applyBins({ binnings }, all, count), targets, { kind: 'binary' }, signal)
  if (trees.length === 0) return undefined
  return {
    features: seen.map((d, f) => {
      const { name, categories } = rows.columns[d]!
      const { cuts, binsOf } = binnings[f]!
      if (cuts) return { column: name, cuts }
      return { column: name, bins: [...binsOf(Float64Array.from(categories!.keys()))] }
    }),
    trees: trees.flatMap((round) => round.map(({ nodes }) => treeText(nodes))),
  }
}

function featuresOf(table: Table, columns: readonly number[]) {
  return columns.map((d) => {
    const { cells, categories } = table.columns[d]!
    return { cells, isCategory: categories !== undefined }
  })
}

function joined(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
