import { expect, it } from 'vitest'
import { type Column, tableOfPoints } from '../../src/table/table.ts'
import { dataSizeOf, recipeFor, recipeNames, recipeOf, recordedRecipe } from '../../src/train/recipes.ts'

it('the recipes are points, post and table', () => {
  expect(recipeNames).toEqual(['points', 'post', 'table'])
  expect(recipeOf('post').sampler).toEqual({ name: 'ddpm', variance: 'fixed_small' })
})

it.each([
  ['seed', 'post'],
  ['default', 'points'],
])('the recipe %s is refused with its new name, %s, but read in old runs', (former, name) => {
  expect(() => recipeOf(former)).toThrow(`recipe is '${former}': it is now called ${name}`)
  expect(recordedRecipe(former)).toBe(name)
})

it('other names of recipes are kept in runs, and refused with the nearest name', () => {
  expect(recordedRecipe('distillation')).toBe('distillation')
  expect(() => recipeOf('posts')).toThrow(
    'unknown recipe posts (did you mean post?): choose from points, post, table',
  )
})

it.each([
  ['few rows, few numbers', { rows: 900, numbers: 2 }, { steps: 750, learningRate: 3e-3, weightDecay: 0.5 }],
  ['few rows of numbers', { rows: 142, numbers: 13 }, { steps: 1500, hidden: [256, 256, 256] }],
  ['more rows', { rows: 10_000, numbers: 5 }, { steps: 5500, learningRate: 4e-3, weightDecay: 0 }],
  ['names alone', { rows: 10_000, numbers: 0 }, { steps: 4500, hidden: [160, 160, 160] }],
  ['many numbers', { rows: 10_000, numbers: 60 }, { steps: 10_000 }],
  ['a million rows', { rows: 1_000_000, numbers: 5 }, { steps: 24_000 }],
])('the recipe table depends on the size of the table: %s', (_, size, expected) => {
  expect(recipeOf('table', size)).toMatchObject({ ...expected, batchSize: 256 })
})

it('the size of a table is its rows and its columns of numbers with many values', () => {
  const columns: Column[] = [
    { name: 'price', kind: 'number' },
    { name: 'rooms', kind: 'integer' },
    { name: 'area', kind: 'integer' },
    { name: 'sold', kind: 'date', form: 'YYYY-MM-DD' },
    { name: 'town', kind: 'category', categories: ['a', 'b'] },
    { name: 'id', kind: 'key' },
  ]
  const rows = Array.from({ length: 40 }, (_, i) => [i / 7, i % 5, i < 3 ? Number.NaN : i, i * 1e9, i % 2, i])
  const points = { data: Float64Array.from(rows.flat()), count: 40, dim: 6 }
  expect(dataSizeOf(tableOfPoints(columns, points))).toEqual({ rows: 40, numbers: 3 })
})

it.each<[string, string, Column[], number[]]>([
  ['points', '2 columns of numbers', columnsOf(2), upTo(40)],
  ['table', 'column c0 is a category', [{ name: 'c0', kind: 'category', categories: ['a'] }], [0, 0]],
  ['table', 'there are 9 columns', columnsOf(9), upTo(18)],
  ['table', 'column c0 has missing values', columnsOf(1), [1, 2, Number.NaN]],
  ['table', 'column c0 is 7 in several rows', columnsOf(1), [7, 1, 7]],
])('the default recipe is %s if %s', (name, reason, columns, cells) => {
  const points = { data: Float64Array.from(cells), count: cells.length / columns.length, dim: columns.length }
  expect(recipeFor(tableOfPoints(columns, points))).toEqual({ name, reason })
})

function columnsOf(count: number): Column[] {
  return upTo(count).map((d) => ({ name: `c${d}`, kind: 'number' }))
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}
