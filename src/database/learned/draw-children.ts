import { counted, humanCount, printable } from '../../core/format.ts'
import { ownValue } from '../../core/own.ts'
import { isGenerated } from '../../table/table.ts'
import type { Schema } from '../schema.ts'
import { type ClockPlan, clockColumns, joinCell } from './clock.ts'
import { rowCompleter } from './complete-row.ts'
import { countColumns } from './counts.ts'
import { drawDistinct, mostAttempts, repeatsIn } from './distinct.ts'
import { numberOfRow, seedOf, translation } from './draw-rows.ts'
import { type Drawn, type DrawnBy, drawnOf, type TablesDraw } from './drawn.ts'
import { familyChooser, type FamilyPart as Part } from './families.ts'
import { type Filled, filledNamed, gathered, joined } from './filled.ts'
import type { Plans } from './plan.ts'
import { givenRepeats, withoutRepeat } from './repeats.ts'
import { isSetName } from './rows.ts'
import { checkOf, rulesInWords } from './rules.ts'
import { siblingsOf } from './siblings.ts'

/** The most families that are drawn at once: what is known of their next rows takes memory. */
const mostFamilies = 16_384

/** Draws the rows of all parents, some parents after the others, place by place. */
export async function drawChildren(
  by: DrawnBy,
  draw: TablesDraw,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
): Promise<Drawn> {
  const { schema, plans, models } = by
  const model = models.get(name)!
  const { references, clock, rules, repeats = {}, families } = plans[name]!
  const parent = references.indexOf('parent')
  const { table: parentName, columns: parentColumns } = schema.tables[name]!.references[parent]!
  const of = drawn.get(parentName)!
  const { columns, context: contextNames = [] } = model.file.description.encoding
  const learned = columns.filter((column) => !isGenerated(column) && !contextNames.includes(column.name))
  const { sizes, rows: parentRows } = familiesOf(schema, plans, of, name)
  const seed = seedOf(draw.seed, name)
  const options = {
    table: name,
    seed,
    signal: draw.signal,
    given: givenRepeats(ownValue(draw.given, name) ?? {}, repeats),
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
  const taken = new Map<string, Set<string>>()
  let rowOf: (i: number) => number = () => -1
  const check = checkOf(by, drawn, name, (i) => rowOf(i))
  const choose =
    families && familyChooser(families, { parent: parentName, child: name, order: clock?.column.name, seed })
  const candidates = families?.count ?? 1
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const parts: Part[] = []
  let [done, leftOut] = [0, 0]
  const having = Int32Array.from(sizes.keys()).filter((p) => sizes[p]! > 0)
  const atOnce = Math.floor(mostFamilies / candidates)
  for (let from = 0; from < having.length; from += atOnce)
    await drawFamilies(having.subarray(from, from + atOnce))

  /** Draws all rows of some parents: as many families of each as there are candidates, of which one is chosen. */
  async function drawFamilies(some: Int32Array): Promise<void> {
    const count = some.length
    // candidate by candidate
    const whose = Int32Array.from({ length: count * candidates }, (_, f) => some[f % count]!)
    const rowsOfParents = whose.map((p) => parentRows[p]!)
    const numberOf = (f: number) => {
      const row = rowsOfParents[f]!
      return row < 0 ? -1 - whose[f]! : of.numbers[row]!
    }
    const ofParents = of.learned.map((each) => gathered(each, rowsOfParents))
    /** By family, its rows: fewer than its parent should have where some are left out. */
    const lengths = Float64Array.from(whose, (p) => sizes[p]!)
    const siblings = siblingsOf({
      parent: parentName,
      parents: ofParents,
      count: whose.length,
      sizes: lengths,
      learned,
      clock,
    })
    const complete = rowCompleter({ by, draw, name, learned, siblings })
    const width = siblings.columns.length
    const contextColumns = siblings.columns
      .map((column, d) => ({ column, d }))
      .filter(({ column }) => contextNames.includes(column.name))
    const drawnParts: Part[] = []
    for (let place = 0; ; place++) {
      const who = Int32Array.from(whose.keys()).filter((f) => lengths[f]! > place)
      if (who.length === 0) break
      draw.signal?.throwIfAborted()
      rowOf = (i) => rowsOfParents[who[i]!]!
      const context = new Float64Array(who.length * width)
      for (const [k, f] of who.entries()) siblings.write(f, context, k * width)
      const contextCells = contextColumns.map(({ column, d }) => ({
        column,
        cells: Float64Array.from(who, (_, k) => context[k * width + d]!),
      }))
      const numbers = Float64Array.from(who, (f) => numberOfRow(numberOf(f), place, Math.floor(f / count)))
      const familyName = (i: number) => `${whose[who[i]!]}/${Math.floor(who[i]! / count)}`
      const isTaken = repeatsIn(ownKey, taken, (i) => (isOfParent ? familyName(i) : ''), numberOfKey)
      const { rows, refused } = await drawDistinct(
        model,
        contextCells,
        numbers,
        options,
        (rows, k, i, isLast) => {
          const f = who[i]!
          if (!complete(rows, k, f, whose[f]!, isLast)) return true
          if (check?.breaks(rows, k, i) || isTaken?.(rows, k, i, isLast)) return true
          check?.keep(rows, k, i)
          return false
        },
      )
      const isRefused = new Set(refused)
      const inOrder = learned.map((column) => filledNamed(rows, column.name))
      const cells = new Float64Array(learned.length)
      for (const [k, f] of who.entries()) {
        for (const [d, each] of inOrder.entries()) cells[d] = each.cells[k]!
        // what keeps breaking a rule, or can't differ from the rows before it, ends the family
        if (isRefused.has(k)) lengths[f] = place
        else siblings.add(f, cells, 0)
      }
      const accepted = Int32Array.from(who.keys()).filter((k) => !isRefused.has(k))
      drawnParts.push(partOf({ who, rows: shown(inOrder), numbers }, accepted))
      done += who.length
      draw.onProgress?.({ table: name, done: Math.floor(done / candidates), count: total })
    }
    const chosen = choose?.({
      parents: ofParents,
      parts: drawnParts,
      lengths,
      numbers: Float64Array.from(some, (_, f) => numberOf(f)),
    })
    for (const [k, p] of some.entries()) leftOut += sizes[p]! - lengths[k + count * (chosen?.[k] ?? 0)]!
    const isChosen = (f: number) => Math.floor(f / count) === (chosen?.[f % count] ?? 0)
    for (const part of drawnParts) {
      const { who, ...rest } = chosen
        ? partOf(
            part,
            Int32Array.from(part.who.keys()).filter((k) => isChosen(part.who[k]!)),
          )
        : part
      parts.push({ who: who.map((f) => whose[f]!), ...rest })
    }
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
  const count = parts.reduce((sum, part) => sum + part.who.length, 0)
  const whose = joined(
    parts.map((part) => part.who),
    new Int32Array(count),
  )
  /** All rows of the next column, which the parts need no longer hold. */
  const nextColumn = (cells: Float64Array) =>
    joined(
      parts.map(({ rows }) => rows.shift()!.cells),
      cells,
    )
  const at = clock && nextColumn(new Float64Array(count))
  const order = familiesInOrder(whose, parentRows.length, at)
  // one for all columns: an array that is no longer used takes memory until it is collected
  const asDrawn = new Float64Array(count)
  const rows = shown(learned.map((column) => ({ column, cells: new Float64Array(0) }))).map(({ column }, k) =>
    gathered({ column, cells: k === 0 && at ? at : nextColumn(asDrawn) }, order),
  )
  joined(
    parts.map((part) => part.numbers),
    asDrawn,
  )
  const result = drawnOf(model, {
    learned: rows,
    numbers: Float64Array.from(order, (i) => asDrawn[i]!),
    seed,
    references: references.length,
  })
  result.links[parent] = Int32Array.from(order, (i) => parentRows[whose[i]!]!)
  return result

  /** Learned columns as children and reports see them: with a clock, its column first, and names that are repeated as they are. */
  function shown(rows: readonly Filled[]): Filled[] {
    const ofClock = clock ? clockColumns(clock).length : 0
    return [
      ...(clock ? [{ column: clock.column, cells: orderCells(rows.slice(0, ofClock), clock) }] : []),
      ...rows.slice(ofClock).map(({ column, cells }) => {
        const plain = withoutRepeat(column, repeats)
        return { column: plain, cells: cells.map(translation(column, plain)) }
      }),
    ]
  }
}

/** Some of a part's rows. */
function partOf({ who, rows, numbers }: Part, some: Int32Array): Part {
  return {
    who: some.map((k) => who[k]!),
    rows: rows.map((each) => gathered(each, some)),
    numbers: Float64Array.from(some, (k) => numbers[k]!),
  }
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
  if (total + orphans === 0 && isNeeded(schema, plans, name)) {
    if (rows.length === 0) rows.push(-1)
    sizes[0] = 1
  }
  return { rows, sizes: Float64Array.from(sizes) }
}

/** Whether rows of other tables need one of a table: by a reference that no row may lack, or none lacked, to it or to a child of it. */
function isNeeded(schema: Schema, plans: Plans, name: string): boolean {
  return Object.entries(schema.tables).some(([other, { references }]) =>
    references.some(({ columns, table, optional }, k) => {
      const mayLack = optional && !plans[other]!.missing?.includes(isSetName(columns))
      if (table !== name || other === name || mayLack) return false
      return plans[other]!.references[k] !== 'parent' || isNeeded(schema, plans, other)
    }),
  )
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
