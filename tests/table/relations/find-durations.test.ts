import { describe, expect, it } from 'vitest'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { daysSince1970 } from '../../../src/table/dates/calendar.ts'
import { describeColumns } from '../../../src/table/describe.ts'
import { decode } from '../../../src/table/encodings/decode.ts'
import { dimensionsOf } from '../../../src/table/encodings/encoding.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { describeRelation } from '../../../src/table/relations/describe.ts'
import { relationKindOf } from '../../../src/table/relations/index.ts'
import type { Column, NamedTable } from '../../../src/table/table.ts'

const [hour, day] = [3_600_000, 86_400_000]

/** Visits whose end is up to so many days after their start, to the minute, with what follows from both. */
function visits(
  made: Readonly<Record<string, (start: number, end: number, u: number) => number>>,
  { days = 9, form = 'YYYY-MM-DD hh:mm', count = 1200 } = {},
): NamedTable {
  const drawn = uniforms({ seed: 4, stream: streams.datasets, step: 2, start: 0, count, dim: 3 })
  const unit = form.includes('mm') ? 60_000 : day
  const rows = Array.from({ length: count }, (_, i) => {
    const [a, b, c] = drawn.subarray(3 * i, 3 * i + 3)
    const start = Math.floor(((15_000 + 2000 * a!) * day) / unit) * unit
    return [start, start + Math.floor((days * b! * b! * day) / unit) * unit, c!] as const
  })
  const date = (name: string, k: 0 | 1) => ({
    ...({ name, kind: 'date', form } satisfies Column),
    cells: Float64Array.from(rows, (row) => row[k]),
  })
  const others = Object.entries(made).map(([name, of]) => {
    const cells = Float64Array.from(rows, (row) => of(...row))
    return { name, kind: cells.every((x) => Number.isInteger(x)) ? 'integer' : 'number', cells } as const
  })
  return { name: 'visits', count, columns: [date('start', 0), date('end', 1), ...others] }
}

const linesOf = (table: NamedTable) =>
  (fitTable(table).relations ?? []).map(describeRelation).filter((line) => !line.includes('<='))

/** Samples of what an untrained network would draw. */
function samplesOf(table: NamedTable) {
  const encoding = fitTable(table)
  const dim = dimensionsOf(encoding)
  const noise = uniforms({ seed: 1, stream: streams.datasets, step: 7, start: 0, count: 2000, dim })
  const data = noise.map((u) => 4 * u - 2)
  const { columns } = decode(encoding, { data, count: 2000, dim })
  const cellsOf = (name: string) => columns.find((column) => column.name === name)!.cells
  return { start: cellsOf('start'), end: cellsOf('end'), cellsOf }
}

describe('durations between two dates', () => {
  it('are whole units that have passed, or are begun, or rounded ones', () => {
    const one = (name: string, of: (ms: number) => number) =>
      linesOf(visits({ [name]: (start, end) => of(end - start) }))
    expect(one('nights', (ms) => Math.floor(ms / day))).toEqual(['nights is (end - start) in whole days'])
    expect(one('days', (ms) => Math.floor(ms / day) + 1)).toEqual(['days is (end - start) in whole days + 1'])
    expect(one('hours', (ms) => Math.floor(ms / hour))).toEqual(['hours is (end - start) in whole hours'])
    expect(one('hours', (ms) => Math.round(ms / hour))).toEqual(['hours is (end - start) in hours'])
    expect(one('days', (ms) => Math.round((10 * ms) / day) / 10)).toEqual(['days is (end - start) in days'])
  })

  it('are years of 365.25 days, and weeks', () => {
    const long = { days: 20_000, form: 'YYYY-MM-DD' }
    const age = (start: number, end: number) => Math.floor((end - start) / (365.25 * day))
    expect(linesOf(visits({ age }, long))).toContain('age is (end - start) in whole years of 365.25 days')
    const weeks = (start: number, end: number) => Math.floor((end - start) / (7 * day))
    expect(linesOf(visits({ weeks }, { days: 200, form: 'YYYY-MM-DD' }))).toContain(
      'weeks is (end - start) in whole weeks',
    )
  })

  /** The years, or months, that have passed, by the calendar. */
  const passed = (start: number, end: number, perYear: number) => {
    const [from, to] = [new Date(start), new Date(end)]
    const months = 12 * (to.getUTCFullYear() - from.getUTCFullYear()) + to.getUTCMonth() - from.getUTCMonth()
    return Math.floor((months - (to.getUTCDate() < from.getUTCDate() ? 1 : 0)) / (12 / perYear))
  }

  it('are ages, and months of the calendar, which samples have too', () => {
    const long = { days: 25_000, form: 'YYYY-MM-DD', count: 2500 }
    const table = visits(
      {
        age: (start, end) => passed(start, end, 1),
        months: (start, end) => passed(start, end, 12) + 1,
      },
      long,
    )
    expect(linesOf(table).filter((line) => line.includes('whole'))).toEqual([
      'age is (end - start) in whole years',
      'months is (end - start) in whole months + 1',
    ])
    const { start, end, cellsOf } = samplesOf(table)
    expect(cellsOf('age')).toEqual(start.map((each, i) => passed(each, end[i]!, 1)))
    expect(cellsOf('months')).toEqual(start.map((each, i) => passed(each, end[i]!, 12) + 1))
  })

  it('are solved for the date that is free', () => {
    const table = visits({ age: (start, end) => passed(start, end, 1) }, { days: 25_000, form: 'YYYY-MM-DD' })
    const { columns, relations } = fitTable(table)
    const relation = relations!.find(({ column }) => column === 'age')!
    const of = { column: columns[2]!, sources: [columns[1]!, columns[0]!] }
    const start = Date.UTC(2012, 1, 29)
    const { choices } = relationKindOf(relation)
    const [choice] = choices(relation, of, 20, [Date.UTC(2013, 1, 1), start], [true, false])
    expect(passed(start, choice!.cells[0]!, 1)).toBe(20)
    const [other] = choices(relation, of, 20, [Date.UTC(2035, 1, 1), start], [false, true])
    expect(passed(other!.cells[1]!, Date.UTC(2035, 1, 1), 1)).toBe(20)
  })

  it('follow from the dates in samples', () => {
    const { start, end, cellsOf } = samplesOf(
      visits({
        nights: (start, end) => Math.floor((end - start) / day),
        hours: (start, end) => Math.round((end - start) / hour),
      }),
    )
    const nights = end.map((each, i) => Math.floor((each - start[i]!) / day))
    expect(cellsOf('nights')).toEqual(nights)
    const off = end.map((each, i) => Math.abs((each - start[i]!) / hour - cellsOf('hours')[i]!))
    expect(Math.max(...off)).toBeLessThanOrEqual(0.5)
  })

  it('are missing where a date is', () => {
    const table = visits({
      nights: (start, end, u) => (u < 0.2 ? Number.NaN : Math.floor((end - start) / day)),
    })
    const [start, end, nights] = table.columns
    const cells = end!.cells.map((each, i) => (Number.isNaN(nights!.cells[i]!) ? Number.NaN : each))
    const { relations } = fitTable({ ...table, columns: [start!, { ...end!, cells }, nights!] })
    expect(relations).toContainEqual(
      expect.objectContaining({ kind: 'linear', column: 'nights', gapsFollow: true, share: 1 }),
    )
  })

  it('are none of numbers that are one but in a row of a hundred, or that are drawn by themselves', () => {
    const nearly = (start: number, end: number, u: number) =>
      Math.floor((end - start) / day) + (u < 0.01 ? 1 : 0)
    expect(linesOf(visits({ nearly })).filter((line) => line.includes('whole'))).toEqual([])
    const other = (_: number, __: number, u: number) => Math.floor(9 * u * u)
    expect(linesOf(visits({ other }))).toEqual([])
  })
})

describe('a column of first days of months', () => {
  it('is monthly in samples, whether it has many values or few', () => {
    const first = (months: number) => (start: number, _: number, u: number) =>
      daysSince1970(
        2001 + (Math.floor(months * u) - (Math.floor(months * u) % 12)) / 12,
        1 + (Math.floor(months * u) % 12),
        1,
      )! *
        day +
      0 * start
    for (const months of [30, 400]) {
      const { columns, ...table } = visits({ month: first(months) })
      const asDates = columns.map((column) =>
        column.name === 'month' ? { ...column, kind: 'date' as const, form: 'YYYY-MM-DD' } : column,
      )
      const { cellsOf } = samplesOf({ ...table, columns: asDates })
      const days = new Set(Array.from(cellsOf('month'), (time) => new Date(time).toISOString().slice(8, 10)))
      expect([...days]).toEqual(['01'])
      const [line] = describeColumns({ ...table, columns: asDates.filter(({ name }) => name === 'month') })
      expect(line).toMatch(/, monthly$/)
    }
  })

  it('is the month of a date in its row', () => {
    const month = (start: number) => {
      const at = new Date(start)
      return daysSince1970(at.getUTCFullYear(), at.getUTCMonth() + 1, 1)! * day
    }
    for (const form of ['YYYY-MM-DD', 'YYYY-MM']) {
      const { columns, ...table } = visits({ month }, { days: 9000 })
      const asDates = columns.map((column) =>
        column.name === 'month' ? { ...column, kind: 'date' as const, form } : column,
      )
      const { start, cellsOf } = samplesOf({ ...table, columns: asDates })
      expect(cellsOf('month')).toEqual(start.map(month))
    }
  })
})
