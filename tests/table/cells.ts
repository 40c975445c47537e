import { placeOf } from '../../src/table/columns.ts'
import { formatDate } from '../../src/table/dates.ts'
import { readCsv } from '../../src/table/formats/csv.ts'
import type { ColumnChoice } from '../../src/table/inference/choice.ts'
import { type Column, definitionOf, type Table } from '../../src/table/table.ts'

export const many = (count: number, cell: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => cell(i))

export const lines = (head: string, count: number, row: (i: number) => string) =>
  `${head}\n${many(count, row).join('\n')}\n`

/** The numbers of a table row by row. */
export function cellsOf({ count, columns }: Table): number[][] {
  return Array.from({ length: count }, (_, i) => columns.map(({ cells }) => cells[i]!))
}

/** A table's columns without their cells. */
export function definitionsOf({ columns }: Table): Column[] {
  return columns.map(definitionOf)
}

/** The cells of a table as people write them, null where they are missing. */
export function wordsOf(table: Table): (number | string | null)[][] {
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
  const { columns, notes, leftOut } = readCsv(csvOf(name, cells), 'a.csv', choice)
  const column = columns.find((each) => each.name === name)
  return { column: column && definitionOf(column), cells: [...(column?.cells ?? [])], notes, leftOut }
}

/** The same as words again. */
export function words(list: readonly string[], choice: ColumnChoice = {}) {
  const table = readCsv(csvOf('a', list), 'a.csv', choice)
  return wordsOf(table).map((row) => row[placeOf(table.columns, 'a')])
}

export const kindOf = (cells: readonly string[], choice: ColumnChoice = {}) =>
  read(cells, choice).column?.kind
