import { beforeAll, describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../../src/export/export-model.ts'
import { impute } from '../../../src/infer/impute.ts'
import type { Model } from '../../../src/infer/model.ts'
import { sample } from '../../../src/infer/sample.ts'
import { loadModel } from '../../../src/node/providers.ts'
import type { Given } from '../../../src/table/known.ts'
import { pointsOf, tableOfPoints } from '../../../src/table/table.ts'
import { grainColumns, grainTable, ticketTable } from '../../helpers/grain-table.ts'
import { cellsIn } from '../../helpers/related-tables.ts'
import { untrainedTable } from '../../helpers/tables.ts'

const day = 86_400_000
const isWorkday = (time: number) => new Date(time).getUTCDay() % 6 !== 0
const modelOf = async (table: ReturnType<typeof grainTable>) =>
  loadModel(await exportNoisePredictor(untrainedTable(table)), { provider: 'simd' })
const quiet = { onWarning: () => {} }

describe('samples of columns with a grain', () => {
  let model: Model
  const rows = grainTable(800)

  beforeAll(async () => {
    model = await modelOf(rows)
  })

  it('are on it, and a time off it that is given stays as it is', async () => {
    const sunday = '2020-01-05'
    const { table } = await sample(model, {
      count: 500,
      seed: 1,
      given: { workday: sunday, price: 7.77 },
      ...quiet,
    })
    for (const { column, isOn } of grainColumns) {
      const cells = cellsIn(table, column.name)
      if (column.name === 'workday') expect([...new Set(cells)]).toEqual([Date.parse(sunday)])
      else if (column.name === 'price') expect([...new Set(cells)]).toEqual([7.77])
      else expect(cells.filter((cell) => !isOn(cell))).toEqual([])
    }
  })

  it('fill gaps with values that are on it', async () => {
    const points = pointsOf(rows)
    const data = points.data.map((cell, k) => ((k * 7919) % 3 === 0 ? Number.NaN : cell))
    const table = await impute(model, tableOfPoints(rows.columns, { ...points, data }), { seed: 2, ...quiet })
    for (const { column, isOn } of grainColumns)
      expect(cellsIn(table, column.name).filter((cell) => !isOn(cell))).toEqual([])
    expect(pointsOf(table).data.filter((cell, k) => !Number.isNaN(data[k]!) && cell !== data[k])).toEqual(
      new Float64Array(),
    )
  })
})

describe('samples of columns with grains that depend on each other', () => {
  let model: Model

  beforeAll(async () => {
    model = await modelOf(ticketTable(1500))
  })

  it.each([
    ['the earlier on a Sunday', { sent: '2021-01-03' }],
    ['the later on a Sunday', { begun: '2021-01-03' }],
    ['the later on a Monday', { begun: '2021-01-04' }],
    ['the copy on a Sunday', { due: '2021-01-03' }],
  ] as [string, Given][])('keep their order and their grains where one is given: %s', async (_, given) => {
    const { table } = await sample(model, { count: 300, seed: 3, given, ...quiet })
    const [sent, begun, due] = ['sent', 'begun', 'due'].map((name) => cellsIn(table, name))
    const [name, text] = Object.entries(given)[0]!
    expect([...new Set(cellsIn(table, name))]).toEqual([Date.parse(String(text))])
    expect(begun!.filter((time, i) => time < sent![i]!)).toEqual([])
    expect(sent!.filter((time) => time % day !== 0)).toEqual([])
    if (name !== 'begun') expect(begun!.filter((time) => !isWorkday(time))).toEqual([])
    if (name !== 'due') expect(due!.filter((time) => !isWorkday(time))).toEqual([])
  })

  it('take a copy for the nearest that the column has', async () => {
    const { table } = await sample(model, { count: 2000, seed: 4, ...quiet })
    const [sent, due] = ['sent', 'due'].map((name) => cellsIn(table, name))
    const equal = due!.filter((time, i) => time === sent![i]).length
    const moved = due!.filter((time, i) => !isWorkday(sent![i]!) && Math.abs(time - sent![i]!) === day).length
    expect(equal).toBeGreaterThan(100)
    expect(moved).toBeGreaterThan(20)
  })
})
