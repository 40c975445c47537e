import { describe, expect, it } from 'vitest'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { describeEncoding } from '../../../src/table/describe.ts'
import { decode } from '../../../src/table/encodings/decode.ts'
import { encode } from '../../../src/table/encodings/encode.ts'
import { codedColumns, dimensionsOf } from '../../../src/table/encodings/encoding.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import type { Nearest } from '../../../src/table/relations/index.ts'
import { requirePossible, restoreCells } from '../../../src/table/relations/restore.ts'
import type { NamedTable } from '../../../src/table/table.ts'

const drawn = (count: number, step: number) =>
  uniforms({ seed: 5, stream: streams.datasets, step, start: 0, count, dim: 1 })

const count = 4000
const [u, w, other] = [drawn(count, 0), drawn(count, 1), drawn(count, 2)]
/** Each of 60 names was given in three of 50 years. */
const name = u.map((each) => Math.floor(60 * each))
const yearsOf = (of: number) => [0, 1, 2].map((k) => 1970 + ((of * 11 + k * 17) % 50)).sort((a, b) => a - b)
const year = w.map((each, i) => yearsOf(name[i]!)[Math.floor(3 * each)]!)
year[0] = Number.NaN
// what a single row has
year[1] = yearsOf(name[1]!).includes(1970) ? 1971 : 1970
const stormsOf = (years: Float64Array): NamedTable => ({
  name: 'storms',
  count,
  columns: [
    {
      name: 'name',
      kind: 'category',
      categories: Array.from({ length: 60 }, (_, k) => `name ${k}`),
      cells: name,
    },
    { name: 'year', kind: 'integer', cells: years },
    { name: 'wind', kind: 'number', cells: other },
  ],
})
const storms = stormsOf(year)
const encoding = fitTable(storms)
const [relation] = encoding.relations as [Nearest]

describe('a number of which a name has few values', () => {
  it('is found, and learned as a number', () => {
    expect(encoding.relations).toHaveLength(1)
    expect(relation).toMatchObject({ kind: 'nearest', column: 'year', by: ['name'] })
    expect(codedColumns(encoding).map((column) => column.name)).toEqual(['name', 'year', 'wind'])
    expect(describeEncoding(encoding)).toContain('year and name come in 180 combinations')
    for (let of = 0; of < 60; of++)
      expect(relation.to.filter((_, k) => relation.from[k] === of)).toEqual(yearsOf(of))
  })

  it('is not found in years dealt to other names, or of names that have most of them', () => {
    const dealt = year.map((_, i) => year[(i * 7 + 13) % count]!)
    expect(fitTable(stormsOf(dealt)).relations).toBeUndefined()
    const many = w.map((each, i) => 1970 + ((name[i]! + Math.floor(30 * each)) % 50))
    expect(fitTable(stormsOf(many)).relations).toBeUndefined()
  })

  it('comes back as it is, but for what fewer than three rows have', () => {
    const { columns } = decode(encoding, encode(encoding, storms))
    const differ = [...year.keys()].filter((i) => !Object.is(columns[1]!.cells[i], year[i]))
    expect(differ).toEqual([1])
  })

  it('takes the nearest of the values that its name has, whatever the network draws', () => {
    const cells = storms.columns.map((column) => column.cells.slice())
    const any = drawn(count, 3).map((each, i) => (i % 9 === 0 ? Number.NaN : 1900 + 200 * each))
    cells[1] = any.slice()
    restoreCells(encoding, cells)
    for (const [i, own] of any.entries()) {
      const distances = yearsOf(name[i]!).map((each) => Math.abs(each - own))
      const made = cells[1]![i]!
      if (Number.isNaN(own)) expect(made).toBeNaN()
      else expect(Math.abs(made - own)).toBe(Math.min(...distances))
    }
  })

  it('is decoded from any noise into what rows have, or a gap', () => {
    const dim = dimensionsOf(encoding)
    const noise = uniforms({ seed: 1, stream: streams.datasets, step: 7, start: 0, count: 3000, dim })
    const { columns } = decode(encoding, { data: noise.map((each) => 12 * each - 6), count: 3000, dim })
    const [names, years] = columns.map((column) => column.cells) as [Float64Array, Float64Array]
    const isKnown = (i: number) => Number.isNaN(years[i]!) || yearsOf(names[i]!).includes(years[i]!)
    expect([...names.keys()].filter((i) => !isKnown(i))).toEqual([])
  })

  it('stays as it is drawn where no value of the name is known', () => {
    const some = relation.from.flatMap((of, k) => (of === 7 ? [] : [k]))
    const related = {
      ...encoding,
      relations: [
        {
          ...relation,
          from: some.map((k) => relation.from[k]!),
          to: some.map((k) => relation.to[k]!),
          rows: some.map((k) => relation.rows[k]!),
        },
      ],
    }
    const cells = [Float64Array.of(6, 7, 8), Float64Array.of(1950, 1950, 1950), new Float64Array(3)]
    restoreCells(related, cells)
    expect([...cells[1]!]).toEqual([yearsOf(6)[0], 1950, yearsOf(8)[0]])
  })

  it('may be given with any name, as rows of a single one have it', () => {
    const row = Float64Array.of(3, 1969, Number.NaN)
    expect(yearsOf(3)).not.toContain(1969)
    expect(() => requirePossible(encoding, row, (d) => d < 2)).not.toThrow()
  })
})
