import * as v from 'valibot'
import { beforeAll, describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../../src/export/export-model.ts'
import { impute } from '../../../src/infer/impute.ts'
import type { Model } from '../../../src/infer/model.ts'
import { sample } from '../../../src/infer/sample.ts'
import { loadModel } from '../../../src/node/providers.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import type { Given } from '../../../src/table/known.ts'
import { describeRelation } from '../../../src/table/relations/describe.ts'
import { relationSchema } from '../../../src/table/relations/index.ts'
import { type Table, tableOfPoints } from '../../../src/table/table.ts'
import { followerOf } from '../../helpers/decoding.ts'
import { cellsIn, playerTable, withShuffledColumns } from '../../helpers/related-tables.ts'
import { untrainedTable } from '../../helpers/tables.ts'

const players = playerTable(1500)
const linesOf = (...given: Parameters<typeof fitTable>) =>
  (fitTable(...given).relations ?? []).map(describeRelation)

describe('a date some years from a year beside it', () => {
  let model: Model
  const draw = async (count: number, given?: Given) =>
    (await sample(model, { count, seed: 1, given, onWarning: () => {} })).table

  beforeAll(async () => {
    model = await loadModel(await exportNoisePredictor(untrainedTable(players)), { provider: 'simd' })
  })

  /** How old players become in the year of their first game, where that of their birth is known. */
  const agesIn = (table: Table) => {
    const [debuts, years] = ['debut', 'born'].map((name) => cellsIn(table, name))
    return debuts!
      .map((at, i) => new Date(at).getUTCFullYear() - years![i]!)
      .filter((age) => !Number.isNaN(age))
  }

  it('is learned beside it, and what follows the date too', () => {
    expect(linesOf(players)).toEqual(['the year of debut is near born', 'debut <= last'])
  })

  it('is learned by itself where that is asked for, or in shuffled columns', () => {
    expect(linesOf(players, { independent: ['debut'] })).not.toContain('the year of debut is near born')
    expect(linesOf(withShuffledColumns(players))).toEqual([])
  })

  it('is as many years from it in samples as in the rows, whatever the network draws', async () => {
    const [drawn, real] = [agesIn(await draw(1000)), agesIn(players)]
    expect(drawn.length).toBeGreaterThan(500)
    for (const age of drawn) expect(real).toContain(age)
  })

  it('keeps the day of the year that the network draws, by its number', () => {
    const { columns, relations = [] } = fitTable(players)
    const relation = relations.find(({ kind }) => kind === 'dated')!
    const [column, source] = ['debut', 'born'].map((name) => columns.find((each) => each.name === name)!)
    const restored = followerOf(relation, column!, [source!])
    for (const [own, beside, rest, made] of [
      ['1967-07-04', 1950, 24, '1974-07-04'],
      ['1968-02-29', 1950, 25, '1975-03-01'],
      ['1968-12-30', 1950, 25, '1975-12-31'],
      ['1974-01-01', 1900, 20, '1920-01-01'],
    ] as const)
      expect(new Date(restored([beside, rest], Date.parse(own))!).toISOString()).toContain(made)
    expect(restored([Number.NaN, 20], 0)).toBe(0)
    expect(restored([1950, 20], Number.NaN)).toBe(Number.NaN)
  })

  it('is never before the date that it follows: as far after it as it would be before, or the same', () => {
    const { columns, relations = [] } = fitTable(players)
    const relation = relations.find(({ column }) => column === 'last')!
    const [column, source] = ['last', 'debut'].map((name) => columns.find((each) => each.name === name)!)
    const restored = followerOf(relation, column!, [source!])
    const debut = Date.parse('1950-06-10')
    for (const [own, rest, made] of [
      ['1990-09-20', 0, '1950-09-20'],
      ['1990-06-07', 0, '1950-06-13'],
      ['1990-03-20', -1, '1950-06-10'],
      ['1990-03-20', 5, '1955-03-20'],
    ] as const)
      expect(new Date(restored([debut, rest], Date.parse(own))!).toISOString()).toContain(made)
  })

  it('is on no card with years that fall, or with two sources', () => {
    const relation = (fitTable(players).relations ?? []).find(({ kind }) => kind === 'dated')!
    const isRead = (value: object) => v.safeParse(relationSchema, value).success
    expect(isRead(relation)).toBe(true)
    expect(isRead({ ...relation, years: [2000, 1900] })).toBe(false)
    expect(isRead({ ...relation, by: ['born', 'hand'] })).toBe(false)
  })

  it.each([
    ['the year', { born: 1950 }],
    ['the date', { debut: '1950-06-01' }],
    ['both', { born: 1950, debut: '1999-06-01' }],
    ['the year as a gap', { born: null }],
  ] as [string, Given][])('is there where it is given: %s', async (_, given) => {
    const table = await draw(100, given)
    for (const [name, value] of Object.entries(given)) {
      const cell = value === null ? Number.NaN : typeof value === 'string' ? Date.parse(value) : value
      expect(new Set(cellsIn(table, name))).toEqual(new Set([cell]))
    }
    const [first, last] = ['debut', 'last'].map((name) => cellsIn(table, name))
    for (const [i, at] of last!.entries()) expect(at).toBeGreaterThanOrEqual(first![i]!)
  })

  it('fills a gap of the year near its date', async () => {
    const { columns } = players
    const at = Date.UTC(1950, 5, 1)
    const data = Float64Array.from({ length: 200 }, (_, i) =>
      i % 4 === 1 ? at : i % 4 === 3 ? 0 : Number.NaN,
    )
    const filled = await impute(
      model,
      { ...tableOfPoints(columns, { data, count: 50, dim: 4 }) },
      { onWarning() {} },
    )
    for (const age of agesIn(filled)) {
      expect(age).toBeGreaterThan(18)
      expect(age).toBeLessThan(32)
    }
  })
})
