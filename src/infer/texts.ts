import { printable } from '../core/format.ts'
import { textOf } from '../table/cell-text.ts'
import { installFaker, type TextIn } from '../table/generated/faker.ts'
import type { Generator } from '../table/generated/index.ts'
import { refusalOf } from '../table/generated/texts-of-form.ts'
import type { Column, Table, TableColumn } from '../table/table.ts'
import type { SeedRange } from './chunk.ts'

/** Throws InputError, with the largest number of rows, if a column's format has no room for texts of rows up to this one. */
export function requireRoom(
  generator: Generator | undefined,
  rows: number,
  isWanted?: (column: string) => boolean,
): void {
  const least = generator?.leastRoom(isWanted)
  if (least && least.texts < rows) throw refusalOf(least.column, least.texts)
}

/** Warnings about columns that samples of a model lack. */
export function leftOutWarnings(generator: Generator | undefined): string[] {
  return [...(generator?.leftOut ?? [])].map(
    (name) =>
      `column ${printable(name)} is left out: faker makes it, and this model of an earlier version holds no format for it: ${installFaker}, or train again`,
  )
}

/** The columns that samples of a model have. */
export function columnsOfSamples<C extends Column>(
  columns: readonly C[],
  generator: Generator | undefined,
): readonly C[] {
  return generator?.leftOut.size ? columns.filter(({ name }) => !generator.leftOut.has(name)) : columns
}

/** The rows with the texts of generated columns, where they are not missing: a function of the seed and the index. */
export function withTexts(table: Table, generator: Generator, ranges: readonly SeedRange[]): Table {
  const columns = table.columns.map((column): TableColumn => {
    if (!column.maker || generator.leftOut.has(column.name)) return column
    const { name, kind } = column
    const cells = column.cells.slice()
    const categories: string[] = []
    for (const { seed, from, count } of ranges) {
      const first = categories.length
      const learned: TextIn = (other, index) => {
        const column = table.columns.find((each) => each.name === other)
        const cell = column?.cells[first + index - from] ?? Number.NaN
        return !column || column.maker || Number.isNaN(cell) ? undefined : textOf(column)(cell)
      }
      const textOfIndex = generator.texts(seed, name, learned)
      for (let i = 0; i < count; i++) {
        const isMissing = Number.isNaN(cells[first + i])
        if (!isMissing) cells[first + i] = first + i
        categories.push(isMissing ? '' : textOfIndex(from + i))
      }
    }
    return { name, kind, categories, cells }
  })
  return { ...table, columns: columnsOfSamples(columns, generator) }
}
