import { forEach, type Work } from '../../core/work.ts'
import { columnDistances } from '../../numerics/kernels/distances.ts'
import { below, present } from '../statistics.ts'
import type { DrawnSets, Rows, SharedColumn } from './sets.ts'

/** Rows in integers: a column counts min(|x - y|, unit). Integer sums don't depend on the order of columns or rows. */
export interface MixedRows {
  /** Padded with columns of zeros to a multiple of four. */
  readonly columns: readonly Int32Array[]
  readonly count: number
  readonly unit: number
  /** Number of columns before padding. */
  readonly width: number
}

const lanes = 4

/**
 * Makes rows comparable: two numbers differ by the share of `real` rows between them (0 to 1, by mid-ranks), two names
 * by 0 or 1, and a missing cell by 1 from every value and 0 from another missing one. Columns have equal weight: this
 * is Gower's distance (1971) with ranks instead of ranges, times the number of columns and `unit`. Returns a function
 * that encodes any rows by the ranks of the `real` ones.
 */
export function mixedEncoder(columns: readonly SharedColumn[], real: readonly Rows[]) {
  // twice a mid-rank is an integer from 0 to twice the number of rows
  const unit = 2 * real.reduce((sum, { count }) => sum + count, 0)
  const encoders = columns.map(({ isCategory }, d) => {
    const cells = real.map((rows) => rows.columns[d]!)
    return isCategory ? namesEncoder(unit) : ranksEncoder(cells, unit)
  })
  const padding = (lanes - (columns.length % lanes)) % lanes
  return (rows: Rows): MixedRows => ({
    columns: [
      ...encoders.map((encodeCell, d) => Int32Array.from(rows.columns[d]!, encodeCell)),
      ...Array.from({ length: padding }, () => new Int32Array(rows.count)),
    ],
    count: rows.count,
    unit,
    width: columns.length,
  })
}

/** Names numbered in order of first sight, a unit apart: many names stay small numbers. */
function namesEncoder(unit: number): (cell: number) => number {
  const indices = new Map<number, number>()
  return (cell) => {
    // a missing cell is a name more: a map finds NaN
    const index = indices.get(cell) ?? indices.size
    indices.set(cell, index)
    return index * unit
  }
}

function ranksEncoder(cells: readonly Float64Array[], unit: number): (cell: number) => number {
  const sorted = Float64Array.from(cells.flatMap((of) => [...present(of)])).sort()
  const scale = sorted.length > 0 ? unit / (2 * sorted.length) : 0
  return (cell) => {
    if (Number.isNaN(cell)) return -unit
    // with missing values the ranks are stretched to the unit, and rounded
    return Math.round((below(sorted, cell, false) + below(sorted, cell, true)) * scale)
  }
}

export const beyond = 2 ** 31 - 1

/** The k nearest rows of `to` for each of `from`, and the nearest of `from` for each of `to`; a row is not its own. */
export async function neighboursOf(from: MixedRows, to: MixedRows, k: number, work: Work = {}) {
  /** [from.count, k]: each row's distances to its k nearest rows of `to`, ascending. */
  const nearest = new Int32Array(from.count * k).fill(beyond)
  /** [to.count]: the distance of each row of `to` to its nearest row of `from`. */
  const reverse = new Int32Array(to.count).fill(beyond)
  const kernel = columnDistances(to)
  const written = new Int32Array(to.count)
  const row = (i: number) => {
    const sums = kernel?.(Int32Array.from(from.columns, (column) => column[i]!)) ?? written
    if (!kernel) distancesFrom(from, i, to, sums)
    if (from === to) sums[i] = beyond
    keepNearest(sums, nearest.subarray(i * k, (i + 1) * k), reverse)
  }
  await forEach({ stage: 'nearest rows', unit: 'rows' }, from.count, row, work)
  return { nearest, reverse }
}

/** Writes row i's distances to all rows of `to` into `sums`, four columns at once. The kernel is six times as fast. */
export function distancesFrom(from: MixedRows, i: number, to: MixedRows, sums: Int32Array): void {
  const { unit, count } = to
  const base = lanes * unit
  for (let d = 0; d < to.columns.length; d += lanes) {
    const [as, bs, cs, ds] = [to.columns[d]!, to.columns[d + 1]!, to.columns[d + 2]!, to.columns[d + 3]!]
    const a = from.columns[d]![i]!
    const b = from.columns[d + 1]![i]!
    const c = from.columns[d + 2]![i]!
    const e = from.columns[d + 3]![i]!
    for (let j = 0; j < count; j++) {
      // min(|x - y|, unit) is unit + min(|x - y| - unit, 0), whose sign bits make a mask: no branch
      const p = (Math.abs((a - as[j]!) | 0) - unit) | 0
      const q = (Math.abs((b - bs[j]!) | 0) - unit) | 0
      const r = (Math.abs((c - cs[j]!) | 0) - unit) | 0
      const s = (Math.abs((e - ds[j]!) | 0) - unit) | 0
      const sum = ((p & (p >> 31)) + (q & (q >> 31)) + (r & (r >> 31)) + (s & (s >> 31)) + base) | 0
      sums[j] = d === 0 ? sum : (sums[j]! + sum) | 0
    }
  }
}

/** Keeps the smallest distances in `nearest`, ascending, and each row's smallest so far in `reverse`. */
function keepNearest(sums: Int32Array, nearest: Int32Array, reverse: Int32Array): void {
  const last = nearest.length - 1
  let farthest = nearest[last]!
  for (let j = 0; j < sums.length; j++) {
    const sum = sums[j]!
    if (sum < reverse[j]!) reverse[j] = sum
    if (sum >= farthest) continue
    let place = last
    for (; place > 0 && nearest[place - 1]! > sum; place--) nearest[place] = nearest[place - 1]!
    nearest[place] = sum
    farthest = nearest[last]!
  }
}

export const neighbourCount = 5

/** A real row's neighbours: [rows, neighbourCount] distances, ascending, in `unit` a column. */
export interface Surroundings {
  readonly toSamples: Int32Array
  /** To other real rows, members or not. */
  readonly toReal: Int32Array
  /** To the real rows of the other kind. */
  readonly across: Int32Array
}

export interface Neighbourhoods {
  readonly members: Surroundings
  readonly others: Surroundings
  /** Each sample's distance to the closest member, and to the closest of the others. */
  readonly samples: { readonly toMembers: Int32Array; readonly toOthers: Int32Array }
  /** The difference of a fully different column. */
  readonly unit: number
  readonly width: number
}

export async function neighbourhoodsOf(sets: DrawnSets, work: Work = {}): Promise<Neighbourhoods> {
  const encoded = mixedEncoder(sets.columns, [sets.members, sets.others])
  const [members, others, samples] = [encoded(sets.members), encoded(sets.others), encoded(sets.samples)]
  const between = (from: typeof members, to: typeof members) => neighboursOf(from, to, neighbourCount, work)
  const ofMembers = await between(members, samples)
  const ofOthers = await between(others, samples)
  const [across, back] = [await between(members, others), await between(others, members)]
  const surroundings = async (
    rows: typeof members,
    toSamples: typeof ofMembers,
    { nearest }: typeof across,
  ) => ({
    toSamples: toSamples.nearest,
    toReal: nearestOfBoth((await between(rows, rows)).nearest, nearest),
    across: nearest,
  })
  return {
    members: await surroundings(members, ofMembers, across),
    others: await surroundings(others, ofOthers, back),
    samples: { toMembers: ofMembers.reverse, toOthers: ofOthers.reverse },
    unit: members.unit,
    width: members.width,
  }
}

function nearestOfBoth(a: Int32Array, b: Int32Array): Int32Array {
  const merged = new Int32Array(a.length)
  for (let start = 0; start < a.length; start += neighbourCount)
    for (let k = start, i = start, j = start; k < start + neighbourCount; k++)
      merged[k] = a[i]! <= b[j]! ? a[i++]! : b[j++]!
  return merged
}

export function closestDistances(distances: Int32Array): Int32Array {
  return distances.filter((_, k) => k % neighbourCount === 0)
}
