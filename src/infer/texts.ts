import { textOf } from '../table/cell-text.ts'
import type { TextIn } from '../table/generated/faker.ts'
import type { Generator } from '../table/generated/index.ts'
import { namesOf, type Table } from '../table/table.ts'
import type { SeedRange } from './chunk.ts'

/** The rows with the texts of generated columns, where they are not missing: a function of the seed and the index. */
export function withTexts(table: Table, generator: Generator, ranges: readonly SeedRange[]): Table {
  const { data, dim } = table.points
  const names = namesOf(table)
  const columns = table.columns.map((column, d) => {
    if (!column.maker) return column
    const { name, kind } = column
    const categories: string[] = []
    for (const { seed, from, count } of ranges) {
      const first = categories.length
      const learned: TextIn = (other, index) => {
        const at = names.indexOf(other)
        const cell = data[(first + index - from) * dim + at]!
        return at < 0 || table.columns[at]!.maker || Number.isNaN(cell)
          ? undefined
          : textOf(table.columns[at]!)(cell)
      }
      const textOfIndex = generator.texts(seed, name, learned)
      for (let i = 0; i < count; i++) {
        const at = (first + i) * dim + d
        const isMissing = Number.isNaN(data[at])
        if (!isMissing) data[at] = first + i
        categories.push(isMissing ? '' : textOfIndex(from + i))
      }
    }
    return { name, kind, categories }
  })
  return { ...table, columns }
}
