/** A table most of whose values are of one or two rows. */
import { streams, uniforms } from '../../src/numerics/random.ts'
import { readCsv } from '../../src/table/formats/csv.ts'
import type { ReadTable } from '../../src/table/inference/table-builder.ts'
import type { SingleValue } from './search-values.ts'

const day = 86_400_000

type Row = Readonly<Record<string, string | number | boolean | null>>

const pad = (x: number, digits: number) => String(x).padStart(digits, '0')
const isoOf = (time: number) => new Date(time).toISOString()
const money = (x: number) => `$${x.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',')}`

function number(column: string, value: number): SingleValue {
  const kind = Number.isInteger(value) ? 'whole number' : 'number'
  return { column, kind, value, numbers: [value], texts: [String(value)] }
}

/** In dollars, or in cents without a point. */
function amount(column: string, value: number): SingleValue {
  const texts = [String(value), value.toFixed(2), money(value)]
  return { column, kind: 'number', value: money(value), numbers: [value], texts }
}

/** In milliseconds, seconds and days since 1970; a number of days of fewer than five digits may be anything. */
function date(column: string, time: number): SingleValue {
  const numbers = [time, time / 1000, time / day].filter((each) => Math.abs(each) >= 1e4)
  const text = isoOf(time).slice(0, 10)
  return { column, kind: 'date', value: text, numbers, texts: [text, ...numbers.map(String)] }
}

function moment(column: string, time: number): SingleValue {
  const numbers = [time, time / 1000]
  const text = isoOf(time).slice(0, 19)
  const texts = [text, text.replace('T', ' '), ...numbers.map(String)]
  return { column, kind: 'time', value: texts[1]!, numbers, texts }
}

/** A name or a text, which a part gives away, too. */
function named(column: string, kind: 'name' | 'text', value: string, part = value): SingleValue {
  return { column, kind, value, numbers: [], texts: [value, part] }
}

const syllables = 'bra dol fen gri hul jas kep lom mur nix pov rus sta tiv wex zor'.split(' ')
/** A word for each whole number. */
const wordOf = (k: number): string => (k < 16 ? syllables[k]! : wordOf(k >> 4) + syllables[k & 15])

const cities = ['Aberdeen', 'Bristol', 'Cardiff', 'Dundee', 'Exeter', 'Falmouth']
const regions = ['north', 'west', 'west', 'north', 'south', 'south']
const usual = 'delivered returned paid ordered by the customer early late twice'.split(' ')
const [prefixes, letters] = [['QX', 'LM', 'RT'], 'ABCDEFGH']
const weekdays = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

/** How many uniform numbers a row takes. */
const dim = 24

/**
 * Rows of every kind of column, and the values that only one or two of them have; rows of another seed have other values of the same
 * distributions.
 */
export function singleRows(count: number, seed: number) {
  const drawn = uniforms({ seed, stream: streams.datasets, step: 901, start: 0, count, dim })
  const kept: SingleValue[] = []
  const keep = (value: SingleValue) => {
    kept.push(value)
    return value.value
  }
  const rows = Array.from({ length: count }, (_, i): Row => {
    const u = drawn.subarray(i * dim, (i + 1) * dim)
    const at = (d: number, of: number) => Math.floor(u[d]! * of)
    const own = 4096 * (seed + 1) + i
    const isRare = i % 25 === 24
    const place = Math.floor(u[0]! ** 2 * cities.length)
    const [cents, units] = [1e5 + at(1, 9e6), 1 + at(2, 9)]
    const hasMany = i % 150 === 149
    const [netCents, fee] = [Math.round(1e6 + 9e8 * u[3]! ** 3), 5 * (1 + at(4, 7))]
    const paidCents = netCents + 1e5 + at(22, 9e6)
    const ordered = Date.UTC(1200, 0, 1) + at(5, 580_000) * day
    const prefix = isRare ? wordOf(own).slice(-6).toUpperCase() : prefixes[at(15, 3)]!
    return {
      id: i + 1,
      score: u[7]! < 0.3 ? null : keep(number('score', 40 * Math.exp(3 * u[8]!))),
      serial: keep(number('serial', 1e6 + at(9, 1e9))),
      price: keep(amount('price', cents / 100)),
      units,
      total: keep(number('total', (cents * units) / 100)),
      level: hasMany ? keep(number('level', 1e6 + at(10, 1e7))) : at(23, 6),
      net: keep(number('net', netCents / 100)),
      fee,
      gross: keep(number('gross', (netCents + 100 * fee) / 100)),
      // not far from the net, of which the rest is learned
      paid: keep({
        ...amount('paid', paidCents / 100),
        numbers: [paidCents / 100, (paidCents - netCents) / 1e2],
      }),
      ordered: keep(date('ordered', ordered)),
      weekday: weekdays[new Date(ordered).getUTCDay()]!,
      shipped: keep(date('shipped', ordered + at(6, 8) * day)),
      seen: keep(moment('seen', Date.UTC(1980, 0, 1) + 1000 * at(11, 1.4e9))),
      city: isRare ? keep(named('city', 'name', wordOf(own))) : cities[place]!,
      region: isRare ? keep(named('region', 'name', `around ${wordOf(own)}`)) : regions[place]!,
      shop:
        i % 30 > 27 ? keep(named('shop', 'name', `shop of ${wordOf(own - (i % 2))}`)) : `shop ${at(12, 5)}`,
      size: i % 40 === 39 ? keep(number('size', 1000 + at(13, 1e8) / 1e3)) : at(13, 60) / 4,
      reading: i === 7 || i === 70 ? keep(number('reading', 100 + 1000 * u[14]!)) : 0.5,
      kind: i === 9 ? keep(named('kind', 'name', `kind of ${wordOf(own)}`)) : 'ordinary',
      code: keep(
        named(
          'code',
          'text',
          `${prefix}-${pad(at(16, 1e8), 8)}-${letters[at(17, 8)]}`,
          ...(isRare ? [prefix] : []),
        ),
      ),
      note: keep(
        named(
          'note',
          'text',
          `${usual[at(18, 10)]} ${usual[at(19, 10)]} ${usual[at(20, 10)]} ${wordOf(own)}`,
          wordOf(own),
        ),
      ),
      isOpen: u[21]! < 0.4,
    }
  })
  return { rows, values: ofFewRows(kept) }
}

/** The values that one or two rows have. */
function ofFewRows(values: readonly SingleValue[]): SingleValue[] {
  const byKey = new Map<string, SingleValue[]>()
  for (const value of values) {
    const key = `${value.column}\n${value.value}`
    byKey.set(key, [...(byKey.get(key) ?? []), value])
  }
  return [...byKey.values()].flatMap((same) => (same.length <= 2 ? [same[0]!] : []))
}

/** Rows as they are read from a CSV file. */
export function tableOf(rows: readonly Row[]): ReadTable & { readonly name: string } {
  const line = (cells: readonly unknown[]) =>
    cells.map((cell) => (cell === null ? '' : `"${cell}"`)).join(',')
  const lines = [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))].map(line)
  return { name: 'rows', ...readCsv(`${lines.join('\n')}\n`, 'rows.csv') }
}
