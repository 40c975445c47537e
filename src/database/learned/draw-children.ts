import { counted, humanCount, percent, printable } from '../../core/format.ts'
import { indicesWhere } from '../../measure/statistics.ts'
import { type Column, gathered } from '../../table/table.ts'
import { commonest, mostAttempts } from './accept-rows.ts'
import { type Child, childOf } from './child.ts'
import { joined, type GroupPart as Part } from './child-groups.ts'
import { drawGroups, type LeftOut, shownColumns } from './draw-groups.ts'
import { type Drawn, type DrawnBy, drawnOf, type TablesDraw } from './drawn.ts'
import { inOrder } from './row-order.ts'

/** The most groups that are drawn at once: what is known of their next rows takes memory. */
const mostGroups = 16_384

/**
 * Draws the rows of a child under the parents that were chosen for them: some parents after the others, place by place.
 *
 * @returns All rows, parent by parent, with the links to these.
 */
export async function drawChildren(
  by: DrawnBy,
  draw: TablesDraw,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
): Promise<Drawn> {
  const child = childOf(by, draw, drawn, name)
  const { plan, model, parents, candidates, options } = child
  const { sizes } = parents
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const parts = partsOf(shownColumns(child))
  const leftOut: LeftOut[] = []
  let done = 0
  const onRows = (count: number) => {
    done += count
    draw.onProgress?.({ table: name, done: Math.floor(done / candidates), count: total })
  }
  const having = indicesWhere(sizes.length, (p) => sizes[p]! > 0)
  const atOnce = Math.floor(mostGroups / candidates)
  for (let from = 0; from < having.length; from += atOnce) {
    const groups = await drawGroups(child, having.subarray(from, from + atOnce), onRows)
    for (const part of groups.parts) parts.add(part)
    leftOut.push(...groups.leftOut)
  }
  if (leftOut.length > 0) draw.onWarning?.(leftOutIn(child, leftOut, total))
  const { whose, learned, numbers } = parts.join(plan.rowOrder !== undefined)
  const ofParents = whose.map((p) => parents.rows[p]!)
  const links = plan.references.map((each) => (each === 'parent' ? ofParents : undefined))
  return drawnOf(model, options.seed, { learned, numbers, links })
}

/** A line about rows that were left out, with what most of them broke. */
function leftOutIn({ name }: Child, leftOut: readonly LeftOut[], total: number): string {
  const count = leftOut.reduce((sum, each) => sum + each.count, 0)
  const share = percent(count / total)
  return `${printable(name)}: ${counted(count, 'row')} of ${humanCount(total)} (${share}) ${count === 1 ? 'is' : 'are'} left out, since up to ${mostAttempts} draws of a row ${commonest(leftOut.map(({ problem }) => problem))}`
}

/** Rows of these columns, some of them at a time, which are then put together once. */
function partsOf(columns: readonly Column[]) {
  const [who, numbers]: [Int32Array[], Float64Array[]] = [[], []]
  const cellsOf = columns.map((): Float64Array[] => [])
  return {
    add(part: Part) {
      who.push(part.who)
      numbers.push(part.numbers)
      for (const [k, { cells }] of part.rows.entries()) cellsOf[k]!.push(cells)
    },
    /**
     * All rows, parent by parent.
     *
     * @param isOrdered - Whether the first column is that by which a parent's rows follow each other.
     */
    join(isOrdered: boolean) {
      const count = who.reduce((sum, { length }) => sum + length, 0)
      const drawnFor = joined(who, new Int32Array(count))
      // the cells are let go column by column, as many rows are held once
      const take = (k: number, all: Float64Array) => joined(cellsOf[k]!.splice(0), all)
      const at = isOrdered ? take(0, new Float64Array(count)) : undefined
      const order = inOrder(drawnFor, at)
      // one for all columns: an array that is no longer used takes memory until it is collected
      const asDrawn = new Float64Array(count)
      const learned = columns.map((column, k) =>
        gathered({ ...column, cells: k === 0 && at ? at : take(k, asDrawn) }, order),
      )
      joined(numbers, asDrawn)
      return {
        whose: Int32Array.from(order, (i) => drawnFor[i]!),
        learned,
        numbers: Float64Array.from(order, (i) => asDrawn[i]!),
      }
    },
  }
}
