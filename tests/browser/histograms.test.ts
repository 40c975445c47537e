import { expect, it } from 'vitest'
import { histogramsOf } from '../../src/browser/histograms.ts'
import { fitTable } from '../../src/table/encodings/fit.ts'
import { tableOfRows } from '../../src/table/inference/rows.ts'
import { namesOf, rowsBetween } from '../../src/table/table.ts'

/** Shops by town; the last rows have names that the rows before them lack. */
const rows = Array.from({ length: 30 }, (_, i) => ({
  shop: i < 28 ? ['north', 'south', 'east'][i % 3]! : 'shop90',
  town: i === 4 ? null : ['Ghent', 'Oslo'][i % 2]!,
  sold: (7 * i) % 13,
}))
const table = tableOfRows(rows, 'shops')
const seen = rowsBetween(table, 0, 28)
// names of the rows before, as training finds them
const categories = ['east', 'north', 'south']
const columns = seen.columns.map((column) =>
  column.name === 'shop'
    ? {
        ...column,
        categories,
        cells: column.cells.map((cell) => categories.indexOf(column.categories![cell]!)),
      }
    : column,
)
const encoding = fitTable({ ...seen, columns })

it('counts the rows that meet a condition, of which some have names that the model does not know', () => {
  expect(namesOf(table)).toEqual(['shop', 'town', 'sold'])
  const { where } = histogramsOf(table)
  const count = (is: (row: (typeof rows)[number]) => boolean) => rows.filter(is).length
  expect(where({ shop: 'east' }, encoding).rows).toBe(count(({ shop }) => shop === 'east'))
  expect(where({ shop: { in: ['east', 'north'] } }, encoding).rows).toBe(
    count(({ shop }) => shop === 'east' || shop === 'north'),
  )
  expect(where({ town: 'Oslo', sold: { from: 9 } }, encoding).rows).toBe(
    count(({ town, sold }) => town === 'Oslo' && sold >= 9),
  )
  expect(where({ town: null }, encoding).rows).toBe(1)
  // a name that only held-out rows have can't be asked for
  expect(() => where({ shop: 'shop90' }, encoding)).toThrow(/shop.*shop90/)
})
