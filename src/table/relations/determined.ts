import * as v from 'valibot'
import { midpoints } from '../../numerics/bounds.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { finite } from '../encodings/kind.ts'
import { NumberColumns } from '../operators/columns.ts'
import type { Operators } from '../operators/operators.ts'
import { defineRelation, type RelationOfCard, relationFields } from './kind.ts'

const cells = v.pipe(v.array(v.nullable(finite)), v.readonly())

const schema = v.pipe(
  v.object({
    kind: v.literal('determined'),
    ...relationFields,
    from: v.pipe(v.array(cells), v.readonly()),
    to: cells,
    rows: v.pipe(v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(2))), v.readonly()),
  }),
  v.check(
    ({ by, from, to, rows }) =>
      from.length === by.length && [...from, rows].every(({ length }) => length === to.length),
    'from must have a list for each source, all as long as to and rows',
  ),
)

/**
 * A column that one or two others determine: a table from their cells to its own. An entry stands for two training rows or
 * more, which all have the same cell: what was seen once is no evidence, and would give away a row.
 */
export interface Determined extends RelationOfCard {
  readonly kind: 'determined'
  /** By source: its cell in each entry, null for a gap, since JSON has no NaN. */
  readonly from: readonly (readonly (number | null)[])[]
  /** The column's cell in each entry. */
  readonly to: readonly (number | null)[]
  /** The number of training rows of each entry. */
  readonly rows: readonly number[]
}

/** The most places that the table of a graph may have: 256 KB. */
export const maxPlaces = 65_536

const cellOf = (cell: number | null): number => cell ?? Number.NaN

export const determined = defineRelation<Determined>({
  kind: 'determined',
  schema,
  mayBeSource: (column) => placeCount(column) !== undefined,
  isTotal: ({ by, share }, { gaps }) => by.length === 1 && share === 1 && !gaps,
  describe: ({ column, by }) => `${column} is determined by ${by.join(' and ')}`,
  follow(relation, { sources }) {
    const { places, entries } = tableOf(relation, sources)
    const isHere = Float64Array.from(entries, (entry) => (entry < 0 ? 0 : 1))
    const to = Float64Array.from(entries, (entry) => (entry < 0 ? 0 : cellOf(relation.to[entry]!)))
    return (ops, columns) => {
      const place = placeOf(ops, columns, places)
      return ops.select(ops.lookUp(isHere, place), ops.lookUp(to, place), columns.at(-1)!)
    }
  },
  choices({ from, to, rows }, _, cell, cells, isFree) {
    return to.flatMap((each, entry) => {
      if (!Object.is(cellOf(each), cell)) return []
      const choice = { cells: from.map((of) => cellOf(of[entry]!)), rows: rows[entry]! }
      return choice.cells.every((of, k) => isFree[k] || Object.is(of, cells[k]!)) ? [choice] : []
    })
  },
})

/** Places of a source's cells: names by index, numbers by the nearest value, and a last one for gaps. */
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

function placesOf(column: EncodedColumn): Places {
  const values = (column as { values?: readonly number[] }).values
  const count = placeCount(column)
  if (count === undefined) throw new Error(`column ${column.name} has not few values`)
  return { count, bounds: values && midpoints(values) }
}

/** The entry at each place, -1 for none; the places of several sources are those of their products. */
function tableOf({ from, to }: Determined, sources: readonly EncodedColumn[]) {
  const places = sources.map(placesOf)
  const entries = new Int32Array(places.reduce((product, { count }) => product * count, 1)).fill(-1)
  const columns = from.map((cells) => Float64Array.from(cells, cellOf))
  const placeOfEntry = placeOf(new NumberColumns(to.length), columns, places)
  for (const [entry, place] of placeOfEntry.entries()) entries[place] = entry
  return { places, entries }
}

/** The places of the sources' cells. */
function placeOf<V>(ops: Operators<V>, sources: readonly V[], places: readonly Places[]): V {
  const each = places.map(({ bounds, count }, k) => {
    const cell = sources[k]!
    const place = bounds ? ops.countReached(bounds, cell) : cell
    return ops.select(ops.isMissing(cell), ops.number(count - 1), place)
  })
  return each.reduce((place, next, k) => ops.add(ops.multiply(place, ops.number(places[k]!.count)), next))
}
