import type { Table } from 'moonstep/web'
import type { GapsByDesign } from './column-warnings.ts'

/** Empties the filled cells again where rows like theirs are empty. Returns how many. */
export function keepGaps(filled: Table, rows: Table, gaps: readonly GapsByDesign[]): number {
  const columns = new Map(filled.columns.map((column) => [column.name, column]))
  const wasGap = gapsIn(rows)
  let left = 0
  for (const { column, by, values } of gaps) {
    const cells = columns.get(column)?.cells
    const { categories, cells: names } = columns.get(by) ?? {}
    if (!cells || !categories) continue
    for (const [i, cell] of names!.entries()) {
      const name = categories[cell]
      if (name === undefined || !values.includes(name) || !wasGap(i, column)) continue
      cells[i] = Number.NaN
      left++
    }
  }
  return left
}

/** Which cells of the first rows were filled. */
export function filledCells({ columns, count }: Table, rows: Table, most: number): boolean[][] {
  const wasGap = gapsIn(rows)
  return Array.from({ length: Math.min(count, most) }, (_, i) =>
    columns.map(({ name, cells }) => wasGap(i, name) && !Number.isNaN(cells[i])),
  )
}

/** Whether a cell is missing, or its whole column. */
function gapsIn({ columns }: Table): (row: number, column: string) => boolean {
  const cells = new Map(columns.map((column) => [column.name, column.cells]))
  // a column that isn't there has no cell either
  return (row, column) => Number.isNaN(cells.get(column)?.[row] ?? Number.NaN)
}
