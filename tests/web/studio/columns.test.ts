import { expect, it } from 'vitest'
import { readRows } from '../../../src/table/inference/rows.ts'
import { columnWarnings, gapsByDesign } from '../../../web/studio/src/worker/column-warnings.ts'
import { filledCells, keepGaps } from '../../../web/studio/src/worker/fill.ts'

/** Storms have a category if they are hurricanes, as two of three are not; winds have gaps that nothing explains. */
const storms = (count: number) =>
  readRows(
    Array.from({ length: count }, (_, i) => ({
      status: ['hurricane', 'tropical storm', 'depression'][i % 3]!,
      category: i % 3 === 0 ? 1 + (i % 5) : null,
      wind: i % 7 === 0 ? null : 30 + (i % 40),
      // a name of a storm stands in one row, but for the first ones
      name: i < 40 ? 'unnamed' : `storm ${i}`,
    })),
    'storms',
    { choice: { types: { name: 'category' } }, minRows: 2 },
  )

it('finds the gaps that another column explains, and values that occur in a single row', () => {
  expect(gapsByDesign(storms(300))).toEqual([
    { column: 'category', by: 'status', values: ['depression', 'tropical storm'] },
  ])
  expect(columnWarnings(storms(300)).map(({ column, about }) => [column, about])).toEqual([
    ['category', 'gaps'],
    ['name', 'names'],
  ])
})

it('leaves filled cells empty where such rows are empty, and marks the others', () => {
  const rows = storms(60)
  const columns = rows.columns.map((column) => ({
    ...column,
    cells: column.cells.map((cell) => (Number.isNaN(cell) ? 3 : cell)),
  }))
  const filled = { ...rows, columns }
  const gaps = gapsByDesign(storms(300))
  expect(keepGaps(filled, rows, gaps)).toBe(40)
  const category = rows.columns.findIndex(({ name }) => name === 'category')
  const wind = rows.columns.findIndex(({ name }) => name === 'wind')
  const marks = filledCells(filled, rows, 60)
  expect(marks.every((row) => !row[category])).toBe(true)
  expect(marks.map((row) => row[wind])).toEqual(Array.from({ length: 60 }, (_, i) => i % 7 === 0))
})
