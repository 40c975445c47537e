import { formatDate } from '../../src/table/dates.ts'
import { readCsv } from '../../src/table/formats/csv.ts'
import type { ColumnChoice } from '../../src/table/inference/choice.ts'
import type { Table } from '../../src/table/table.ts'

export const many = (count: number, cell: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => cell(i))

export const lines = (head: string, count: number, row: (i: number) => string) =>
  `${head}\n${many(count, row).join('\n')}\n`

/** The numbers of a table row by row. */
export function cellsOf({ points: { data, count, dim } }: Pick<Table, 'points'>): number[][] {
  return Array.from({ length: count }, (_, i) => [...data.subarray(i * dim, (i + 1) * dim)])
}

/** The cells of a table as people write them, null where they are missing. */
export function wordsOf(table: Pick<Table, 'columns' | 'points'>): (number | string | null)[][] {
  return cellsOf(table).map((row) =>
    row.map((cell, d) => {
      const { categories, form } = table.columns[d]!
      return Number.isNaN(cell) ? null : (categories?.[cell] ?? (form ? formatDate(cell, form) : cell))
    }),
  )
}

const csvOf = (name: string, cells: readonly string[]) =>
  lines(`${name},other`, cells.length, (i) => `${cells[i]},${i % 2}.5`)

/** The first column of a file with a column of numbers beside it. */
export function read(cells: readonly string[], choice: ColumnChoice = {}, name = 'a') {
  const { columns, points, notes, leftOut } = readCsv(csvOf(name, cells), 'a.csv', choice)
  const column = columns.find((each) => each.name === name)
  const d = columns.indexOf(column!)
  return { column, cells: cellsOf({ points }).map((row) => row[d]!), notes, leftOut }
}

/** The same as words again. */
export function words(list: readonly string[], choice: ColumnChoice = {}) {
  const { columns, points } = readCsv(csvOf('a', list), 'a.csv', choice)
  return wordsOf({ columns, points }).map((row) => row[columns.findIndex(({ name }) => name === 'a')])
}

export const kindOf = (cells: readonly string[], choice: ColumnChoice = {}) =>
  read(cells, choice).column?.kind
