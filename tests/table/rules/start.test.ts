import { describe, expect, it } from 'vitest'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import type { CategoryColumn, EncodedColumn } from '../../../src/table/encodings/index.ts'
import { matchColumns } from '../../../src/table/match-columns.ts'
import { boundsOf, isWithin, type Range } from '../../../src/table/rules/column-range.ts'
import { startWithin } from '../../../src/table/rules/start.ts'
import { type Column, tableOfPoints } from '../../../src/table/table.ts'
import { distanceOf } from './distance.ts'

const count = 6000
const drawn = uniforms({ seed: 1, stream: streams.datasets, step: 60, start: 0, count, dim: 2 })
const cellsBy = (cell: (u: number, other: number) => number) =>
  Float64Array.from({ length: count }, (_, i) => cell(drawn[2 * i]!, drawn[2 * i + 1]!))

const columnOf = (kind: Column['kind']): Column => ({
  name: 'x',
  kind,
  ...(kind === 'date' && { form: 'YYYY-MM-DD' as const }),
  ...(kind === 'category' && { categories: names }),
})

function fitted(kind: Column['kind'], cells: Float64Array): EncodedColumn {
  return fitTable({ ...tableOfPoints([columnOf(kind)], { data: cells, count, dim: 1 }) }).columns[0]!
}

const day = 86_400_000
const names = Array.from({ length: 300 }, (_, k) => `town ${k}`)

const columns: Readonly<Record<string, readonly [EncodedColumn['as'], Column['kind'], Float64Array, Range]>> =
  {
    'a skewed number': [
      'quantile',
      'number',
      cellsBy((u) => Math.round(1e5 * -Math.log(u)) / 100),
      { from: 2000 },
    ],
    'a middle of it': [
      'quantile',
      'number',
      cellsBy((u) => Math.round(1e5 * -Math.log(u)) / 100),
      { above: 500, below: 800 },
    ],
    dates: ['quantile', 'date', cellsBy((u) => Math.floor(20_000 * u ** 2) * day), { to: '1975-12-31' }],
    'a number of few values': [
      'steps',
      'number',
      cellsBy((u) => Math.floor(100 * u ** 2) / 4),
      { from: 10, below: 15 },
    ],
    'a number of which some are frequent': [
      'quantile',
      'integer',
      cellsBy((u, other) => (other < 0.6 ? 1000 * Math.ceil(5 * u) : Math.floor(1e6 * u))),
      { to: 4000 },
    ],
    'some names': [
      'category',
      'category',
      cellsBy((u) => Math.floor(20 * u ** 2)),
      { in: ['town 3', 'town 9', 'town 17'] },
    ],
    'some of many names': [
      'category',
      'category',
      cellsBy((u) => Math.floor(300 * u ** 2)),
      { in: ['town 0', 'town 5', 'town 170'] },
    ],
    'a whole number of few values': [
      'category',
      'integer',
      cellsBy((u) => Math.floor(9 * u ** 2)),
      { from: 3, not: [5] },
    ],
    'some values of a number': [
      'quantile',
      'integer',
      cellsBy((u) => Math.floor(1000 * u ** 3)),
      { in: [0, 1, 2, 3, 40] },
    ],
  }

describe('rows that are to be within a range begin there as the training rows are', () => {
  it.each(Object.keys(columns))('%s', (name) => {
    const [as, kind, cells, range] = columns[name]!
    const column = fitted(kind, cells)
    expect(column.as).toBe(as)
    const bounds = boundsOf(range, column)
    // many names are in another order on the card
    const [ownCells] = matchColumns(
      { name: 'the rows', ...tableOfPoints([columnOf(kind)], { data: cells, count, dim: 1 }) },
      { name: 'the model', columns: [column] },
      // those that one or two rows have are not learned
      'kept',
    )
    const own = [...ownCells!].filter((cell) => isWithin(bounds, cell))
    const start = startWithin(column, bounds)!
    const share = own.length / count
    expect(Math.abs(start.share - share)).toBeLessThan(0.012)
    const begun = Array.from({ length: 4000 }, (_, k) => start.cell((k + 0.5) / 4000))
    const within = begun.filter((cell) => isWithin(bounds, cell))
    expect(within.length).toBeGreaterThan(0.9 * begun.length)
    // the 0.1 % point of the distance of so many rows
    expect(distanceOf(own, within)).toBeLessThan(1.95 / Math.sqrt(own.length) + 0.01)
  })

  it('is unknown beyond the rows, and of names whose shares an older card does not have', () => {
    const column = fitted('number', columns['a skewed number']![2])
    expect(startWithin(column, boundsOf({ from: 1e9 }, column))).toBeUndefined()
    const [, , cells, range] = columns['some names']!
    const { shares, ...old } = fitted('category', cells) as CategoryColumn
    expect(startWithin(old, boundsOf(range, old))).toBeUndefined()
  })

  it('has a name that follows from another as often as the rows have it', () => {
    const towns = cellsBy((u) => Math.floor(60 * u ** 2))
    const country = (town: number) => Math.floor(town / 10)
    const data = Float64Array.from({ length: 2 * count }, (_, k) =>
      k % 2 === 0 ? towns[k >> 1]! : country(towns[k >> 1]!),
    )
    const { columns, relations } = fitTable({
      ...tableOfPoints([columnOf('category'), { ...columnOf('category'), name: 'country' }], {
        data,
        count,
        dim: 2,
      }),
    })
    const column = columns[1]!
    expect(column.as).toBe('derived')
    const start = startWithin(column, boundsOf({ in: ['town 2', 'town 4'] }, column), relations)!
    const own = [...towns].map(country).filter((cell) => cell === 2 || cell === 4)
    expect(start.share).toBeCloseTo(own.length / count, 2)
    const begun = Array.from({ length: 1000 }, (_, k) => start.cell((k + 0.5) / 1000))
    expect(distanceOf(own, begun)).toBeLessThan(0.01)
  })

  it('has one of the values that are listed where no two rows have the same', () => {
    const column = fitted(
      'number',
      cellsBy((u) => u),
    )
    const some = [0.25, 0.5, 0.75]
    const start = startWithin(column, boundsOf({ in: some }, column))!
    expect([0.1, 0.5, 0.9].map((u) => start.cell(u))).toEqual(some)
  })
})
