import { describe, expect, it } from 'vitest'
import { differencesFrom } from '../../src/infer/shards/differences.ts'
import { isWithinStep } from '../../src/infer/shards/rounding.ts'
import { standardNormals, streams, uniforms } from '../../src/numerics/random.ts'
import { decode } from '../../src/table/encodings/decode.ts'
import { blocksOf, dimensionsOf, type Encoding } from '../../src/table/encodings/encoding.ts'
import { fitTable } from '../../src/table/encodings/fit.ts'
import type { EncodedColumn } from '../../src/table/encodings/index.ts'
import { fitQuantile } from '../../src/table/encodings/quantile.ts'
import { type NamedTable, type Table, tableOfPoints } from '../../src/table/table.ts'
import { flightTable, orderTable, visitTable } from '../helpers/related-tables.ts'
import { nameTable, petTable, salaryTable } from '../helpers/tables.ts'

const tolerance = 1e-4

/** Compares what one network output is decoded to with what another is, which was drawn; and a row with single cells changed. */
function comparison(encoding: Encoding, x_0: Float32Array, choice = {}) {
  const dim = dimensionsOf(encoding)
  const decoded = (data: Float32Array) => decode(encoding, { data, count: data.length / dim, dim })
  const drawn = decoded(x_0)
  const compare = differencesFrom(encoding, drawn, { choice, tolerance })
  const rowOf = ({ columns }: Table, i: number) => Float64Array.from(columns, ({ cells }) => cells[i]!)
  const cellsOf = (i: number) => rowOf(drawn, i)
  const differenceTo = (cells: Float64Array, i: number) =>
    compare(cells, { cells: cellsOf(i), x_0: x_0.slice(i * dim, (i + 1) * dim) })
  return {
    drawn,
    cellsOf,
    differenceTo,
    differencesOf(other: Float32Array) {
      const rows = decoded(other)
      return Array.from({ length: drawn.count }, (_, i) => differenceTo(rowOf(rows, i), i))
    },
  }
}

const draws = { seed: 3, stream: streams.datasets, start: 0 }

/** Sales at the price of a list, or for less. */
function saleTable(count: number): NamedTable {
  const columns = ['listed', 'paid'].map((name) => ({ name, kind: 'number' as const }))
  const u = uniforms({ ...draws, step: 94, count, dim: 3 })
  const data = Float64Array.from({ length: 2 * count }, (_, k) => {
    const [listed, share, isLess] = u.subarray(3 * (k >> 1), 3 * (k >> 1) + 3)
    return Math.round(10_000 * listed! * (k % 2 === 1 && isLess! < 0.4 ? share! : 1)) / 100
  })
  return { name: 'sales', ...tableOfPoints(columns, { data, count, dim: 2 }) }
}

describe('a step of a grid', () => {
  const march = Date.UTC(2020, 2, 1)
  const ofQuantiles = { as: 'quantile', z: [-1, 1], x: [0, 1], decimals: 0 } as const
  it.each<[string, object, cell: number, nearby: number, beyond: number]>([
    ['a price', { ...ofQuantiles, kind: 'number', decimals: 2 }, 28.7, 28.71, 28.72],
    ['a whole number', { ...ofQuantiles, kind: 'integer' }, 7, 6, 5],
    ['a day', { ...ofQuantiles, kind: 'date', form: 'YYYY-MM-DD' }, march, march + 864e5, march + 2 * 864e5],
    [
      'a month',
      { ...ofQuantiles, kind: 'date', form: 'YYYY-MM' },
      march,
      Date.UTC(2020, 3, 1),
      Date.UTC(2020, 0, 1),
    ],
    [
      'a minute',
      { ...ofQuantiles, kind: 'date', form: 'YYYY-MM-DD hh:mm' },
      march,
      march - 6e4,
      march - 12e4,
    ],
    ['a second', { ...ofQuantiles, kind: 'date', form: 'hh:mm:ss' }, 5000, 6000, 7000],
    [
      'the working day after a weekend',
      {
        ...ofQuantiles,
        kind: 'date',
        form: 'YYYY-MM-DD',
        x: [march - 30 * 864e5, march + 30 * 864e5],
        grain: { step: 864e5, from: 0, weekdays: [0, 1, 2, 3, 4] },
      },
      march - 2 * 864e5,
      march + 864e5,
      march + 2 * 864e5,
    ],
    [
      'a price',
      { ...ofQuantiles, kind: 'number', decimals: 2, grain: { step: 0.25, from: 0 } },
      28.5,
      28.75,
      29,
    ],
    ['a whole number in a range', { as: 'linear', kind: 'integer', min: 0, max: 9 }, 7, 8, 9],
    ['the next of a list', { as: 'steps', kind: 'number', values: [1, 4, 9], z: [], borders: [] }, 4, 9, 5],
    ['the one before', { as: 'steps', kind: 'number', values: [1, 4, 9], z: [], borders: [] }, 4, 1, 0],
    ['any of a list like names', { as: 'category', kind: 'integer', values: [1, 4, 9] }, 1, 9, 3],
    ['a frequent value', { ...ofQuantiles, kind: 'integer', frequent: [50] }, 7, 50, 51],
    ['none', { ...ofQuantiles, kind: 'number', decimals: null }, 0.5, 0.5, 0.5001],
  ])('is %s', (_, column, cell, nearby, beyond) => {
    const named = { name: 'x', ...column } as unknown as EncodedColumn
    const slack = 1e-9
    expect([nearby, beyond].map((other) => isWithinStep(named, other, cell, slack))).toEqual([true, false])
  })
})

describe('differences of rows', () => {
  it.each([
    ['pets', petTable(2000)],
    ['orders', orderTable(2000)],
    ['visits', visitTable(2000)],
    ['salaries', salaryTable(2000)],
    ['towns', nameTable(2000)],
    ['flights', flightTable(2000)],
    ['sales', saleTable(2000)],
  ])('are rounding or flips if the network outputs differ as float32 may, of %s', (_, table) => {
    const encoding = fitTable(table)
    const [count, dim] = [4000, dimensionsOf(encoding)]
    const x_0 = standardNormals({ ...draws, step: 90, count, dim })
    const u = uniforms({ ...draws, step: 91, count, dim })
    const single = new Set(blocksOf(encoding).flatMap(({ size, start }) => (size === 1 ? [start] : [])))
    // numbers move by up to the tolerance of codes, and now and then a name or a gap turns over
    const moved = x_0.map((x, k) =>
      single.has(k % dim) ? x + (u[k]! - 0.5) * 1.9e-4 : u[k]! < 1e-3 ? x + 2 : x,
    )
    const found = comparison(encoding, x_0).differencesOf(moved)
    const wrong = found.flatMap(({ worst }, i) => (worst <= tolerance ? [] : [{ i, worst }]))
    expect(wrong).toEqual([])
    const flips = found.reduce((sum, { flips }) => sum + flips, 0)
    expect(flips).toBeGreaterThan(0)
  })

  it('are flips where a step of the code is a jump of the value, and only there', () => {
    const rows = Float64Array.from({ length: 400 }, (_, i) => (i < 200 ? 0 : i < 300 ? 500 : 300 + i))
    const fitted = fitQuantile(rows, 1000, { round: (x) => x, unit: 0.01 }, 2)
    const encoding: Encoding = {
      columns: [{ name: 'price', kind: 'number', decimals: 2, ...fitted }],
    }
    const most = fitted.x.at(-1)!
    const jump = fitted.z[fitted.x.lastIndexOf(0)]!
    const { drawn, differenceTo } = comparison(encoding, Float32Array.of(jump - 1e-5, jump - 0.01))
    expect(drawn.columns.map(({ cells }) => [...cells])).toEqual([[0, 0]])
    const to = (price: number, i: number) => differenceTo(Float64Array.of(price), i)
    expect(to(500, 0)).toEqual({ worst: 0, flips: 1 })
    expect(to(250, 0)).toEqual({ worst: 0, flips: 1 })
    expect(to(510, 0)).toEqual({ worst: 510 / most, flips: 0 })
    expect(to(500, 1)).toEqual({ worst: 500 / most, flips: 0 })
  })

  it('are of the cell that changed, not of those that follow from it, unless these were given', () => {
    const encoding = fitTable(flightTable(2000))
    const placeOf = (name: string) => encoding.columns.findIndex((column) => column.name === name)
    const x_0 = standardNormals({ ...draws, step: 92, count: 200, dim: dimensionsOf(encoding) })
    const { cellsOf, differenceTo } = comparison(encoding, x_0)
    const seats = placeOf('seats')
    const otherRow = [...Array(200).keys()].find((k) => cellsOf(k)[seats] !== cellsOf(0)[seats])!
    const [drawn, other] = [cellsOf(0), cellsOf(0)]
    for (const name of ['model', 'seats', 'range']) other[placeOf(name)] = cellsOf(otherRow)[placeOf(name)]!
    expect(differenceTo(other, 0)).toEqual({ worst: 0, flips: 1 })
    const ofGiven = comparison(encoding, x_0, { given: { seats: drawn[seats]! } })
    expect(ofGiven.differenceTo(other, 0).worst).toBeGreaterThan(tolerance)
    other[seats] = drawn[seats]! + 1
    expect(differenceTo(other, 0).worst).toBeGreaterThan(tolerance)
  })

  it('are gaps that flip, unless the samples have none', () => {
    const encoding = fitTable(petTable(2000))
    const x_0 = standardNormals({ ...draws, step: 93, count: 1, dim: dimensionsOf(encoding) })
    const { cellsOf, differenceTo } = comparison(encoding, x_0)
    const weight = encoding.columns.findIndex(({ name }) => name === 'weight')
    const lacking = cellsOf(0).with(weight, Number.NaN)
    expect(cellsOf(0)[weight]).toBeGreaterThan(0)
    expect(differenceTo(lacking, 0)).toEqual({ worst: 0, flips: 1 })
    const complete = comparison(encoding, x_0, { complete: true })
    expect(complete.differenceTo(lacking, 0)).toEqual({ worst: Number.POSITIVE_INFINITY, flips: 0 })
  })
})
