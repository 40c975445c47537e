import { counted, humanCount, percent, printable } from '../../core/format.ts'
import { gathered } from '../../table/table.ts'
import { commonest, mostAttempts } from './accept-rows.ts'
import { type Child, childOf } from './child.ts'
import { drawFamilies, type LeftOut, shownColumns } from './draw-families.ts'
import { type Drawn, type DrawnBy, drawnOf, type TablesDraw } from './drawn.ts'
import { joined, type FamilyPart as Part } from './families.ts'

/** The most families that are drawn at once: what is known of their next rows takes memory. */
const mostFamilies = 16_384

/** Draws the rows of a child, whose foreign key to its parent is chosen first: some parents after the others, place by place. */
export async function drawChildren(
  by: DrawnBy,
  draw: TablesDraw,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
): Promise<Drawn> {
  const child = childOf(by, draw, drawn, name)
  const { sizes, candidates } = child
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const parts: Part[] = []
  const leftOut: LeftOut[] = []
  let done = 0
  const onRows = (count: number) => {
    done += count
    draw.onProgress?.({ table: name, done: Math.floor(done / candidates), count: total })
  }
  const having = Int32Array.from(sizes.keys()).filter((p) => sizes[p]! > 0)
  const atOnce = Math.floor(mostFamilies / candidates)
  for (let from = 0; from < having.length; from += atOnce) {
    const families = await drawFamilies(child, having.subarray(from, from + atOnce), onRows)
    parts.push(...families.parts)
    leftOut.push(...families.leftOut)
  }
  if (leftOut.length > 0) draw.onWarning?.(leftOutIn(child, leftOut, total))
  return joinedParts(child, parts)
}

/** A line about rows that were left out, with what most of them broke. */
function leftOutIn({ name }: Child, leftOut: readonly LeftOut[], total: number): string {
  const count = leftOut.reduce((sum, each) => sum + each.count, 0)
  const share = percent(count / total)
  return `${printable(name)}: ${counted(count, 'row')} of ${humanCount(total)} (${share}) ${count === 1 ? 'is' : 'are'} left out, since up to ${mostAttempts} draws of a row ${commonest(leftOut.map(({ problem }) => problem))}`
}

/** All rows, parent by parent, with the links to these. Empties the parts: many rows are held once. */
function joinedParts(child: Child, parts: readonly Part[]): Drawn {
  const { plan, model, options, parentRows } = child
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
  const at = plan.clock && nextColumn(new Float64Array(count))
  const order = familiesInOrder(whose, parentRows.length, at)
  // one for all columns: an array that is no longer used takes memory until it is collected
  const asDrawn = new Float64Array(count)
  const learned = shownColumns(child).map((column, k) =>
    gathered({ ...column, cells: k === 0 && at ? at : nextColumn(asDrawn) }, order),
  )
  joined(
    parts.map((part) => part.numbers),
    asDrawn,
  )
  const numbers = Float64Array.from(order, (i) => asDrawn[i]!)
  const { seed } = options
  const result = drawnOf(model, { learned, numbers, seed, references: plan.references.length })
  result.links[plan.references.indexOf('parent')] = Int32Array.from(order, (i) => parentRows[whose[i]!]!)
  return result
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
