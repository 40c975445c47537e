/**
 * Reference data: tables whose real rows stand in every sample, such as a list of countries. References to them are learned as names:
 * what the columns of their keys say in addition to the order of a child's rows.
 */
import { columnNamed, textsOf } from '../../table/columns.ts'
import type { TableColumn } from '../../table/table.ts'
import type { Database, LinkedTable } from '../database.ts'
import type { Schema } from '../schema.ts'
import { stepOrder } from './row-order.ts'

/** If more names than these are referred to, they are too many to be learned. */
const mostNames = 300

/** Columns of a reference with those of the key that they lead to. */
interface Naming {
  readonly own: readonly string[]
  readonly key: readonly string[]
}

/** The columns by which a reference names its row: those that the order of a parent's rows does not say. */
function namingOf(schema: Schema, name: string, reference: number): Naming {
  const { columns, table } = schema.tables[name]!.references[reference]!
  const { key = [] } = schema.tables[table]!
  const order = stepOrder(schema, name)
  const named = [...columns.keys()].filter((k) => columns[k] !== order)
  return { own: named.map((k) => columns[k]!), key: named.map((k) => key[k]!) }
}

/** The column of a reference that is learned as a name. */
export function nameOfReference(schema: Schema, name: string, reference: number): string {
  return namingOf(schema, name, reference).own.join(', ')
}

/** Whether a reference to reference data has few enough names to be learned by them. */
export function hasFewNames({ schema, tables }: Database, name: string, reference: number): boolean {
  const names = namesOf({ schema, tables }, name, reference)
  const used = new Set(Array.from(tables.get(name)!.links[reference]!, (row) => names?.[row]))
  return names !== undefined && used.size <= mostNames
}

/** By row of reference data, the name that a reference gives it; undefined if the order of the rows says all of the key. */
function namesOf(
  { schema, tables }: Pick<Database, 'schema' | 'tables'>,
  name: string,
  reference: number,
): string[] | undefined {
  const { key } = namingOf(schema, name, reference)
  const table = tables.get(schema.tables[name]!.references[reference]!.table)!
  const texts = key.map((each) => textsOf(columnNamed(wholeColumns(table), each)))
  return texts[0]?.map((_, i) => texts.map((each) => each[i]!).join(', '))
}

function wholeColumns(table: LinkedTable): readonly TableColumn[] {
  return (table.kept ?? table).columns
}

/**
 * A reference as the names of its rows.
 *
 * @param isWhole - Whether the names are those of all its rows, or of those that are referred to.
 */
export function nameColumn(
  database: Database,
  name: string,
  reference: number,
  isWhole = false,
): TableColumn {
  const { schema, tables } = database
  const names = namesOf(database, name, reference)!
  const links = tables.get(name)!.links[reference]!
  const rows = isWhole
    ? [...names.keys()]
    : [...new Set(links)].filter((row) => row >= 0).sort((a, b) => a - b)
  const categories = [...new Set(rows.map((row) => names[row]!))]
  const places = new Map(categories.map((each, place) => [each, place]))
  return {
    name: nameOfReference(schema, name, reference),
    kind: 'category',
    categories,
    cells: Float64Array.from(links, (row) => places.get(names[row]!) ?? Number.NaN),
  }
}

/** The rows of reference data by the names that drawn rows have of them. */
export function rowsByName(
  { schema, referenceData }: { readonly schema: Schema; readonly referenceData: Database['tables'] },
  name: string,
  reference: number,
) {
  const names = namesOf({ schema, tables: referenceData }, name, reference)!
  const { columns, table } = schema.tables[name]!.references[reference]!
  const place = columns.indexOf(stepOrder(schema, name) ?? '')
  const orders =
    place < 0
      ? undefined
      : columnNamed(wholeColumns(referenceData.get(table)!), schema.tables[table]!.key![place]!)
  const byOrder = new Map<number | undefined, Map<string, number>>()
  for (const [row, text] of names.entries()) {
    const order = orders?.cells[row]
    const rows = byOrder.get(order) ?? new Map<string, number>()
    byOrder.set(order, rows.set(text, row))
  }
  const nameColumn = nameOfReference(schema, name, reference)
  const at = (order: number) => byOrder.get(orders && order)
  return {
    /** The row to which the name in row k leads, at an order: -1 if it has no name, undefined if there is no such row. */
    find(rows: readonly TableColumn[], k: number, order: number): number | undefined {
      // without it, no training row had a name
      const column = rows.find((each) => each.name === nameColumn)
      const cell = column?.cells[k] ?? Number.NaN
      return Number.isNaN(cell) ? -1 : at(order)?.get(column!.categories![cell]!)
    },
    /** Writes a name into row k that a row of this order has, by a number that chooses one; if there is any. */
    choose(rows: readonly TableColumn[], k: number, order: number, number: number): void {
      const { categories, cells } = columnNamed(rows, nameColumn)
      const there = categories!.flatMap((each, place) => (at(order)?.has(each) ? [place] : []))
      if (there.length > 0) cells[k] = there[number % there.length]!
    },
  }
}
