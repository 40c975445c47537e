import { beforeAll, describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../../src/export/export-model.ts'
import type { Model } from '../../../src/infer/model.ts'
import { sample } from '../../../src/infer/sample.ts'
import { loadModel } from '../../../src/node/providers.ts'
import type { Given } from '../../../src/table/known.ts'
import { expectRejected } from '../../helpers/refusals.ts'
import { brokenIn, cellsIn, encodingIn, visitTable } from '../../helpers/related-tables.ts'
import { untrainedTable } from '../../helpers/tables.ts'

describe('samples of dates and their parts', () => {
  let model: Model
  const trained = untrainedTable(visitTable(1500))
  const draw = async (count: number, given?: Given) =>
    (await sample(model, { count, seed: 1, given, onWarning: () => {} })).table

  beforeAll(async () => {
    model = await loadModel(await exportNoisePredictor(trained), { provider: 'simd' })
  })

  it('agree in every row, whatever the network draws', async () => {
    const table = await draw(2000)
    expect(brokenIn(table, encodingIn(trained)).wrong).toBe(0)
    const column = (name: string) => cellsIn(table, name)
    const [at, year, month, of, hours] = ['at', 'year', 'month', 'day', 'hour'].map(column)
    const [seen, weekday, seenHour, seenMinute] = ['seen', 'weekday', 'seen hour', 'seen minute'].map(column)
    const [paid, quarter, paidWeekday] = ['paid', 'quarter', 'paid weekday'].map(column)
    for (let i = 0; i < 2000; i++) {
      const lastDay = new Date(Date.UTC(year![i]!, month![i]!, 0)).getUTCDate()
      const local = Date.UTC(year![i]!, month![i]! - 1, Math.min(of![i]!, lastDay), hours![i]!)
      expect([4, 5]).toContain((at![i]! - local) / 3_600_000)
      const [seenAt, paidAt] = [new Date(seen![i]!), new Date(paid![i]!)]
      expect([seenAt.getUTCDay(), seenAt.getUTCHours(), seenAt.getUTCMinutes()]).toEqual([
        weekday![i],
        seenHour![i],
        seenMinute![i],
      ])
      expect([Math.floor(paidAt.getUTCMonth() / 3) + 1, paidAt.getUTCDay()]).toEqual([
        quarter![i],
        paidWeekday![i],
      ])
    }
  })

  it.each([
    ['a date', { at: '2013-07-04T16:00:00Z' }, { year: 2013, month: 7, day: 4, hour: 12 }],
    ['parts', { year: 2013, month: 1, day: 31, hour: 22 }, { at: Date.UTC(2013, 1, 1, 3) }],
    ['a time of day', { seen: '2019-08-11 13:45:00' }, { weekday: 0, 'seen hour': 13, 'seen minute': 45 }],
    ['a date beside gaps', { paid: '2021-12-24' }, { quarter: 4, 'paid month': 2, 'paid weekday': 5 }],
    ['a gap of a part', { quarter: null }, { paid: Number.NaN, 'paid month': Number.NaN }],
  ] as [string, Given, Record<string, number>][])(
    'follow from what is given: %s',
    async (_, given, expected) => {
      const table = await draw(50, given)
      for (const [name, cell] of Object.entries(expected))
        expect([name, ...new Set(cellsIn(table, name))]).toEqual([name, cell])
      expect(brokenIn(table, encodingIn(trained)).wrong).toBe(0)
    },
  )

  it('have dates of the part that is given', async () => {
    const days = cellsIn(await draw(200, { 'paid month': 'Oct' }), 'paid')
    expect(days.filter((paid) => new Date(paid).getUTCMonth() !== 9 || paid % 86_400_000 !== 0)).toEqual([])
    const table = await draw(50, { 'paid month': 'Feb', 'paid weekday': 0 })
    for (const paid of cellsIn(table, 'paid')) {
      expect(new Date(paid).getUTCMonth()).toBe(1)
      expect(new Date(paid).getUTCDay()).toBe(0)
    }
  })

  it.each([
    [
      'a date and another day',
      { at: '2013-07-04T16:00:00Z', year: 2013, month: 7, day: 5, hour: 12 },
      'at is 2013-07-04T16:00:00Z, but where year is 2013 and month is 7 and day is 5 and hour is 12, at is 2013-07-05T16:00:00Z: leave one of them out',
    ],
    [
      'a date and another quarter',
      { paid: '2021-12-24', quarter: 1 },
      'quarter is 1, but where paid is 2021-12-24, quarter is 4: leave one of them out',
    ],
  ] as const)('are refused for %s', async (_, given, message) => {
    await expectRejected(() => draw(3, given), message)
  })
})
