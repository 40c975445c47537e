import { counted, humanCount, printable } from '../../core/format.ts'
import { indicesWhere } from '../../measure/statistics.ts'
import { gathered } from '../../table/table.ts'
import { parentOf } from '../parent.ts'
import type { Reference, Schema } from '../schema.ts'
import type { Drawn, DrawnBy, TablesDraw } from './drawn.ts'
import type { Plans } from './plan.ts'
import { withReferences } from './reference-columns.ts'

/**
 * The rows of a table but those that repeat a key which comes from other tables; a line says how many. They are left out before
 * anything refers to them.
 *
 * @param drawn - All tables so far, with this one.
 */
export function withoutRepeatedKeys(
  by: DrawnBy,
  { seed, onWarning }: TablesDraw,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
): Drawn {
  const { schema, plans } = by
  if (!isKeyOfReferences(schema, plans, name)) return drawn.get(name)!
  const { key = [] } = schema.tables[name]!
  const isOfKey = ({ table, columns }: Reference) =>
    table !== name && columns.some((column) => key.includes(column))
  const all = withReferences(by, seed, drawn, name, isOfKey)
  const distinct = withDistinctKeys(all, key)
  const leftOut = all.count - distinct.count
  if (leftOut > 0)
    onWarning?.(
      `${printable(name)}: ${counted(leftOut, 'row')} of ${humanCount(all.count)} ${leftOut === 1 ? 'is' : 'are'} left out, since other rows have the same key ${key.map(printable).join(', ')}`,
    )
  return distinct
}

/**
 * Whether a table's key has columns that no drawn row is compared by: those that come from rows of other tables, such as both of a
 * link between two tables.
 */
function isKeyOfReferences(schema: Schema, plans: Plans, name: string): boolean {
  const { key = [], references } = schema.tables[name]!
  const ofParent = parentOf(schema, name)?.reference.columns
  const ofOthers = [
    ...references.flatMap(({ columns }) => columns),
    ...plans[name]!.copied.map(({ column }) => column),
  ].filter((column) => !ofParent?.includes(column))
  // a parent may have several rows whose key is the parent's
  const isOfParent = ofParent !== undefined && key.every((column) => ofParent.includes(column))
  return key.length > 0 && (isOfParent || key.some((column) => ofOthers.includes(column)))
}

/** The rows whose key no row before them has. */
function withDistinctKeys(drawn: Drawn, key: readonly string[]): Drawn {
  const columns = key.flatMap((name) => drawn.columns.get(name)?.cells ?? [])
  if (columns.length < key.length) return drawn
  // missing values are equal to each other
  const cellOf = (cells: Float64Array, i: number) =>
    Number.isNaN(cells[i]!) ? Number.NEGATIVE_INFINITY : cells[i]!
  const difference = (a: number, b: number) => {
    for (const cells of columns) {
      const [first, second] = [cellOf(cells, a), cellOf(cells, b)]
      if (first !== second) return first < second ? -1 : 1
    }
    return 0
  }
  const order = Int32Array.from({ length: drawn.count }, (_, i) => i)
  order.sort((a, b) => difference(a, b) || a - b)
  const repeats = new Uint8Array(drawn.count)
  for (let k = 1; k < order.length; k++)
    if (difference(order[k - 1]!, order[k]!) === 0) repeats[order[k]!] = 1
  if (!repeats.includes(1)) return drawn
  const rows = indicesWhere(drawn.count, (i) => repeats[i] === 0)
  return {
    count: rows.length,
    learned: drawn.learned.map((each) => gathered(each, rows)),
    columns: new Map([...drawn.columns].map(([name, each]) => [name, gathered(each, rows)])),
    links: drawn.links.map((links) => links && rows.map((i) => links[i]!)),
    numbers: Float64Array.from(rows, (i) => drawn.numbers[i]!),
  }
}
