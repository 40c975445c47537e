/** What a report of several tables measures: rows with those that they refer to, and parents with what their children come to. */
import { countsOf, mean, present } from '../../measure/statistics.ts'
import type { Column, NamedTable } from '../../table/table.ts'
import { inOrder } from '../learned/clock.ts'
import { type Filled, filledIn, filledNamed, gathered, named, tableOf } from '../learned/filled.ts'

/** The rows of two tables, of which one refers to the other. */
export interface Family {
  readonly parents: NamedTable<Float64Array>
  readonly children: NamedTable<Float64Array>
  /** By child, the row of its parent; -1 without one. */
  readonly links: Int32Array
  /** The children's column by which they follow each other. */
  readonly order?: string | undefined
}

/** The name of a column where two tables are one: `orders.placed`. */
export const nameIn = (table: string, column: string) => `${table}.${column}`

/**
 * Each child that has a parent, with the columns of both.
 *
 * @returns The rows, and by row which child it is.
 */
export function joinedRows({ parents, children, links }: Family): {
  table: NamedTable<Float64Array>
  rows: Int32Array
} {
  const rows = links.map((_, i) => i).filter((i) => links[i]! >= 0)
  const parentRows = rows.map((row) => links[row]!)
  const columns = [...renamed(parents, parentRows), ...renamed(children, rows)]
  return { table: tableOf(`${children.name} with ${parents.name}`, columns, rows.length), rows }
}

function renamed(table: NamedTable<Float64Array>, rows: Int32Array): Filled[] {
  return filledIn(table).map((each) => named(gathered(each, rows), nameIn(table.name, each.column.name)))
}

/** The column that counts a parent's children. */
export const countName = (child: string) => `number of ${child}`

/**
 * Each parent with what its children come to: how many they are; of numbers the mean, the least and the greatest; of dates the
 * earliest and the latest; of names the most frequent and how many there are; and with an order the first and the last of all.
 */
export function summedRows(family: Family): NamedTable<Float64Array> {
  const { parents, children, order } = family
  const siblings = siblingsIn(family)
  const summed = (
    each: Filled,
    what: string,
    of: (cells: Float64Array) => number,
    as = each.column,
  ): Filled => ({
    column: { ...as, name: `${nameIn(children.name, each.column.name)}, ${what}` },
    cells: Float64Array.from(siblings, (rows) => {
      const cells = present(Float64Array.from(rows, (row) => each.cells[row]!))
      return cells.length === 0 ? Number.NaN : of(cells)
    }),
  })
  const sums = filledIn(children).flatMap((each): Filled[] => {
    const { kind, categories, name } = each.column
    const edges =
      order === undefined || order === name
        ? []
        : [summed(each, 'first', (cells) => cells[0]!), summed(each, 'last', (cells) => cells.at(-1)!)]
    if (categories)
      return [
        summed(each, 'most frequent', mostFrequent),
        summed(each, 'different ones', (cells) => new Set(cells).size, { name, kind: 'integer' }),
        ...edges,
      ]
    const ends = [summed(each, 'least', least), summed(each, 'greatest', greatest)]
    const middle: Column = { name, kind: 'number' }
    return kind === 'date' ? [...ends, ...edges] : [summed(each, 'mean', mean, middle), ...ends, ...edges]
  })
  const all = Int32Array.from(siblings.keys())
  const count: Filled = {
    column: { name: countName(children.name), kind: 'integer' },
    cells: Float64Array.from(siblings, ({ length }) => length),
  }
  return tableOf(
    `${parents.name} with ${children.name}`,
    [...renamed(parents, all), count, ...sums],
    parents.points.count,
  )
}

/** By parent, its children in their order. */
export function siblingsIn({ parents, children, links, order }: Family): Int32Array[] {
  const cells = order === undefined ? undefined : filledNamed(filledIn(children), order)?.cells
  const siblings: number[][] = Array.from({ length: parents.points.count }, () => [])
  for (const row of inOrder(links, cells)) siblings[links[row]!]?.push(row)
  return siblings.map((rows) => Int32Array.from(rows))
}

function mostFrequent(cells: Float64Array): number {
  let [most, best] = [0, Number.NaN]
  for (const [cell, count] of countsOf(cells)) if (count > most) [most, best] = [count, cell]
  return best
}

const least = (cells: Float64Array) => cells.reduce((a, b) => Math.min(a, b))
const greatest = (cells: Float64Array) => cells.reduce((a, b) => Math.max(a, b))
