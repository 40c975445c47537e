import { beforeAll, describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../../src/export/export-model.ts'
import { impute } from '../../../src/infer/impute.ts'
import type { Model } from '../../../src/infer/model.ts'
import { sample } from '../../../src/infer/sample.ts'
import { loadModel } from '../../../src/node/providers.ts'
import { decodeCells } from '../../../src/table/encodings/decode.ts'
import { encodeCells } from '../../../src/table/encodings/encode.ts'
import type { Given } from '../../../src/table/known.ts'
import { type Column, pointsOf, rowsBetween, type Table, tableOfPoints } from '../../../src/table/table.ts'
import { expectRejected } from '../../helpers/refusals.ts'
import {
  brokenIn,
  cellsIn,
  encodingIn,
  flightTable,
  orderTable,
  subscriptionTable,
  visitTable,
} from '../../helpers/related-tables.ts'
import { untrainedTable } from '../../helpers/tables.ts'

const flights = flightTable(1000)
const orders = orderTable(800)
const trained = untrainedTable(flights)
const indexOf = (name: string, { columns }: Pick<Table, 'columns'> = flights) =>
  columns.findIndex((column) => column.name === name)

describe('samples of a table with relations', () => {
  let model: Model
  const quiet = { onWarning: () => {} }
  const draw = async (count: number, given?: Given, seed = 1) =>
    (await sample(model, { count, seed, given, ...quiet })).table

  beforeAll(async () => {
    model = await loadModel(await exportNoisePredictor(trained), { provider: 'simd' })
  })

  it('keep every relation, whatever the network draws', async () => {
    const { said, wrong } = brokenIn(await draw(2000), encodingIn(trained))
    expect(said).toBeGreaterThan(3000)
    expect(wrong).toBe(0)
  })

  it.each([
    ['a source', { model: 'model 3' }, 'seats', 60],
    ['two sources', { origin: 'JFK', dest: 'DEN' }, 'distance', 100 + 37 + 422],
    ['a source whose entry is a gap', { model: 'model 4' }, 'range', Number.NaN],
  ] as const)('follow from what is given: %s', async (_, given, column, cell) => {
    const table = await draw(50, given)
    expect(new Set(cellsIn(table, column))).toEqual(new Set([cell]))
    expect(brokenIn(table, encodingIn(trained)).wrong).toBe(0)
  })

  it('are drawn with the sources of what is given, by their shares in the training rows', async () => {
    const table = await draw(3000, { seats: 60 })
    expect(new Set(cellsIn(table, 'seats'))).toEqual(new Set([60]))
    const rows = [2, 3].map((k) => cellsIn(flights, 'model').filter((cell) => cell === k).length)
    const drawn = [2, 3].map((k) => cellsIn(table, 'model').filter((cell) => cell === k).length)
    expect(drawn[0]! + drawn[1]!).toBe(3000)
    const share = rows[0]! / (rows[0]! + rows[1]!)
    // five standard errors
    expect(Math.abs(drawn[0]! / 3000 - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / 3000))
    expect(brokenIn(table, encodingIn(trained)).wrong).toBe(0)
  })

  it.each([
    ['a cell of two sources', { distance: 100 + 74 + 211 * 7 }, { origin: 2, dest: 7 }],
    ['a cell of two sources, one of them given', { distance: 100, origin: 'EWR' }, { origin: 0, dest: 0 }],
    ['two cells of one source', { seats: 80, range: 1070.5 }, { model: 7 }],
    ['a gap of a source', { range: null, seats: 70 }, { model: 4 }],
  ] as const)('have sources that agree with what is given: %s', async (_, given, sources) => {
    const table = await draw(200, given)
    for (const [name, cell] of Object.entries(sources))
      expect([name, ...new Set(cellsIn(table, name))]).toEqual([name, cell])
    expect(brokenIn(table, encodingIn(trained)).wrong).toBe(0)
  })

  it('are those of the same seed, in any part and chunk', async () => {
    const given = { seats: 60, distance: 100 }
    const all = await draw(40, given, 9)
    for (const options of [{ chunkSize: 7 }, { from: 30, count: 10 }]) {
      const { table } = await sample(model, { count: 40, seed: 9, given, ...quiet, ...options })
      const { from = 0 } = options as { from?: number }
      expect(pointsOf(table)).toEqual(pointsOf(rowsBetween(all, from, all.count)))
    }
  })

  it.each([
    [
      'a contradiction',
      { model: 'model 3', seats: 70 },
      'seats is 70, but where model is model 3, seats is 60: leave one of them out',
    ],
    [
      'a contradiction of three',
      { origin: 'EWR', dest: 'ATL', distance: 137 },
      'distance is 137, but where origin is EWR and dest is ATL, distance is 100: leave one of them out',
    ],
    [
      'a cell that no source has',
      { seats: 61 },
      'seats is 61, but no model of the training rows has that beside what else is given: give one of 50, 60, 70, 80, 90, 100, 110, 120',
    ],
    [
      'cells that no source has together',
      { seats: 70, range: 1070.5 },
      'seats is 70, but no model of the training rows has that',
    ],
  ] as const)('are refused for %s', async (_, given, message) => {
    await expectRejected(() => draw(3, given), message)
  })

  it('have no gap where none may be', async () => {
    const { table } = await sample(model, { count: 500, seed: 2, complete: true, ...quiet })
    expect(table.columns.some(({ cells }) => cells.some(Number.isNaN))).toBe(false)
  })

  it('fill the gaps of rows from what is known on either side', async () => {
    const { data, dim } = pointsOf(flightTable(60, 4))
    const emptied = Float64Array.from(data)
    const [modelAt, seatsAt] = [indexOf('model'), indexOf('seats')]
    for (let i = 0; i < 60; i++) emptied[i * dim + (i % 2 === 0 ? modelAt : seatsAt)] = Number.NaN
    const rows = tableOfPoints(flights.columns, { data: emptied, count: 60, dim })
    const filled = await impute(model, rows, { seed: 3, ...quiet })
    for (let i = 0; i < 60; i++) {
      const [drawnModel, seats] = [modelAt, seatsAt].map((d) => filled.columns[d]!.cells[i]!)
      expect(seats).toBe(50 + 10 * Math.floor(drawnModel! / 2))
      expect(seats).toBe(data[i * dim + seatsAt])
    }
    expect(filled.columns.some(({ cells }) => cells.some(Number.isNaN))).toBe(false)
  })
})

describe('samples of a table of sums', () => {
  let model: Model
  const trained = untrainedTable(orders)
  const draw = async (count: number, given?: Given) =>
    (await sample(model, { count, seed: 1, given, onWarning: () => {} })).table

  beforeAll(async () => {
    model = await loadModel(await exportNoisePredictor(trained), { provider: 'simd' })
  })

  it('add up in every row, whatever the network draws', async () => {
    const { said, wrong } = brokenIn(await draw(2000), encodingIn(trained))
    // a delivery may be missing
    expect(said).toBeGreaterThan(6000)
    expect(wrong).toBe(0)
  })

  it.each([
    ['the sum and a part', { total: 100, net: 60.5 }, 'tax', 39.5],
    ['the parts', { net: 60.5, tax: 39.5 }, 'total', 100],
    ['the other unit', { 'width cm': 25.4 }, 'width in', 10],
    ['a later date', { delivered: '2021-05-31', ordered: '2021-05-01' }, 'days', 30],
    ['digits put together', { time: 1230, hour: 12 }, 'minute', 30],
    ['a part that is missing', { days: null }, 'delivered', Number.NaN],
  ] as const)('follow from what is given: %s', async (_, given, column, cell) => {
    const table = await draw(50, given)
    expect(new Set(cellsIn(table, column))).toEqual(new Set([cell]))
    expect(brokenIn(table, encodingIn(trained)).wrong).toBe(0)
  })

  it.each([
    [
      'parts that do not add up',
      { total: 100, net: 60.5, tax: 39 },
      'total is 100, but where net is 60.5 and tax is 39, total is 99.5: leave one of them out',
    ],
    [
      'a width that no width in the other unit gives',
      { 'width cm': 500 },
      'width cm is 500, but no width in of the training rows has that',
    ],
  ] as const)('are refused for %s', async (_, given, message) => {
    await expectRejected(() => draw(3, given), message)
  })
})

describe('the codes of training rows', () => {
  it.each([
    ['flights', flights],
    ['orders', orders],
    ['visits', visitTable(800)],
    ['subscriptions', subscriptionTable(800)],
  ])('give back every cell that three rows share, exceptions too, and nearly every other: %s', (_, table) => {
    const encoding = encodingIn(untrainedTable(table))
    const { columns } = decodeCells(encoding, encodeCells(encoding, table))
    // codes are float32: a quantile's number may move by a fraction of a cent before it is rounded, a date by some seconds
    const room = ({ kind }: Column) => (kind === 'date' ? 30_000 : 0.011)
    for (const [d, { cells }] of table.columns.entries()) {
      const column = encoding.columns[d]!
      const counts = new Map<number, number>()
      for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1)
      let moved = 0
      for (const [i, cell] of cells.entries()) {
        const back = columns[d]!.cells[i]!
        const isExact =
          Object.is(back, cell) || Math.abs(back - cell) <= (column.as === 'quantile' ? room(column) : 0)
        // a cell of one or two rows is merged with its neighbours
        if (counts.get(cell)! < 3) moved += Number(!isExact)
        else expect(isExact, `${column.name}, row ${i}`).toBe(true)
      }
      expect(moved, column.name).toBeLessThan(0.05 * table.count)
    }
  })
})
