import { describe, expect, it } from 'vitest'
import { columnOf } from '../../src/numerics/points.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { encodeCells } from '../../src/table/encodings/encode.ts'
import { fitTable } from '../../src/table/encodings/fit.ts'
import { type NamedTable, tableOfPoints } from '../../src/table/table.ts'
import { withLikeNames } from '../../src/train/like-names.ts'
import { petTable } from '../helpers/tables.ts'

interface Storms {
  readonly names: number
  /** How far the years of a name's rows are from the name's own. */
  readonly noise: number
  /** How many more rows the first name has than the others, which have twelve. */
  readonly common?: number
}

/** Rows of names of twelve rows each, whose years rise with the name, and a number that has nothing to do with it. */
function storms({ names, noise, common = 0 }: Storms): NamedTable {
  const count = names * 12 + common
  const drawn = uniforms({ seed: 1, stream: streams.datasets, step: 0, start: 0, count, dim: 2 })
  const data = new Float64Array(count * 3)
  for (let i = 0; i < count; i++) {
    const name = i < names * 12 ? i % names : 0
    data.set([name, name + noise * (drawn[2 * i]! - 0.5), drawn[2 * i + 1]!], 3 * i)
  }
  const categories = Array.from({ length: names }, (_, k) => `storm ${k}`)
  return {
    name: 'storms',
    ...tableOfPoints(
      [
        { name: 'name', kind: 'category', categories },
        { name: 'year', kind: 'number' },
        { name: 'wind', kind: 'number' },
      ],
      { data, count, dim: 3 },
    ),
  }
}

function dealt(table: NamedTable, context: readonly string[] = []) {
  const encoding = fitTable(table, { context })
  const codes = encodeCells(encoding, table, 'kept')
  return { codes, other: withLikeNames(encoding, codes, 5), again: withLikeNames(encoding, codes, 5) }
}

const noisy = { names: 120, noise: 120 } as const

describe('names that few rows have', () => {
  const { codes, other, again } = dealt(storms(noisy))
  const [before, after] = [columnOf(codes, 0), columnOf(other, 0)]

  it('keep their numbers of rows, and other columns their cells', () => {
    expect(after.toSorted()).toEqual(before.toSorted())
    for (const d of [1, 2]) expect(columnOf(other, d)).toEqual(columnOf(codes, d))
    expect(again).toEqual(other)
  })

  it('get rows of other names in most cells, of names that are like them', () => {
    const apart = before.map((name, i) => Math.abs(name - after[i]!))
    expect(apart.filter((each) => each > 0).length / apart.length).toBeGreaterThan(0.6)
    // of 120 names, two by chance are 40 apart; the mean of a name's twelve years has a standard error of 10
    expect(apart.reduce((sum, each) => sum + each, 0) / apart.length).toBeLessThan(13)
  })

  it('leave a name alone that many rows have', () => {
    const { codes, other } = dealt(storms({ ...noisy, common: 400 }))
    const [before, after] = [columnOf(codes, 0), columnOf(other, 0)]
    const [common] = before.slice(-1)
    expect(before.every((name, i) => (name === common) === (after[i] === common))).toBe(true)
    expect(after).not.toEqual(before)
  })

  it('take a column along that they determine', () => {
    const { codes, other } = dealt(storms({ ...noisy, noise: 1 }))
    const [before, after] = [columnOf(codes, 0), columnOf(other, 0)]
    const pairs = (points: typeof codes) =>
      Array.from({ length: points.count }, (_, i) => `${columnOf(points, 0)[i]} ${columnOf(points, 1)[i]}`)
    expect(pairs(other).toSorted()).toEqual(pairs(codes).toSorted())
    expect(before.filter((name, i) => name !== after[i]).length / before.length).toBeGreaterThan(0.6)
    expect(columnOf(other, 2)).toEqual(columnOf(codes, 2))
  })

  it.each([
    ['that say much of a column', dealt(storms({ ...noisy, noise: 69 }))],
    ['that determine what is known of every row', dealt(storms({ ...noisy, noise: 1 }), ['year'])],
    ['of a column of fifty names', dealt(storms({ ...noisy, names: 50 }))],
    ['that few cells have', dealt(storms({ ...noisy, names: 60, common: 8000 }))],
    ['that are known of every row', dealt(storms(noisy), ['name'])],
    ['of tables without such columns', dealt(petTable(400))],
  ])('stay where they are: those %s', (_, { codes, other }) => {
    expect(other).toBe(codes)
  })
})
