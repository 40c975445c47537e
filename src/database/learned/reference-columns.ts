import { columnNamed } from '../../table/columns.ts'
import type { TableColumn } from '../../table/table.ts'
import type { Reference } from '../schema.ts'
import { seedOf, translation } from './draw-rows.ts'
import type { Drawn, DrawnBy } from './drawn.ts'
import { nearestLinks, noRowOf } from './link-nearest.ts'
import { rowsByName } from './reference-data.ts'

/**
 * The rows of a table with the links of its references, and the columns that follow from these. A reference to a table that has no
 * rows yet gets its links later; the link of a child to its parent is there before the child's rows are drawn.
 *
 * @param drawn - All tables so far, with this one.
 * @param isWanted - The references whose links are found. Default: all.
 */
export function withReferences(
  by: DrawnBy,
  seed: number,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
  isWanted: (reference: Reference) => boolean = () => true,
): Drawn {
  const { schema, plans, referenceData } = by
  const child = drawn.get(name)!
  const links = schema.tables[name]!.references.map((reference, k) => {
    if (child.links[k] || !drawn.has(reference.table) || !isWanted(reference)) return child.links[k]
    if (referenceData.has(name)) return referenceDataLinks(by, drawn, name, k)
    if (plans[name]!.references[k] === 'name') return namedLinks(by, child, name, k)
    return nearestLinks({ schema, plans, drawn, name, reference: k, seed: seedOf(seed, `${name}/${k}`) })
  })
  return { ...child, links, columns: referenceColumns(by, drawn, name, links) }
}

/** The rows of reference data to which the names of a reference lead; -1 where a row has none. */
function namedLinks(by: DrawnBy, { learned, count }: Drawn, name: string, reference: number): Int32Array {
  const { find } = rowsByName(by, name, reference)
  const { rowOrder } = by.plans[name]!
  const orders = rowOrder && columnNamed(learned, rowOrder.column.name).cells
  return Int32Array.from({ length: count }, (_, i) => find(learned, i, orders?.[i] ?? Number.NaN) ?? -1)
}

/** The generated rows that a reference of reference data leads to: any, as the real ones are not there. */
function referenceDataLinks(
  { schema, referenceData }: DrawnBy,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
  reference: number,
): Int32Array {
  const { table, optional } = schema.tables[name]!.references[reference]!
  const { count } = drawn.get(table)!
  if (count === 0 && !optional) throw noRowOf(name, table)
  return referenceData
    .get(name)!
    .links[reference]!.map((row, i) =>
      count === 0 || (row < 0 && optional) ? -1 : (row < 0 ? i : row) % count,
    )
}

/** A table's columns, with those of references that have their links, and those that are copied from the rows they lead to. */
function referenceColumns(
  { schema, plans }: DrawnBy,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
  links: Drawn['links'],
): ReadonlyMap<string, TableColumn> {
  const { references } = schema.tables[name]!
  const ofReferences = references.flatMap(({ columns, table }, reference) =>
    columns.map((column, j) => ({ column, reference, from: schema.tables[table]!.key![j]! })),
  )
  const result = new Map(drawn.get(name)!.columns)
  for (const { column, reference, from } of [...ofReferences, ...plans[name]!.copied]) {
    const rows = links[reference]
    if (!rows) continue
    const { table } = references[reference]!
    const source = (table === name ? result : drawn.get(table)!.columns).get(from)
    // the key of reference data may itself come in the end
    if (source) result.set(column, followed(column, rows, source, result.get(column)))
  }
  return result
}

/** The cells of the rows that links lead to. Where there is none, a cell that another reference gave the column stays. */
function followed(
  name: string,
  links: Int32Array,
  source: TableColumn,
  before: TableColumn | undefined,
): TableColumn {
  const other = before && translation(before, source)
  const cells = Float64Array.from(links, (row, i) =>
    row < 0 ? (other?.(before!.cells[i]!) ?? Number.NaN) : source.cells[row]!,
  )
  // a reference to a key numbers no rows
  const { first, ...column } = source
  return { ...column, name, cells, ...(column.kind === 'key' && { kind: 'integer' }) }
}
