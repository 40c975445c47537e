import { describe, expect, it } from 'vitest'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { describeEncoding } from '../../../src/table/describe.ts'
import { isOfNames, unknownCode } from '../../../src/table/encodings/category.ts'
import { decode, decodeCells } from '../../../src/table/encodings/decode.ts'
import { encode, encodeCells } from '../../../src/table/encodings/encode.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import type { CategoryColumn, EncodedColumn } from '../../../src/table/encodings/index.ts'
import { knownOf, knownWarnings } from '../../../src/table/known.ts'
import type { NamedTable, TableColumn } from '../../../src/table/table.ts'

const drawn = (count: number, step: number) =>
  uniforms({ seed: 3, stream: streams.datasets, step, start: 0, count, dim: 1 })

const count = 4000
/** Of 500 offices: about eight rows have each, and some have one or two. */
const offices = drawn(count, 0).map((u) => Math.floor(500 * u * u))
const integers = (name: string, cells: Float64Array): TableColumn => ({ name, kind: 'integer', cells })
const names = (name: string, cells: Float64Array): TableColumn => ({
  name,
  kind: 'category',
  categories: Array.from({ length: Math.max(...cells) + 1 }, (_, k) => `${name} ${k}`),
  cells,
})
const tableOf = (...columns: readonly TableColumn[]): NamedTable => ({ name: 'a table', count, columns })
const amount = integers(
  'amount',
  drawn(count, 1).map((u) => Math.floor(3000 * u)),
)
/** Postal codes of the offices, in no order of their cities. */
const postal = offices.map((office) => 501 + ((office * 7919) % 89_000))
const city = names(
  'city',
  offices.map((office) => (office * 31) % 320),
)

const columnOf = (columns: readonly EncodedColumn[], name: string) =>
  columns.find((each) => each.name === name)!

describe('a whole number that repeats and determines names', () => {
  const notes: string[] = []
  const table = tableOf(integers('area', postal), city, amount)
  const encoding = fitTable(table, { onNote: (note) => notes.push(note) })
  const area = columnOf(encoding.columns, 'area')
  const rowsOf = (code: number) => postal.filter((each) => each === code).length

  it('is a category of the codes that three rows or more have, and a line says why', () => {
    const often = [...new Set(postal)].filter((code) => rowsOf(code) >= 3).sort((a, b) => a - b)
    expect(area).toMatchObject({ as: 'category', kind: 'integer', isNominal: true, values: often })
    expect(isOfNames(area)).toBe(true)
    expect(isOfNames(columnOf(encoding.columns, 'amount'))).toBe(false)
    expect(notes).toContain(
      `area is learned as a category of ${often.length} codes: it repeats and determines city`,
    )
    expect(describeEncoding(encoding)).toContain(`area: code, one of ${often.length} whole numbers`)
    // the city follows from it, and is not learned
    expect(columnOf(encoding.columns, 'city').as).toBe('derived')
  })

  it('is decoded to its codes, and a code that few rows have is unknown in training', () => {
    const codes = encodeCells(encoding, table, 'kept')
    const place = encoding.columns.indexOf(area)
    const cells = decodeCells(encoding, codes).columns[place]!.cells
    let unknown = 0
    for (const [i, cell] of postal.entries()) {
      const isRare = rowsOf(cell) < 3
      if (isRare) unknown++
      expect(codes.data[i * codes.dim + place] === unknownCode).toBe(isRare)
      expect(cells[i]).toBe(isRare ? Number.NaN : cell)
    }
    expect(unknown).toBeGreaterThan(5)
    // as network inputs and back: no value between two codes
    const known = fitTable(tableOf(integers('area', postal), city, amount), { rareNames: ['area', 'city'] })
    const back = decode(known, encode(known, table))
    expect([...back.columns[place]!.cells]).toEqual([...postal])
    expect([...back.columns[1]!.cells].map((k) => columnOf(known.columns, 'city').categories![k])).toEqual(
      [...city.cells].map((k) => `city ${k}`),
    )
  })

  it('may be given, and counts as the nearest code if few rows have it', () => {
    const [first, second] = (area as CategoryColumn).values!
    const between = knownOf(encoding, { area: first! + 1 })
    expect(second).toBeGreaterThan(first! + 1)
    expect(knownWarnings(encoding, between).join()).toContain('few training rows have that, or none')
    expect(knownWarnings(encoding, knownOf(encoding, { area: first! }))).toEqual([])
  })
})

describe('whole numbers', () => {
  const fitted = (...columns: readonly TableColumn[]) =>
    columnOf(fitTable(tableOf(...columns, amount)).columns, columns[0]!.name)

  it('are categories if they repeat and are named like codes', () => {
    for (const name of ['Postal Code', 'zip', 'route_id', 'storeId', 'PLZ'])
      expect(fitted(integers(name, postal))).toMatchObject({ as: 'category', isNominal: true })
    for (const name of ['area', 'paid', 'valid', 'codes used', 'yearID'])
      expect(fitted(integers(name, postal)).as).not.toBe('category')
  })

  it('stay numbers if names say what they are, or where too few rows share one', () => {
    // as the distance between two places, which differs for each pair
    const pairs = drawn(count, 5).map((u) => Math.floor(900 * u))
    const distance = pairs.map((pair) => 100 + ((pair * 7919) % 5003))
    const [from, to] = [
      names(
        'from',
        pairs.map((pair) => Math.floor(pair / 30)),
      ),
      names(
        'to',
        pairs.map((pair) => pair % 30),
      ),
    ]
    expect(fitted(integers('distance', distance), from, to).as).not.toBe('category')
    const single = drawn(count, 6).map((u) => Math.floor(9000 * u))
    expect(fitted(integers('order id', single)).as).toBe('quantile')
  })

  it('stay numbers if names are ranges of them', () => {
    const age = drawn(count, 7).map((u) => Math.floor(300 * u))
    expect(
      fitted(
        integers('age', age),
        names(
          'group',
          age.map((each) => Math.floor(each / 30)),
        ),
      ).as,
    ).toBe('quantile')
  })
})
