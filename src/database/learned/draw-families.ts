import { columnNamed } from '../../table/columns.ts'
import { type Column, gathered, type TableColumn } from '../../table/table.ts'
import { type Accepted, drawAccepted } from './accept-rows.ts'
import type { Child } from './child.ts'
import { type ClockPlan, clockColumns, joinCell } from './clock.ts'
import { rowCompleter } from './complete-row.ts'
import { numberOfRow, translation } from './draw-rows.ts'
import type { FamilyPart as Part } from './families.ts'
import { withoutRepeat } from './repeats.ts'
import { type Siblings, siblingsOf } from './siblings.ts'

/** Rows that are left out, as those before them broke something in every draw. */
export interface LeftOut {
  readonly count: number
  readonly problem: string
}

/** The families of some parents: one of each candidate by candidate. */
interface Families {
  /** How many parents there are. */
  readonly count: number
  /** By family, its parent among all, that parent's row, and its number. */
  readonly whose: Int32Array
  readonly rowsOfParents: Int32Array
  readonly numberOf: (family: number) => number
  /** The parents' columns, by family. */
  readonly ofParents: readonly TableColumn[]
  /** By family, its rows: fewer than its parent should have where some are left out. */
  readonly lengths: Float64Array
  /** By family, what its row broke where rows are left out. */
  readonly problems: (string | undefined)[]
  readonly siblings: Siblings
}

/**
 * Draws all rows of some parents: as many families of each as there are candidates, of which one is chosen.
 *
 * @param onRows - Told of so many rows that were drawn.
 * @returns The rows of the chosen families, whose parts name the parents, and the rows that are left out.
 */
export async function drawFamilies(
  child: Child,
  some: Int32Array,
  onRows: (count: number) => void,
): Promise<{ readonly parts: readonly Part[]; readonly leftOut: readonly LeftOut[] }> {
  const families = familiesOf(child, some)
  const parts = await drawPlaces(child, families, onRows)
  const { count, whose, lengths, numberOf, ofParents } = families
  const chosen = child.choose?.({
    parents: ofParents,
    parts,
    lengths,
    numbers: Float64Array.from(some, (_, f) => numberOf(f)),
  })
  const choiceOf = (parent: number) => chosen?.[parent] ?? 0
  const leftOut = Array.from(some, (p, k) => {
    const family = k + count * choiceOf(k)
    return { count: child.sizes[p]! - lengths[family]!, problem: families.problems[family] ?? '' }
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

function familiesOf(
  { plan, parent, parentRows, sizes, learned, candidates }: Child,
  some: Int32Array,
): Families {
  const count = some.length
  const whose = Int32Array.from({ length: count * candidates }, (_, f) => some[f % count]!)
  const rowsOfParents = whose.map((p) => parentRows[p]!)
  const ofParents = parent.drawn.learned.map((each) => gathered(each, rowsOfParents))
  const lengths = Float64Array.from(whose, (p) => sizes[p]!)
  return {
    count,
    whose,
    rowsOfParents,
    numberOf(f) {
      const row = rowsOfParents[f]!
      return row < 0 ? -1 - whose[f]! : parent.drawn.numbers[row]!
    },
    ofParents,
    lengths,
    problems: new Array(whose.length),
    siblings: siblingsOf({
      parent: parent.name,
      parents: ofParents,
      count: whose.length,
      sizes: lengths,
      learned,
      clock: plan.clock,
    }),
  }
}

/** Draws the first row of all families, then the second, and so on, each under what is known of those before it. */
async function drawPlaces(
  child: Child,
  families: Families,
  onRows: (count: number) => void,
): Promise<Part[]> {
  const { by, draw, name, learned } = child
  const { lengths, siblings, problems } = families
  const complete = rowCompleter({ by, draw, name, learned, siblings })
  const parts: Part[] = []
  for (let place = 0; ; place++) {
    const who = indexesOf(lengths, (length) => length > place)
    if (who.length === 0) return parts
    draw.signal?.throwIfAborted()
    const { rows, numbers, refused } = await drawPlace(child, families, { place, who, complete })
    const inOrder = learned.map((column) => columnNamed(rows, column.name))
    const cells = new Float64Array(learned.length)
    for (const [k, f] of who.entries()) {
      for (const [d, each] of inOrder.entries()) cells[d] = each.cells[k]!
      // what keeps breaking a rule, or can't differ from the rows before it, ends the family
      const problem = refused.get(k)
      if (problem === undefined) siblings.add(f, cells, 0)
      else {
        lengths[f] = place
        problems[f] = problem
      }
    }
    const accepted = Int32Array.from(who.keys()).filter((k) => !refused.has(k))
    parts.push(partOf({ who, rows: shown(child, inOrder), numbers }, accepted))
    onRows(who.length)
  }
}

interface Place {
  readonly place: number
  /** The families that have a row there. */
  readonly who: Int32Array
  readonly complete: ReturnType<typeof rowCompleter>
}

/** Draws the row at a place of some families. */
async function drawPlace(
  { model, options, contextNames, isKeyOfParent, keys, check }: Child,
  { count, whose, rowsOfParents, numberOf, siblings }: Families,
  { place, who, complete }: Place,
): Promise<Accepted & { readonly numbers: Float64Array }> {
  const numbers = Float64Array.from(who, (f) => numberOfRow(numberOf(f), place, Math.floor(f / count)))
  const drawn = await drawAccepted(model, contextOf(siblings, who, contextNames), numbers, options, {
    complete: (rows, i, isLast) => complete(rows, i, who[i]!, whose[who[i]!]!, isLast),
    keys,
    check,
    familyOf: (i) => (isKeyOfParent ? `${whose[who[i]!]}/${Math.floor(who[i]! / count)}` : ''),
    parentOf: (i) => rowsOfParents[who[i]!]!,
  })
  return { ...drawn, numbers }
}

/** What is known of the next row of some families. */
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
  const { clock } = child.plan
  const ofClock = clock ? clockColumns(clock).length : 0
  const others = rows.slice(ofClock)
  const at = clock ? [orderCells(rows.slice(0, ofClock), clock)] : []
  return shownColumns(child).map((column, k) => {
    if (k < at.length) return { ...column, cells: at[k]! }
    const learned = others[k - at.length]!
    return { ...column, cells: learned.cells.map(translation(learned, column)) }
  })
}

/** The columns that `shown` gives: with a clock, its column first, and names that are repeated as they are. */
export function shownColumns({ plan: { clock, repeats = {} }, learned }: Child): Column[] {
  const others = learned.slice(clock ? clockColumns(clock).length : 0)
  return [...(clock ? [clock.column] : []), ...others.map((column) => withoutRepeat(column, repeats))]
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
function orderCells(parts: readonly TableColumn[], clock: ClockPlan): Float64Array {
  return parts[0]!.cells.map((_, i) =>
    joinCell(
      parts.map(({ cells }) => cells[i]!),
      clock,
    ),
  )
}

function indexesOf(values: ArrayLike<number>, isWanted: (value: number) => boolean): Int32Array {
  const indexes: number[] = []
  for (let k = 0; k < values.length; k++) if (isWanted(values[k]!)) indexes.push(k)
  return Int32Array.from(indexes)
}
