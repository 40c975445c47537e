import { formatDate } from '../../src/table/dates.ts'
import { readCsv } from '../../src/table/formats/csv.ts'
import type { ColumnChoice } from '../../src/table/inference/choice.ts'

export const lines = (head: string, count: number, row: (i: number) => string) =>
  `${head}\n${Array.from({ length: count }, (_, i) => row(i)).join('\n')}\n`

export const csvOf = (name: string, cells: readonly string[]) =>
  `${name},other\n${cells.map((cell, i) => `${cell},${i % 2}.5`).join('\n')}\n`

/** The first column of a file with a column of numbers beside it. */
export function read(cells: readonly string[], choice: ColumnChoice = {}, name = 'a') {
  const { columns, points, notes, leftOut } = readCsv(csvOf(name, cells), 'a.csv', choice)
  const column = columns.find((each) => each.name === name)
  const d = columns.indexOf(column!)
  const data = Array.from({ length: points.count }, (_, i) => points.data[i * points.dim + d]!)
  return { column, cells: data, notes, leftOut }
}

/** The same as words again. */
export function words(list: readonly string[], choice: ColumnChoice = {}) {
  const { column, cells } = read(list, choice)
  return cells.map((cell) =>
    Number.isNaN(cell)
      ? null
      : (column!.categories?.[cell] ?? (column!.form ? formatDate(cell, column!.form) : cell)),
  )
}

export const kindOf = (cells: readonly string[], choice: ColumnChoice = {}) =>
  read(cells, choice).column?.kind

export const many = (count: number, cell: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => cell(i))
