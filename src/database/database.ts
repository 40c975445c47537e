import { InputError } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import type { NamedTable } from '../table/table.ts'
import type { Reference, Schema, TableSchema } from './schema.ts'

/** A table of a database with the rows that its own refer to. */
export interface LinkedTable extends NamedTable<Float64Array> {
  /** For each reference of the schema, the row of the other table by the row of this one; -1 where it is missing. */
  readonly links: readonly Int32Array[]
  /** Of a table that keeps its rows: every cell as it stands, keys and texts too, to be written again. */
  readonly kept?: NamedTable<Float64Array> | undefined
}

/** Tables as a store has them, or some of their rows. */
export interface Database {
  readonly schema: Schema
  readonly tables: ReadonlyMap<string, LinkedTable>
}

/** Whether rows may get a reference later: not one whose columns are of their key, which no row lacks. */
function mayWait({ key = [] }: TableSchema, { columns, optional }: Reference): boolean {
  return optional && !columns.every((column) => key.includes(column))
}

/**
 * The tables' names, parents before their children. Where references make a circle, an optional one of a table in it leads to a later
 * table.
 *
 * @throws InputError on a circle of obligatory references, with its tables.
 * @example
 * tablesInOrder({ format: 1, tables: { orders, customers } }) // ['customers', 'orders']
 */
export function tablesInOrder({ tables }: Schema): string[] {
  const placed: string[] = []
  const waiting = new Set(Object.keys(tables))
  /** A table waits for those that its references lead to, but not for itself where a row may lack the reference. */
  const isFree = (name: string, mayBreak: boolean) =>
    tables[name]!.references.every(
      (each) =>
        !waiting.has(each.table) || (mayWait(tables[name]!, each) && (mayBreak || each.table === name)),
    )
  while (waiting.size > 0) {
    const all = [...waiting]
    const next =
      all.find((name) => isFree(name, false)) ??
      all.find((name) => isFree(name, true) && isInCircle(tables, waiting, name)) ??
      all.find((name) => isFree(name, true))
    if (next === undefined) throw circleAmong(tables, all)
    waiting.delete(next)
    placed.push(next)
  }
  return placed
}

/** Whether references lead from a table that waits, over others that do, back to it. */
function isInCircle(tables: Schema['tables'], waiting: ReadonlySet<string>, name: string): boolean {
  const reached = new Set<string>()
  const next = [name]
  for (let at = next.pop(); at !== undefined; at = next.pop())
    for (const { table } of tables[at]!.references) {
      if (table === name && at !== name) return true
      if (!waiting.has(table) || reached.has(table)) continue
      reached.add(table)
      next.push(table)
    }
  return false
}

/** The references of a table that lead to itself, or to a table after it in `order`. */
export function laterReferences({ tables }: Schema, order: readonly string[], name: string): Reference[] {
  const after = new Set(order.slice(order.indexOf(name)))
  return tables[name]!.references.filter(({ table }) => after.has(table))
}

function circleAmong(tables: Schema['tables'], waiting: readonly string[]): InputError {
  const path: string[] = []
  let name = waiting[0]!
  while (!path.includes(name)) {
    path.push(name)
    const table = tables[name]!
    name = table.references.find((each) => !mayWait(table, each) && waiting.includes(each.table))!.table
  }
  const circle = [...path.slice(path.indexOf(name)), name].map(printable).join(' -> ')
  return new InputError(
    `the tables refer to each other in a circle, ${circle}, and no row may lack a reference: make one optional in schema.json, or drop it`,
    'bad-data',
  )
}
