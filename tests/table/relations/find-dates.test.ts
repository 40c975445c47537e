import { describe, expect, it } from 'vitest'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { describeRelation } from '../../../src/table/relations/describe.ts'
import { relationKindOf } from '../../../src/table/relations/index.ts'
import { type Column, type NamedTable, tableOfPoints } from '../../../src/table/table.ts'
import { brokenIn, visitTable, withShuffledColumns } from '../../helpers/related-tables.ts'

const linesOf = (table: NamedTable, independent?: readonly string[]) =>
  (fitTable(table, { independent }).relations ?? []).map(describeRelation)

/** Rows with a date, by uniform numbers, and columns that follow from it. */
function dateTable(
  columns: readonly (Column & { readonly cell: (date: Date, u: number) => number })[],
  { count = 400, form = 'YYYY-MM-DD' as const }: { count?: number; form?: Column['form'] } = {},
): NamedTable {
  const dim = columns.length + 1
  const drawn = uniforms({ seed: 8, stream: streams.datasets, step: 82, start: 0, count, dim: 2 })
  const data = new Float64Array(count * dim)
  const unit = form === 'YYYY-MM-DD' ? 86_400_000 : 60_000
  for (let i = 0; i < count; i++) {
    const time = Date.UTC(2017, 3, 1) + Math.floor((drawn[2 * i]! * 700 * 86_400_000) / unit) * unit
    data.set([time, ...columns.map(({ cell }) => cell(new Date(time), drawn[2 * i + 1]!))], i * dim)
  }
  const date: Column = { name: 'date', kind: 'date', form }
  return { name: 'dates', ...tableOfPoints([date, ...columns], { data, count, dim }) }
}

const year = { name: 'year', kind: 'integer', cell: (date: Date) => date.getUTCFullYear() } as const
const weekday = { name: 'weekday', kind: 'integer', cell: (date: Date) => date.getUTCDay() } as const

describe('the parts of dates', () => {
  it('are found, each with the side that follows', () => {
    const { columns, relations } = fitTable(visitTable(1500))
    expect(relations!.map(describeRelation)).toEqual([
      'at is made of year, month, day and hour plus 4 or 5 hours',
      'seen takes its weekday, hour and minute from weekday, seen hour and seen minute',
      'quarter is the quarter of paid',
      'paid month is the month of paid',
      'paid weekday is the weekday of paid',
    ])
    // the network draws where there are gaps, and the minutes of `seen`
    expect(columns.filter(({ as }) => as === 'derived').map(({ name }) => name)).toEqual(['at'])
  })

  it('follow from the date where one of them is its year, so that no two contradict each other', () => {
    expect(linesOf(dateTable([year, weekday]))).toEqual([
      'year is the year of date',
      'weekday is the weekday of date',
    ])
    expect(linesOf(dateTable([weekday]))).toEqual(['date takes its weekday from weekday'])
  })

  it('are found in local time, and where a few rows are of the hour that occurs twice', () => {
    const local = (date: Date) => new Date(date.getTime() - 6 * 3_600_000)
    const late = (u: number) => (u < 0.003 ? 1 : 0)
    const parts = [
      { name: 'year', kind: 'integer', cell: (date: Date) => local(date).getUTCFullYear() },
      { name: 'month', kind: 'integer', cell: (date: Date) => local(date).getUTCMonth() + 1 },
      { name: 'day', kind: 'integer', cell: (date: Date) => local(date).getUTCDate() },
      {
        name: 'hour',
        kind: 'integer',
        cell: (date: Date, u: number) => Math.min(23, local(date).getUTCHours() + late(u)),
      },
    ] as const
    const [relation] = fitTable(dateTable(parts, { count: 2000, form: 'YYYY-MM-DD hh:mm' })).relations!
    expect(describeRelation(relation!)).toBe('date is made of year, month, day and hour plus 6 hours')
    expect(relation!.share).toBeGreaterThanOrEqual(0.995)
    expect(relation!.share).toBeLessThan(1)
  })

  it('are not sought of columns that are to be learned by themselves', () => {
    expect(linesOf(dateTable([year, weekday]), ['year', 'date'])).toEqual(['weekday is the weekday of date'])
  })

  it('are its ISO week, its day of the year, and its quarter with the year by name', () => {
    const dayOf = (date: Date) =>
      Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1
    // the Thursday of the week says which year it is of
    const thursday = (date: Date) =>
      new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * 86_400_000)
    const week = (date: Date) => Math.ceil(dayOf(thursday(date)) / 7)
    const quarter = (date: Date) =>
      4 * (date.getUTCFullYear() - 2017) + Math.floor(date.getUTCMonth() / 3) - 1
    const categories = Array.from(
      { length: 8 },
      (_, k) => `${2017 + Math.floor((k + 1) / 4)}-Q${((k + 1) % 4) + 1}`,
    )
    const table = dateTable(
      [
        { name: 'week', kind: 'integer', cell: week },
        { name: 'day', kind: 'integer', cell: dayOf },
        { name: 'quarter', kind: 'category', categories, cell: quarter },
      ],
      { count: 2000 },
    )
    expect(linesOf(table)).toEqual([
      'week is the week of date',
      'day is the day of the year of date',
      'quarter is the year and quarter of date',
    ])
    expect(brokenIn(table, fitTable(table)).wrong).toBe(0)
  })

  it('are its time of day, its day and its month, which a given one moves', () => {
    const day = 86_400_000
    const begin = (date: Date, unit: number) => Math.floor(date.getTime() / unit) * unit
    const pieces = [
      { name: 'time', kind: 'date', form: 'hh:mm', cell: (date: Date) => date.getTime() % day },
      { name: 'day', kind: 'date', form: 'YYYY-MM-DD', cell: (date: Date) => begin(date, day) },
      {
        name: 'month',
        kind: 'date',
        form: 'YYYY-MM',
        cell: (date: Date) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth()),
      },
      {
        name: 'local day',
        kind: 'date',
        form: 'YYYY-MM-DD',
        cell: (date: Date) => begin(new Date(date.getTime() - 3_600_000), day),
      },
    ] as const
    const table = dateTable(pieces, { form: 'YYYY-MM-DD hh:mm' })
    const encoding = fitTable(table)
    expect(encoding.relations!.map(describeRelation)).toEqual(
      pieces.map(({ name }) => `${name} is part of date`),
    )
    expect(brokenIn(table, encoding)).toEqual({ said: 4 * table.count, wrong: 0 })
    const [relation] = encoding.relations!
    const of = { column: encoding.columns[1]!, sources: [encoding.columns[0]!] }
    const at = (text: string) => Date.parse(`${text}Z`)
    const choices = relationKindOf(relation!).choices(
      relation!,
      of,
      9 * 3_600_000,
      [at('2018-05-03T17:21')],
      [true],
    )
    expect(choices).toEqual([{ cells: [at('2018-05-03T09:00')], rows: 1 }])
  })

  it('are none of columns that were shuffled, each by itself', () => {
    expect(linesOf(withShuffledColumns(visitTable(1500)))).toEqual([])
  })

  it.each([
    [
      'a year that is wrong in one row',
      [{ ...year, cell: (date: Date, u: number) => date.getUTCFullYear() + (u < 0.003 ? 1 : 0) }],
      ['the year of date is near year'],
    ],
    ['a column of one value', [{ ...year, cell: () => 2017 }], []],
    [
      'a column that differs in three rows',
      [{ ...year, cell: (_: Date, u: number) => (u < 0.008 ? 1 : 0) }],
      [],
    ],
  ])('are not %s', (_, columns, lines) => {
    expect(linesOf(dateTable(columns))).toEqual(lines)
  })

  it('are none in a hundred tables of random dates and numbers', () => {
    const found: string[] = []
    for (let seed = 0; seed < 100; seed++) {
      const [count, dim] = [40 + 10 * (seed % 20), 5]
      const u = uniforms({ seed, stream: streams.datasets, step: 83, start: 0, count, dim })
      const most = [0, 1, 3, 6, 23]
      const data = Float64Array.from(u, (x, k) =>
        k % dim === 0
          ? Date.UTC(2020, 0, 1 + Math.floor(x * 20 * (1 + seed)))
          : Math.floor(x * (most[k % dim]! + 1)),
      )
      const columns: Column[] = [
        { name: 'date', kind: 'date', form: 'YYYY-MM-DD' },
        ...most.slice(1).map((of): Column => ({ name: `up to ${of}`, kind: 'integer' })),
      ]
      found.push(...linesOf({ name: 'random', ...tableOfPoints(columns, { data, count, dim }) }))
    }
    expect(found).toEqual([])
  })
})
