import { beforeAll, describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../../src/export/export-model.ts'
import { impute } from '../../../src/infer/impute.ts'
import type { Model } from '../../../src/infer/model.ts'
import { sample } from '../../../src/infer/sample.ts'
import { loadModel } from '../../../src/node/providers.ts'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import type { Given } from '../../../src/table/known.ts'
import { type NamedTable, rowsBetween, type Table } from '../../../src/table/table.ts'
import { followerOf } from '../../helpers/decoding.ts'
import { cellsIn, encodingIn, subscriptionTable } from '../../helpers/related-tables.ts'
import { untrainedTable } from '../../helpers/tables.ts'

describe('samples of columns that are learned with what they are beyond others', () => {
  let model: Model
  const rows = subscriptionTable(1500)
  const trained = untrainedTable(rows)
  const draw = async (count: number, given?: Given) =>
    (await sample(model, { count, seed: 1, given, onWarning: () => {} })).table
  const columnsOf = (table: Table, ...names: string[]) => names.map((name) => cellsIn(table, name))

  beforeAll(async () => {
    model = await loadModel(await exportNoisePredictor(trained), { provider: 'simd' })
  })

  const requireOrder = (table: Table) => {
    const [start, last, end] = columnsOf(table, 'start', 'last', 'end')
    const [bought, returned, top] = columnsOf(table, 'bought', 'returned', 'top')
    for (let i = 0; i < table.count; i++) {
      expect(last![i]!).toBeGreaterThanOrEqual(start![i]!)
      if (!Number.isNaN(end![i]!)) expect(end![i]!).toBeGreaterThanOrEqual(last![i]!)
      expect(top![i]!).toBeGreaterThanOrEqual(Math.max(bought![i]!, returned![i]!))
    }
  }

  it('keep the order, are near, and are equal, whatever the network draws', async () => {
    const table = await draw(2000)
    requireOrder(table)
    const [length, depth, billed, paid] = columnsOf(table, 'length', 'depth', 'billed', 'paid')
    const [lengths, depths] = columnsOf(rows, 'length', 'depth')
    const ratio = 1 / 0.6
    const rests = lengths!.map((each, i) => each - ratio * depths![i]!)
    const most = Math.max(...rests.map(Math.abs))
    const range = [Math.min(...lengths!), Math.max(...lengths!)]
    // a sum beyond the rows' range is cut off there; the factor is fitted
    for (const [i, each] of length!.entries())
      if (each > range[0]! && each < range[1]!)
        expect(Math.abs(each - ratio * depth![i]!)).toBeLessThanOrEqual(most + 0.02 * each)
    expect(paid!.some((each, i) => each === billed![i])).toBe(true)
  })

  it.each([
    ['the first', { start: '2022-01-01' }],
    ['the last', { end: '2020-03-01' }],
    ['the middle', { last: '2021-01-01' }],
    ['the first and the last', { start: '2021-01-01', end: '2021-01-20' }],
    ['a gap', { end: null, last: '2021-01-01' }],
    ['the greatest', { top: 9 }],
  ] as [string, Given][])('keep the order where it is given: %s', async (_, given) => {
    const table = await draw(200, given)
    for (const [name, value] of Object.entries(given)) {
      const cell = typeof value === 'string' ? Date.parse(value) : (value ?? Number.NaN)
      expect([name, ...new Set(cellsIn(table, name))]).toEqual([name, cell])
    }
    requireOrder(table)
  })

  it('keep what they are near, where that is given', async () => {
    for (const given of [{ length: 40 }, { depth: 24 }, { length: 40, depth: 24.1 }]) {
      const table = await draw(100, given)
      const [length, depth] = columnsOf(table, 'length', 'depth')
      for (const [i, each] of length!.entries()) expect(Math.abs(each - depth![i]! / 0.6)).toBeLessThan(1.5)
      for (const [name, value] of Object.entries(given))
        expect([name, ...new Set(cellsIn(table, name))]).toEqual([name, value])
    }
  })

  it('keep the order where a source is beyond the range of the column, which has gaps there', () => {
    const { columns, relations = [] } = encodingIn(trained)
    const [relation] = relations.filter(({ column }) => column === 'end')
    const named = (name: string) => columns.find((column) => column.name === name)!
    const follow = followerOf(relation!, named('end'), [named('last')])
    const late = Date.UTC(2100, 0, 1)
    expect(follow([late, 86_400_000], Date.UTC(2021, 0, 1))).toBe(late)
  })

  it('fill gaps of rows in order', async () => {
    const some = rowsBetween(rows, 0, 100)
    const columns = some.columns.map((column) =>
      column.name === 'last' ? { ...column, cells: column.cells.map(() => Number.NaN) } : column,
    )
    const table = await impute(model, { count: 100, columns }, { seed: 1, onWarning: () => {} })
    const [start, last, end] = columnsOf(table, 'start', 'last', 'end')
    for (let i = 0; i < 100; i++) expect(last![i]!).toBeGreaterThanOrEqual(start![i]!)
    const late = last!.filter((each, i) => each > end![i]!)
    expect(late).toEqual([])
  })
})

describe('samples of a column that is never below one that another gives', () => {
  const count = 1000
  const drawn = uniforms({ seed: 3, stream: streams.datasets, step: 93, start: 0, count, dim: 1 })
  const route = Float64Array.from({ length: count }, (_, i) => i % 40)
  const distance = route.map((k) => 80 + 25 * ((k * 7919) % 97))
  const flown = distance.map((each, i) => each + Math.floor(2000 * drawn[i]!))
  const categories = Array.from({ length: 40 }, (_, k) => `R${k}`)
  const rows: NamedTable = {
    name: 'flights',
    count,
    columns: [
      { name: 'route', kind: 'category', categories, cells: route },
      { name: 'distance', kind: 'integer', cells: distance },
      { name: 'flown', kind: 'integer', cells: flown },
    ],
  }

  it('are in the order, of a model that is exported and read', async () => {
    const trained = untrainedTable(rows)
    const { columns, relations = [] } = encodingIn(trained)
    expect(columns[1]!.as).toBe('derived')
    expect(relations.map(({ kind, column, by }) => [kind, column, ...by].join(' '))).toEqual([
      'look-up distance route',
      'order flown distance',
    ])
    const model = await loadModel(await exportNoisePredictor(trained), { provider: 'simd' })
    for (const given of [undefined, { route: 'R7' }, { distance: distance[7]! }]) {
      const { table } = await sample(model, { count: 300, seed: 1, given })
      const [distances, all] = ['distance', 'flown'].map((name) => cellsIn(table, name))
      expect(all!.filter((each, i) => each < distances![i]!)).toEqual([])
    }
  })
})
