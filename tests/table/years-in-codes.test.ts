import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { withTexts } from '../../src/infer/texts.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { textOf } from '../../src/table/cell-text.ts'
import { generatorOf } from '../../src/table/generated/index.ts'
import { makerSchema } from '../../src/table/generated/maker.ts'
import { tableOfRows } from '../../src/table/inference/rows.ts'
import type { Table } from '../../src/table/table.ts'

interface Order {
  readonly code: string | null
  readonly date: string
}

/** Orders of four years, whose dates are written as `dateOf` says, and whose numbers as `codeOf` says. */
function orders(
  count: number,
  codeOf: (year: number, number: number, other: number) => string,
  dateOf = (year: number, month: number, day: number) => `${day}/${month}/${year}`,
): Order[] {
  const drawn = uniforms({ seed: 3, stream: streams.datasets, step: 1, start: 0, count, dim: 4 })
  return Array.from({ length: count }, (_, i) => {
    const [a, b, c, d] = drawn.subarray(4 * i, 4 * i + 4)
    const year = 2014 + Math.floor(4 * a! * a!)
    const date = dateOf(year, 1 + Math.floor(12 * b!), 13 + Math.floor(16 * c!))
    return { code: codeOf(year, 100_000 + Math.floor(70_000 * d!), 2014 + Math.floor(4 * b!)), date }
  })
}

/** Samples of as many rows as a table has, with the dates of its rows in another order. */
async function sampled(table: Table, seed = 1): Promise<[code: string, date: string][]> {
  const columns = table.columns.map((column) => ({ ...column, cells: column.cells.toReversed() }))
  const generator = await generatorOf(columns)
  const made = withTexts({ ...table, columns }, generator!, [{ seed, from: 0, count: table.count }])
  const [code, date] = ['code', 'date'].map((name) => made.columns.find((each) => each.name === name)!)
  const [codeAt, dateAt] = [code!, date!].map((column) => textOf(column))
  return Array.from({ length: table.count }, (_, i) => [codeAt!(code!.cells[i]!), dateAt!(date!.cells[i]!)])
}

const tableIn = (rows: readonly Order[]) => tableOfRows(rows, 'orders')

const makerIn = (table: Table) => table.columns.find(({ name }) => name === 'code')!.maker!

/** What is written, how it looks, and the codes and dates of rows. */
type Written = [string, RegExp, Parameters<typeof orders>[1], Parameters<typeof orders>[2]?]

const writtenAs: Written[] = [
  ['a year between a prefix and a number', /^CA-(\d{4})-1\d{5}$/, (year, n) => `CA-${year}-${n}`],
  [
    'a year before a number with leading zeros',
    /^(\d{4})\/\d{5,6}$/,
    (year, n) => `${year}/${String(n % 100_000).padStart(5, '0')}`,
  ],
  ['two digits of the year', /^INV(\d\d)-1\d{5}$/, (year, n) => `INV${year % 100}-${n}`],
  [
    'the year of a date with a time of day and an offset',
    /^A(\d{4})\.1\d{5}$/,
    (year, n) => `A${year}.${n}`,
    (year, month, day) => `${year}-${String(month).padStart(2, '0')}-${day}T10:20:30+02:00`,
  ],
]

describe('codes with a year', () => {
  it.each(writtenAs)(
    'have that of their date in samples: %s',
    async (...[_, pattern, codeOf, dateOf]: Written) => {
      const table = tableIn(orders(1500, codeOf, dateOf))
      expect(v.is(makerSchema, makerIn(table))).toBe(true)
      const rows = await sampled(table)
      const years = rows.map(([code, date]) => [pattern.exec(code)?.[1], date.match(/\d{4}/)![0]] as const)
      const wrong = rows.filter((_, i) => !years[i]![0] || !years[i]![1].endsWith(years[i]![0]!))
      expect(wrong.slice(0, 3)).toEqual([])
      expect(new Set(years.map(([ofCode]) => ofCode)).size).toBe(4)
    },
  )

  it('follow no date that has other years, in a row of twenty', async () => {
    const other = tableIn(orders(1500, (_, n, year) => `CA-${year}-${n}`))
    expect(JSON.stringify(makerIn(other))).not.toContain('yearOf')
    const mostly = tableIn(orders(1500, (year, n, other) => `CA-${n % 20 === 0 ? other : year}-${n}`))
    expect(JSON.stringify(makerIn(mostly))).not.toContain('yearOf')
  })

  it('follow it beyond the texts that are kept while a file is read', async () => {
    const table = tableIn(
      orders(30_000, (year, n, _) => `CA-${year}-${n}`).map((each, i) => ({
        ...each,
        code: `${each.code}-${i}`,
      })),
    )
    expect(JSON.stringify(makerIn(table))).toContain('"yearOf":"date"')
  })

  it('have a year by its share where the date is not known', async () => {
    const table = tableIn(orders(1500, (year, n) => `CA-${year}-${n}`))
    const generator = await generatorOf(table.columns)
    const textOfIndex = generator!.texts(1, 'code')
    const years = Array.from({ length: 1500 }, (_, i) => textOfIndex(i).slice(3, 7))
    const share = (all: readonly string[]) => all.filter((year) => year === '2014').length / 1500
    const own = orders(1500, (year) => String(year)).map(({ code }) => code!)
    expect(Math.abs(share(years) - share(own))).toBeLessThan(0.05)
  })
})
