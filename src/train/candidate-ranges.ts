import { mean } from '../measure/statistics.ts'
import { binsIn, type Candidates, type TreeNode, treeText } from '../model/candidates.ts'
import { leastRows } from '../table/least-rows.ts'
import { someOf } from '../table/relations/numbers.ts'
import { type Pool, together } from '../table/relations/pools.ts'
import { columnCells, rowsAt, type Table } from '../table/table.ts'

/** Categories of fewer rows are taken together with those of similar numbers. */
const rowsOfPool = 30

/** The share of a category's range by which a number may be beyond it. */
const margin = 0.1

/** Ranges are broken if at least this share of samples is beyond, and so many times the share of rows. */
const [leastBeyond, timesRows] = [0.01, 2]

/** A number of so few values counts as a category; one of more values may have ranges. */
const mostCategories = 32

/** The most pairs of a category and a number, and the most ranges of one. */
const [mostPairs, mostRanges] = [8, 64]

/** Ranges are of so many rows. */
const mostRows = 20_000

type Odds = Pick<Candidates, 'features' | 'trees'>

/** The bins of the categories that share a range, its least number, and the least number above it. */
interface Range {
  readonly bins: readonly number[]
  readonly least: number
  readonly most: number
}

/** Bins of rows and of samples, by feature. */
interface Sides<T> {
  readonly rows: T
  readonly samples: T
}

/** A number whose ranges by category samples break, and the features that say whether one does. */
export interface BrokenRanges {
  readonly ranges: readonly Range[]
  readonly category: number
  readonly number: number
}

/**
 * Finds numbers that samples have beyond the range of their category more often than rows: that is from the mean of its third to fifth least
 * numbers to that of its third to fifth largest, and a tenth further.
 *
 * @param odds - What trees say of the candidates.
 * @param all - The training rows.
 * @param samples - Samples that are one candidate each.
 * @returns The odds with a feature more for each, and the ranges by these features.
 */
export function findBrokenRanges<T extends Odds>(
  odds: T,
  all: Table,
  samples: Table,
): { readonly odds: T; readonly broken: readonly BrokenRanges[] } {
  const rows = rowsAt(all, someOf([...Array(all.count).keys()], mostRows))
  const binsOf = binsIn(odds, rows.columns)
  const width = odds.features.length
  const [rowBins, sampleBins] = [binsOf(columnCells(rows)), binsOf(columnCells(samples))]
  const cellsOf = (table: Table, name: string) => table.columns.find((each) => each.name === name)!.cells
  const columns = odds.features.map(({ column, cuts }, f) => ({
    f,
    column,
    isName: !cuts,
    bins: { rows: binsOfFeature(rowBins, width, f), samples: binsOfFeature(sampleBins, width, f) },
    cells: { rows: cellsOf(rows, column), samples: cellsOf(samples, column) },
  }))
  const isMany = ({ bins }: (typeof columns)[number]) => mostOf(bins.rows) > mostCategories
  const categories = columns.filter((each) => each.isName || !isMany(each))
  const numbers = columns.filter((each) => !each.isName && isMany(each))
  const found = categories
    .flatMap(({ f, bins }) => numbers.map(({ column, cells }) => ({ column, f, ...brokenOf(bins, cells) })))
    .filter(({ share }) => share > 0)
    .toSorted((a, b) => b.share - a.share)
    .slice(0, mostPairs)
  const features = found.map(({ column, ranges }) => ({
    column,
    cuts: [...new Set(ranges.flatMap(({ least, most }) => [least, most]))].sort((a, b) => a - b),
  }))
  return {
    odds: { ...odds, features: [...odds.features, ...features] },
    broken: found.map(({ f, ranges }, k) => ({ ranges, category: f, number: width + k })),
  }
}

/** The bins of one of `width` features. */
export function binsOfFeature(bins: Int32Array, width: number, f: number): Int32Array {
  return Int32Array.from({ length: bins.length / width }, (_, i) => bins[i * width + f]!)
}

function mostOf(bins: Int32Array): number {
  return bins.reduce((most, bin) => Math.max(most, bin), 0)
}

/** The ranges of a number by category that samples break, and the share of samples that break one: 0 if few do, or as many rows. */
function brokenOf(
  bins: Sides<Int32Array>,
  cells: Sides<Float64Array>,
): { readonly share: number; readonly ranges: readonly Range[] } {
  const ranges = pooled(bins.rows, cells.rows).flatMap(({ places, of }): Range[] => {
    const sorted = Float64Array.from(of).sort()
    const [low, high] = [endOf(sorted), endOf(sorted.reverse())]
    const beyond = margin * (high - low)
    return high > low ? [{ bins: places, least: low - beyond, most: high + beyond }] : []
  })
  const of = new Map(ranges.flatMap((range) => range.bins.map((bin) => [bin, range] as const)))
  const beyondBy = (side: keyof Sides<unknown>) => {
    const counts = new Map(ranges.map((range) => [range, 0]))
    let known = 0
    for (const [i, cell] of cells[side].entries()) {
      if (Number.isNaN(cell)) continue
      known++
      const range = of.get(bins[side][i]!)
      if (range && (cell < range.least || cell >= range.most)) counts.set(range, counts.get(range)! + 1)
    }
    const sum = [...counts.values()].reduce((total, count) => total + count, 0)
    return { counts, share: sum / Math.max(1, known) }
  }
  const [ofRows, ofSamples] = [beyondBy('rows'), beyondBy('samples')]
  const isBroken = ofSamples.share >= leastBeyond && ofSamples.share >= timesRows * ofRows.share
  if (!isBroken) return { share: 0, ranges: [] }
  const most = ranges
    .filter((range) => ofSamples.counts.get(range)! > 0)
    .toSorted((a, b) => ofSamples.counts.get(b)! - ofSamples.counts.get(a)!)
  return { share: ofSamples.share, ranges: most.slice(0, mostRanges) }
}

/** The mean of the third to fifth of sorted numbers: an end that far numbers don't move, and that is of three rows. */
function endOf(sorted: Float64Array): number {
  return mean(sorted.subarray(leastRows - 1, 2 * leastRows - 1))
}

/** A number's cells by category, at least `rowsOfPool` each; categories of few rows are together, by the means of their cells. */
function pooled(bins: Int32Array, cells: Float64Array): Pool[] {
  const byBin = Array.from({ length: 1 + mostOf(bins) }, (): number[] => [])
  for (const [i, cell] of cells.entries()) if (!Number.isNaN(cell)) byBin[bins[i]!]!.push(cell)
  const all = byBin.flatMap((of, bin) => (of.length > 0 ? [{ places: [bin], of }] : []))
  const isLarge = ({ of }: Pool) => of.length >= rowsOfPool
  const small = all.filter((each) => !isLarge(each)).toSorted((a, b) => mean(a.of) - mean(b.of))
  return [...all, ...together(small, rowsOfPool)].filter(isLarge)
}

/** By pair of bins, of the category and of the number, whether the number is beyond the category's range. */
export function beyondIn({ ranges }: BrokenRanges, cuts: readonly number[]) {
  const of = new Map(ranges.flatMap((range) => range.bins.map((bin) => [bin, inside(range, cuts)] as const)))
  return (category: number, number: number): boolean => of.get(category)?.[number] === 0
}

/** Whether a number of each bin is within a range; a missing one is. */
function inside({ least, most }: Range, cuts: readonly number[]): Uint8Array {
  const [above, below] = [cuts.indexOf(least) + 1, cuts.indexOf(most) + 1]
  return Uint8Array.from({ length: cuts.length + 2 }, (_, bin) =>
    Number(bin === 0 || (bin > above && bin <= below)),
  )
}

/** A tree that finds a row's range by its category, with the log of the odds of a number that is beyond it. */
export function treeOfRanges(
  { ranges, category, number }: BrokenRanges,
  cuts: readonly number[],
  ofBeyond: number,
): string {
  const nodes: TreeNode[] = []
  const leaf = (value: number) => () =>
    nodes.push({ feature: -1, goesLeft: undefined, left: 0, right: 0, value }) - 1
  const split = (feature: number, goesLeft: Uint8Array, left: () => number, right: () => number) => {
    const place = leaf(0)()
    nodes[place] = { feature, goesLeft, left: left(), right: right(), value: 0 }
    return place
  }
  const grow = (some: readonly Range[]): number => {
    const first = some.slice(0, Math.max(1, some.length >> 1))
    const rest = some.slice(first.length)
    return split(
      category,
      setOf(first),
      () =>
        first.length > 1 ? grow(first) : split(number, inside(first[0]!, cuts), leaf(0), leaf(ofBeyond)),
      () => (rest.length > 0 ? grow(rest) : leaf(0)()),
    )
  }
  grow(ranges)
  return treeText(nodes)
}

function setOf(ranges: readonly Range[]): Uint8Array {
  const bins = ranges.flatMap((range) => range.bins)
  const set = new Uint8Array(1 + Math.max(...bins))
  for (const bin of bins) set[bin] = 1
  return set
}
