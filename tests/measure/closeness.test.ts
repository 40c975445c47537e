import { describe, expect, it } from 'vitest'
import { closenessOf, compareTables } from '../../src/measure/closeness.ts'
import { type Column, type NamedTable, tableOfPoints } from '../../src/table/table.ts'
import { petTable } from '../helpers/tables.ts'

const tableOf = (columns: Column[], rows: number[][], name = 'a table'): NamedTable => ({
  name,
  ...tableOfPoints(columns, {
    data: Float64Array.from(rows.flat()),
    count: rows.length,
    dim: columns.length,
  }),
})
const x: Column = { name: 'x', kind: 'number' }
const y: Column = { name: 'y', kind: 'number' }
const c: Column = { name: 'c', kind: 'category', categories: ['a', 'b', 'other'] }

describe('closeness', () => {
  it('is 1 between a table and itself, whatever its columns', () => {
    const table = petTable(300)
    const { columns, shapes, trends } = closenessOf(table, table)
    expect([shapes, trends]).toEqual([1, 1])
    expect(columns.map(({ name }) => name)).not.toContain('id')
    expect(columns).toHaveLength(7)
  })

  it('of numbers is the largest difference of shares up to a value, with gaps below all values', () => {
    const a = tableOf([x], [[1], [2], [3], [4]])
    expect(closenessOf(a, tableOf([x], [[3], [4], [5], [6]])).columns).toEqual([{ name: 'x', distance: 0.5 }])
    expect(closenessOf(a, tableOf([x], [[1], [2], [3], [Number.NaN]])).columns[0]!.distance).toBe(0.25)
  })

  it('of names is half the sum of the differences of their shares, with other for unknown names', () => {
    const two: Column = { ...c, categories: ['b', 'a'] }
    const a = tableOf([c], [[0], [0], [1], [1]])
    expect(closenessOf(a, tableOf([two], [[0], [0], [0], [1]])).columns[0]!.distance).toBe(0.25)
    const rare: Column = { ...c, categories: ['a', 'b', 'p', 'q'] }
    const many = tableOf([rare], [[0], [1], [2], [3]])
    expect(closenessOf(many, tableOf([c], [[0], [1], [2], [2]])).columns[0]!.distance).toBe(0)
  })

  it('of two numbers is half the difference of their correlations', () => {
    const rising = Array.from({ length: 50 }, (_, i) => [i, i])
    const falling = Array.from({ length: 50 }, (_, i) => [i, 49 - i])
    expect(closenessOf(tableOf([x, y], rising), tableOf([x, y], falling)).trends).toBeCloseTo(0, 12)
    expect(closenessOf(tableOf([x, y], rising), tableOf([x, y], falling)).shapes).toBe(1)
  })

  it('of a number and a name notices a shuffled column', () => {
    const rows = Array.from({ length: 400 }, (_, i) => [i, i < 200 ? 0 : 1])
    const shuffled = rows.map(([value], i) => [value!, i % 2])
    const { shapes, trends } = closenessOf(tableOf([x, c], rows), tableOf([x, c], shuffled))
    expect(shapes).toBe(1)
    // in each of ten parts half of the rows have the other name
    expect(trends).toBeCloseTo(0.5, 10)
  })

  it('refuses other columns', () => {
    expect(() =>
      closenessOf(tableOf([x], [[1], [2]]), tableOf([{ ...x, name: 'z' }], [[1], [2]], 'samples')),
    ).toThrow(/^samples has a column z/)
  })
})

describe('a comparison of some of the pairs', () => {
  const table = petTable(300)
  const other = petTable(300, 1)

  it('draws so many pairs of the same distances by the seed, and all if there are fewer', () => {
    const all = compareTables(table, other)
    expect(all.pairs).toHaveLength(21)
    expect(compareTables(table, other, { maxPairs: 21, seed: 0 })).toEqual(all)
    const [some, again, others] = [0, 0, 1].map((seed) => compareTables(table, other, { maxPairs: 6, seed }))
    expect(some!.pairs).toHaveLength(6)
    expect(new Set(some!.pairs.map(({ names }) => names.join())).size).toBe(6)
    for (const pair of some!.pairs) expect(all.pairs).toContainEqual(pair)
    expect(again).toEqual(some)
    expect(others!.pairs).not.toEqual(some!.pairs)
    const distances = some!.pairs.map(({ distance }) => distance)
    expect(some!.trends).toBeCloseTo(1 - distances.reduce((sum, each) => sum + each, 0) / 6, 12)
    expect(some!.columns).toEqual(all.columns)
  })

  it('counts combinations of many names as those of few', () => {
    // 600 names by 600 are more combinations than an array holds
    const names = Array.from({ length: 600 }, (_, k) => `n${k}`)
    const wide: Column[] = ['p', 'q'].map((name) => ({ name, kind: 'category', categories: names }))
    const few: Column[] = wide.map((column) => ({ ...column, categories: names.slice(0, 10) }))
    const rows = (shift: number) => Array.from({ length: 200 }, (_, i) => [i % 10, (i * i + shift) % 7])
    const compared = (columns: Column[]) =>
      compareTables(tableOf(columns, rows(0)), tableOf(columns, rows(3)))
    expect(compared(wide)).toEqual(compared(few))
  })
})
