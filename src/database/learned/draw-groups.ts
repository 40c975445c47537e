import { ownValue } from '../../core/own.ts'
import { indicesWhere } from '../../measure/statistics.ts'
import { columnNamed } from '../../table/columns.ts'
import { type Column, gathered, type TableColumn } from '../../table/table.ts'
import { type Accepted, drawAccepted } from './accept-rows.ts'
import type { Child } from './child.ts'
import type { GroupPart as Part } from './child-groups.ts'
import { numberOfRow, translated } from './draw-rows.ts'
import { nameOfReference, rowsByName } from './reference-data.ts'
import { repeaterOf, withoutRepeat } from './repeats.ts'
import { type OrderPlan, orderCell, orderColumns } from './row-order.ts'
import { type Siblings, siblingsOf } from './siblings.ts'

/** Rows that are left out, as those before them broke something in every draw. */
export interface LeftOut {
  readonly count: number
  readonly problem: string
}

/** The groups of some parents: one of each candidate by candidate. */
type Groups = ReturnType<typeof groupsOf>

/**
 * Draws all rows of some parents: as many groups of each as there are candidates, of which one is chosen.
 *
 * @param onRows - Told of so many rows that were drawn.
 * @returns The rows of the chosen groups, whose parts name the parents, and the rows that are left out.
 */
export async function drawGroups(
  child: Child,
  some: Int32Array,
  onRows: (count: number) => void,
): Promise<{ readonly parts: readonly Part[]; readonly leftOut: readonly LeftOut[] }> {
  const groups = groupsOf(child, some)
  const { parts, lengths, problems } = await drawPlaces(child, groups, onRows)
  const { count, whose, sizes, numberOf, ofParents } = groups
  const chosen = child.choose?.({
    parents: ofParents,
    parts,
    lengths,
    numbers: Float64Array.from(some, (_, f) => numberOf(f)),
  })
  const choiceOf = (parent: number) => chosen?.[parent] ?? 0
  const leftOut = Array.from(some, (_, k) => {
    const group = k + count * choiceOf(k)
    return { count: sizes[group]! - lengths[group]!, problem: problems.get(group) ?? '' }
  })
  const isChosen = (f: number) => Math.floor(f / count) === choiceOf(f % count)
  return {
    parts: parts.map((part) => {
      const { who, ...rest } = chosen
        ? partOf(
            part,
            indicesWhere(part.who.length, (k) => isChosen(part.who[k]!)),
          )
        : part
      return { who: who.map((f) => whose[f]!), ...rest }
    }),
    leftOut: leftOut.filter((each) => each.count > 0),
  }
}

function groupsOf(child: Child, some: Int32Array) {
  const { plan, parent, parents, learned, candidates } = child
  /** How many parents there are. */
  const count = some.length
  /** By group, its parent among all, and that parent's row. */
  const whose = Int32Array.from({ length: count * candidates }, (_, f) => some[f % count]!)
  const rowsOfParents = whose.map((p) => parents.rows[p]!)
  /** The parents' columns, by group. */
  const ofParents = parent.drawn.learned.map((each) => gathered(each, rowsOfParents))
  /** By group, how many rows its parent should have. */
  const sizes = Float64Array.from(whose, (p) => parents.sizes[p]!)
  const siblings = siblingsOf({
    parent: parent.name,
    parents: ofParents,
    count: whose.length,
    sizes,
    learned,
    rowOrder: plan.rowOrder,
  })
  /** The number of a group's parent. */
  const numberOf = (f: number) => {
    const row = rowsOfParents[f]!
    return row < 0 ? -1 - whose[f]! : parent.drawn.numbers[row]!
  }
  const complete = rowCompleter(child, siblings)
  return { count, whose, rowsOfParents, ofParents, sizes, siblings, numberOf, complete }
}

/**
 * Draws the first row of all groups, then the second, and so on, each under what is known of those before it.
 *
 * @returns By group, how many rows it has, fewer than its parent should have where some are left out, and what broke there.
 */
async function drawPlaces(child: Child, groups: Groups, onRows: (count: number) => void) {
  const { draw, learned } = child
  const { sizes, siblings } = groups
  const lengths = sizes.slice()
  const problems = new Map<number, string>()
  const parts: Part[] = []
  for (let place = 0; ; place++) {
    const who = indicesWhere(lengths.length, (f) => lengths[f]! > place)
    if (who.length === 0) return { parts, lengths, problems }
    draw.signal?.throwIfAborted()
    const { rows, numbers, refused } = await drawPlace(child, groups, place, who)
    const inOrder = learned.map((column) => columnNamed(rows, column.name))
    const cells = new Float64Array(learned.length)
    for (const [k, f] of who.entries()) {
      for (const [d, each] of inOrder.entries()) cells[d] = each.cells[k]!
      // what keeps breaking a rule, or can't differ from the rows before it, ends the group
      const problem = refused.get(k)
      if (problem === undefined) siblings.add(f, cells)
      else {
        lengths[f] = place
        problems.set(f, problem)
      }
    }
    const accepted = indicesWhere(who.length, (k) => !refused.has(k))
    parts.push(partOf({ who, rows: shown(child, inOrder), numbers }, accepted))
    onRows(who.length)
  }
}

/** Draws the row at a place of the groups that have one there. */
async function drawPlace(
  { model, options, contextNames, isKeyOfParent, keys, check }: Child,
  { count, whose, rowsOfParents, numberOf, siblings, complete }: Groups,
  place: number,
  who: Int32Array,
): Promise<Accepted & { readonly numbers: Float64Array }> {
  const numbers = Float64Array.from(who, (f) => numberOfRow(numberOf(f), place, Math.floor(f / count)))
  const drawn = await drawAccepted(model, contextOf(siblings, who, contextNames), numbers, options, {
    complete: (rows, i, isLast) => complete(rows, i, who[i]!, whose[who[i]!]!, isLast),
    keys,
    check,
    groupOf: (i) => (isKeyOfParent ? `${whose[who[i]!]}/${Math.floor(who[i]! / count)}` : ''),
    parentOf: (i) => rowsOfParents[who[i]!]!,
  })
  return { ...drawn, numbers }
}

/**
 * Returns a function that writes into row `k` of those drawn what follows from the rows of its group before it: the names that it
 * repeats, and the order where these begin or end. It returns why where there is nothing to repeat, or no row of reference data of its name; a row
 * that has none at its last attempt takes one of those that its order has, by the number of its parent.
 */
function rowCompleter({ by, draw, name, learned }: Child, siblings: Siblings) {
  const { references, rowOrder, repeats = {} } = by.plans[name]!
  const repeat = repeaterOf(learned, repeats)
  const isGiven = (column: string) => Object.hasOwn(ownValue(draw.given, name) ?? {}, column)
  const names = references.flatMap((plan, k) =>
    plan === 'name' ? [{ column: nameOfReference(by.schema, name, k), ...rowsByName(by, name, k) }] : [],
  )
  const isInPlace = rowOrder !== undefined && !isGiven(rowOrder.column.name)
  const order = rowOrder && orderCell(rowOrder)
  return (
    rows: readonly TableColumn[],
    k: number,
    group: number,
    parent: number,
    isLast: boolean,
  ): string | undefined => {
    if (!repeat(rows, k, (d) => siblings.previousOf(group, d))) return 'had no row before to repeat'
    if (isInPlace) {
      const { cells } = columnNamed(rows, rowOrder.column.name)
      cells[k] = inPlace(rowOrder, siblings, group, cells[k]!)
    }
    const at = order?.(rows, k) ?? Number.NaN
    for (const { column, find, choose } of names)
      if (find(rows, k, at) === undefined && isLast && !isGiven(column)) choose(rows, k, at, parent)
    return names.every(({ find }) => find(rows, k, at) !== undefined) ? undefined : 'led to no kept row'
  }
}

/**
 * The cell of the order in its place among the rows of a parent: where these begin and end, if all do so, and after the row before, if no
 * two are at once.
 */
function inPlace(rowOrder: OrderPlan, siblings: Siblings, group: number, cell: number): number {
  const { isAtBegin, isAtEnd, timeUnit } = rowOrder
  const { begin, end, before, place, left } = siblings.whereIs(group)
  const minimumGap = timeUnit === undefined ? rowOrder.minimumGap : undefined
  if (isAtBegin && place === 0 && !Number.isNaN(begin)) return begin
  const last = end - (minimumGap ?? 0) * left
  const ended = !isAtEnd || Number.isNaN(end) ? cell : left === 0 ? end : Math.min(cell, last)
  return place > 0 && minimumGap !== undefined ? Math.max(ended, before + minimumGap) : ended
}

/** What is known of the next row of some groups. */
function contextOf({ columns, cellOf }: Siblings, who: Int32Array, names: readonly string[]): TableColumn[] {
  return columns.flatMap((column, d) =>
    names.includes(column.name) ? [{ ...column, cells: Float64Array.from(who, (f) => cellOf(d, f)) }] : [],
  )
}

/** Learned columns as children and reports see them. */
function shown(child: Child, rows: readonly TableColumn[]): TableColumn[] {
  const { rowOrder } = child.plan
  const order = rowOrder && orderCell(rowOrder)
  return shownColumns(child).map((column, k) => {
    if (order && k === 0) return { ...column, cells: rows[0]!.cells.map((_, i) => order(rows, i)) }
    return translated(columnNamed(rows, column.name), column)
  })
}

/** The columns that `shown` gives: with a row order, its column first, and names that are repeated as they are. */
export function shownColumns({ plan: { rowOrder, repeats = {} }, learned }: Child): Column[] {
  const others = learned.slice(rowOrder ? orderColumns(rowOrder).length : 0)
  return [...(rowOrder ? [rowOrder.column] : []), ...others.map((column) => withoutRepeat(column, repeats))]
}

/** Some of a part's rows. */
function partOf({ who, rows, numbers }: Part, some: Int32Array): Part {
  return {
    who: some.map((k) => who[k]!),
    rows: rows.map((each) => gathered(each, some)),
    numbers: Float64Array.from(some, (k) => numbers[k]!),
  }
}
