/** The rows that a table's references lead to. That of a child to its parent is chosen before its rows are drawn. */
import { columnNamed } from '../../table/columns.ts'
import type { Reference } from '../schema.ts'
import { seedOf } from './draw-rows.ts'
import type { Drawn, DrawnBy } from './drawn.ts'
import { nearestLinks, noRowOf } from './link-nearest.ts'
import { rowsByName } from './reference-data.ts'

/**
 * The links of a table by each of its references.
 *
 * @param drawn - All tables so far, with this one.
 * @param isWanted - The references whose links are found. Default: all.
 * @returns By reference, its links; undefined while the table that it leads to has no rows yet.
 */
export function linksOf(
  by: DrawnBy,
  seed: number,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
  isWanted: (reference: Reference) => boolean = () => true,
): Drawn['links'] {
  const { schema, plans, referenceData } = by
  const child = drawn.get(name)!
  return schema.tables[name]!.references.map((reference, k) => {
    if (child.links[k] || !drawn.has(reference.table) || !isWanted(reference)) return child.links[k]
    if (referenceData.has(name)) return referenceDataLinks(by, drawn, name, k)
    if (plans[name]!.references[k] === 'name') return namedLinks(by, child, name, k)
    return nearestLinks({ schema, plans, drawn, name, reference: k, seed: seedOf(seed, `${name}/${k}`) })
  })
}

/** The rows of reference data to which the names of a reference lead; -1 where a row has none. */
function namedLinks(by: DrawnBy, { learned, count }: Drawn, name: string, reference: number): Int32Array {
  const { find } = rowsByName(by, name, reference)
  const { clock: rowOrder } = by.plans[name]!
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
