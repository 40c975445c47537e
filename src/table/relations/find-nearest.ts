import { shuffled } from '../../numerics/random.ts'
import { isOfNames } from '../encodings/category.ts'
import { sumOf } from '../encodings/groups.ts'
import {
  combinationsOf,
  countPairs,
  oftenShare,
  type Placed,
  placedIn,
  seenShare,
  testOf,
} from './find-combinations.ts'
import type { Found, SearchedColumn } from './found.ts'
import { maxPlaces } from './look-up.ts'
import type { Nearest } from './nearest.ts'
import { someOf } from './numbers.ts'
import { isNumeric } from './range.ts'

/** The fewest values of a number, and the most as a share of the rows. */
const [fewestValues, mostOfNumber] = [3, 0.2]

/** Rows dealt another name have one of its values less often than this: more says that any number goes with any name. */
const mostByChance = 0.2

/** The most columns, and in how many rows they are compared. */
const [maxColumns, comparedRows] = [60, 50_000]

/** Finds numbers and dates of which a name has few values. They are added to `found`. */
export function findNearest(columns: readonly SearchedColumn[], found: Found): void {
  const names = columns
    .filter(({ column }) => isOfNames(column) && column.kind !== 'boolean')
    .slice(0, maxColumns)
    .map(placedIn)
    .filter(({ count }) => count > fewestValues)
  if (names.length === 0) return
  const rows = someOf([...names[0]!.places.keys()], comparedRows)
  // always the same, so that equal rows give equal models
  const dealt = Array.from(shuffled(rows.length, 0, 0), (k) => rows[k]!)
  const pairs = columns
    .filter(({ d, column }) => !isOfNames(column) && isNumeric(column) && found.mayFollow(d))
    .slice(0, maxColumns)
    .flatMap((each) => numberIn(each) ?? [])
    .flatMap((target) =>
      names.flatMap((source) => {
        const of = combinationsOf(source, target, rows, dealt)
        return of && of.byChance <= mostByChance ? [{ target, source, byChance: of.byChance }] : []
      }),
    )
    .toSorted((a, b) => a.byChance - b.byChance)
  for (const { target, source } of pairs) {
    if (!found.mayFollowFrom(target.d, source.d)) continue
    const relation = relationOf(target, source, found.fewestRows([target, source]))
    if (relation) found.add(relation, (some) => testOf(target, source, some), seenShare)
  }
}

/** A number with the places of its values, rising; undefined if it has very few, or so many that they hardly repeat. */
function numberIn(searched: SearchedColumn): Placed | undefined {
  const values = [...new Set(searched.cells)].filter((cell) => !Number.isNaN(cell)).sort((a, b) => a - b)
  if (values.length <= fewestValues || values.length > mostOfNumber * searched.cells.length) return undefined
  const placeOf = new Map(values.map((value, place) => [value, place]))
  const placeAt = (cell: number) => placeOf.get(cell) ?? -1
  const cellAt = (place: number) => values[place]!
  return {
    ...searched,
    count: values.length,
    places: Int32Array.from(searched.cells, placeAt),
    placeAt,
    cellAt,
  }
}

/** The relation of the combinations that enough rows have; undefined if too few rows have one of them. */
function relationOf(target: Placed, source: Placed, fewest: number): Nearest | undefined {
  const counts = countPairs(source, target)
  const often = [...counts]
    .filter(([, rows]) => rows >= fewest)
    .sort(([a], [b]) => a - b)
    .map(([key, rows]) => ({ source: Math.floor(key / target.count), target: key % target.count, rows }))
  const share = sumOf(often.map(({ rows }) => rows)) / sumOf([...counts.values()])
  if (often.length > maxPlaces || !(share >= oftenShare)) return undefined
  return {
    kind: 'nearest',
    column: target.column.name,
    by: [source.column.name],
    share,
    from: often.map((each) => source.cellAt(each.source)),
    to: often.map((each) => target.cellAt(each.target)!),
    rows: often.map(({ rows }) => rows),
  }
}
