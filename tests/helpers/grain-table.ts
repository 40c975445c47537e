import { streams, uniforms } from '../../src/numerics/random.ts'
import { type Column, type NamedTable, tableOfPoints } from '../../src/table/table.ts'

/** A table whose times and numbers have grains, and what tells by the calendar alone whether a cell is on its column's. */

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]

interface GrainColumn {
  readonly column: Column
  /** A cell of random numbers between 0 and 1. */
  readonly cell: (u: Float32Array | Float64Array) => number
  /** Whether a cell is on the grain. */
  readonly isOn: (cell: number) => boolean
}

const date = (name: string, form: string): Column => ({ name, kind: 'date', form })
const at = (cell: number) => new Date(cell)
const isWorkday = (cell: number) => at(cell).getUTCDay() % 6 !== 0
const isMonthEnd = (cell: number) => at(cell + day).getUTCDate() === 1

/** The working day so far through 2019 to 2022. */
function workday(u: number): number {
  const weeks = Math.floor(u * 200)
  return Date.UTC(2019, 0, 7) + (7 * weeks + Math.floor((200 * u - weeks) * 5)) * day
}

export const grainColumns: readonly GrainColumn[] = [
  {
    column: date('hour', 'YYYY-MM-DDThh:mm:ssZ'),
    cell: ([u]) => Date.UTC(2013, 0, 1) + Math.floor(u! * 8760) * hour,
    isOn: (cell) => cell % hour === 0,
  },
  {
    column: date('half past', 'YYYY-MM-DD hh:mm'),
    cell: ([u]) => Date.UTC(1962, 4, 1) + Math.floor(u! * 8760 * 9) * hour + 30 * minute,
    isOn: (cell) => ((cell % hour) + hour) % hour === 30 * minute,
  },
  {
    column: date('workday', 'YYYY-MM-DD'),
    cell: ([u]) => workday(u!),
    isOn: (cell) => isWorkday(cell) && cell % day === 0,
  },
  {
    // in UTC, such a day begins two hours before it
    column: date('opened', 'YYYY-MM-DDThh:mm:ss+02:00'),
    cell: ([u, v]) => workday(u!) + Math.floor(36 + v! * 36) * 15 * minute - 2 * hour,
    isOn(cell) {
      const local = cell + 2 * hour
      return (
        isWorkday(local) && cell % (15 * minute) === 0 && local % day >= 9 * hour && local % day < 18 * hour
      )
    },
  },
  {
    column: date('monday', 'YYYY-MM-DD'),
    cell: ([u]) => Date.UTC(2001, 0, 1) + Math.floor(u! * 900) * 7 * day,
    isOn: (cell) => at(cell).getUTCDay() === 1,
  },
  {
    column: date('month end', 'YYYY-MM-DD hh:mm:ss'),
    cell: ([u, v]) => Date.UTC(2000, 1 + Math.floor(u! * 240), 0) + Math.floor(v! * 24) * hour,
    isOn: (cell) => isMonthEnd(cell) && cell % hour === 0,
  },
  {
    column: date('quarter', 'YYYY-MM-DD'),
    cell: ([u]) => Date.UTC(1901, 3 * Math.floor(u! * 400), 0),
    isOn: (cell) => isMonthEnd(cell) && at(cell).getUTCMonth() % 3 === 2,
  },
  {
    column: date('paid', 'YYYY-MM-DD'),
    cell: ([u, v]) =>
      v! < 0.1
        ? Number.NaN
        : v! < 0.6
          ? Date.UTC(2000, Math.floor(u! * 240), 15)
          : Date.UTC(2000, 1 + Math.floor(u! * 240), 0),
    isOn: (cell) => Number.isNaN(cell) || at(cell).getUTCDate() === 15 || isMonthEnd(cell),
  },
  {
    column: date('month', 'YYYY-MM'),
    cell: ([u]) => Date.UTC(1950, Math.floor(u! * 700)),
    isOn: (cell) => at(cell).getUTCDate() === 1 && cell % day === 0,
  },
  {
    column: date('clock', 'hh:mm'),
    cell: ([u]) => Math.floor(u! * 288) * 5 * minute,
    isOn: (cell) => cell % (5 * minute) === 0,
  },
  {
    column: { name: 'price', kind: 'number' },
    cell: ([u]) => Math.floor(u! ** 2 * 3000) / 4,
    isOn: (cell) => Number.isInteger(cell * 4),
  },
  {
    column: { name: 'fee', kind: 'number' },
    cell: ([u]) => Number((Math.floor(u! * 900) / 10 - 20.01).toFixed(2)),
    isOn: (cell) => cell.toFixed(2).endsWith(cell < 0 ? '1' : '9') && Number(cell.toFixed(2)) === cell,
  },
  {
    column: { name: 'seats', kind: 'integer' },
    cell: ([u]) => 5 * Math.floor(u! * 3000) - 4000,
    isOn: (cell) => cell % 5 === 0 && Number.isInteger(cell),
  },
]

/** Rows of all the columns, none of which depends on another. */
export function grainTable(count: number, seed = 0): NamedTable {
  const dim = grainColumns.length
  const drawn = uniforms({ seed, stream: streams.datasets, step: 97, start: 0, count, dim: 2 * dim })
  const data = Float64Array.from({ length: count * dim }, (_, k) =>
    grainColumns[k % dim]!.cell(drawn.subarray(2 * k, 2 * k + 2)),
  )
  const columns = grainColumns.map(({ column }) => column)
  return { name: 'grains', ...tableOfPoints(columns, { data, count, dim }) }
}

/**
 * Tickets: work on one begins on any day or a few days later, on a working day; it is due on a working day often the same; a
 * share of the dues is that of the day it was sent, any day.
 */
export function ticketTable(count: number): NamedTable {
  const columns = ['sent', 'begun', 'due'].map((name) => date(name, 'YYYY-MM-DD'))
  const u = uniforms({ seed: 0, stream: streams.datasets, step: 98, start: 0, count, dim: 4 })
  const data = new Float64Array(count * 3)
  for (let i = 0; i < count; i++) {
    const [u0, u1, u2, u3] = u.subarray(4 * i, 4 * i + 4)
    const sent = Date.UTC(2019, 0, 1) + Math.floor(u0! * 1400) * day
    let begun = sent + Math.floor(u1! ** 4 * 20) * day
    while (!isWorkday(begun)) begun += day
    const due = u2! < 0.4 && isWorkday(sent) ? sent : workday(u3!)
    data.set([sent, begun, due], 3 * i)
  }
  return { name: 'tickets', ...tableOfPoints(columns, { data, count, dim: 3 }) }
}
