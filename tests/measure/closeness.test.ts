import { describe, expect, it } from 'vitest'
import { closenessOf } from '../../src/measure/closeness.ts'
import type { Column, NamedTable } from '../../src/table/table.ts'
import { petTable } from '../helpers/tables.ts'

const tableOf = (columns: Column[], rows: number[][], name = 'a table'): NamedTable => ({
  name,
  columns,
  points: { data: Float64Array.from(rows.flat()), count: rows.length, dim: columns.length },
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
