import * as v from 'valibot'
import { midpoints, upperBound } from '../../numerics/bounds.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { finite } from '../encodings/kind.ts'
import { computeRow, NumberColumns } from '../operators/columns.ts'
import { type Computation, clamped, type Operators } from '../operators/operators.ts'
import { type PartOfDates, partNumbers, partsOfDates, timesOf } from './date-parts.ts'
import { type RelationKind, type RelationOfCard, relationFields } from './kind.ts'

/** Cells on a card: null for a missing value, since JSON has no NaN. */
export const cellsField = v.pipe(v.array(v.nullable(finite)), v.readonly())

const schema = v.pipe(
  v.object({
    kind: v.literal('look-up'),
    ...relationFields,
    to: cellsField,
    from: v.optional(v.pipe(v.array(cellsField), v.readonly())),
    rows: v.optional(v.pipe(v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(2))), v.readonly())),
    part: v.optional(v.object({ of: v.picklist(partsOfDates), plus: finite, first: finite })),
  }),
  v.check(
    ({ by, from = [], to, rows = [], part }) =>
      part !== undefined ||
      (from.length === by.length && [...from, rows].every(({ length }) => length === to.length)),
    'from must have a list for each source, all as long as to and rows',
  ),
  v.check(
    ({ by, from, rows, part, to }) =>
      part === undefined || (by.length === 1 && !from && !rows && to.length > 0 && !to.includes(null)),
    'a part has one source and a cell for each of its numbers',
  ),
)

/**
 * A column that follows from others by a table: a functional dependency, or the part of a date. An entry of a dependency stands for
 * several training rows, which all have the same cell: a cell that was seen once is not evidence, and would give away a row.
 */
export interface LookUp extends RelationOfCard {
  readonly kind: 'look-up'
  /** The column's cell in each entry, null for a missing value, since JSON has no NaN; of a part, for each of its numbers. */
  readonly to: readonly (number | null)[]
  /** By source: its cell in each entry. */
  readonly from?: readonly (readonly (number | null)[])[] | undefined
  /** The number of training rows of each entry. */
  readonly rows?: readonly number[] | undefined
  /** Which part of a date the column is, how many milliseconds the date is after the local time, and the part's first number. */
  readonly part?: { readonly of: PartOfDates; readonly plus: number; readonly first: number } | undefined
}

/** The most places that a table may have: 512 KB. */
export const maxPlaces = 65_536

export const cellOf = (cell: number | null): number => cell ?? Number.NaN

export const lookUp: RelationKind<LookUp> = {
  schema,
  held: ({ column, by, to, part }) => [
    part
      ? { columns: [column], count: to.length, noun: ['value', 'values'], hasEnds: part.of === 'year' }
      : { columns: [...by, column], count: to.length, noun: ['combination', 'combinations'] },
  ],
  mayBeSource: (column) =>
    placeCount(column) !== undefined || (column.as !== 'derived' && column.kind === 'date'),
  isTotal: ({ by, share, part }, { gaps }) =>
    !gaps && (part !== undefined || (by.length === 1 && share === 1)),
  follow(relation, { sources }) {
    const to = relation.to.map(cellOf)
    const { part } = relation
    if (part) return (ops, [time]) => ops.lookUp(to, placeOfPart(ops, time!, part, to.length))
    const places = sources.map(placesOf)
    const entries = entriesOf(relation, places)
    const isHere = Float64Array.from(entries, (entry) => (entry < 0 ? 0 : 1))
    const cells = Float64Array.from(entries, (entry) => to[entry] ?? 0)
    return (ops, columns) => {
      const place = placesOfAll(ops, columns, places)
      return ops.select(ops.lookUp(isHere, place), ops.lookUp(cells, place), columns.at(-1)!)
    }
  },
  choices({ to, from = [], rows = [], part }, { sources }, cell, cells, isFree) {
    if (part) {
      const times = isFree[0] ? [Number.NaN, ...timesOf(sources[0]!)] : [cells[0]!]
      const place: Computation = (ops, [time]) => placeOfPart(ops, time!, part, to.length)
      const cellAt = (time: number) => to[computeRow(place, [time])]!
      return times
        .filter((time) => Object.is(Number.isNaN(time) ? time : cellAt(time), cell))
        .map((time) => ({ cells: [time], rows: 1 }))
    }
    return to.flatMap((each, entry) => {
      if (!Object.is(cellOf(each), cell)) return []
      const choice = { cells: from.map((of) => cellOf(of[entry]!)), rows: rows[entry]! }
      return choice.cells.every((of, k) => isFree[k] || Object.is(of, cells[k]!)) ? [choice] : []
    })
  },
}

type Part = NonNullable<LookUp['part']>

/** The place of a time's part in its table: one that no training row has counts as the nearest. */
function placeOfPart<V>(ops: Operators<V>, time: V, { of, plus, first }: Part, count: number): V {
  const number = partNumbers(ops, ops.subtract(time, ops.number(plus)), of)
  return clamped(ops, ops.subtract(number, ops.number(first)), 0, count - 1)
}

/** Places of a source's cells: names by index, numbers by the nearest value, and a last one for missing values. */
interface Places {
  readonly count: number
  /** Between adjacent values of a number; undefined for names, whose cells are places. */
  readonly bounds: readonly number[] | undefined
}

/** The number of places of a source, or undefined if it has not few values. */
export function placeCount(column: EncodedColumn): number | undefined {
  if (column.as === 'category' || column.as === 'steps')
    return (column.categories ?? column.values ?? []).length + 1
  return undefined
}

/** The place of a source's cell, -1 for a name or number that is not one of its own, and the cell of a place. */
export function placing(column: EncodedColumn) {
  const { count, bounds } = placesOf(column)
  const { values } = column as { values?: readonly number[] }
  const cellAt = (place: number) => values?.[place] ?? place
  const placeAt = (cell: number) => {
    // names that are not learned come after the others
    const place = bounds ? upperBound(bounds, cell) : Math.min(cell, count - 1)
    return place < count - 1 && cellAt(place) === cell ? place : -1
  }
  const missing = column.gaps ? count - 1 : -1
  return {
    count,
    placeAt: (cell: number) => (Number.isNaN(cell) ? missing : placeAt(cell)),
    cellAt: (place: number) => (place === count - 1 ? null : cellAt(place)),
  }
}

function placesOf(column: EncodedColumn): Places {
  const values = (column as { values?: readonly number[] }).values
  const count = placeCount(column)
  if (count === undefined) throw new Error(`column ${column.name} has not few values`)
  return { count, bounds: values && midpoints(values) }
}

/** The entry at each place, -1 for none; several sources have as many places as the product of their counts. */
function entriesOf({ from = [], to }: LookUp, places: readonly Places[]): Int32Array {
  const entries = new Int32Array(places.reduce((product, { count }) => product * count, 1)).fill(-1)
  const columns = from.map((cells) => Float64Array.from(cells, cellOf))
  for (const [entry, place] of placesOfAll(new NumberColumns(to.length), columns, places).entries())
    entries[place] = entry
  return entries
}

/** The places of the sources' cells. */
function placesOfAll<V>(ops: Operators<V>, sources: readonly V[], places: readonly Places[]): V {
  const each = places.map((place, k) => placeIn(ops, sources[k]!, place))
  return each.reduce((place, next, k) => ops.add(ops.multiply(place, ops.number(places[k]!.count)), next))
}

function placeIn<V>(ops: Operators<V>, cell: V, { bounds, count }: Places): V {
  const place = bounds ? ops.countReached(bounds, cell) : cell
  return ops.select(ops.isMissing(cell), ops.number(count - 1), place)
}

/** The place of a source's cell, as `placing` has them, where an unknown number counts as the nearest. */
export function placeOf<V>(ops: Operators<V>, cell: V, source: EncodedColumn): V {
  return placeIn(ops, cell, placesOf(source))
}

/** The place of several sources' cells together, of which there are as many as the product of their counts. */
export function placeOfAll<V>(ops: Operators<V>, cells: readonly V[], sources: readonly EncodedColumn[]): V {
  return placesOfAll(ops, cells, sources.map(placesOf))
}

/** As `placing`, of several sources together: -1 where one of them is not one of its own. */
export function placingAll(sources: readonly EncodedColumn[]) {
  const all = sources.map(placing)
  return {
    count: all.reduce((product, { count }) => product * count, 1),
    placeAt: (cells: readonly number[]) =>
      all.reduce((place, each, k) => {
        const next = each.placeAt(cells[k]!)
        return place < 0 || next < 0 ? -1 : place * each.count + next
      }, 0),
  }
}
