import { streams, uniforms } from '../../src/numerics/random.ts'
import type { NamedTable, TableColumn } from '../../src/table/table.ts'

const day = 86_400_000

/**
 * Addresses and what was ordered there: a postal code determines its town, a county, which may be missing, comes with few states, an amount is a number of
 * items times a price, what is paid is less a discount, extras are a sum of which a missing term counts
 * as 0, a time of day and a month are pieces of a date, and an age is the years of the calendar between two dates.
 */
export function addressTable(count: number, seed = 0): NamedTable {
  const drawn = uniforms({ seed, stream: streams.datasets, step: 91, start: 0, count, dim: 6 })
  const cells = (cellOf: (u: Float64Array) => number) =>
    Float64Array.from({ length: count }, (_, i) => cellOf(drawn.subarray(6 * i, 6 * i + 6)))
  const named = (name: string, ofRows: Float64Array): TableColumn => ({
    name,
    kind: 'category',
    categories: Array.from({ length: Math.max(...ofRows) + 1 }, (_, k) => `${name} ${k}`),
    cells: ofRows,
  })
  const office = (u: Float64Array) => Math.floor(40 * u[0]! * u[0]!)
  const state = (u: Float64Array) => Math.floor(12 * u[1]!)
  const county = (u: Float64Array) => (7 * state(u) + Math.floor(5 * u[2]!) ** 2) % 40
  const isMissing = (u: Float64Array) => state(u) % 4 === 1 && u[2]! > 0.9
  const items = (u: Float64Array) => 1 + Math.floor(40 * u[3]!)
  const price = (u: Float64Array) => Math.round(10_000 * u[4]!) / 100
  const at = (u: Float64Array) => 19_000 * day + Math.floor(600 * 1440 * u[5]!) * 60_000
  const costs = [
    (u: Float64Array) => ((97 * u[1]!) % 1 < 0.4 ? Number.NaN : Math.round(2000 * u[5]!) / 100),
    (u: Float64Array) => ((89 * u[4]!) % 1 < 0.5 ? Number.NaN : Math.round(700 * u[0]!) / 100),
  ]
  const extras = (u: Float64Array) => {
    const [shipping, wrapping] = costs.map((of) => of(u))
    const sum = Math.round(100 * ((shipping || 0) + (wrapping || 0))) / 100
    return Number.isNaN(shipping) && Number.isNaN(wrapping) ? Number.NaN : sum
  }
  const discount = (u: Float64Array) => ((61 * u[3]!) % 1 < 0.5 ? 0 : Math.floor(10 * u[2]!) / 20)
  const month = (u: Float64Array) => {
    const date = new Date(at(u))
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
  }
  const born = (u: Float64Array) => (Math.floor(at(u) / day) - Math.floor(25_000 * ((53 * u[1]!) % 1))) * day
  const age = (u: Float64Array) => {
    const [from, to] = [new Date(born(u)), new Date(at(u))]
    const months = 12 * (to.getUTCFullYear() - from.getUTCFullYear()) + to.getUTCMonth() - from.getUTCMonth()
    return Math.floor((months - Number(to.getUTCDate() < from.getUTCDate())) / 12)
  }
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
      {
        ...named('county', cells(county)),
        cells: cells((u) => (isMissing(u) ? Number.NaN : county(u))),
      },
      { name: 'items', kind: 'integer', cells: cells(items) },
      { name: 'price', kind: 'number', cells: cells(price) },
      { name: 'amount', kind: 'number', cells: cells((u) => Math.round(100 * items(u) * price(u)) / 100) },
      { name: 'at', kind: 'date', form: 'YYYY-MM-DD hh:mm', cells: cells(at) },
      { name: 'time', kind: 'date', form: 'hh:mm', cells: cells((u) => at(u) % day) },
      { name: 'month', kind: 'date', form: 'YYYY-MM-DD', cells: cells(month) },
      { name: 'shipping', kind: 'number', cells: cells(costs[0]!) },
      { name: 'wrapping', kind: 'number', cells: cells(costs[1]!) },
      { name: 'extras', kind: 'number', cells: cells(extras) },
      { name: 'born', kind: 'date', form: 'YYYY-MM-DD', cells: cells(born) },
      { name: 'age', kind: 'integer', cells: cells(age) },
      { name: 'discount', kind: 'number', cells: cells(discount) },
      {
        name: 'paid',
        kind: 'number',
        cells: cells((u) => Math.round(100 * items(u) * price(u) * (1 - discount(u))) / 100),
      },
    ],
  }
}
