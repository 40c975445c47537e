import { describe, expect, it } from 'vitest'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { describeEncoding } from '../../../src/table/describe.ts'
import { decode } from '../../../src/table/encodings/decode.ts'
import { codedColumns, dimensionsOf } from '../../../src/table/encodings/encoding.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { withAuxiliary } from '../../../src/table/relations/auxiliary.ts'
import type { Within } from '../../../src/table/relations/index.ts'
import { restoreCells } from '../../../src/table/relations/restore.ts'
import type { NamedTable, TableColumn } from '../../../src/table/table.ts'

const drawn = (count: number, step: number) =>
  uniforms({ seed: 5, stream: streams.datasets, step, start: 0, count, dim: 1 })

const names = (name: string, cells: Float64Array): TableColumn => ({
  name,
  kind: 'category',
  categories: Array.from({ length: Math.max(...cells) + 1 }, (_, k) => `${name} ${k}`),
  cells,
})

const tableOf = (...columns: TableColumn[]): NamedTable => ({
  name: 'a table',
  count: columns[0]!.cells.length,
  columns,
})

const count = 4000
const [u, w, other] = [drawn(count, 0), drawn(count, 1), drawn(count, 2)]
/** Of 80 countries, the first have hundreds of rows, some of the last fewer than 24. */
const country = u.map((each) => Math.floor(80 * each ** 2))
/** Each country's population is within a fifth of its own middle, in no order of the countries. */
const middleOf = (country: number) => 1000 * 1.2 ** ((country * 37) % 80)
const people = w.map((each, i) => Math.round(middleOf(country[i]!) * (0.8 + 0.4 * each)))
/** One row of the first country has far more than the others. */
const outlier = country.indexOf(0)
people[outlier] = 2e9
people[7] = Number.NaN
const population: TableColumn = { name: 'population', kind: 'integer', cells: people }
const size: TableColumn = { name: 'size', kind: 'number', cells: other }
const table = tableOf(names('country', country), population, size)
const encoding = fitTable(table)
const relation = encoding.relations![0] as Within

/** The third smallest and the third largest population of the rows of some countries. */
function thirdOf(countries: readonly number[]): [number, number] {
  const sorted = people.filter((each, i) => countries.includes(country[i]!) && !Number.isNaN(each)).sort()
  return [sorted[2]!, sorted.at(-3)!]
}

describe('a number whose range depends on a category', () => {
  it('is found, by the category on which it depends', () => {
    expect(encoding.relations).toHaveLength(1)
    expect(relation).toMatchObject({ kind: 'within', column: 'population', by: ['country'] })
    expect(describeEncoding(encoding)).toContain('the range of population depends on country')
    // the number is learned as before, and its rank too
    expect(codedColumns(encoding).map(({ name }) => name)).toEqual([
      'country',
      'population',
      'size',
      'population, its rank in country',
    ])
  })

  it('is not found by categories of few rows that say nothing of it', () => {
    for (const categories of [3, 20, 400]) {
      const group = names(
        'group',
        drawn(count, 3).map((each) => Math.floor(categories * each)),
      )
      expect(fitTable(tableOf(group, population, size)).relations, `${categories}`).toBeUndefined()
    }
  })

  it('has pools of 24 rows or more, of countries of similar numbers', () => {
    const rowsOf = new Map<number, number>()
    for (const each of country) rowsOf.set(each, (rowsOf.get(each) ?? 0) + 1)
    const pools = new Map<number, number[]>()
    for (const each of rowsOf.keys())
      pools.set(relation.pools[each]!, [...(pools.get(relation.pools[each]!) ?? []), each])
    expect(pools.size).toBeGreaterThan(20)
    for (const [, countries] of pools) {
      const rows = countries.map((each) => rowsOf.get(each)!)
      if (countries.length > 1) expect(Math.max(...rows)).toBeLessThan(24)
      expect(rows.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(24)
    }
    // in the order of their populations, each pool is in one piece
    const small = [...rowsOf.keys()].filter((each) => rowsOf.get(each)! < 24)
    const inOrder = small.sort((a, b) => middleOf(a) - middleOf(b)).map((each) => relation.pools[each]!)
    const pieces = inOrder.filter((pool, k) => pool !== inOrder[k - 1])
    expect(small.length).toBeGreaterThan(5)
    expect(pieces).toHaveLength(new Set(inOrder).size)
  })

  it('comes back as it is, or as its rank says where it is beyond the range of its category', () => {
    const back = (change: (own: number, i: number) => number) => {
      const cells = withAuxiliary(
        encoding,
        table.columns.map((column) => column.cells),
      ).map((column) => column.slice())
      cells[1] = cells[1]!.map(change)
      restoreCells(encoding, cells)
      return cells[1]!
    }
    const isInside = (i: number) => {
      const [least, most] = thirdOf([country[i]!])
      return people[i]! >= least && people[i]! <= most
    }
    const unchanged = back((own) => own)
    expect([...unchanged.keys()].filter((i) => Number.isNaN(unchanged[i]!))).toEqual([7])
    expect([...unchanged.keys()].filter((i) => isInside(i) && unchanged[i] !== people[i])).toEqual([])
    // the network draws more people than the country has in any row
    const ranked = back((own) => own * 1e10)
    const isFar = (i: number) => Math.abs(ranked[i]! / people[i]! - 1) > 0.02
    expect([...ranked.keys()].filter((i) => isInside(i) && isFar(i))).toEqual([])
    // what one row has is in no range
    expect(unchanged[outlier]! / middleOf(0)).toBeLessThan(1.3)
  })

  it('stays in the range of the outermost three rows, whatever the network draws', () => {
    const dim = dimensionsOf(encoding)
    const noise = uniforms({ seed: 1, stream: streams.datasets, step: 7, start: 0, count: 5000, dim })
    const data = noise.map((each) => 12 * each - 6)
    const { columns } = decode(encoding, { data, count: 5000, dim })
    expect(new Set(columns[0]!.cells).size).toBeGreaterThan(60)
    const missing = columns[1]!.cells.filter((each) => Number.isNaN(each)).length
    expect(missing / 5000).toBeCloseTo(0.5, 1)
    const beyond = [...columns[0]!.cells.entries()].filter(([i, place]) => {
      const pool = [...relation.pools.keys()].filter((each) => relation.pools[each] === relation.pools[place])
      const inPool = people.filter((each, k) => pool.includes(country[k]!) && !Number.isNaN(each)).sort()
      const [least, most] = [inPool.slice(0, 3), inPool.slice(-3)].map((of) => of.reduce((a, b) => a + b) / 3)
      const own = columns[1]!.cells[i]!
      return own < least! * 0.98 || own > most! * 1.02
    })
    expect(beyond).toEqual([])
  })

  it('may depend on two categories, of which rare pairs are as the second alone', () => {
    // a level of pay, within which each of the roles has a third of its own
    const [level, role] = [u.map((each) => Math.floor(4 * each)), drawn(count, 4)]
    const roles = role.map((each, i) => (other[i]! < 0.012 ? 5 : Math.floor(5 * each)))
    const pay = w.map((each, i) => 1000 * 3 ** level[i]! * (1 + ((2 * roles[i]!) % 5) * 0.4 + 0.4 * each))
    const employees = tableOf(names('level', level), names('role', roles), {
      name: 'pay',
      kind: 'number',
      cells: pay.map(Math.round),
    })
    const ofPay = fitTable(employees)
    const found = ofPay.relations![0] as Within
    expect(ofPay.relations).toMatchObject([{ kind: 'within', column: 'pay', by: ['level', 'role'] }])
    expect(describeEncoding(ofPay)).toContain('the range of pay depends on level and role')
    const dim = dimensionsOf(ofPay)
    const noise = uniforms({ seed: 3, stream: streams.datasets, step: 7, start: 0, count: 4000, dim })
    const { columns } = decode(ofPay, { data: noise.map((each) => 12 * each - 6), count: 4000, dim })
    const [levels, drawnRoles, drawnPay] = columns.map((column) => column.cells)
    const beyond = [...drawnPay!.entries()].filter(([i, own]) => {
      const rows = [...pay.keys()].filter((k) => roles[k] === drawnRoles![i])
      const pair = rows.filter((k) => level[k] === levels![i])
      const inPool = (pair.length < 24 ? rows : pair).map((k) => pay[k]!)
      return own < Math.min(...inPool) * 0.98 || own > Math.max(...inPool) * 1.02
    })
    expect(beyond).toEqual([])
    // the rare role has a pool of its own, and none with a level
    const poolsOf = (place: number) => new Set([0, 1, 2, 3].map((of) => found.pools[of * 7 + place]))
    expect([poolsOf(0).size, poolsOf(5).size]).toEqual([4, 1])
  })

  it('may often have one value, which rows of some categories always have', () => {
    // a storm's area of the strongest winds: only hurricanes have one, and not all of them
    const status = u.map((each) => Math.floor(3 * each))
    const area = w.map((each, i) =>
      status[i]! < 2 || other[i]! < 0.2 ? 0 : 20 + Math.floor(900 * each * other[i]!),
    )
    const winds = tableOf(names('status', status), { name: 'area', kind: 'integer', cells: area })
    const ofWinds = fitTable(winds)
    expect(ofWinds.columns[1]).toHaveProperty('frequent', [0])
    expect(ofWinds.relations).toMatchObject([{ kind: 'within', column: 'area', by: ['status'], share: 1 }])
    const dim = dimensionsOf(ofWinds)
    const noise = uniforms({ seed: 2, stream: streams.datasets, step: 9, start: 0, count: 2000, dim })
    const { columns } = decode(ofWinds, { data: noise.map((each) => 12 * each - 6), count: 2000, dim })
    const drawnAreas = [...columns[1]!.cells.entries()]
    const areasOf = (from: number, to: number) =>
      drawnAreas.flatMap(([i, each]) => {
        const place = columns[0]!.cells[i]!
        return place >= from && place < to ? [each] : []
      })
    expect(new Set(areasOf(0, 2))).toEqual(new Set([0]))
    expect(areasOf(2, 3).filter((each) => each > 0).length).toBeGreaterThan(100)
  })
})
