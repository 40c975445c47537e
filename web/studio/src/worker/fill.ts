import type { Table } from 'moonstep/web'
import type { GapsByDesign } from './column-warnings.ts'

/** Empties the filled cells again where rows like theirs are empty. Returns how many. */
export function keepGaps(filled: Table, rows: Table, gaps: readonly GapsByDesign[]): number {
  const { columns, points } = filled
  const indexOf = (name: string) => columns.findIndex((column) => column.name === name)
  const wasGap = gapsIn(rows)
  let left = 0
  for (const { column, by, values } of gaps) {
    const [d, e] = [indexOf(column), indexOf(by)]
    const names = columns[e]?.categories
    if (d < 0 || !names) continue
    for (let i = 0; i < points.count; i++) {
      const name = names[points.data[i * points.dim + e]!]
      if (name === undefined || !values.includes(name) || !wasGap(i, column)) continue
      points.data[i * points.dim + d] = Number.NaN
      left++
    }
  }
  return left
}

/** Which cells of the first rows were filled. */
export function filledCells({ columns, points }: Table, rows: Table, count: number): boolean[][] {
  const wasGap = gapsIn(rows)
  return Array.from({ length: Math.min(count, points.count) }, (_, i) =>
    columns.map(({ name }, d) => wasGap(i, name) && !Number.isNaN(points.data[i * points.dim + d]!)),
  )
}

/** Whether a cell is missing, or its whole column. */
function gapsIn({ columns, points: { data, dim } }: Table): (row: number, column: string) => boolean {
  const indices = new Map(columns.map(({ name }, d) => [name, d]))
  return (row, column) => {
    const d = indices.get(column)
    return d === undefined || Number.isNaN(data[row * dim + d]!)
  }
}
