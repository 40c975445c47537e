import { pause, type Work } from '../core/work.ts'
import { present } from '../measure/statistics.ts'
import { applyBins, fitBins } from '../measure/trees/bins.ts'
import { learnTrees } from '../measure/trees/trees.ts'
import { type Candidates, treeText } from '../model/candidates.ts'
import type { Description } from '../model/description.ts'
import type { TrainingConfig } from '../model/run-config.ts'
import type { NamedWeights } from '../model/weights.ts'
import { power } from '../numerics/elementary.ts'
import { gatherRows, type Points } from '../numerics/points.ts'
import { shuffled, streams } from '../numerics/random.ts'
import { decode, decodeCells } from '../table/encodings/decode.ts'
import type { EncodedColumn } from '../table/encodings/index.ts'
import { decimalsOf } from '../table/encodings/rounding.ts'
import { leastRows } from '../table/least-rows.ts'
import { auxiliaryColumns } from '../table/relations/auxiliary.ts'
import type { Relation } from '../table/relations/index.ts'
import type { Table } from '../table/table.ts'
import { findBrokenRanges } from './candidate-ranges.ts'
import { correctShares } from './candidate-shares.ts'
import { samplesForRows, samplesWithinWork } from './closing-work.ts'
import { groupedCells } from './grouped-cells.ts'
import { withKnownNames } from './known-names.ts'
import { noiseOfCandidate, weightSampler } from './live-samples.ts'

/** Samples that the trees see in addition to the training rows; fewer after a short training. */
const [fewest, most] = [1000, 10_000]

/** Of a large table, so many training rows are as good as all: there are fewer samples. */
const mostRows = 100_000

/** The share of the steps that candidates have in common: with less, they take longer; with more, they differ too little. */
const shared = 0.375

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
  /** New samples; those of `draw` 0 are for the trees, and the others share their first steps. */
  const drawn = async (draw: number, count: number) => {
    const noise = noiseOfCandidate(
      description,
      { shared },
      { seed, stream: streams.candidates, candidate: draw, first: Math.min(draw, 1) },
    )
    return decode(encoding, await weightSampler(description, { count, noise, codes, signal })(weights))
  }
  say(0)
  const some =
    codes.count > mostRows ? gatherRows(codes, shuffled(codes.count, seed, 0).slice(0, mostRows)) : codes
  const rows = decodeCells(encoding, withKnownNames(encoding, some))
  const samples = await drawn(0, sampleCount)
  const seen = encoding.columns.flatMap((column, d) => (isSeen(column, encoding.relations) ? [d] : []))
  say(1)
  const odds = await learnOdds(rows, samples, seen, signal)
  if (!odds) return undefined
  const ranged = findBrokenRanges(odds, rows, samples)
  say(2)
  const draws: Table[] = []
  const correctedCount = Math.min(sampleCount, samplesForRows(codes.count, corrected))
  for (let draw = 1; draw <= count; draw++) draws.push(await drawn(draw, correctedCount))
  return correctShares({ count, shared, ...ranged.odds }, rows, draws, ranged.broken)
}

/** Whether trees see a column: one that follows from others they see only if the network learns a part of its own for it. */
function isSeen({ name, as }: EncodedColumn, relations: readonly Relation[] = []): boolean {
  if (as === 'derived') return auxiliaryColumns(relations.filter(({ column }) => column === name)).length > 0
  return !['constant', 'key', 'generated'].includes(as)
}

/**
 * Learns boosted trees that distinguish rows from samples of the same columns. Undefined if the trees see no difference. Of one or two
 * rows no cut is made, and no leaf has only these.
 *
 * @param rows - Training rows, without names that samples can't have.
 * @param seen - The columns that the trees see, by their indexes.
 */
export async function learnOdds(
  rows: Table,
  samples: Table,
  seen: readonly number[],
  signal?: AbortSignal,
): Promise<Omit<Candidates, 'count' | 'shared'> | undefined> {
  const sides = seen.map((d) => [rows.columns[d]!.cells, samples.columns[d]!.cells] as const)
  const all = seen.map((d, f) => ({
    cells: joined(...sides[f]!),
    isCategory: rows.columns[d]!.categories !== undefined,
  }))
  const grouped = all.map((each, f) =>
    each.isCategory ? each : { ...each, cells: groupedCells(...sides[f]!) },
  )
  const count = rows.count + samples.count
  await pause(signal)
  const { binnings } = fitBins(grouped, count)
  const targets = Float64Array.from({ length: count }, (_, i) => Number(i < rows.count))
  const task = { kind: 'binary', fewestOfOne: leastRows } as const
  const { trees } = await learnTrees(applyBins({ binnings }, all, count), targets, task, signal)
  if (trees.length === 0) return undefined
  return {
    features: seen.map((d, f) => {
      const { name, categories } = rows.columns[d]!
      const { cuts, binsOf } = binnings[f]!
      if (cuts) return { column: name, cuts: betweenCells(cuts, all[f]!.cells) }
      return { column: name, bins: [...binsOf(Float64Array.from(categories!.keys()))] }
    }),
    trees: trees.flatMap((round) => round.map(({ nodes }) => treeText(nodes))),
  }
}

/** More decimals than these no mean of cells has by chance. */
const fewDecimals = 6

/** The cuts of cells of few decimals, between two numbers of so many decimals: none is one of the cells, and the same cells are below it. */
function betweenCells(cuts: readonly number[], cells: Float64Array): readonly number[] {
  const decimals = decimalsOf(present(cells)) ?? Number.POSITIVE_INFINITY
  if (decimals > fewDecimals) return cuts
  const scale = power(10, decimals)
  // a cell times the scale may be a little more than a whole number
  return cuts.map((cut) => (Math.ceil(cut * scale - 1e-6) - 0.5) / scale)
}

function joined(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
