import { below, countsOf, present } from '../statistics.ts'

/** Cells as bins for trees, at most 255 a column: histograms are small, and a split is a cut between two bins. */

/** A missing value's bin; the bins of values begin at 1. */
export const missingBin = 0

const maxBins = 255

/** Maximum bins of a number with many values: about a hundred cuts work about as well, in half the time. */
const maxParts = 127

/** Fewer bins for few rows: a leaf takes several rows, so a bin for each adds nothing. */
const binsFor = (rows: number) => Math.min(maxBins, Math.max(32, Math.floor(rows / 4)))

/** The most bins that a number has among so many rows. */
export const mostBinsOf = (rows: number) => Math.min(maxParts, binsFor(rows))

/** A feature column: cells, NaN for missing ones; categories are whole numbers from 0. */
export interface Feature {
  readonly cells: Float64Array
  readonly isCategory: boolean
}

export interface Binning {
  readonly isCategory: boolean
  /** Number of bins, including the missing value's. */
  readonly count: number
  readonly binsOf: (cells: Float64Array) => Uint8Array
  /** Of a number: where its bins begin but the first, rising. */
  readonly cuts?: readonly number[] | undefined
}

/** Rows as bins, column by column. */
export interface BinnedRows {
  readonly count: number
  readonly binnings: readonly Binning[]
  readonly columns: readonly Uint8Array[]
}

export function fitBins(features: readonly Feature[], count: number): BinnedRows {
  const fit = ({ cells, isCategory }: Feature) => (isCategory ? binCategories(cells) : binNumbers(cells))
  return applyBins({ binnings: features.map(fit) }, features, count)
}

export function applyBins(
  { binnings }: Pick<BinnedRows, 'binnings'>,
  features: readonly Feature[],
  count: number,
): BinnedRows {
  return { count, binnings, columns: features.map(({ cells }, f) => binnings[f]!.binsOf(cells)) }
}

export function pickRows({ binnings, columns }: BinnedRows, indices: Int32Array): BinnedRows {
  const picked = columns.map((column) => Uint8Array.from(indices, (i) => column[i]!))
  return { count: indices.length, binnings, columns: picked }
}

/** A bin for each category; beyond 254 the rarest, equally rare ones together, and unseen ones share the last. */
function binCategories(cells: Float64Array): Binning {
  const counts = countsOf(present(cells))
  const descending = [...counts.values()].sort((a, b) => b - a)
  const rare = descending[maxBins - 1] ?? 0
  const bins = new Map<number, number>()
  for (const [cell, count] of counts) if (count > rare) bins.set(cell, bins.size + 1)
  const last = bins.size + 1
  return {
    isCategory: true,
    count: last + 1,
    binsOf: (values) =>
      Uint8Array.from(values, (x) => (Number.isNaN(x) ? missingBin : (bins.get(x) ?? last))),
  }
}

/** A bin for each of few numbers; else bins of about equal size, and a separate one for each frequent number. Cuts lie between numbers. */
function binNumbers(cells: Float64Array): Binning {
  const sorted = present(cells).sort()
  const distinct = sorted.filter((cell, i) => i === 0 || cell !== sorted[i - 1])
  const cuts: number[] = []
  /** Cuts below the number at a place, unless that is done, or there is no number below or at it. */
  const cutBelow = (place: number) => {
    if (place === 0 || place === distinct.length) return
    const cut = between(distinct[place - 1]!, distinct[place]!)
    if (cut !== cuts.at(-1)) cuts.push(cut)
  }
  if (distinct.length <= binsFor(sorted.length))
    for (let place = 1; place < distinct.length; place++) cutBelow(place)
  else {
    const parts = Math.min(maxParts, binsFor(sorted.length))
    let before: number | undefined
    for (let k = 0; k < parts; k++) {
      const value = sorted[Math.floor((k * sorted.length) / parts)]!
      // a frequent value's bin ends where the next begins
      cutBelow(below(distinct, value, value === before))
      before = value
    }
  }
  return {
    isCategory: false,
    count: cuts.length + 2,
    cuts,
    binsOf: (values) =>
      Uint8Array.from(values, (x) => (Number.isNaN(x) ? missingBin : 1 + below(cuts, x, true))),
  }
}

/** A number above `low` and at most `high`: the middle, if float64 has one. */
function between(low: number, high: number): number {
  const middle = low / 2 + high / 2
  return middle > low && middle <= high ? middle : high
}
