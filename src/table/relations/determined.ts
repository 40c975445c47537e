import * as v from 'valibot'
import type { EncodedColumn } from '../encodings/index.ts'
import { countReached, finite, type GraphOps, lookUp, midpoints, upperBound } from '../encodings/kind.ts'
import { defineRelation, type GraphCell, type RelationOfCard, relationFields } from './kind.ts'

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
  resolver(relation, { sources }) {
    const { entryOf } = tableOf(relation, sources)
    return (cells) => {
      const entry = entryOf(cells)
      return entry < 0 ? undefined : cellOf(relation.to[entry]!)
    }
  },
  choices({ from, to, rows }, _, cell, cells, isFree) {
    return to.flatMap((each, entry) => {
      if (!Object.is(cellOf(each), cell)) return []
      const choice = { cells: from.map((of) => cellOf(of[entry]!)), rows: rows[entry]! }
      return choice.cells.every((of, k) => isFree[k] || Object.is(of, cells[k]!)) ? [choice] : []
    })
  },
  graph(ops, relation, { sources }, own, name) {
    const { to } = relation
    const { places, entries } = tableOf(
      relation,
      sources.map(({ column }) => column),
    )
    const place = placeInGraph(ops, sources, places, name)
    const look = (part: string, of: (entry: number) => number) =>
      lookUp(ops, Array.from(entries, of), place, `${name}.${part}`)
    const cell = look('to', (entry) => (entry < 0 ? 0 : (to[entry] ?? 0)))
    if (!own) return { cell }
    const isHere = look('is_here', (entry) => (entry < 0 ? 0 : 1))
    const isElsewhere = look('is_elsewhere', (entry) => (entry < 0 ? 1 : 0))
    const either = (here: typeof cell, elsewhere: typeof cell) =>
      ops.op('Add', [ops.op('Mul', [here, isHere]), ops.op('Mul', [elsewhere, isElsewhere])])
    if (!own.missing) return { cell: either(cell, own.cell) }
    const isMissing = look('missing', (entry) => (entry >= 0 && to[entry] === null ? 1 : 0))
    return { cell: either(cell, own.cell), missing: either(isMissing, own.missing) }
  },
})

/** Places of a source's cells: names by index, numbers by the nearest value, and a last one for gaps. */
interface Places {
  readonly count: number
  /** Between adjacent values of a number; undefined for names, whose cells are places. */
  readonly bounds: readonly number[] | undefined
  placeOf(cell: number): number
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
  if (!values) return { count, bounds: undefined, placeOf: (cell) => (Number.isNaN(cell) ? count - 1 : cell) }
  const bounds = midpoints(values)
  return { count, bounds, placeOf: (cell) => (Number.isNaN(cell) ? count - 1 : upperBound(bounds, cell)) }
}

/** The entry at each place, -1 for none; the places of several sources are those of their products. */
function tableOf({ from, to }: Determined, sources: readonly EncodedColumn[]) {
  const places = sources.map(placesOf)
  const placeOf = (cells: readonly number[]) =>
    places.reduce((place, { count, placeOf }, k) => place * count + placeOf(cells[k]!), 0)
  const entries = new Int32Array(places.reduce((product, { count }) => product * count, 1)).fill(-1)
  for (const entry of to.keys()) entries[placeOf(from.map((cells) => cellOf(cells[entry]!)))] = entry
  return { places, entries, entryOf: (cells: readonly number[]) => entries[placeOf(cells)]! }
}

function placeInGraph<V>(
  ops: GraphOps<V>,
  sources: readonly GraphCell<V>[],
  places: readonly Places[],
  name: string,
): V {
  const number = (part: string, value: number) => ops.constant(`${name}.${part}`, [1, 1], [value])
  const each = sources.map(({ cell, missing }, k) => {
    const { bounds, count } = places[k]!
    const at = `source_${k}`
    const reached = ops.constant(`${name}.${at}.bounds`, [1, bounds?.length ?? 1], bounds ?? [0])
    const place = bounds ? countReached(ops, cell, reached, bounds.length, `${name}.${at}`) : cell
    if (!missing) return place
    const present = ops.op('Sub', [number(`${at}.one`, 1), missing])
    const last = ops.op('Mul', [missing, number(`${at}.gap`, count - 1)])
    return ops.op('Add', [ops.op('Mul', [place, present]), last])
  })
  return each.reduce((place, next, k) =>
    ops.op('Add', [ops.op('Mul', [place, number(`source_${k}.count`, places[k]!.count)]), next]),
  )
}
