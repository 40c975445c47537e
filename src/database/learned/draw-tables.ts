import { InputError } from '../../core/errors.ts'
import { counted, humanCount, printable } from '../../core/format.ts'
import { ownValue } from '../../core/own.ts'
import type { ModelInternals } from '../../infer/model.ts'
import { columnNamed, named } from '../../table/columns.ts'
import {
  type ColumnType,
  columnKinds,
  gathered,
  isGenerated,
  type NamedTable,
  type TableColumn,
} from '../../table/table.ts'
import { type LinkedTable, tablesInOrder } from '../database.ts'
import type { Reference, Schema } from '../schema.ts'
import { commonest, drawAccepted, mostAttempts, repeated } from './accept-rows.ts'
import { withCounts } from './counts.ts'
import { drawnKeys, withFreeKeys } from './distinct.ts'
import { isKeyOfReferences, withDistinctKeys } from './distinct-keys.ts'
import { drawChildren } from './draw-children.ts'
import { seedOf, translation } from './draw-rows.ts'
import { type Drawn, type DrawnBy, drawnOf, type TablesDraw } from './drawn.ts'
import { keptRowsOf } from './kept-names.ts'
import { linkedRows, noRowOf } from './links.ts'
import type { Plans } from './plan.ts'
import { checkOf } from './row-check.ts'

/**
 * Draws all tables, parents first: each row of a child under what is known of its parent and of the rows before it. Every
 * reference meets a row.
 *
 * @returns The rows of each table, in the order of the schema's columns.
 * @throws InputError on a condition that does not fit, and where a reference finds no row.
 */
export async function drawTables(by: DrawnBy, draw: TablesDraw): Promise<Map<string, NamedTable>> {
  const { schema, plans } = by
  const drawn = await drawEach(by, draw)
  return new Map(
    tablesInOrder(schema).map((name) => {
      const { final, count } = drawn.get(name)!
      const { missing = [] } = plans[name]!
      const columns = Object.entries(schema.tables[name]!.columns).flatMap(
        ([column, type]) =>
          final.get(column) ?? (missing.includes(column) ? withoutValues(column, type, count) : []),
      )
      return [name, { name, columns, count }]
    }),
  )
}

/** The same, with what is known of each row beside the schema's columns. */
export async function drawEach(by: DrawnBy, draw: TablesDraw): Promise<Map<string, Drawn>> {
  const { schema, plans, kept, models } = by
  const drawn = new Map([...kept].map(([name, rows]) => [name, keptDrawn(schema, rows, name)]))
  const order = tablesInOrder(schema)
  for (const name of order) {
    if (kept.has(name)) continue
    draw.signal?.throwIfAborted()
    const { references } = plans[name]!
    const rows = references.includes('parent')
      ? await drawChildren(by, draw, drawn, name)
      : await drawRoot(by, draw, drawn, name)
    // the next table has its own workers
    await models.get(name)?.workers?.rest()
    drawn.set(name, { ...rows, learned: withCounts(schema, plans, name, rows.learned) })
    leaveOutRepeats(by, draw, drawn, name)
    linkRows(by, draw.seed, drawn, name)
    fillReferences(schema, plans, drawn, name)
  }
  // references of kept rows, and those to tables that were drawn later
  const isKept = (name: string) => kept.has(name)
  for (const name of [...order.filter(isKept), ...order.filter((each) => !isKept(each))]) {
    if (isKept(name)) linkKept(schema, drawn, name, kept.get(name)!)
    else linkRows(by, draw.seed, drawn, name)
    fillReferences(schema, plans, drawn, name)
  }
  return drawn
}

/** Leaves out rows that repeat a key which is filled from other tables, before anything refers to them; a line says how many. */
function leaveOutRepeats(by: DrawnBy, draw: TablesDraw, drawn: Map<string, Drawn>, name: string): void {
  const { schema, plans } = by
  if (!isKeyOfReferences(schema, plans, name)) return
  const { key = [] } = schema.tables[name]!
  linkRows(by, draw.seed, drawn, name, (each) => each.table !== name && isOfSome(each.columns, key))
  fillReferences(schema, plans, drawn, name)
  const all = drawn.get(name)!
  const distinct = withDistinctKeys(all, key)
  drawn.set(name, distinct)
  const leftOut = all.count - distinct.count
  if (leftOut > 0)
    draw.onWarning?.(
      `${printable(name)}: ${counted(leftOut, 'row')} of ${humanCount(all.count)} ${leftOut === 1 ? 'is' : 'are'} left out, since other rows have the same key ${key.map(printable).join(', ')}`,
    )
}

/** Whether one of some names is among others. */
function isOfSome(some: readonly string[], names: readonly string[]): boolean {
  return some.some((each) => names.includes(each))
}

/** A column of which no training row had a value. */
function withoutValues(name: string, type: ColumnType, count: number): TableColumn {
  const kind = columnKinds.find((each) => type === each || type.startsWith(`${each}:`)) ?? 'text'
  const cells = new Float64Array(count).fill(Number.NaN)
  return { name, kind, ...(kind === 'category' && { categories: [] }), cells }
}

/** A key of one column of names, each once, if there are enough of them. */
function keyNames({ file }: ModelInternals, key: readonly string[], count: number): TableColumn[] {
  const { columns } = file.description.encoding
  const column = columns.find(({ name }) => key.length === 1 && name === key[0])
  if (!column?.categories || isGenerated(column) || column.categories.length < count) return []
  return [{ ...column, cells: Float64Array.from({ length: count }, (_, i) => i) }]
}

/** Kept rows; those that they refer to among drawn ones are found in the end. */
function keptDrawn({ tables }: Schema, { count, columns, links, kept }: LinkedTable, name: string): Drawn {
  const { references } = tables[name]!
  const found = references.filter((each) => !tables[each.table]!.keep).flatMap((each) => each.columns)
  const all = (kept?.columns ?? columns).filter((each) => !found.includes(each.name))
  return {
    count,
    learned: columns,
    // whoever gets the rows may write into them
    final: new Map(all.map((each) => [each.name, { ...each, cells: each.cells.slice() }])),
    links: links.map((rows, k) => (tables[references[k]!.table]!.keep ? rows : undefined)),
    numbers: Float64Array.from({ length: count }, (_, i) => i),
  }
}

/** The drawn rows that kept ones refer to: any, as the real ones are not there. */
function linkKept(
  { tables }: Schema,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
  rows: LinkedTable,
): void {
  const { links } = drawn.get(name)!
  for (const [k, { table, optional }] of tables[name]!.references.entries()) {
    const { count } = drawn.get(table)!
    if (links[k]) continue
    if (count === 0 && !optional) throw noRowOf(name, table)
    links[k] = rows.links[k]!.map((row, i) =>
      count === 0 || (row < 0 && optional) ? -1 : (row < 0 ? i : row) % count,
    )
  }
}

async function drawRoot(
  by: DrawnBy,
  draw: TablesDraw,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
): Promise<Drawn> {
  const { models, plans, schema } = by
  const model = models.get(name)!
  const count = draw.counts[name] ?? plans[name]!.rows
  const numbers = Float64Array.from({ length: count }, (_, i) => i)
  const seed = seedOf(draw.seed, name)
  const options = { seed, signal: draw.signal, given: ownValue(draw.given, name) }
  const { key = [] } = schema.tables[name]!
  const { rows, refused: problems } = await drawAccepted(
    model,
    keyNames(model, key, count),
    numbers,
    options,
    {
      keys: drawnKeys(key),
      check: checkOf(by, drawn, name),
      familyOf: () => '',
      parentOf: () => -1,
    },
  )
  const isOfKey = (i: number) => problems.get(i) === repeated
  const broken = [...problems.keys()].filter((i) => !isOfKey(i))
  if (broken.length > 0)
    throw new InputError(
      `table ${printable(name)}: ${counted(broken.length, 'row')} of ${humanCount(count)} ${commonest(broken.map((i) => problems.get(i)!))} in ${mostAttempts} draws each: give a wider condition, leave the rule out, or train for more steps`,
      'out-of-range',
    )
  const fixed = Object.keys(options.given ?? {})
  const { rules } = plans[name]!
  const repeating = [...problems.keys()]
  // a key that is counted up might break a rule
  const refused = rules ? repeating : withFreeKeys(rows, repeating, key, fixed)
  if (refused.length > 0)
    throw new InputError(
      `table ${printable(name)}: its key ${key.map(printable).join(', ')} has fewer combinations than the ${count} rows need: draw fewer`,
      'out-of-range',
    )
  draw.onProgress?.({ table: name, done: count, count })
  return drawnOf(model, { learned: rows, numbers, seed, references: plans[name]!.references.length })
}

/** Finds the rows that a table's references lead to, where these are drawn and the reference has none yet. */
function linkRows(
  by: DrawnBy,
  seed: number,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
  isWanted: (reference: Reference) => boolean = () => true,
): void {
  const { schema, plans } = by
  const child = drawn.get(name)!
  for (const [k, reference] of schema.tables[name]!.references.entries()) {
    if (child.links[k] || !drawn.has(reference.table) || !isWanted(reference)) continue
    child.links[k] =
      plans[name]!.references[k] === 'name'
        ? namedRows(by, child, name, k)
        : linkedRows({ schema, plans, drawn, name, reference: k, seed: seedOf(seed, `${name}/${k}`) })
  }
}

/** The kept rows to which the names of a reference lead; -1 where a row has none. */
function namedRows(by: DrawnBy, { learned, count }: Drawn, name: string, reference: number): Int32Array {
  const { find } = keptRowsOf(by, name, reference)
  const { clock } = by.plans[name]!
  const orders = clock && columnNamed(learned, clock.column.name).cells
  return Int32Array.from({ length: count }, (_, i) => find(learned, i, orders?.[i] ?? Number.NaN) ?? -1)
}

/** Writes the columns of references that have their rows, and those that are copied from these. */
function fillReferences(schema: Schema, plans: Plans, drawn: ReadonlyMap<string, Drawn>, name: string): void {
  const { final, links } = drawn.get(name)!
  const { references } = schema.tables[name]!
  for (const [k, { columns, table }] of references.entries()) {
    const link = links[k]
    if (!link) continue
    const { key = [] } = schema.tables[table]!
    for (const [j, column] of columns.entries()) fill(column, link, table, key[j]!)
  }
  for (const { column, reference, from } of plans[name]!.copied) {
    const link = links[reference]
    if (link) fill(column, link, references[reference]!.table, from)
  }

  /** Where there is no row, a column that another reference has filled keeps its cell. */
  function fill(name: string, link: Int32Array, table: string, from: string): void {
    const source = drawn.get(table)!.final.get(from)
    // the key of a kept row may itself be found in the end
    if (!source) return
    const before = final.get(name)
    const other = before && translation(before, source)
    const column = named(gathered(source, link), name)
    if (before && other)
      for (const [i, row] of link.entries()) if (row < 0) column.cells[i] = other(before.cells[i]!)
    final.set(name, withoutNumbers(column))
  }
}

/** A key's column as that of a reference to it, which numbers no rows. */
function withoutNumbers({ first, ...column }: TableColumn): TableColumn {
  return column.kind === 'key' ? { ...column, kind: 'integer' } : column
}
