import { upperBound } from '../../numerics/bounds.ts'
import { shuffled } from '../../numerics/random.ts'
import { encodingKindOf } from '../encodings/index.ts'
import { fitQuantile } from '../encodings/quantile.ts'
import { rounded } from '../encodings/steps.ts'
import { leastRows } from '../least-rows.ts'
import type { Found, RowTest, SearchedColumn } from './found.ts'
import { placing, placingAll } from './look-up.ts'
import { together } from './pools.ts'
import { rankAmong, ranks, type Within } from './within.ts'

/** Categories of fewer rows are ranked together with similar ones: they have 30 rows with those that are kept aside. */
const rowsOfPool = 24

/** The share of a pool's range by which a number may be beyond it. */
const margin = 0.1

/** The share of other rows within the ranges. */
const insideShare = 0.9

/** The least share of rows beyond the range of another row's category, where a row beyond its own counts as so many less. */
const [outsideByChance, timesOwn] = [0.15, 4]

/** The same for a second category, among rows of the first. */
const [outsideSecond, timesOfSecond] = [0.05, 3]

/** Two categories have at most so many places together. */
const mostPlaces = 4096

/** If names of few rows have more than this share of the rows, the names explain at least this share of the number's variance. */
const [manyFew, toldByFew] = [0.1, 0.7]

/** Ranges are looked for in so many rows, and the fewest that show them. */
const [searchedRows, fewestRows] = [20_000, 100]

/** A code counts as at most so far beyond the third outermost of its pool, as a share of what is between these two. */
const farthest = 0.25

/** A pool's codes are means of at most so many groups of its rows. */
const groups = 200

/** Finds numbers and dates whose range depends on a category, as prices on shares. They are added to `found`. */
export function findWithin(columns: readonly SearchedColumn[], found: Found): void {
  const categories = columns
    .filter(({ column }) => column.as === 'category' && column.kind !== 'boolean')
    .map((each) => {
      const { count, placeAt } = placing(each.column)
      return { by: [each], count, places: Int32Array.from(each.cells, placeAt) }
    })
  if (categories.length === 0) return
  const targets = columns.filter(({ column }) => column.as === 'quantile')
  // in no order that the table may have
  const rows = Array.from(shuffled(columns[0]!.cells.length, 0, 0).subarray(0, searchedRows))
  for (const target of targets) {
    if (!found.mayFollow(target.d)) continue
    const codeOf = encodingKindOf(target.column).encoder(target.column)
    const coded = { ...target, codeOf }
    const [best] = categories
      .filter(({ by }) => by.every(({ d }) => found.mayFollowFrom(target.d, d)))
      .map((category) => ({ category, outside: outsideOf(coded, category, rows) }))
      .filter(({ outside }) => outside > 0)
      .toSorted((a, b) => b.outside - a.outside)
    if (best) add(coded, withSecond(coded, best.category, categories, rows, found), found)
  }
}

/** A category, or two together, with the places of its cells, -1 for a name that is not learned. */
interface Placed {
  readonly by: readonly SearchedColumn[]
  readonly places: Int32Array
  readonly count: number
  /** Of two together, the second. */
  readonly second?: Placed
}

/** A number with the codes of its cells. */
interface Coded extends SearchedColumn {
  codeOf(cell: number): number
}

/**
 * The share of rows that would be beyond the range of another row's category, by ranges that other rows show, without `timesOwn` the share of those
 * that are beyond their own; 0 if few would be. With a first category, the other row is one with the same.
 */
function outsideOf(target: Coded, category: Placed, all: readonly number[], first?: Placed): number {
  const [{ cells, codeOf }, { places }] = [target, category]
  const rows = all.filter((i) => places[i]! >= 0 && !Number.isNaN(cells[i]!))
  if (rows.length < fewestRows) return 0
  if (!tellsEnough(target, category, rows)) return 0
  const half = rows.length >> 1
  const isInside = insideOf(pooled(target, category, rows.slice(0, half)))
  const tested = rows.slice(half).filter((i) => isInside(places[i]!, codeOf(cells[i]!)) !== undefined)
  const shareOf = (placeOf: (i: number) => number) =>
    tested.filter((i) => isInside(placeOf(i), codeOf(cells[i]!)) === false).length / tested.length
  // the category of the next row, of those with the same first one
  const [other, next] = [new Map<number, number>(), new Map<number, number>()]
  for (const i of tested.toReversed()) {
    const place = first?.places[i] ?? 0
    other.set(i, next.get(place) ?? places[i]!)
    next.set(place, places[i]!)
  }
  const [own, dealt] = [shareOf((i) => places[i]!), shareOf((i) => other.get(i)!)]
  const outside = dealt - (first ? timesOfSecond : timesOwn) * own
  return outside >= (first ? outsideSecond : outsideByChance) ? outside : 0
}

/** A category with the second one on which the number's range depends most among its rows, if there is one. */
function withSecond(
  target: Coded,
  first: Placed,
  categories: readonly Placed[],
  rows: readonly number[],
  found: Found,
): Placed {
  const [best] = categories
    .filter((second) => second !== first && second.count * first.count <= mostPlaces)
    .filter(({ by }) => by.every(({ d }) => found.mayFollowFrom(target.d, d)))
    .map((second) => ({ both: asOne(first, second), outside: outsideOf(target, second, rows, first) }))
    .filter(({ both, outside }) => outside > 0 && areOften(target, both))
    .toSorted((a, b) => b.outside - a.outside)
  return best?.both ?? first
}

/** Two categories as one. */
function asOne(first: Placed, second: Placed): Placed {
  const { by, count, places } = second
  return {
    by: [...first.by, ...by],
    count: first.count * count,
    places: first.places.map((place, i) => (place < 0 || places[i]! < 0 ? -1 : place * count + places[i]!)),
    second,
  }
}

/** Whether half of the rows have a number and categories that have a pool together. */
function areOften(target: Coded, both: Placed): boolean {
  const sizes = cellsByPlace(target, both, [...both.places.keys()]).map(({ length }) => length)
  const rows = sizes.reduce((sum, size) => sum + (size >= rowsOfPool ? size : 0), 0)
  return rows >= both.places.length / 2
}

/** Whether names that have few rows each, and are learned together with like ones, say as much of the number as those that are not. */
function tellsEnough({ cells, codeOf }: Coded, { places, count }: Placed, rows: readonly number[]): boolean {
  const [sums, sizes] = [new Float64Array(count), new Float64Array(count)]
  const codes = rows.map((i) => codeOf(cells[i]!))
  for (const [k, i] of rows.entries()) {
    sums[places[i]!]! += codes[k]!
    sizes[places[i]!]!++
  }
  const few = rows.filter(
    (i) => sizes[places[i]!]! < rowsOfPool * Math.min(1, rows.length / cells.length),
  ).length
  if (few <= manyFew * rows.length) return true
  const names = sizes.filter((size) => size > 0).length
  const mean = meanOf(codes)
  const left = codes.reduce(
    (sum, code, k) => sum + (code - sums[places[rows[k]!]!]! / sizes[places[rows[k]!]!]!) ** 2,
    0,
  )
  const all = codes.reduce((sum, code) => sum + (code - mean) ** 2, 0)
  // adjusted for the number of names, each of which takes its mean
  return left / (rows.length - names) / (all / (rows.length - 1)) < 1 - toldByFew
}

/** The pools of a category: by place, -1 for one that no row has, and the codes of each at `ranks`. */
interface Pools {
  readonly pools: readonly number[]
  readonly codes: readonly (readonly number[])[]
}

/** Whether a code is within the range of a place's pool, or hardly beyond it. */
function insideOf({ pools, codes }: Pools): (place: number, code: number) => boolean | undefined {
  return (place, code) => {
    const pool = codes[pools[place] ?? -1]
    if (!pool) return undefined
    const [least, most] = [pool[0]!, pool.at(-1)!]
    const beyond = margin * (most - least)
    return code >= least - beyond && code <= most + beyond
  }
}

/** The pools of a category; two together that have few rows are as the second by itself. */
function pooled(target: Coded, category: Placed, rows: readonly number[]): Pools {
  const { count, second } = category
  const byPlace = cellsByPlace(target, category, rows)
  if (!second) return pooledBySize(byPlace, target.codeOf)
  const { pools, codes } = pooled(target, second, rows)
  const large = [...byPlace.keys()].filter((place) => byPlace[place]!.length >= rowsOfPool)
  const all = Array.from({ length: count }, (_, place) => pools[place % second.count]!)
  for (const [k, place] of large.entries()) all[place] = codes.length + k
  return {
    pools: all,
    codes: [...codes, ...large.map((place) => codesAtRanks(byPlace[place]!, target.codeOf))],
  }
}

function cellsByPlace({ cells }: Coded, { places, count }: Placed, rows: readonly number[]): number[][] {
  const byPlace = Array.from({ length: count }, (): number[] => [])
  for (const i of rows) if (places[i]! >= 0 && !Number.isNaN(cells[i]!)) byPlace[places[i]!]!.push(cells[i]!)
  return byPlace
}

function pooledBySize(byPlace: readonly number[][], codeOf: Coded['codeOf']): Pools {
  const present = byPlace.flatMap((of, place) =>
    of.length > 0 ? { places: [place], of, mean: meanOf(of.map(codeOf)) } : [],
  )
  const large = present.filter(({ of }) => of.length >= rowsOfPool)
  const small = present.filter(({ of }) => of.length < rowsOfPool).toSorted((a, b) => a.mean - b.mean)
  const joined = together(small, rowsOfPool)
  const isPool = joined.length > 0 && joined[0]!.of.length >= rowsOfPool
  const all = isPool || large.length === 0 ? [...large, ...joined] : large
  const pools = new Array<number>(byPlace.length).fill(-1)
  for (const [pool, { places }] of all.entries()) for (const place of places) pools[place] = pool
  // too few rows for a pool are like those of the nearest category
  if (!isPool)
    for (const { places, mean } of small) if (large.length > 0) pools[places[0]!] = nearestTo(mean, large)
  return { pools, codes: all.map(({ of }) => codesAtRanks(of, codeOf)) }
}

/** The index of the category with the nearest mean. */
function nearestTo(mean: number, of: readonly { readonly mean: number }[]): number {
  const distance = (k: number) => Math.abs(of[k]!.mean - mean)
  return [...of.keys()].reduce((a, b) => (distance(b) < distance(a) ? b : a))
}

/** The codes of a pool's cells at `ranks`, none of them of fewer than three rows: a row far beyond the others does not move the ends far. */
function codesAtRanks(of: readonly number[], codeOf: Coded['codeOf']): number[] {
  const sorted = Float64Array.from(of).sort()
  const third = Math.min(leastRows, sorted.length) - 1
  const [low, high] = [sorted[third]!, sorted[sorted.length - 1 - third]!]
  const beyond = farthest * Math.abs(high - low)
  const near = sorted.map((cell) => Math.min(Math.max(cell, low - beyond), high + beyond))
  const [least, most] = [near.slice(0, third + 1), near.slice(-third - 1)].map((ends) =>
    codeOf(meanOf(ends)),
  ) as [number, number]
  const { z, x } = fitQuantile(near.map(codeOf), groups, { round: (code) => code, unit: 0 }, null)
  return ranks.map((rank) => {
    const above = Math.min(Math.max(upperBound(z, rank), 1), z.length - 1)
    const share = (rank - z[above - 1]!) / (z[above]! - z[above - 1]!)
    const inside =
      rank <= z[0]! ? least : rank >= z.at(-1)! ? most : x[above - 1]! + share * (x[above]! - x[above - 1]!)
    return rounded(Math.min(Math.max(inside, least), most))
  })
}

function meanOf(numbers: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < numbers.length; i++) sum += numbers[i]!
  return sum / numbers.length
}

function add(target: Coded, category: Placed, found: Found): void {
  const { places } = category
  const all = pooled(target, category, [...places.keys()])
  const isInside = insideOf(all)
  const codes = target.cells.map(target.codeOf)
  const inside = places.reduce((count, place, i) => count + (isInside(place, codes[i]!) ? 1 : 0), 0)
  const ranked = Float64Array.from(places, (place, i) => {
    const pool = all.codes[all.pools[place] ?? -1]
    return pool && !Number.isNaN(codes[i]!) ? rankAmong(pool, codes[i]!) : Number.NaN
  })
  const by = category.by.map(({ column }) => column.name)
  const relation: Within = {
    kind: 'within',
    column: target.column.name,
    by,
    share: inside / places.length,
    // no row has a place without a pool
    pools: all.pools.map((pool) => Math.max(0, pool)),
    codes: all.codes,
    rank: found.encode(`${target.column.name}, its rank in ${by.join(' and ')}`, false, ranked),
  }
  const { placeAt } = placingAll(category.by.map(({ column }) => column))
  found.add(
    relation,
    (rows): RowTest => {
      const test = insideOf(pooled(target, category, rows))
      return (names, own) => (Number.isNaN(own) ? undefined : test(placeAt(names), target.codeOf(own)))
    },
    insideShare,
  )
}
