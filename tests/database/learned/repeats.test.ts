import { describe, expect, it } from 'vitest'
import { planTables } from '../../../src/database/learned/plan.ts'
import { planRepeats } from '../../../src/database/learned/plan-repeats.ts'
import { asRepeats, repeaterOf, withoutRepeat } from '../../../src/database/learned/repeats.ts'
import { databaseOfRows } from '../../../src/database/memory.ts'
import type { Schema } from '../../../src/database/schema.ts'
import { uniforms } from '../../../src/numerics/random.ts'
import { definitionOf } from '../../../src/table/table.ts'

const cities = [
  ['Ghent', 'BE'],
  ['Bruges', 'BE'],
  ['Lille', 'FR'],
  ['Paris', 'FR'],
] as const

/** Planes with flights: of one carrier but for a few, from and to any place, whose city says the country. */
const planes = Array.from({ length: 40 }, (_, i) => ({ tail: i + 1, seats: 50 + (i % 7) * 30 }))
const flights = planes.flatMap(({ tail }) => {
  const drawn = uniforms({ seed: 1, stream: 0, step: 0, start: tail, count: 1, dim: 30 })
  const city = cities[Math.floor(4 * drawn[0]!)]!
  return Array.from({ length: 6 }, (_, k) => ({
    tail,
    day: k + 1,
    carrier: drawn[k + 1]! < 0.05 ? 'charter' : ['UA', 'AA', 'DL'][tail % 3]!,
    crew: ['A', 'B', 'C', 'D'][tail % 4]!,
    gate: ['G1', 'G2', 'G3'][Math.floor(3 * drawn[k + 8]!)]!,
    city: city[0],
    country: city[1],
  }))
})

const schema: Schema = {
  format: 1,
  tables: {
    planes: { columns: { tail: 'key', seats: 'integer' }, key: ['tail'], references: [] },
    flights: {
      columns: {
        tail: 'integer',
        day: 'integer',
        carrier: 'category',
        crew: 'category',
        gate: 'category',
        city: 'category',
        country: 'category',
      },
      references: [{ columns: ['tail'], table: 'planes', optional: false }],
      order: 'day',
    },
  },
}

async function repeatsWith(inRules: readonly string[], rows: readonly object[] = flights) {
  const database = await databaseOfRows({ planes, flights: rows as typeof flights }, { schema })
  return planRepeats(database, planTables(database), 'flights', new Set(inRules))
}

describe('a name that the rows of a parent repeat', () => {
  it('is found where rows have that of the row before more often than by chance', async () => {
    expect(Object.keys(await repeatsWith([]))).toEqual(['carrier', 'crew'])
  })

  it('is learned as it is where a rule is about it, or each name begins too seldom', async () => {
    expect(Object.keys(await repeatsWith(['crew']))).toEqual(['carrier'])
    const seldom = flights.map((row) => ({ ...row, crew: `crew ${row.tail}` }))
    expect(Object.keys(await repeatsWith([], seldom))).toEqual(['carrier'])
  })

  it('is stood for by a name that no row has', async () => {
    const taken = flights.map((row) => ({
      ...row,
      carrier: row.carrier === 'charter' ? 'as the row before' : row.carrier,
    }))
    expect((await repeatsWith([], taken)).carrier).toBe('as the row before_')
  })

  it('is had back from what stands for it, row after row', () => {
    const column = { name: 'carrier', kind: 'category', categories: ['UA', 'AA', 'DL'] } as const
    const cells = Float64Array.of(0, 0, Number.NaN, Number.NaN, 1, 1, 1, 2, 2, 0)
    const begins = [0, 4, 8]
    const repeats = { carrier: 'same' }
    const learned = asRepeats({ ...column, cells }, repeats, (k) => k > 0 && !begins.includes(k))
    expect(learned.categories).toEqual(['UA', 'AA', 'DL', 'same'])
    expect([...learned.cells]).toEqual([0, 3, Number.NaN, Number.NaN, 1, 3, 3, 2, 2, 0])
    const repeat = repeaterOf([learned], repeats)
    const rows = [{ ...learned, cells: Float64Array.from(learned.cells) }]
    for (const k of cells.keys())
      expect(repeat(rows, k, () => (begins.includes(k) ? Number.NaN : rows[0]!.cells[k - 1]!))).toBe(true)
    expect(rows[0]!.cells).toEqual(cells)
    expect(withoutRepeat(definitionOf(learned), repeats)).toEqual(column)
  })

  it('is refused in a row before which there is none', () => {
    const column = { name: 'carrier', kind: 'category', categories: ['UA', 'same'] } as const
    const repeat = repeaterOf([column], { carrier: 'same' })
    const rows = [{ ...column, cells: Float64Array.of(1, 0) }]
    expect(repeat(rows, 0, () => Number.NaN)).toBe(false)
    expect(repeat(rows, 1, () => Number.NaN)).toBe(true)
  })

  it('leaves the columns of other tables and kinds as they are', () => {
    const each = () => ({ name: 'n', kind: 'integer' as const, cells: Float64Array.of(1, 1) })
    expect(asRepeats(each(), { carrier: 'same' }, () => true)).toEqual(each())
  })
})
