import { columnNamed } from '../../table/columns.ts'
import { type Column, gathered, type TableColumn } from '../../table/table.ts'
import { type Accepted, drawAccepted } from './accept-rows.ts'
import type { Child } from './child.ts'
import type { GroupPart as Part } from './child-groups.ts'
import { rowCompleter } from './complete-row.ts'
import { numberOfRow, translation } from './draw-rows.ts'
import { withoutRepeat } from './repeats.ts'
import { joinCell, type OrderPlan, orderColumns } from './row-order.ts'
import { type Siblings, siblingsOf } from './siblings.ts'

/** Rows that are left out, as those before them broke something in every draw. */
export interface LeftOut {
  readonly count: number
  readonly problem: string
}

/** The groups of some parents: one of each candidate by candidate. */
interface Groups {
  /** How many parents there are. */
  readonly count: number
  /** By group, its parent among all, that parent's row, and its number. */
  readonly whose: Int32Array
  readonly rowsOfParents: Int32Array
  readonly numberOf: (group: number) => number
  /** The parents' columns, by group. */
  readonly ofParents: readonly TableColumn[]
  /** By group, how many rows its parent should have. */
  readonly sizes: Float64Array
  readonly siblings: Siblings
}

/** The rows of all places of some groups. */
interface Places {
  readonly parts: readonly Part[]
  /** By group, its rows: fewer than its parent should have where some are left out. */
  readonly lengths: Float64Array
  /** By group, what its row broke where rows are left out. */
  readonly problems: ReadonlyMap<number, string>
}

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
      const { who, ...rest } = chosen ? partOf(part, indexesOf(part.who, isChosen)) : part
      return { who: who.map((f) => whose[f]!), ...rest }
    }),
    leftOut: leftOut.filter((each) => each.count > 0),
  }
}

function groupsOf({ plan, parent, parents, learned, candidates }: Child, some: Int32Array): Groups {
  const count = some.length
  const whose = Int32Array.from({ length: count * candidates }, (_, f) => some[f % count]!)
  const rowsOfParents = whose.map((p) => parents.rows[p]!)
  const ofParents = parent.drawn.learned.map((each) => gathered(each, rowsOfParents))
  const sizes = Float64Array.from(whose, (p) => parents.sizes[p]!)
  return {
    count,
    whose,
    rowsOfParents,
    numberOf(f) {
      const row = rowsOfParents[f]!
      return row < 0 ? -1 - whose[f]! : parent.drawn.numbers[row]!
    },
    ofParents,
    sizes,
    siblings: siblingsOf({
      parent: parent.name,
      parents: ofParents,
      count: whose.length,
      sizes,
      learned,
      rowOrder: plan.clock,
    }),
  }
}

/** Draws the first row of all groups, then the second, and so on, each under what is known of those before it. */
async function drawPlaces(child: Child, groups: Groups, onRows: (count: number) => void): Promise<Places> {
  const { by, draw, name, learned } = child
  const { sizes, siblings } = groups
  const lengths = sizes.slice()
  const problems = new Map<number, string>()
  const complete = rowCompleter({ by, draw, name, learned, siblings })
  const parts: Part[] = []
  for (let place = 0; ; place++) {
    const who = indexesOf(lengths, (length) => length > place)
    if (who.length === 0) return { parts, lengths, problems }
    draw.signal?.throwIfAborted()
    const { rows, numbers, refused } = await drawPlace(child, groups, { place, who, complete })
    const inOrder = learned.map((column) => columnNamed(rows, column.name))
    const cells = new Float64Array(learned.length)
    for (const [k, f] of who.entries()) {
      for (const [d, each] of inOrder.entries()) cells[d] = each.cells[k]!
      // what keeps breaking a rule, or can't differ from the rows before it, ends the group
      const problem = refused.get(k)
      if (problem === undefined) siblings.add(f, cells, 0)
      else {
        lengths[f] = place
        problems.set(f, problem)
      }
    }
    const accepted = Int32Array.from(who.keys()).filter((k) => !refused.has(k))
    parts.push(partOf({ who, rows: shown(child, inOrder), numbers }, accepted))
    onRows(who.length)
  }
}

interface Place {
  readonly place: number
  /** The groups that have a row there. */
  readonly who: Int32Array
  readonly complete: ReturnType<typeof rowCompleter>
}

/** Draws the row at a place of some groups. */
async function drawPlace(
  { model, options, contextNames, isKeyOfParent, keys, check }: Child,
  { count, whose, rowsOfParents, numberOf, siblings }: Groups,
  { place, who, complete }: Place,
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

/** What is known of the next row of some groups. */
function contextOf(siblings: Siblings, who: Int32Array, names: readonly string[]): TableColumn[] {
  const width = siblings.columns.length
  const context = new Float64Array(who.length * width)
  for (const [k, f] of who.entries()) siblings.write(f, context, k * width)
  return siblings.columns.flatMap((column, d) =>
    names.includes(column.name)
      ? [{ ...column, cells: Float64Array.from(who, (_, k) => context[k * width + d]!) }]
      : [],
  )
}

/** Learned columns as children and reports see them. */
function shown(child: Child, rows: readonly TableColumn[]): TableColumn[] {
  const { clock: rowOrder } = child.plan
  const ofOrder = rowOrder ? orderColumns(rowOrder).length : 0
  const others = rows.slice(ofOrder)
  const at = rowOrder ? [orderCells(rows.slice(0, ofOrder), rowOrder)] : []
  return shownColumns(child).map((column, k) => {
    if (k < at.length) return { ...column, cells: at[k]! }
    const learned = others[k - at.length]!
    return { ...column, cells: learned.cells.map(translation(learned, column)) }
  })
}

/** The columns that `shown` gives: with a row order, its column first, and names that are repeated as they are. */
export function shownColumns({ plan: { clock: rowOrder, repeats = {} }, learned }: Child): Column[] {
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

/** The cells of the order's column, from what the model learns of it. */
function orderCells(parts: readonly TableColumn[], rowOrder: OrderPlan): Float64Array {
  return parts[0]!.cells.map((_, i) =>
    joinCell(
      parts.map(({ cells }) => cells[i]!),
      rowOrder,
    ),
  )
}

function indexesOf(values: ArrayLike<number>, isWanted: (value: number) => boolean): Int32Array {
  const indexes: number[] = []
  for (let k = 0; k < values.length; k++) if (isWanted(values[k]!)) indexes.push(k)
  return Int32Array.from(indexes)
}
