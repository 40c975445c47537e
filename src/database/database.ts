import { InputError } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import type { NamedTable } from '../table/table.ts'
import { mapTables, type Reference, type Schema, type TableSchema } from './schema.ts'

/** A table of a database with the rows that its own refer to. */
export interface LinkedTable extends NamedTable {
  /** For each reference of the schema, the row of the other table by the row of this one; -1 where it is missing. */
  readonly links: readonly Int32Array[]
  /** Of reference data: every cell as it stands, keys and texts too, to be written again. */
  readonly kept?: NamedTable | undefined
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
export function tablesInOrder(schema: Schema): string[] {
  const { order, circle } = orderOf(schema)
  if (circle) throw isCircle(circle)
  return order
}

/** One reference of a circle. */
interface Step {
  readonly name: string
  readonly table: TableSchema
  readonly reference: Reference
}

/** The same order, which any table of a circle of obligatory references begins, and the first such circle. */
export function orderOf({ tables }: Schema): { order: string[]; circle?: readonly Step[] } {
  let circle: readonly Step[] | undefined
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
    let next =
      all.find((name) => isFree(name, false)) ??
      all.find((name) => isFree(name, true) && isInCircle(tables, waiting, name)) ??
      all.find((name) => isFree(name, true))
    if (next === undefined) {
      const among = circleAmong(tables, all)
      circle ??= among
      next = among[0]!.name
    }
    waiting.delete(next)
    placed.push(next)
  }
  return { order: placed, ...(circle && { circle }) }
}

/** The schema where each circle of obligatory references is open: by those of them that rows may lack, though none does. */
export function withOpenCircles(
  schema: Schema,
  allowsMissing: (name: string, reference: Reference) => boolean,
): Schema {
  /** The tables that references which don't wait lead to. */
  const after = (at: string) => {
    const table = schema.tables[at]!
    return table.references.flatMap((each) => (mayWait(table, each) ? [] : each.table))
  }
  return mapTables(schema, (table, name) => {
    const opens = (each: Reference) =>
      !each.optional && allowsMissing(name, each) && isReached(name, [each.table], after)
    const references = table.references.map((each) => (opens(each) ? { ...each, optional: true } : each))
    return { ...table, references }
  })
}

/** Whether references lead from a table that waits, over others that do, back to it. */
function isInCircle(tables: Schema['tables'], waiting: ReadonlySet<string>, name: string): boolean {
  const after = (at: string) =>
    tables[at]!.references.flatMap(({ table }) => (waiting.has(table) ? table : []))
  return isReached(
    name,
    after(name).filter((table) => table !== name),
    after,
  )
}

/** Whether a table is among some, or is reached from them. */
function isReached(
  name: string,
  from: readonly string[],
  after: (table: string) => readonly string[],
): boolean {
  const reached = new Set(from)
  // a set gives what is added to it meanwhile
  for (const at of reached) for (const table of after(at)) reached.add(table)
  return reached.has(name)
}

/** The references of a table that lead to itself, or to a table after it in `order`. */
export function laterReferences({ tables }: Schema, order: readonly string[], name: string): Reference[] {
  const after = new Set(order.slice(order.indexOf(name)))
  return tables[name]!.references.filter(({ table }) => after.has(table))
}

function circleAmong(tables: Schema['tables'], waiting: readonly string[]): Step[] {
  const path: Step[] = []
  let name = waiting[0]!
  const begin = () => path.findIndex((step) => step.name === name)
  while (begin() < 0) {
    const table = tables[name]!
    const reference = table.references.find((each) => !mayWait(table, each) && waiting.includes(each.table))!
    path.push({ name, table, reference })
    name = reference.table
  }
  return path.slice(begin())
}

function isCircle(circle: readonly Step[]): InputError {
  const path = [...circle, circle[0]!].map(({ name }) => printable(name)).join(' -> ')
  const listed = (steps: readonly Step[]) =>
    steps
      .map(({ name, reference }) => `${reference.columns.map(printable).join(', ')} of ${printable(name)}`)
      .join(' or ')
  const able = circle.filter(({ table, reference }) => mayWait(table, { ...reference, optional: true }))
  const remedy =
    able.length > 0
      ? `say "optional": true for ${listed(able)}, or take one of them out`
      : `take out ${listed(circle)}, as a reference by a key can't be optional`
  return new InputError(
    `the tables refer to each other in a circle, ${path}, and no row may lack a reference: in schema.json (moonstep schema DATASET --out schema.json writes it), ${remedy}`,
    'bad-data',
  )
}
