import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import type { ModelInternals } from '../../infer/model.ts'
import type { Given } from '../../table/condition.ts'
import { type Column, isGenerated, type NamedTable } from '../../table/table.ts'
import { type LinkedTable, tablesInOrder } from '../database.ts'
import type { Schema } from '../schema.ts'
import { type ClockPlan, clockColumns, joinCell } from './clock.ts'
import {
  drawRows,
  madeColumns,
  numberOfRow,
  type RowDraw,
  reordered,
  seedOf,
  translation,
} from './draw-rows.ts'
import { type Filled, filledIn, filledNamed, gathered, named, tableOf } from './filled.ts'
import { linkedRows } from './links.ts'
import { countColumns, type Plans } from './plan.ts'
import { nameOfReference, rowNames } from './rows.ts'
import { siblingsOf } from './siblings.ts'

/** What tables are drawn by. */
export interface DrawnBy {
  readonly schema: Schema
  readonly plans: Plans
  readonly models: ReadonlyMap<string, ModelInternals>
  /** The tables whose real rows are kept. */
  readonly kept: ReadonlyMap<string, LinkedTable>
}

export interface TablesDraw {
  /** The rows of each table without a parent. */
  readonly counts: Readonly<Record<string, number>>
  readonly seed: number
  readonly given?: Readonly<Record<string, Given>> | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: { table: string; done: number; count: number }) => void) | undefined
}

/** A table's rows as they are drawn. */
export interface Drawn {
  readonly count: number
  /** What its model learns, and its order's column. */
  readonly learned: Filled[]
  /** The columns of the schema that are known so far. */
  readonly final: Map<string, Filled>
  readonly links: (Int32Array | undefined)[]
  /** By row, its number among those of its table. */
  readonly numbers: Float64Array
}

/**
 * Draws all tables, parents first: each row of a child under what is known of its parent and of the rows before it. Every
 * reference meets a row.
 *
 * @returns The rows of each table, in the order of the schema's columns.
 * @throws InputError on a condition that does not fit, and where a reference finds no row.
 */
export async function drawTables(
  by: DrawnBy,
  draw: TablesDraw,
): Promise<Map<string, NamedTable<Float64Array>>> {
  const { schema, plans, kept } = by
  const drawn = new Map<string, Drawn>()
  const order = tablesInOrder(schema)
  for (const name of order) {
    draw.signal?.throwIfAborted()
    const keptRows = kept.get(name)
    const { references } = plans[name]!
    drawn.set(
      name,
      keptRows
        ? keptDrawn(keptRows)
        : references.includes('parent')
          ? await drawChildren(by, draw, drawn, name)
          : await drawRoot(by, draw, name),
    )
    if (!keptRows) linkRows(by, draw.seed, drawn, name)
    fillReferences(schema, plans, drawn, name)
  }
  // references to tables that were drawn later, or to the same one
  for (const name of order) {
    if (kept.has(name)) continue
    linkRows(by, draw.seed, drawn, name)
    fillReferences(schema, plans, drawn, name)
  }
  return new Map(
    order.map((name) => {
      const { final, count } = drawn.get(name)!
      const columns = Object.keys(schema.tables[name]!.columns).flatMap((column) => final.get(column) ?? [])
      return [name, tableOf(name, columns, count)]
    }),
  )
}

function keptDrawn({ points, links, kept, ...table }: LinkedTable): Drawn {
  const all = filledIn(kept ?? { ...table, points })
  return {
    count: points.count,
    learned: filledIn({ ...table, points }),
    final: new Map(all.map((each) => [each.column.name, each])),
    links: [...links],
    numbers: Float64Array.from({ length: points.count }, (_, i) => i),
  }
}

async function drawRoot({ models, plans, schema }: DrawnBy, draw: TablesDraw, name: string): Promise<Drawn> {
  const model = models.get(name)!
  const count = draw.counts[name] ?? plans[name]!.rows
  const numbers = Float64Array.from({ length: count }, (_, i) => i)
  const seed = seedOf(draw.seed, name)
  const options = { seed, signal: draw.signal, given: draw.given?.[name] }
  const { key = [] } = schema.tables[name]!
  const isTaken = repeatsIn(key, new Map(), () => '')
  const { rows, repeats } = await drawDistinct(model, [], numbers, options, isTaken)
  if (repeats.length > 0)
    throw new InputError(
      `table ${printable(name)}: its key ${key.map(printable).join(', ')} has fewer combinations than the ${count} rows need: draw fewer`,
      'out-of-range',
    )
  draw.onProgress?.({ table: name, done: count, count })
  return drawnOf(model, { learned: rows, numbers, seed, references: plans[name]!.references.length })
}

/** How often rows that repeat a key are drawn again. */
const mostAttempts = 64

/** The distance between a row's numbers of further attempts. */
const attemptStep = 2 ** 40

/**
 * Draws rows of which none is taken; a row that is taken is drawn again.
 *
 * @returns The rows, and those that are taken after all.
 */
async function drawDistinct(
  model: ModelInternals,
  context: readonly Filled[],
  numbers: Float64Array,
  options: RowDraw,
  isTaken: ((rows: readonly Filled[], k: number, i: number) => boolean) | undefined,
): Promise<{ rows: Filled[]; repeats: readonly number[] }> {
  if (numbers.length === 0) return { rows: [], repeats: [] }
  const rows = await drawRows(model, context, numbers, options)
  if (!isTaken) return { rows, repeats: [] }
  let repeats = [...numbers.keys()].filter((i) => isTaken(rows, i, i))
  for (let attempt = 1; repeats.length > 0 && attempt < mostAttempts; attempt++) {
    options.signal?.throwIfAborted()
    const some = repeats
    const again = await drawRows(
      model,
      context.map((each) => gathered(each, some)),
      Float64Array.from(some, (i) => (numbers[i]! + attempt * attemptStep) % Number.MAX_SAFE_INTEGER),
      options,
    )
    for (const [d, { cells }] of rows.entries())
      for (const [k, i] of some.entries()) cells[i] = again[d]!.cells[k]!
    repeats = some.filter((i) => isTaken(rows, i, i))
  }
  return { rows, repeats }
}

/**
 * Returns a function that says whether a row repeats the key of an earlier one of its family, and keeps it if not; undefined if the
 * key has a column that is not drawn with the row.
 */
function repeatsIn(
  key: readonly string[],
  taken: Map<string, Set<string>>,
  familyOfRow: (i: number) => string,
): ((rows: readonly Filled[], k: number, i: number) => boolean) | undefined {
  if (key.length === 0) return undefined
  return (rows, k, i) => {
    const cells = key.map((name) => rows.find(({ column }) => column.name === name)?.cells[k])
    if (cells.includes(undefined)) return false
    const family = familyOfRow(i)
    const own = taken.get(family) ?? new Set()
    const text = cells.join()
    if (own.has(text)) return true
    taken.set(family, own.add(text))
    return false
  }
}

interface Parts {
  readonly learned: Filled[]
  readonly numbers: Float64Array
  readonly seed: number
  readonly references: number
}

function drawnOf(model: ModelInternals, { learned, numbers, seed, references }: Parts): Drawn {
  const count = numbers.length
  const made = madeColumns(model, learned, count, seed)
  return {
    count,
    learned,
    final: new Map([...learned, ...made].map((each) => [each.column.name, each])),
    links: new Array<undefined>(references).fill(undefined),
    numbers,
  }
}

/** Draws the rows of all parents place by place. */
async function drawChildren(
  { schema, plans, models }: DrawnBy,
  draw: TablesDraw,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
): Promise<Drawn> {
  const model = models.get(name)!
  const { references, clock } = plans[name]!
  const parent = references.indexOf('parent')
  const { table: parentName, columns: parentColumns } = schema.tables[name]!.references[parent]!
  const of = drawn.get(parentName)!
  const { columns, context: contextNames = [] } = model.file.description.encoding
  const learned = columns.filter((column) => !isGenerated(column) && !contextNames.includes(column.name))
  const { sizes, rows: parentRows } = familiesOf(schema, plans, of, name)
  const siblings = siblingsOf({
    parent: parentName,
    parents: of.learned.map((each) => gathered(each, parentRows)),
    count: parentRows.length,
    sizes,
    learned,
    clock,
  })
  const seed = seedOf(draw.seed, name)
  const options = { seed, signal: draw.signal, given: draw.given?.[name] }
  const ownKey = (schema.tables[name]!.key ?? []).filter((column) => !parentColumns.includes(column))
  const isOfParent = ownKey.length < (schema.tables[name]!.key?.length ?? 0)
  const taken = new Map<string, Set<string>>()
  const width = siblings.columns.length
  const parts: { readonly who: Int32Array; readonly rows: Filled[]; readonly numbers: Float64Array }[] = []
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let done = 0
  for (let place = 0; done < total; place++) {
    draw.signal?.throwIfAborted()
    const who = Int32Array.from(parentRows.keys()).filter((p) => sizes[p]! > place)
    if (who.length === 0) break
    const context = new Float64Array(who.length * width)
    for (const [k, p] of who.entries()) siblings.write(p, context, k * width)
    const known = siblings.columns.map((column, d) => ({
      column,
      cells: Float64Array.from(who, (_, k) => context[k * width + d]!),
    }))
    const numbers = Float64Array.from(who, (p) =>
      numberOfRow(parentRows[p]! < 0 ? -1 - p : of.numbers[parentRows[p]!]!, place),
    )
    const isTaken = repeatsIn(ownKey, taken, (i) => (isOfParent ? String(who[i]) : ''))
    const drawnRows = await drawDistinct(model, known, numbers, options, (rows, k, i) => {
      if (clock && place > 0) keepStep(clock, rows, k, siblings.beforeOf(who[i]!))
      return isTaken?.(rows, k, i) === true
    })
    const { rows, repeats } = drawnRows
    const left = new Set(repeats)
    const inOrder = learned.map((column) => filledNamed(rows, column.name))
    const cells = new Float64Array(learned.length)
    for (const [k, p] of who.entries()) {
      for (const [d, each] of inOrder.entries()) cells[d] = each.cells[k]!
      // what can't differ from the rows before it ends the family
      if (left.has(k)) sizes[p] = place
      else siblings.add(p, cells, 0)
    }
    const kept = Int32Array.from(who.keys()).filter((k) => !left.has(k))
    parts.push({
      who: Int32Array.from(kept, (k) => who[k]!),
      rows: inOrder.map((each) => gathered(each, kept)),
      numbers: Float64Array.from(kept, (k) => numbers[k]!),
    })
    done += who.length
    draw.onProgress?.({ table: name, done, count: total })
  }
  const joined = learned.map((column, d) => ({
    column,
    cells: joinedCells(parts.map(({ rows }) => rows[d]!.cells)),
  }))
  const whose = Int32Array.from(parts.flatMap(({ who }) => [...who]))
  const at = clock && orderCells(joined, clock)
  const order = Int32Array.from(whose.keys()).sort(
    (a, b) => whose[a]! - whose[b]! || (at ? compareCells(at[a]!, at[b]!) : 0) || a - b,
  )
  const rows = clock
    ? [{ column: clock.column, cells: at! }, ...joined.slice(clockColumns(clock).length)]
    : joined
  const numbers = joinedCells(parts.map((part) => part.numbers))
  const result = drawnOf(model, {
    learned: reordered(rows, order),
    numbers: Float64Array.from(order, (i) => numbers[i]!),
    seed,
    references: references.length,
  })
  result.links[parent] = Int32Array.from(order, (i) => parentRows[whose[i]!]!)
  return result
}

/** The parents of a child's rows, those without a row among them as -1, and how many rows each has. */
function familiesOf(schema: Schema, plans: Plans, parents: Drawn, name: string) {
  const plan = plans[name]!
  const reference = plan.references.indexOf('parent')
  const { table } = schema.tables[name]!.references[reference]!
  const counting = countColumns(schema, plans, table).find(
    (each) => each.child === name && each.reference === reference,
  )!
  const counts = parents.count === 0 ? new Float64Array(0) : filledNamed(parents.learned, counting.name).cells
  const sizes = Array.from(counts, (cell) => (Number.isNaN(cell) ? 0 : Math.max(0, Math.round(cell))))
  const rows = sizes.map((_, i) => i)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const orphans = Math.round((plan.orphans * total) / Math.max(1, plan.rows - plan.orphans))
  for (let k = 0; k < orphans; k++) {
    rows.push(-1)
    sizes.push(1)
  }
  return { rows, sizes: Float64Array.from(sizes) }
}

/** Puts a row that would not come after the one before it right after it, if no two rows may be at once. */
function keepStep(clock: ClockPlan, rows: readonly Filled[], k: number, before: number): void {
  if (clock.leastStep === undefined || clock.timeUnit !== undefined) return
  const { cells } = filledNamed(rows, clock.column.name)
  if (cells[k]! < before + clock.leastStep) cells[k] = before + clock.leastStep
}

/** The cells of the order's column; what the model learns of it comes first. */
function orderCells(rows: readonly Filled[], clock: ClockPlan): Float64Array {
  const parts = rows.slice(0, clockColumns(clock).length)
  return parts[0]!.cells.map((_, i) =>
    joinCell(
      parts.map(({ cells }) => cells[i]!),
      clock,
    ),
  )
}

/** Gaps come last. */
function compareCells(a: number, b: number): number {
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b)) || (Number.isNaN(a) ? 0 : a - b)
}

function joinedCells(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Finds the rows that a table's references lead to, where these are drawn and the reference has none yet. */
function linkRows(by: DrawnBy, seed: number, drawn: Map<string, Drawn>, name: string): void {
  const { schema, plans, kept } = by
  const own = drawn.get(name)!
  for (const [k, { columns, table }] of schema.tables[name]!.references.entries()) {
    if (own.links[k] || !drawn.has(table)) continue
    own.links[k] =
      plans[name]!.references[k] === 'name'
        ? namedRows(
            filledNamed(own.learned, nameOfReference(columns)),
            rowNames({ schema, tables: kept }, table),
          )
        : linkedRows({ schema, plans, drawn, name, reference: k, seed: seedOf(seed, `${name}/${k}`) })
  }
}

function namedRows({ column, cells }: Filled, names: readonly string[]): Int32Array {
  const places = new Map(names.map((name, row) => [name, row]))
  return Int32Array.from(cells, (cell) =>
    Number.isNaN(cell) ? -1 : (places.get(column.categories?.[cell] ?? '') ?? -1),
  )
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
    const source = drawn.get(table)!.final.get(from)!
    const before = final.get(name)
    const other = before && translation(before.column, source.column)
    const { column, cells } = named(gathered(source, link), name)
    if (before && other)
      for (const [i, row] of link.entries()) if (row < 0) cells[i] = other(before.cells[i]!)
    final.set(name, { column: withoutNumbers(column), cells })
  }
}

/** A key's column as that of a reference to it, which numbers no rows. */
function withoutNumbers({ first, ...column }: Column): Column {
  return column.kind === 'key' ? { ...column, kind: 'integer' } : column
}
