/** Tables whose columns follow from each other, or belong together. */

import type { TrainedModel } from '../../src/export/export-model.ts'
import { shuffled, streams, uniforms } from '../../src/numerics/random.ts'
import { columnNamed } from '../../src/table/columns.ts'
import { type Encoding, encodingOf } from '../../src/table/encodings/encoding.ts'
import type { EncodedColumn } from '../../src/table/encodings/index.ts'
import { auxiliaryColumns } from '../../src/table/relations/auxiliary.ts'
import {
  type Column,
  gathered,
  type NamedTable,
  type Table,
  type TableColumn,
  tableOfPoints,
} from '../../src/table/table.ts'
import { followerOf } from './decoding.ts'

const [hour, day] = [3_600_000, 86_400_000]

const models = Array.from({ length: 15 }, (_, k) => `model ${k}`)

/** The encoding of a trained table. */
export function encodingIn({ config }: TrainedModel): Encoding {
  return encodingOf({ columns: [], ...(config as Partial<Parameters<typeof encodingOf>[0]>) })
}

/** The cells of a column. */
export function cellsIn({ columns }: Table, name: string): number[] {
  return Array.from(columnNamed(columns, name).cells)
}

/** How many rows a relation gives a cell for, and how many have another one; not of those that also learn something beside. */
export function brokenIn(
  { columns, count }: Table,
  { relations = [] }: Encoding,
): { said: number; wrong: number } {
  // the columns of samples are encoded ones
  const encoded = (name: string) => columnNamed(columns, name) as TableColumn & EncodedColumn
  let [said, wrong] = [0, 0]
  for (const relation of relations) {
    if (relation.kind === 'order' || auxiliaryColumns([relation]).length > 0) continue
    const [column, sources] = [encoded(relation.column), relation.by.map(encoded)]
    const follow = followerOf(relation, column, sources)
    for (let i = 0; i < count; i++) {
      const own = column.cells[i]!
      const cells = sources.map((source) => source.cells[i]!)
      // where it says nothing, it gives whatever the column has
      if (follow(cells, -1) === -1 && follow(cells, -2) === -2) continue
      const cell = follow(cells, own)
      said++
      if (!Object.is(cell, own)) wrong++
    }
  }
  return { said, wrong }
}

/** A table of which each column is shuffled by itself. */
export function withShuffledColumns({ count, columns }: NamedTable): NamedTable {
  const shuffledOf = (column: TableColumn, d: number) => gathered(column, shuffled(count, 5, d))
  return { name: 'shuffled', count, columns: columns.map(shuffledOf) }
}

/**
 * Flights whose columns determine each other: seats by model; range by model, with gaps and, for one model, exceptions;
 * distance by origin and destination, of which some are missing. The price depends on nothing exactly.
 */
export function flightTable(count: number, seed = 0): NamedTable {
  const columns: readonly Column[] = [
    { name: 'model', kind: 'category', categories: models },
    { name: 'seats', kind: 'integer' },
    { name: 'range', kind: 'number' },
    { name: 'origin', kind: 'category', categories: ['EWR', 'JFK', 'LGA'] },
    { name: 'dest', kind: 'category', categories: ['ATL', 'BOS', 'DEN', 'LAX', 'MIA', 'ORD', 'SEA', 'SFO'] },
    { name: 'distance', kind: 'integer' },
    { name: 'price', kind: 'number' },
  ]
  const dim = columns.length
  const drawn = uniforms({ seed, stream: streams.datasets, step: 78, start: 0, count, dim })
  const data = new Float64Array(count * dim)
  for (let i = 0; i < count; i++) {
    const u = drawn.subarray(i * dim, (i + 1) * dim)
    const model = Math.floor(15 * u[0]! ** 1.5)
    const origin = Math.floor(3 * u[3]!)
    const dest = u[5]! < 0.05 ? Number.NaN : Math.floor(8 * u[4]!)
    const isException = model === 2 && u[1]! < 0.02
    data.set(
      [
        model,
        50 + 10 * Math.floor(model / 2),
        model % 4 === 0 ? Number.NaN : isException ? 1 : 1000.5 + 10 * model,
        origin,
        dest,
        100 + 37 * origin + 211 * dest,
        Math.round(10_000 * u[6]! ** 2) / 100,
      ],
      i * dim,
    )
  }
  return { name: 'flights', ...tableOfPoints(columns, { data, count, dim }) }
}

/**
 * Orders whose columns are sums: net and tax make a total, a width is in two units, a delivery is some days after its date
 * (with gaps), and the time of a shift is hour * 100 + minute.
 */
export function orderTable(count: number, seed = 0): NamedTable {
  const columns: readonly Column[] = [
    { name: 'net', kind: 'number' },
    { name: 'tax', kind: 'number' },
    { name: 'total', kind: 'number' },
    { name: 'width in', kind: 'number' },
    { name: 'width cm', kind: 'number' },
    { name: 'ordered', kind: 'date', form: 'YYYY-MM-DD' },
    { name: 'days', kind: 'integer' },
    { name: 'delivered', kind: 'date', form: 'YYYY-MM-DD' },
    { name: 'time', kind: 'integer' },
    { name: 'hour', kind: 'integer' },
    { name: 'minute', kind: 'integer' },
    { name: 'shop', kind: 'category', categories: ['a', 'b', 'c'] },
  ]
  const dim = columns.length
  const drawn = uniforms({ seed, stream: streams.datasets, step: 79, start: 0, count, dim })
  const data = new Float64Array(count * dim)
  for (let i = 0; i < count; i++) {
    const u = drawn.subarray(i * dim, (i + 1) * dim)
    const [net, tax] = [Math.floor(u[0]! ** 2 * 1e6), Math.floor(u[1]! * 1e4)]
    const inches = Math.floor(u[2]! * 4000) / 100
    const ordered = Date.UTC(2020, 0, 1) + Math.floor(u[3]! * 900) * day
    const days = u[4]! < 0.2 ? Number.NaN : Math.floor(u[5]! ** 2 * 40)
    const [hour, minute] = [6 + Math.floor(u[6]! * 14), Math.floor(u[7]! * 60)]
    data.set(
      [
        net / 100,
        tax / 100,
        (net + tax) / 100,
        inches,
        Math.round(inches * 25.4) / 10,
        ordered,
        days,
        ordered + days * day,
        100 * hour + minute,
        hour,
        minute,
        Math.floor(u[8]! * 3),
      ],
      i * dim,
    )
  }
  return { name: 'orders', ...tableOfPoints(columns, { data, count, dim }) }
}

/**
 * Subscriptions: `start <= last <= end`, where some ended on the day they were last used; `end` has missing values; `top` is at least
 * `bought` and `returned`; `length` is nearly depth / .6; and `paid` equals `billed` in three of ten rows.
 */
export function subscriptionTable(count: number, seed = 0): NamedTable {
  const columns: readonly Column[] = [
    { name: 'end', kind: 'date', form: 'YYYY-MM-DD' },
    { name: 'last', kind: 'date', form: 'YYYY-MM-DD' },
    { name: 'start', kind: 'date', form: 'YYYY-MM-DD' },
    { name: 'bought', kind: 'integer' },
    { name: 'returned', kind: 'integer' },
    { name: 'top', kind: 'integer' },
    { name: 'length', kind: 'number' },
    { name: 'depth', kind: 'number' },
    { name: 'billed', kind: 'number' },
    { name: 'paid', kind: 'number' },
    { name: 'plan', kind: 'category', categories: ['a', 'b', 'c'] },
  ]
  const dim = columns.length
  const drawn = uniforms({ seed, stream: streams.datasets, step: 83, start: 0, count, dim: 14 })
  const data = new Float64Array(count * dim)
  for (let i = 0; i < count; i++) {
    const u = drawn.subarray(14 * i, 14 * i + 14)
    const start = Date.UTC(2020, 0, 1) + Math.floor(u[0]! * 900) * day
    const last = start + Math.floor(u[1]! ** 2 * 400) * day
    const end = u[2]! < 0.2 ? Number.NaN : last + (u[3]! < 0.3 ? 0 : Math.floor(u[4]! * 100) * day)
    const [bought, returned] = [Math.floor(u[5]! * 60), Math.floor(u[6]! * 50)]
    const length = Math.floor(2000 + 8000 * u[7]! ** 2)
    const [billed, other] = [Math.floor(1e6 * u[8]! ** 2), Math.floor(1e6 * u[9]! ** 2)]
    data.set(
      [
        end,
        last,
        start,
        bought,
        returned,
        Math.max(bought, returned) + Math.floor(u[10]! ** 4 * 200),
        length / 100,
        Math.round(0.6 * length + 60 * (u[11]! - 0.5)) / 100,
        billed / 100,
        (u[12]! < 0.3 ? billed : other) / 100,
        Math.floor(u[13]! * 3),
      ],
      i * dim,
    )
  }
  return { name: 'subscriptions', ...tableOfPoints(columns, { data, count, dim }) }
}

/**
 * Players: born in a year, which has missing values, their first game about 24 years later, and their last one not before that, mostly in
 * September.
 */
export function playerTable(count: number, seed = 0): NamedTable {
  const columns: readonly Column[] = [
    { name: 'last', kind: 'date', form: 'YYYY-MM-DD' },
    { name: 'debut', kind: 'date', form: 'YYYY-MM-DD' },
    { name: 'born', kind: 'integer' },
    { name: 'hand', kind: 'category', categories: ['left', 'right'] },
  ]
  const dim = columns.length
  const drawn = uniforms({ seed, stream: streams.datasets, step: 92, start: 0, count, dim: 7 })
  const data = new Float64Array(count * dim)
  for (let i = 0; i < count; i++) {
    const u = drawn.subarray(7 * i, 7 * i + 7)
    const born = 1880 + Math.floor(100 * u[0]!)
    const debut = Date.UTC(born + 20, 0, 1) + Math.floor(1000 * (u[1]! + u[2]! + u[3]!)) * day
    const later = debut + Math.floor(u[4]! ** 2 * 6000) * day
    const september = Date.UTC(new Date(later).getUTCFullYear(), 8, 1 + ((later / day) % 30))
    const last = u[4]! < 0.7 && september > debut ? september : later
    data.set([last, debut, u[5]! < 0.1 ? Number.NaN : born, Math.floor(2 * u[6]!)], i * dim)
  }
  return { name: 'players', ...tableOfPoints(columns, { data, count, dim }) }
}

/**
 * Visits with dates and their parts: `at` in UTC beside New York's year, month, day and hour; `seen` beside the name of its day
 * of the week, its hour and its minute; `paid`, with gaps, beside its quarter, the name of its month and the number of its day
 * of the week.
 */
export function visitTable(count: number, seed = 0): NamedTable {
  const columns: readonly Column[] = [
    { name: 'year', kind: 'integer' },
    { name: 'month', kind: 'integer' },
    { name: 'day', kind: 'integer' },
    { name: 'hour', kind: 'integer' },
    { name: 'at', kind: 'date', form: 'YYYY-MM-DDThh:mm:ssZ' },
    { name: 'seen', kind: 'date', form: 'YYYY-MM-DD hh:mm:ss' },
    { name: 'weekday', kind: 'category', categories: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] },
    { name: 'seen hour', kind: 'integer' },
    { name: 'seen minute', kind: 'integer' },
    { name: 'paid', kind: 'date', form: 'YYYY-MM-DD' },
    { name: 'quarter', kind: 'integer' },
    {
      name: 'paid month',
      kind: 'category',
      categories: ['Apr', 'Aug', 'Dec', 'Feb', 'Jan', 'Jul', 'Jun', 'Mar', 'May', 'Nov', 'Oct', 'Sep'],
    },
    { name: 'paid weekday', kind: 'integer' },
  ]
  const paidMonths = [4, 3, 7, 0, 8, 6, 5, 1, 11, 10, 9, 2]
  const dim = columns.length
  const drawn = uniforms({ seed, stream: streams.datasets, step: 81, start: 0, count, dim: 4 })
  const data = new Float64Array(count * dim)
  for (let i = 0; i < count; i++) {
    const [u, ofSeen, ofPaid, gap] = drawn.subarray(4 * i, 4 * i + 4)
    const local = new Date(Date.UTC(2012, 0, 1) + Math.floor(u! * 2 * 366 * 24) * hour)
    const isSummer = local.getUTCMonth() > 2 && local.getUTCMonth() < 10
    const seen = new Date(Date.UTC(2019, 5, 1) + Math.floor(ofSeen! * 500 * 86_400) * 1000)
    const paid = new Date(Date.UTC(2020, 1, 1) + Math.floor(ofPaid! ** 2 * 1000) * day)
    const isPaid = gap! > 0.2
    data.set(
      [
        local.getUTCFullYear(),
        local.getUTCMonth() + 1,
        local.getUTCDate(),
        local.getUTCHours(),
        local.getTime() + (isSummer ? 4 : 5) * hour,
        seen.getTime(),
        seen.getUTCDay(),
        seen.getUTCHours(),
        seen.getUTCMinutes(),
        isPaid ? paid.getTime() : Number.NaN,
        isPaid ? Math.floor(paid.getUTCMonth() / 3) + 1 : Number.NaN,
        isPaid ? paidMonths[paid.getUTCMonth()]! : Number.NaN,
        isPaid ? paid.getUTCDay() : Number.NaN,
      ],
      i * dim,
    )
  }
  return { name: 'visits', ...tableOfPoints(columns, { data, count, dim }) }
}
