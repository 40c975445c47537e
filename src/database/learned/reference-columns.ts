import type { TableColumn } from '../../table/table.ts'
import type { Reference } from '../schema.ts'
import { translation } from './draw-rows.ts'
import type { Drawn, DrawnBy } from './drawn.ts'
import { linksOf } from './link-rows.ts'

/**
 * The rows of a table with the links of its references, and the columns that follow from these.
 *
 * @param drawn - All tables so far, with this one.
 * @param isWanted - The references whose links are found. Default: all.
 */
export function withReferences(
  by: DrawnBy,
  seed: number,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
  isWanted?: (reference: Reference) => boolean,
): Drawn {
  const links = linksOf(by, seed, drawn, name, isWanted)
  return { ...drawn.get(name)!, links, columns: referenceColumns(by, drawn, name, links) }
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
