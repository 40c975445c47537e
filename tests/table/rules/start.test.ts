import { describe, expect, it } from 'vitest'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import type { EncodedColumn } from '../../../src/table/encodings/index.ts'
import { boundsOf, isWithin, type Range } from '../../../src/table/rules/column-range.ts'
import { startWithin } from '../../../src/table/rules/start.ts'
import type { Column } from '../../../src/table/table.ts'
import { distanceOf } from './distance.ts'

const count = 6000
const drawn = uniforms({ seed: 1, stream: streams.datasets, step: 60, start: 0, count, dim: 2 })
const cellsBy = (cell: (u: number, other: number) => number) =>
  Float64Array.from({ length: count }, (_, i) => cell(drawn[2 * i]!, drawn[2 * i + 1]!))

function fitted(kind: Column['kind'], cells: Float64Array): EncodedColumn {
  const column: Column = { name: 'x', kind, ...(kind === 'date' && { form: 'YYYY-MM-DD' as const }) }
  return fitTable({ columns: [column], points: { data: cells, count, dim: 1 } }).columns[0]!
}

const day = 86_400_000

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
  }

describe('rows that are to be within a range begin there as the training rows are', () => {
  it.each(Object.keys(columns))('%s', (name) => {
    const [as, kind, cells, range] = columns[name]!
    const column = fitted(kind, cells)
    expect(column.as).toBe(as)
    const bounds = boundsOf(range, column)
    const own = [...cells].filter((cell) => isWithin(bounds, cell))
    const start = startWithin(column, bounds)!
    const share = own.length / count
    expect(Math.abs(start.share - share)).toBeLessThan(0.012)
    const begun = Array.from({ length: 4000 }, (_, k) => start.cell((k + 0.5) / 4000))
    const within = begun.filter((cell) => isWithin(bounds, cell))
    expect(within.length).toBeGreaterThan(0.9 * begun.length)
    // the 0.1 % point of the distance of so many rows
    expect(distanceOf(own, within)).toBeLessThan(1.95 / Math.sqrt(own.length) + 0.01)
  })

  it('is unknown of names, of values one by one, and beyond the rows', () => {
    const column = fitted('number', columns['a skewed number']![2])
    expect(startWithin(column, boundsOf({ in: [5, 6] }, column))).toBeUndefined()
    expect(startWithin(column, boundsOf({ from: 1e9 }, column))).toBeUndefined()
    const whole = fitted(
      'integer',
      cellsBy((u) => Math.floor(9 * u)),
    )
    expect(startWithin(whole, boundsOf({ from: 3 }, whole))).toBeUndefined()
  })
})
