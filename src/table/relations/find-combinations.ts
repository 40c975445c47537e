import { shuffled } from '../../numerics/random.ts'
import { groupsFor, isOfNames } from '../encodings/category.ts'
import { sharesOf, sumOf } from '../encodings/groups.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import type { Combination } from './combination.ts'
import type { Found, RowTest, SearchedColumn } from './found.ts'
import { maxPlaces, placing } from './look-up.ts'
import { someOf } from './numbers.ts'

/** The share of other rows whose combination is one of those of the rows that were seen, and of rows whose combination enough have. */
export const [seenShare, oftenShare] = [0.9, 0.8]

/** Columns that do not depend on each other have a combination of the rows less often than this. */
const mostByChance = 0.5

/** The fewest rows that show combinations, the fewest combinations, and values of a column. */
const [fewestRows, fewestCombinations, fewestValues] = [100, 10, 3]

/** In so many rows, the commonest value of the column with more values decides the other's, but for exceptions. */
const nearlyDetermined = 0.95

/** So many columns are compared with each other, in so many rows. */
const [maxColumns, comparedRows] = [60, 50_000]

/**
 * Finds columns of names and codes whose values come in few combinations, as counties with states, by how often the combinations of some
 * rows have others (a combination of a single row is as likely as a new one: Good 1953). A missing value is one more of a column's values.
 * They are added to `found`.
 */
export function findCombinations(columns: readonly SearchedColumn[], found: Found): void {
  const all = columns
    .filter(({ column }) => isOfNames(column) && column.kind !== 'boolean')
    .slice(0, maxColumns)
    .map(placedIn)
    // a last place is of missing values
    .filter(({ count }) => count > fewestValues)
  if (all.length === 0) return
  const rows = someOf([...all[0]!.places.keys()], comparedRows)
  // always the same, so that equal rows give equal models
  const order = shuffled(rows.length, 0, 0)
  const dealt = Array.from(order, (k) => rows[k]!)
  const pairs = all.flatMap((a, k) =>
    all
      .slice(k + 1)
      .flatMap((b) =>
        found.mayFollow(a.d) || found.mayFollow(b.d) ? (pairOf(a, b, rows, dealt) ?? []) : [],
      ),
  )
  const add = (target: Placed, source: Placed) => {
    if (!found.mayFollow(target.d) || !found.mayBeSource(source.d)) return
    const relation = relationOf(target, source, found.fewestRows([target, source]))
    if (relation) found.add(relation, (rows) => testOf(target, source, rows), seenShare)
  }
  // the other way round where others follow from the column
  for (const { target, source } of pairs.toSorted((a, b) => a.byChance - b.byChance))
    if (found.mayFollow(target.d)) add(target, source)
    else add(source, target)
}

/** A column with the places of its cells, -1 for a name that is not learned. */
export interface Placed extends SearchedColumn {
  readonly places: Int32Array
  readonly count: number
  placeAt(cell: number): number
  cellAt(place: number): number | null
}

export function placedIn(searched: SearchedColumn): Placed {
  const { count, placeAt, cellAt } = placing(searched.column)
  return { ...searched, count, places: Int32Array.from(searched.cells, placeAt), placeAt, cellAt }
}

/** How many rows have each combination, by source.place * target.count + target.place. */
export function countPairs(
  source: Placed,
  target: Placed,
  rows: Iterable<number> = source.places.keys(),
  targetRows?: readonly number[],
): Map<number, number> {
  const counts = new Map<number, number>()
  let at = 0
  for (const i of rows) {
    const [place, own] = [source.places[i]!, target.places[targetRows?.[at++] ?? i]!]
    if (place < 0 || own < 0) continue
    const key = pairKey(target, place, own)
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

function pairKey(target: Placed, source: number, own: number): number {
  return source * target.count + own
}

interface Pair {
  readonly target: Placed
  readonly source: Placed
  /** How often columns that do not depend on each other would have one of the combinations. */
  readonly byChance: number
}

/**
 * Two columns of few combinations: the one with fewer values is the source, unless the other one nearly determines it.
 *
 * @param dealt - The same rows in another order.
 */
function pairOf(a: Placed, b: Placed, rows: readonly number[], dealt: readonly number[]): Pair | undefined {
  const [few, many] = a.count <= b.count ? [a, b] : [b, a]
  const found = combinationsOf(few, many, rows, dealt)
  if (!found) return undefined
  const { counts, byChance } = found
  return isDetermined(many, counts)
    ? { target: few, source: many, byChance }
    : { target: many, source: few, byChance }
}

/** Whether the commonest value with each value of `source` is that of nearly all rows. */
function isDetermined(source: Placed, counts: ReadonlyMap<number, number>): boolean {
  const most = new Map<number, number>()
  for (const [key, count] of counts) {
    const own = key % source.count
    most.set(own, Math.max(count, most.get(own) ?? 0))
  }
  return sumOf([...most.values()]) >= nearlyDetermined * sumOf([...counts.values()])
}

/** The rows of each combination of two columns, and how often columns that do not depend on each other have one; undefined if they are not few. */
export function combinationsOf(
  few: Placed,
  many: Placed,
  rows: readonly number[],
  dealt: readonly number[],
): { readonly counts: ReadonlyMap<number, number>; readonly byChance: number } | undefined {
  const counts = countPairs(few, many, rows)
  const all = sumOf([...counts.values()])
  if (all < fewestRows || counts.size < fewestCombinations) return undefined
  const singles = [...counts.values()].filter((count) => count === 1).length
  if (1 - singles / all < seenShare) return undefined
  const byChance =
    [...countPairs(few, many, rows, dealt)].reduce(
      (sum, [key, count]) => sum + (counts.has(key) ? count : 0),
      0,
    ) / all
  return byChance > mostByChance ? undefined : { counts, byChance }
}

/** The relation of the combinations that enough rows have; undefined if too few rows have one of them. */
function relationOf(target: Placed, source: Placed, fewest: number): Combination | undefined {
  const counts = countPairs(source, target)
  const often = [...counts]
    .filter(([, rows]) => rows >= fewest)
    .map(([key, rows]) => ({ source: Math.floor(key / target.count), target: key % target.count, rows }))
    .sort((a, b) => a.source - b.source || b.rows - a.rows || a.target - b.target)
  const all = sumOf([...counts.values()])
  const share = sumOf(often.map(({ rows }) => rows)) / all
  if (often.length > maxPlaces || share < oftenShare) return undefined
  const rowsOf: number[] = []
  let number = 0
  for (const [k, each] of often.entries()) {
    number = each.source === often[k - 1]?.source ? number + 1 : 0
    rowsOf[number] = (rowsOf[number] ?? 0) + each.rows
  }
  const [name, by] = [target.column.name, source.column.name]
  return {
    kind: 'combination',
    column: name,
    by: [by],
    share,
    from: often.map((each) => source.cellAt(each.source)),
    to: often.map((each) => target.cellAt(each.target)),
    rows: often.map(({ rows }) => rows),
    which: numberColumn(`${name}, which of ${by}`, rowsOf),
  }
}

/** The number of a combination among those of its source's cell, as a category. */
function numberColumn(name: string, rowsOf: readonly number[]): EncodedColumn {
  // two values at least, though one may have no row
  const counts = rowsOf.length === 1 ? [...rowsOf, 0] : rowsOf
  const groups = groupsFor(counts.length)
  return {
    name,
    kind: 'integer',
    as: 'category',
    values: [...counts.keys()],
    isNominal: true,
    ...(groups !== undefined && { groups }),
    shares: sharesOf(counts),
  }
}

/** Whether a row has a combination of some rows. */
export function testOf(target: Placed, source: Placed, rows: readonly number[]): RowTest {
  const seen = new Set(rows.map((i) => pairKey(target, source.places[i]!, target.places[i]!)))
  return ([cell], own) => {
    const [place, other] = [source.placeAt(cell!), target.placeAt(own)]
    return place < 0 || other < 0 ? undefined : seen.has(pairKey(target, place, other))
  }
}
