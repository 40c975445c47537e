import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { standardNormals, streams, uniforms } from '../../../src/numerics/random.ts'
import { describeEncoding } from '../../../src/table/describe.ts'
import { decode } from '../../../src/table/encodings/decode.ts'
import { encode } from '../../../src/table/encodings/encode.ts'
import { dimensionsOf, type Encoding } from '../../../src/table/encodings/encoding.ts'
import { findGrain } from '../../../src/table/encodings/find-grain.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import type { GrainedColumn } from '../../../src/table/encodings/grain.ts'
import { axisOf, positionOn } from '../../../src/table/encodings/grain-axis.ts'
import {
  encodedColumnSchema,
  encodingKindOf,
  type QuantileColumn,
} from '../../../src/table/encodings/index.ts'
import { rounder } from '../../../src/table/encodings/rounding.ts'
import { order } from '../../../src/table/relations/order.ts'
import { type Column, type NamedTable, tableOfPoints } from '../../../src/table/table.ts'
import { decoderOf, followerOf } from '../../helpers/decoding.ts'
import { grainColumns, grainTable, ticketTable } from '../../helpers/grain-table.ts'
import { cellsIn } from '../../helpers/related-tables.ts'

const [hour, day] = [3_600_000, 86_400_000]
const names = grainColumns.map(({ column }) => column.name)
const table = grainTable(1500)
const { columns } = fitTable(table) as { columns: readonly (QuantileColumn & GrainedColumn)[] }
const of = (name: string) => columns[names.indexOf(name)]!
const cellsOf = (name: string) => cellsIn(table, name).filter((cell) => !Number.isNaN(cell))
const tableIn = (column: Column, cells: readonly number[]): NamedTable => ({
  name: 'a table',
  ...tableOfPoints([column], { data: Float64Array.from(cells), count: cells.length, dim: 1 }),
})
const countedOf = (cells: readonly number[]) => {
  const values = [...new Set(cells)].sort((a, b) => a - b)
  return { values, counts: values.map((value) => cells.filter((cell) => cell === value).length) }
}
/** How many rows lie between two cells. */
const rowsBetween = (cells: readonly number[], a: number, b: number) =>
  cells.filter((cell) => cell > Math.min(a, b) && cell < Math.max(a, b)).length
const codes = Array.from({ length: 4001 }, (_, k) => Math.fround((k - 2000) / 440))

describe('a grain', () => {
  it.each([
    ['hour', { step: hour, from: 0 }],
    ['half past', { step: hour, from: hour / 2 }],
    ['workday', { step: day, from: 0, weekdays: [0, 1, 2, 3, 4] }],
    ['opened', { step: hour / 4, from: 0, times: [9 * hour, 17.75 * hour], weekdays: [0, 1, 2, 3, 4] }],
    ['monday', { step: 7 * day, from: 4 * day }],
    ['month end', { step: hour, from: 0, lastDays: [1] }],
    ['quarter', { step: day, from: 0, lastDays: [1], months: [3, 6, 9, 12] }],
    ['paid', { step: day, from: 0, monthDays: [15, 28, 29, 30, 31], lastDays: [1, 14, 15, 16, 17] }],
    ['month', { step: day, from: 0, monthDays: [1] }],
    ['clock', { step: hour / 12, from: 0 }],
    ['price', { step: 0.25, from: 0 }],
    ['fee', { step: 0.1, from: 0.09 }],
    ['seats', { step: 5, from: 0 }],
  ])('is found in the rows of a column: %s', (name, grain) => {
    expect(of(name)).toMatchObject({ as: 'quantile' })
    expect(of(name).grain).toEqual(grain)
  })

  it.each(names)(
    'has every cell that is decoded, and gives back every row, but for its nearest neighbours: %s',
    (name) => {
      const column = of(name)
      const kind = encodingKindOf(column)
      const [encodeCell, decodeCell] = [kind.encoder(column), decoderOf(column)]
      const cells = cellsOf(name)
      const { values, counts } = countedOf(cells)
      for (const [k, cell] of values.entries()) {
        const back = decodeCell(encodeCell(cell))
        if (counts[k]! >= 3) expect(back).toBe(cell)
        else expect(rowsBetween(cells, back, cell)).toBeLessThanOrEqual(4)
      }
      const decoded = codes.map((code) => decodeCell(code))
      const { isOn } = grainColumns[names.indexOf(name)]!
      expect(decoded.filter((cell) => !isOn(cell))).toEqual([])
      expect(decoded.every((cell, k) => k === 0 || cell >= decoded[k - 1]!)).toBe(true)
      const ends = [decoded[0]!, decoded.at(-1)!]
      expect(ends).toEqual([column.x[0], column.x.at(-1)])
      expect(rowsBetween(cells, ends[0]!, Math.min(...cells))).toBeLessThanOrEqual(2)
      expect(rowsBetween(cells, ends[1]!, Math.max(...cells))).toBeLessThanOrEqual(2)
    },
  )

  it('gives each working day and each hour its share, not more to those beside a gap', () => {
    const normals = standardNormals({
      seed: 1,
      stream: streams.datasets,
      step: 1,
      start: 0,
      count: 20_000,
      dim: 1,
    })
    const sharesOf = (name: string, partOf: (time: Date) => number, parts: readonly number[]) => {
      const decodeCell = decoderOf(of(name))
      const drawn = Array.from(normals, (code) =>
        partOf(new Date(decodeCell(code) + (name === 'opened' ? 2 * hour : 0))),
      )
      return parts.map((part) => drawn.filter((each) => each === part).length / drawn.length)
    }
    const weekdays = sharesOf('workday', (time) => time.getUTCDay(), [1, 2, 3, 4, 5])
    const hours = sharesOf('opened', (time) => time.getUTCHours(), [9, 10, 11, 12, 13, 14, 15, 16, 17])
    for (const share of weekdays) expect(Math.abs(share - 1 / 5)).toBeLessThan(0.03)
    for (const share of hours) expect(Math.abs(share - 1 / 9)).toBeLessThan(0.03)
  })

  it('is none if a single row is off it', () => {
    const off = (cells: readonly number[], by: number) => [...cells, cells[700]! + by].sort((a, b) => a - b)
    const grainOf = (name: string, by: number) => {
      const { kind, form, decimals } = of(name)
      return findGrain({ kind, form }, decimals, countedOf(off(cellsOf(name), by)))
    }
    expect(grainOf('price', 0.01)).toBeUndefined()
    expect(grainOf('seats', 1)).toBeUndefined()
    expect(grainOf('hour', 1000)).toEqual({ step: 1000, from: 0 })
    // a second after the hour leaves the last days of the months, and a day later nothing but the hours
    expect(grainOf('month end', 1000)).toEqual({ step: 1000, from: 0, lastDays: [1] })
    const cells = off(cellsOf('month end'), 12 * day)
    expect(findGrain({ kind: 'date', form: 'YYYY-MM-DD hh:mm' }, 0, countedOf(cells))?.step).toBe(hour)
  })

  it('is none of a thousand random columns: even, rising, in clusters, or with days out of reach', () => {
    const found: unknown[] = []
    for (let seed = 0; seed < 1000; seed++) {
      const u = uniforms({ seed, stream: streams.datasets, step: 5, start: 0, count: 700, dim: 1 })
      const [rows, days, count] = [
        25 + Math.floor(u[0]! * 600),
        20 + Math.floor(u[1]! * 1200),
        1 + Math.floor(u[2]! * 8),
      ]
      const begins = Array.from({ length: count }, (_, k) => Math.floor(u[3 + k]! * days))
      const dayOf = [
        (x: number) => x * days,
        (x: number) => x ** 4 * days,
        (x: number) => begins[Math.floor(x * count)]! + ((x * count) % 1) * 12,
        (x: number) => (x < 0.01 ? x * 3e5 : days + x * 40),
      ][seed % 4]!
      const unit = seed % 3 === 0 ? day : 1000
      const cells = Array.from(
        { length: rows },
        (_, k) => Math.floor((dayOf(u[20 + k]!) * day) / unit) * unit,
      )
      const form = unit === day ? 'YYYY-MM-DD' : 'YYYY-MM-DD hh:mm:ss'
      const grain = findGrain({ kind: 'date', form }, 0, countedOf(cells))
      if (JSON.stringify(grain) !== JSON.stringify({ step: unit, from: 0 })) found.push({ seed, grain })
    }
    expect(found).toEqual([])
  })

  it('is none of few values, which chance may have put there', () => {
    const hours = (count: number) => Array.from({ length: count }, (_, k) => k * k * hour)
    const form = 'YYYY-MM-DD hh:mm'
    expect(findGrain({ kind: 'date', form }, 0, countedOf(hours(21)))).toEqual({ step: 60_000, from: 0 })
    expect(findGrain({ kind: 'date', form }, 0, countedOf(hours(22)))).toMatchObject({ step: hour })
  })

  it('is no rule that a few stretches of days keep', () => {
    const stretches = [
      Date.UTC(2018, 0, 1),
      Date.UTC(2019, 2, 1),
      Date.UTC(2020, 6, 1),
      Date.UTC(2021, 10, 1),
    ]
    const days = stretches.flatMap((first) => Array.from({ length: 10 }, (_, k) => first + k * day))
    expect(findGrain({ kind: 'date', form: 'YYYY-MM-DD' }, 0, countedOf(days))).toEqual({
      step: day,
      from: 0,
    })
  })

  it('is no season that rows are missing in once', () => {
    const year = Array.from({ length: 366 }, (_, k) => Date.UTC(2020, 0, 1) + k * day)
    const without = year.filter((time) => new Date(time).getUTCMonth() !== 7)
    expect(findGrain({ kind: 'date', form: 'YYYY-MM-DD' }, 0, countedOf(without))).toEqual({
      step: day,
      from: 0,
    })
  })
})

describe('rounding to a grain', () => {
  it('goes to the nearest, or not below or above a time', () => {
    const column = of('workday')
    const [friday, saturday, sunday, monday] = [3, 4, 5, 6].map((d) => Date.UTC(2020, 0, d))
    const round = (direction?: 'up' | 'down') => rounder(column, null, direction)
    expect([friday, saturday, sunday, monday].map((t) => round()(t!))).toEqual([
      friday,
      friday,
      monday,
      monday,
    ])
    expect([friday, saturday, sunday, monday].map((t) => round('up')(t!))).toEqual([
      friday,
      monday,
      monday,
      monday,
    ])
    expect([friday, saturday, sunday, monday].map((t) => round('down')(t!))).toEqual([
      friday,
      friday,
      friday,
      monday,
    ])
    expect([21.24, 21.25, 21.26].map(rounder(of('price'), null, 'up'))).toEqual([21.25, 21.25, 21.5])
    // in binary, 0.07 * 100 is a little above 7
    expect([0.07 + 0.02, 1.09].map(rounder(of('fee'), null, 'up'))).toEqual([0.09, 1.09])
  })

  it('counts what is allowed: the working days of a week are five positions apart', () => {
    const axis = axisOf(of('workday'))
    const [one, next] = [Date.UTC(2020, 5, 3), Date.UTC(2020, 5, 10)]
    expect(positionOn(axis, next) - positionOn(axis, one)).toBe(5)
  })
})

describe('a grain on a card', () => {
  const accepts = (grain: object, name = 'workday') =>
    v.safeParse(encodedColumnSchema, { ...of(name), grain }).success

  it('is plain data, and read as it was written', () => {
    for (const column of columns)
      expect(v.parse(encodedColumnSchema, JSON.parse(JSON.stringify(column)))).toEqual(column)
  })

  it('is refused if no value can have it, or too many would have to be listed', () => {
    expect(accepts({ step: day, from: 0, weekdays: [0] })).toBe(true)
    expect(accepts({ step: 0, from: 0 })).toBe(false)
    expect(accepts({ step: day, from: day })).toBe(false)
    expect(accepts({ step: day, from: 0, weekdays: [7] })).toBe(false)
    expect(accepts({ step: day, from: 0, weekdays: [] })).toBe(false)
    expect(accepts({ step: day, from: 0, months: [2], monthDays: [30] })).toBe(false)
    expect(accepts({ step: 7 * hour, from: 0, weekdays: [0] })).toBe(false)
    expect(accepts({ step: hour, from: 0, times: [5 * hour, 4 * hour] })).toBe(false)
    expect(accepts({ step: 0.25, from: 0, weekdays: [0] }, 'price')).toBe(false)
    expect(accepts({ step: 0.001, from: 0 }, 'price')).toBe(false)
    const { z, x } = of('workday')
    const eons = {
      ...of('workday'),
      z: [z[0], z.at(-1)],
      x: [x[0], 1e15],
      grain: { step: day, from: 0, weekdays: [0] },
    }
    expect(v.safeParse(encodedColumnSchema, eons).success).toBe(false)
  })
})

describe('columns with grains that depend on each other', () => {
  const tickets = ticketTable(1500)
  const encoding: Encoding = fitTable(tickets)
  const drawn = () => {
    const dim = dimensionsOf(encoding)
    const data = standardNormals({ seed: 4, stream: streams.datasets, step: 2, start: 0, count: 3000, dim })
    return decode(encoding, { data, count: 3000, dim })
  }
  const isWorkday = (time: number) => new Date(time).getUTCDay() % 6 !== 0

  it('are in order on their own grains, whatever the network draws', () => {
    expect(encoding.relations?.map(({ kind, column }) => [kind, column])).toEqual([
      ['order', 'begun'],
      ['copy', 'due'],
    ])
    const rows = drawn()
    const [sent, begun, due] = ['sent', 'begun', 'due'].map((name) => cellsIn(rows, name))
    expect(sent!.filter((time) => !isWorkday(time)).length).toBeGreaterThan(500)
    expect([...begun!, ...due!].filter((time) => !isWorkday(time))).toEqual([])
    const last = Math.max(...cellsIn(tickets, 'begun'))
    expect(begun!.filter((time, i) => time < Math.min(sent![i]!, last))).toEqual([])
  })

  it('are raised to the next that their grain allows', () => {
    const [friday, saturday, sunday, monday] = [3, 4, 5, 6].map((d) => Date.UTC(2020, 0, d)) as number[]
    const range = [of('workday').x[0]!, of('workday').x.at(-1)!] as const
    const rest = { name: 'rest', kind: 'integer', as: 'constant', value: 0 } as const
    const relation = {
      kind: 'order',
      column: 'end',
      by: ['x'],
      share: 1,
      residual: rest,
      range,
      decimals: 0,
    } as const
    const follow = followerOf(relation, { ...of('workday'), name: 'end' }, [rest, rest])
    const starts = [friday!, saturday!, sunday!, monday!]
    expect(starts.map((start) => follow([start, 0], start))).toEqual([friday, monday, monday, monday])
  })

  it('are lowered to the next that their grain allows, if what is never below them is given', () => {
    const [friday, sunday, monday] = [3, 5, 6].map((d) => Date.UTC(2020, 0, d)) as [number, number, number]
    const range = [of('workday').x[0]!, of('workday').x.at(-1)!] as const
    const relation = { kind: 'order', column: 'end', by: ['workday'], share: 1, range, decimals: 0 } as const
    const related = { column: { ...of('workday'), name: 'end' }, sources: [of('workday')] }
    const choices = order.choices(relation, related, sunday, [monday], [true])
    expect(choices.map(({ cells }) => cells)).toEqual([[friday], [friday]])
  })

  it('give back nearly every row, and others by their nearest neighbours', () => {
    const back = decode(encoding, encode(encoding, tickets))
    for (const { name } of tickets.columns) {
      const [cells, decoded] = [tickets, back].map((rows) => [...cellsIn(rows, name)])
      const others = cells!.flatMap((cell, i) =>
        decoded![i] === cell ? [] : rowsBetween(cells!, cell, decoded![i]!),
      )
      expect(others.length).toBeLessThan(0.02 * cells!.length)
      expect(Math.max(0, ...others)).toBeLessThanOrEqual(10)
    }
  })
})

describe('the lines on columns with a grain', () => {
  it('say what all cells are', () => {
    const lines = describeEncoding({ columns }).map((line) => line.replace(/^(.*?: )?.*\.\.[^,]*, /, '$1'))
    expect(lines).toEqual([
      'hour: every hour',
      'half past: every hour from 00:30',
      'workday: Monday to Friday',
      'opened: every 15 minutes, 09:00 to 17:45, Monday to Friday',
      'monday: every Monday',
      'month end: every hour, last day of the month',
      'quarter: last day of the month, March, June, September, December',
      "paid: days 15, 28 to 31 of the month, days 1, 14 to 17 from the month's end, some missing",
      'month: 1950-01..2008-04',
      'clock: every 5 minutes',
      'price: in steps of 0.25',
      'fee: in steps of 0.1 from 0.09',
      'seats: in steps of 5',
    ])
  })

  it('have the zone of the times, and call a day daily', () => {
    const lineOf = (column: Column, cells: number[]) =>
      describeEncoding(fitTable(tableIn(column, cells)))[0]!.replace(/^.*\.\.[^,]*, /, '')
    const days = (count: number, each: number, from: number) =>
      Array.from({ length: count }, (_, k) => Date.UTC(2001, 0, 1) + k * each * day + from)
    const date = (form: string): Column => ({ name: 'x', kind: 'date', form })
    expect(lineOf(date('YYYY-MM-DD'), days(300, 1, 0))).toBe('daily')
    expect(lineOf(date('YYYY-MM-DDThh:mm:ss+02:00'), days(300, 1, 6 * hour))).toBe('every day at 08:00')
    expect(lineOf(date('YYYY-MM-DDThh:mm:ss-05:00'), days(300, 7, 0))).toBe('every Sunday at 19:00')
    expect(lineOf(date('YYYY-MM-DD hh:mm'), days(300, 14, hour))).toBe('every 14 days at 01:00')
  })
})
