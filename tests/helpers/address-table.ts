import { streams, uniforms } from '../../src/numerics/random.ts'
import type { NamedTable, TableColumn } from '../../src/table/table.ts'

const day = 86_400_000

/**
 * Addresses and what was ordered there: a postal code determines its town, a county comes with few states, an amount is a number of
 * items times a price, a height is within a range of the state, and a time of day and a day are pieces of a date.
 */
export function addressTable(count: number, seed = 0): NamedTable {
  const drawn = uniforms({ seed, stream: streams.datasets, step: 91, start: 0, count, dim: 7 })
  const cells = (cellOf: (u: Float64Array) => number) =>
    Float64Array.from({ length: count }, (_, i) => cellOf(drawn.subarray(7 * i, 7 * i + 7)))
  const named = (name: string, ofRows: Float64Array): TableColumn => ({
    name,
    kind: 'category',
    categories: Array.from({ length: Math.max(...ofRows) + 1 }, (_, k) => `${name} ${k}`),
    cells: ofRows,
  })
  const office = (u: Float64Array) => Math.floor(40 * u[0]! * u[0]!)
  const state = (u: Float64Array) => Math.floor(12 * u[1]!)
  const county = (u: Float64Array) => (7 * state(u) + Math.floor(5 * u[2]!) ** 2) % 40
  const items = (u: Float64Array) => 1 + Math.floor(40 * u[3]!)
  const price = (u: Float64Array) => Math.round(10_000 * u[4]!) / 100
  const at = (u: Float64Array) => 19_000 * day + Math.floor(600 * 1440 * u[5]!) * 60_000
  return {
    name: 'addresses',
    count,
    columns: [
      { name: 'postal code', kind: 'integer', cells: cells((u) => 1001 + 977 * office(u)) },
      named(
        'town',
        cells((u) => (office(u) * 3) % 32),
      ),
      named('state', cells(state)),
      named('county', cells(county)),
      { name: 'height', kind: 'integer', cells: cells((u) => Math.round(100 * (state(u) % 5) + 90 * u[6]!)) },
      { name: 'items', kind: 'integer', cells: cells(items) },
      { name: 'price', kind: 'number', cells: cells(price) },
      { name: 'amount', kind: 'number', cells: cells((u) => Math.round(100 * items(u) * price(u)) / 100) },
      { name: 'at', kind: 'date', form: 'YYYY-MM-DD hh:mm', cells: cells(at) },
      { name: 'time', kind: 'date', form: 'hh:mm', cells: cells((u) => at(u) % day) },
    ],
  }
}
