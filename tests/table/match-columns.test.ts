import { describe, expect, it } from 'vitest'
import { matchColumns } from '../../src/table/match-columns.ts'
import { numberedNames, tableOf, tableOfPoints } from '../../src/table/table.ts'
import { expectRefused } from '../helpers/refusals.ts'
import { pointsOf, rowsOfPoints } from '../measure/oracle.ts'

const points = pointsOf([
  [1, 2, 3],
  [4, 5, 6],
])
const rowsOf = (columns: readonly Float64Array[]) =>
  Array.from(columns[0]!, (_, i) => columns.map((cells) => cells[i]!))
const match = (names: string[] | undefined, reference: string[] | undefined, dim = 3) => {
  const columns = (reference ?? numberedNames(dim)).map((name) => ({ name, kind: 'number' as const }))
  return rowsOf(matchColumns({ name: 's.csv', ...tableOf(points, names) }, { name: 'd.csv', columns }))
}

describe('matchColumns', () => {
  it.each<[string, string[] | undefined, string[] | undefined]>([
    ['columns of the same names', ['a', 'b', 'c'], ['a', 'b', 'c']],
    ['columns without names beside names', undefined, ['a', 'b', 'c']],
    ['columns with names beside columns without', ['a', 'b', 'c'], undefined],
    ['columns of a file without a header beside names', ['x0', 'x1', 'x2'], ['a', 'b', 'c']],
    ['columns with names beside those of a file without a header', ['a', 'b', 'c'], ['x0', 'x1', 'x2']],
  ])('leaves %s as they stand', (_, columns, reference) => {
    expect(match(columns, reference)).toEqual(rowsOfPoints(points))
  })

  it('puts columns of another order in the right one', () => {
    expect(match(['a', 'b', 'c'], ['c', 'a', 'b'])).toEqual([
      [3, 1, 2],
      [6, 4, 5],
    ])
    expect(match(['x0', 'x1', 'x2'], ['x1', 'x0', 'x2'])).toEqual([
      [2, 1, 3],
      [5, 4, 6],
    ])
  })

  it.each<[string, string[] | undefined, string[], number, RegExp]>([
    [
      'other names',
      ['a', 'b', 'd'],
      ['a', 'b', 'c'],
      3,
      /s\.csv has a column d, which d\.csv does not have \(a, b, c\)/,
    ],
    ['names in another case', ['a', 'b', 'C'], ['a', 'b', 'c'], 3, /column C/],
    ['another count', undefined, ['a', 'b'], 2, /s\.csv has 3 columns, d\.csv has 2/],
  ])('refuses columns of %s', (_, columns, reference, dim, message) => {
    expectRefused(() => match(columns, reference, dim), message)
  })

  it('takes names with line breaks for those that they are', () => {
    const table = (categories: string[], cells: number[][]) => ({
      name: 's.csv',
      ...tableOfPoints([{ name: 'a', kind: 'category', categories }], pointsOf(cells)),
    })
    const reference = table(['x\ny', 'z', 'x'], [[0]])
    expect(rowsOf(matchColumns(table(['x', 'z'], [[0], [1]]), reference))).toEqual([[2], [1]])
    expectRefused(
      () => matchColumns(table(['x', 'y', 'z', 'x'], [[0], [1]]), reference),
      /column a: y is unknown/,
    )
  })
})
