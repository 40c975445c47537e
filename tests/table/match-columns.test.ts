import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { matchColumns, numberedNames, tableOf } from '../../src/table/table.ts'
import { pointsOf, rowsOfPoints } from '../measure/oracle.ts'

const points = pointsOf([
  [1, 2, 3],
  [4, 5, 6],
])
const match = (names: string[] | undefined, reference: string[] | undefined, dim = 3) => {
  const columns = (reference ?? numberedNames(dim)).map((name) => ({ name, kind: 'number' as const }))
  return rowsOfPoints(matchColumns({ name: 's.csv', ...tableOf(points, names) }, { name: 'd.csv', columns }))
}

describe('matchColumns', () => {
  it.each<[string, string[] | undefined, string[] | undefined]>([
    ['the same names', ['a', 'b', 'c'], ['a', 'b', 'c']],
    ['no names on one side', undefined, ['a', 'b', 'c']],
    ['no names on the other', ['a', 'b', 'c'], undefined],
    ['no header on one side', ['x0', 'x1', 'x2'], ['a', 'b', 'c']],
    ['no header on the other', ['a', 'b', 'c'], ['x0', 'x1', 'x2']],
  ])('leaves %s as they stand', (_, columns, reference) => {
    expect(match(columns, reference)).toEqual(rowsOfPoints(points))
  })

  it('puts another order right', () => {
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
    ['another case', ['a', 'b', 'C'], ['a', 'b', 'c'], 3, /column C/],
    ['another number', undefined, ['a', 'b'], 2, /s\.csv has 3 columns, d\.csv has 2/],
  ])('refuses %s', (_, columns, reference, dim, message) => {
    expect(() => match(columns, reference, dim)).toThrow(InputError)
    expect(() => match(columns, reference, dim)).toThrow(message)
  })
})
