import { counted, humanCount, printable } from '../../core/format.ts'
import { isGenerated } from '../../table/table.ts'
import type { Schema } from '../schema.ts'
import { type ClockPlan, clockColumns, joinCell } from './clock.ts'
import { rowCompleter } from './complete-row.ts'
import { countColumns } from './counts.ts'
import { drawDistinct, mostAttempts, repeatsIn } from './distinct.ts'
import { numberOfRow, seedOf, translation } from './draw-rows.ts'
import { type Drawn, type DrawnBy, drawnOf, type TablesDraw } from './drawn.ts'
import { type Filled, filledNamed, gathered } from './filled.ts'
import type { Plans } from './plan.ts'
import { givenRepeats, withoutRepeat } from './repeats.ts'
import { checkOf, rulesInWords } from './rules.ts'
import { siblingsOf } from './siblings.ts'

/** The most parents whose next rows are drawn at once: what is known of these takes memory. */
const mostParents = 16_384

/** Draws the rows of all parents place by place. */
export async function drawChildren(
  by: DrawnBy,
  draw: TablesDraw,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
): Promise<Drawn> {
  const { schema, plans, models } = by
  const model = models.get(name)!
  const { references, clock, rules, repeats = {} } = plans[name]!
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
  const options = {
    table: name,
    seed,
    signal: draw.signal,
    given: givenRepeats(draw.given?.[name] ?? {}, repeats),
  }
  const { key = [] } = schema.tables[name]!
  const isOfParent = key.some((column) => parentColumns.includes(column))
  const ownKey = key
    .filter((column) => !parentColumns.includes(column))
    .flatMap((column) =>
      column === clock?.column.name ? clockColumns(clock).map((each) => each.name) : column,
    )
  const numberOfKey = learned.find(
    (column) =>
      column.kind === 'integer' &&
      key.includes(column.name) &&
      column.name !== clock?.column.name &&
      !Object.hasOwn(options.given, column.name),
  )?.name
  const complete = rowCompleter({ by, draw, name, learned, siblings })
  const taken = new Map<string, Set<string>>()
  let who: Int32Array = new Int32Array(0)
  const check = checkOf(by, drawn, name, (i) => parentRows[who[i]!]!)
  let leftOut = 0
  const width = siblings.columns.length
  const told = siblings.columns
    .map((column, d) => ({ column, d }))
    .filter(({ column }) => contextNames.includes(column.name))
  const parts: { readonly who: Int32Array; readonly rows: Filled[]; readonly numbers: Float64Array }[] = []
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let done = 0
  for (let place = 0; done < total; place++) {
    const waiting = Int32Array.from(parentRows.keys()).filter((p) => sizes[p]! > place)
    if (waiting.length === 0) break
    for (let from = 0; from < waiting.length; from += mostParents)
      await drawNext(waiting.subarray(from, from + mostParents), place)
  }

  /** Draws the row of this place of some parents. */
  async function drawNext(some: Int32Array, place: number): Promise<void> {
    draw.signal?.throwIfAborted()
    who = some
    const context = new Float64Array(who.length * width)
    for (const [k, p] of who.entries()) siblings.write(p, context, k * width)
    const known = told.map(({ column, d }) => ({
      column,
      cells: Float64Array.from(who, (_, k) => context[k * width + d]!),
    }))
    const numbers = Float64Array.from(who, (p) =>
      numberOfRow(parentRows[p]! < 0 ? -1 - p : of.numbers[parentRows[p]!]!, place),
    )
    const isTaken = repeatsIn(ownKey, taken, (i) => (isOfParent ? String(who[i]) : ''), numberOfKey)
    const drawnRows = await drawDistinct(model, known, numbers, options, (rows, k, i, isLast) => {
      if (!complete(rows, k, who[i]!, isLast)) return true
      if (check?.breaks(rows, k, i) || isTaken?.(rows, k, i, isLast)) return true
      check?.keep(rows, k, i)
      return false
    })
    const { rows, refused } = drawnRows
    const left = new Set(refused)
    const inOrder = learned.map((column) => filledNamed(rows, column.name))
    const cells = new Float64Array(learned.length)
    for (const [k, p] of who.entries()) {
      for (const [d, each] of inOrder.entries()) cells[d] = each.cells[k]!
      // what keeps breaking a rule, or can't differ from the rows before it, ends the family
      if (left.has(k)) {
        leftOut += sizes[p]! - place
        sizes[p] = place
      } else siblings.add(p, cells, 0)
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
  if (leftOut > 0) {
    const reasons = [
      ...(rules ? [`broke a rule (${rulesInWords(rules)})`] : []),
      ...(references.includes('name') ? ['led to no kept row'] : []),
      'repeated its key',
    ]
    draw.onWarning?.(
      `${printable(name)}: ${counted(leftOut, 'row')} of ${humanCount(total)} ${leftOut === 1 ? 'is' : 'are'} left out, since ${mostAttempts} draws of each ${reasons.join(' or ')}`,
    )
  }
  const whose = joined(
    Int32Array,
    parts.map((part) => part.who),
  )
  /** All rows of the next column, which the parts need no longer hold. */
  const nextColumn = (k: number): Filled => {
    const cells = joined(
      Float64Array,
      parts.map(({ rows }) => rows.shift()!.cells),
    )
    const column = withoutRepeat(learned[k]!, repeats)
    return { column, cells: cells.map(translation(learned[k]!, column)) }
  }
  const ofClock = clock ? clockColumns(clock).map((_, k) => nextColumn(k)) : []
  const at = clock && orderCells(ofClock, clock)
  const order = familiesInOrder(whose, parentRows.length, at)
  const inOrderOf = (filled: Filled) => gathered(filled, order)
  const rows = [
    ...(clock ? [inOrderOf({ column: clock.column, cells: at! })] : []),
    ...learned.slice(ofClock.length).map((_, k) => inOrderOf(nextColumn(ofClock.length + k))),
  ]
  const numbers = joined(
    Float64Array,
    parts.map((part) => part.numbers),
  )
  const result = drawnOf(model, {
    learned: rows,
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

/** The cells of the order's column, from what the model learns of it. */
function orderCells(parts: readonly Filled[], clock: ClockPlan): Float64Array {
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

/** The rows parent by parent, those of one by their order's cells, if there are some, and then as they were drawn. */
function familiesInOrder(whose: Int32Array, parents: number, at: Float64Array | undefined): Int32Array {
  const next = new Int32Array(parents + 1)
  for (const p of whose) next[p + 1]!++
  for (let p = 0; p < parents; p++) next[p + 1]! += next[p]!
  const order = new Int32Array(whose.length)
  for (const [i, p] of whose.entries()) {
    // few rows are in one family, and most come in their order: each is moved before those that it precedes
    let k = next[p]!++
    for (; at && k > 0 && whose[order[k - 1]!] === p && compareCells(at[order[k - 1]!]!, at[i]!) > 0; k--)
      order[k] = order[k - 1]!
    order[k] = i
  }
  return order
}

/** Typed arrays one after the other. */
function joined<A extends Int32Array | Float64Array>(
  type: new (length: number) => A,
  parts: readonly A[],
): A {
  const all = new type(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
