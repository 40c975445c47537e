import { orderOf } from './database.ts'
import type { Reference, Schema } from './schema.ts'

/** The place of each table in the order in which tables are drawn; a schema never changes. */
const places = new WeakMap<Schema, ReadonlyMap<string, number>>()

/**
 * Whether the rows of one table are there before those of another are drawn: those of reference data always are, others if the table
 * comes first where references make a circle.
 */
export function isBefore(schema: Schema, table: string, other: string): boolean {
  let order = places.get(schema)
  if (!order) {
    order = new Map(orderOf(schema).order.map((name, place) => [name, place]))
    places.set(schema, order)
  }
  return table !== other && (schema.tables[table]!.keep === true || order.get(table)! < order.get(other)!)
}

/**
 * The reference to the parent with which a table's rows are drawn: the first obligatory one to a table that is drawn before and does
 * not hold reference data, else the first that may be missing. Undefined if there is none, or the table is reference data.
 */
export function parentOf(
  schema: Schema,
  name: string,
): { readonly reference: Reference; readonly index: number } | undefined {
  const { references, keep } = schema.tables[name]!
  if (keep) return undefined
  const mayBeParent = ({ table }: Reference) => !schema.tables[table]!.keep && isBefore(schema, table, name)
  const obligatory = references.findIndex((each) => mayBeParent(each) && !each.optional)
  const index = obligatory < 0 ? references.findIndex(mayBeParent) : obligatory
  return index < 0 ? undefined : { reference: references[index]!, index }
}
