import { describe, expect, it } from 'vitest'
import { standardNormals, streams } from '../../../src/numerics/random.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { describeSearched, numbersIn, withoutCommonest } from '../../../src/table/relations/numbers.ts'
import { type Column, type NamedTable, tableOfPoints } from '../../../src/table/table.ts'

const cents = (x: number) => Math.round(100 * x) / 100

/**
 * A table of numbers that depend on no other, but for the last: a total of the first and the one in the middle, what is nearly twice the
 * second, and what is never below the third.
 */
function wideTable(dim: number, count = 300): NamedTable {
  const normals = standardNormals({ seed: 4, stream: streams.datasets, step: 3, start: 0, count, dim })
  const data = Float64Array.from(normals, (z) => cents(100 + 10 * z))
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * dim, (i + 1) * dim)
    const noise = normals.subarray(i * dim, (i + 1) * dim)
    row[dim - 3] = cents(row[0]! + row[dim >> 1]!)
    row[dim - 2] = cents(2 * row[1]! + 0.5 * noise[dim - 2]!)
    row[dim - 1] = cents(row[2]! + Math.abs(3 * noise[dim - 1]!))
  }
  const columns = Array.from({ length: dim }, (_, d): Column => ({ name: `c${d}`, kind: 'number' }))
  return { name: 'wide', ...tableOfPoints(columns, { data, count, dim }) }
}

describe('a table of many columns of numbers', () => {
  it('has its sum, its near sum and its order found among 80', () => {
    const { relations = [] } = fitTable(wideTable(80))
    const found = relations.map(({ kind, column, by }) => [kind, column, ...by].join(' '))
    expect(found).toContain('linear c77 c0 c40')
    expect(found).toContain('linear c78 c1')
    expect(found.filter((each) => /^(order|linear) c79 c2\b/.test(each))).toHaveLength(1)
  })

  it('is searched among the columns that depend most on others, in their order, and all of fewer', () => {
    const { columns } = wideTable(150)
    const column = fitTable(wideTable(4)).columns[0]!
    const searchedIn = columns.map(({ cells }, d) => ({ d, column, cells }))
    const searched = (most: number) => numbersIn(searchedIn, most).map(({ d }) => d)
    expect(searched(7)).toEqual([0, 1, 2, 75, 147, 148, 149])
    expect(searched(150)).toEqual([...columns.keys()])
  })

  it('may have more different cells than a function takes arguments', () => {
    const cells = Float64Array.from({ length: 200_000 }, (_, i) => Math.max(i, 2))
    expect(withoutCommonest(cells, [...cells.keys()])).toBe(199_997)
  })

  it('says where only some of its columns were searched', () => {
    const { columns } = fitTable(wideTable(6))
    const said = (count: number) =>
      describeSearched(Array.from({ length: count }, (_, d) => columns[d % columns.length]!))
    expect(said(60)).toBeUndefined()
    expect(said(61)).toBe(
      'there are 61 columns of numbers and dates: relations between them were looked for among the 60 that depend most on others',
    )
  })
})
