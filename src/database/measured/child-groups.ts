/** What a report of several tables measures: rows with those that they refer to, and parents with what their children come to. */
import { countsOf, mean, present } from '../../measure/statistics.ts'
import { named } from '../../table/columns.ts'
import { type Column, gathered, type NamedTable, type TableColumn } from '../../table/table.ts'
import { inOrder } from '../learned/row-order.ts'

/** The rows of two tables, of which one refers to the other: each parent with its group of children. */
export interface ChildGroups {
  readonly parents: NamedTable
  readonly children: NamedTable
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
export function joinedRows({ parents, children, links }: ChildGroups): {
  table: NamedTable
  rows: Int32Array
} {
  const rows = links.map((_, i) => i).filter((i) => links[i]! >= 0)
  const parentRows = rows.map((row) => links[row]!)
  const columns = [...renamed(parents, parentRows), ...renamed(children, rows)]
  return { table: { name: `${children.name} with ${parents.name}`, count: rows.length, columns }, rows }
}

function renamed(table: NamedTable, rows: Int32Array): TableColumn[] {
  return table.columns.map((column) => named(gathered(column, rows), nameIn(table.name, column.name)))
}

/** The column that counts a parent's children. */
export const countName = (child: string) => `number of ${child}`

/**
 * Each parent with what its children come to: how many they are; of numbers the mean, the least and the greatest; of dates the
 * earliest and the latest; of names the most frequent and how many there are; and with an order the first and the last of all.
 */
export function summedRows(group: ChildGroups): NamedTable {
  const { parents, children, order } = group
  const siblings = siblingsIn(group)
  const summed = (
    column: TableColumn,
    what: string,
    of: (cells: Float64Array) => number,
    as: Column = column,
  ): TableColumn => ({
    ...as,
    name: `${nameIn(children.name, column.name)}, ${what}`,
    cells: Float64Array.from(siblings, (rows) => {
      const cells = present(Float64Array.from(rows, (row) => column.cells[row]!))
      return cells.length === 0 ? Number.NaN : of(cells)
    }),
  })
  const sums = children.columns.flatMap((column): TableColumn[] => {
    const { kind, categories, name } = column
    const edges =
      order === undefined || order === name
        ? []
        : [summed(column, 'first', (cells) => cells[0]!), summed(column, 'last', (cells) => cells.at(-1)!)]
    if (categories)
      return [
        summed(column, 'most frequent', mostFrequent),
        summed(column, 'different ones', (cells) => new Set(cells).size, { name, kind: 'integer' }),
        ...edges,
      ]
    const ends = [summed(column, 'least', least), summed(column, 'greatest', greatest)]
    const middle: Column = { name, kind: 'number' }
    return kind === 'date' ? [...ends, ...edges] : [summed(column, 'mean', mean, middle), ...ends, ...edges]
  })
  const all = Int32Array.from(siblings.keys())
  const count: TableColumn = {
    name: countName(children.name),
    kind: 'integer',
    cells: Float64Array.from(siblings, ({ length }) => length),
  }
  return {
    name: `${parents.name} with ${children.name}`,
    count: parents.count,
    columns: [...renamed(parents, all), count, ...sums],
  }
}

/** By parent, its children in their order. */
export function siblingsIn({ parents, children, links, order }: ChildGroups): Int32Array[] {
  const cells = children.columns.find(({ name }) => name === order)?.cells
  const siblings: number[][] = Array.from({ length: parents.count }, () => [])
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
