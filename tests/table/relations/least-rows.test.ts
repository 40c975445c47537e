import { describe, expect, it } from 'vitest'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { readRows } from '../../../src/table/inference/rows.ts'
import { describeRelation } from '../../../src/table/relations/describe.ts'
import { heldByRelations } from '../../../src/table/relations/held.ts'
import type { DateOfParts, LookUp, Relation } from '../../../src/table/relations/index.ts'
import type { Rule } from '../../../src/table/rules/index.ts'
import type { NamedTable } from '../../../src/table/table.ts'
import { ticketTable } from '../../helpers/grain-table.ts'
import {
  flightTable,
  orderTable,
  playerTable,
  subscriptionTable,
  visitTable,
} from '../../helpers/related-tables.ts'

const count = 900
const [u, w] = [91, 92].map((step) =>
  uniforms({ seed: 4, stream: streams.datasets, step, start: 0, count, dim: 1 }),
) as [Float64Array, Float64Array]

const tableOf = (rowAt: (i: number) => object): NamedTable => ({
  name: 'rows',
  ...readRows(
    Array.from({ length: count }, (_, i) => rowAt(i)),
    'rows',
    { choice: {}, minRows: 2 },
  ),
})

/**
 * The cells of one or two rows: of columns of numbers and dates, those long enough to be no count. The mean of the outermost three may be
 * rounded to the middle one.
 */
function rareIn({ columns }: NamedTable, names: readonly string[]): Set<string> {
  return new Set(
    columns
      .filter(({ name }) => names.includes(name))
      .flatMap(({ cells, categories }) => {
        const counts = new Map<number, number>()
        for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1)
        const sorted = [...cells].filter((cell) => !Number.isNaN(cell)).sort((a, b) => a - b)
        const middle = [sorted.at(1), sorted.at(-2)]
        const isRare = ([cell, rows]: [number, number]) => rows < 3 && !middle.includes(cell)
        const rare = categories ? [] : [...counts].filter(isRare)
        return rare.flatMap(([cell]) => (String(cell).replace(/\D/g, '').length > 3 ? String(cell) : []))
      }),
  )
}

/** The numbers of a relation, without what is learned in addition, which is encoded as columns are. */
function numbersOf(relation: Relation): Set<string> {
  const own = JSON.stringify(relation, (key, value) => (key === 'residual' ? undefined : value))
  return new Set(own.match(/-?\d+(\.\d+)?(e[+-]?\d+)?/g))
}

describe('relations of training rows', () => {
  it.each([
    ['flights', flightTable(700), 3],
    ['orders', orderTable(700), 3],
    ['visits', visitTable(700), 3],
    ['subscriptions', subscriptionTable(700), 4],
    ['players', playerTable(700), 2],
    ['tickets', ticketTable(700), 2],
  ])('hold no number that only one or two rows have: %s', (_, table, atLeast) => {
    const { relations = [] } = fitTable(table)
    expect(relations.length).toBeGreaterThanOrEqual(atLeast)
    const all = table.columns.map(({ name }) => name)
    expect(rareIn(table, all).size).toBeGreaterThan(100)
    for (const relation of relations) {
      const rare = rareIn(table, [relation.column])
      expect([...numbersOf(relation)].filter((number) => rare.has(number))).toEqual([])
    }
  })

  it('hold no combination that only one or two rows have', () => {
    // codes of 100 kinds, of which half are in two rows, as are their prices
    const kindAt = (i: number) => (i < 800 ? i % 50 : 50 + ((i - 800) >> 1))
    const table = tableOf((i) => ({ kind: `kind ${kindAt(i)}`, price: 70_001 + 317 * kindAt(i), n: u[i] }))
    const { relations = [] } = fitTable(table)
    expect(relations.map(describeRelation)).toEqual(['price is determined by kind'])
    const { to, rows } = relations[0] as LookUp
    expect(to.length).toBe(50)
    expect(Math.min(...rows!)).toBe(16)
    // as before where the names are no secret; the prices may be one
    expect(fitTable(table, { rareNames: ['kind'] }).relations).toMatchObject([{ to }])
    const grade = tableOf((i) => ({ kind: `kind ${kindAt(i)}`, grade: `grade ${kindAt(i) % 40}`, n: u[i] }))
    const entriesOf = (rareNames: readonly string[]) =>
      (fitTable(grade, { rareNames }).relations as readonly LookUp[])[0]!.to.length
    expect([entriesOf([]), entriesOf(['kind', 'grade'])]).toEqual([50, 100])
  })

  it('are not used if too few rows have a combination of three', () => {
    const kindAt = (i: number) => (i < 300 ? i % 20 : 20 + ((i - 300) >> 1))
    const table = tableOf((i) => ({
      a: `a ${kindAt(i) % 50}`,
      b: `b ${kindAt(i) >> 2}`,
      c: kindAt(i) * 7,
      n: u[i],
    }))
    for (const { by, share } of fitTable(table).relations ?? [])
      expect(`${by} ${share > 0.5}`).toBe(`${by} true`)
  })

  it('have no factor that one or two rows decide', () => {
    // the fee varies where there is no total, and in some rows with one
    const feeWith = (rows: number) => (i: number) => {
      const [net, isMissing] = [Math.round(1e5 * w[i]!) / 100, i % 2 === 0]
      const fee = isMissing || (i % 100 === 1 && i < 100 * rows) ? Math.round(1e4 * u[i]!) / 100 : 0
      return { net, fee, total: isMissing ? null : net + 3.25 * fee, other: u[i] }
    }
    const linesWith = (rows: number) => {
      const table = tableOf(feeWith(rows))
      return (fitTable(table, { others: table }).relations ?? []).map(describeRelation)
    }
    expect(linesWith(3)).toEqual(['total is net + 3.25 fee'])
    expect(JSON.stringify(linesWith(2))).not.toContain('3.25')
  })

  it('have the years of dates as these are encoded, whose ends are of three rows', () => {
    const day = (year: number, i: number) => `${year}-0${1 + (i % 9)}-1${i % 9}`
    const table = tableOf((i) => {
      const year = i === 0 ? 1931 : 1990 + (i % 12)
      return { paid: day(year, i), year, n: u[i] }
    })
    const [relation, ...others] = fitTable(table).relations as readonly LookUp[]
    expect(others).toEqual([])
    expect(describeRelation(relation!)).toBe('year is the year of paid')
    expect(JSON.stringify(relation)).not.toContain('1931')
    expect(relation!.part!.first).toBeGreaterThan(1931)
    expect(relation!.to.at(-1)).toBe(2001)
  })

  it('have seasons of local time that begin with a day, and not between two rows', () => {
    const visits = visitTable(700)
    const dated = fitTable(visits).relations!.find(({ kind }) => kind === 'dated') as DateOfParts
    expect(dated.from.length).toBeGreaterThan(2)
    for (const time of dated.from) expect(time % 86_400_000).toBe(0)
  })
})

describe('what relations and rules hold', () => {
  it('is counted by each kind', () => {
    const encoding = fitTable(flightTable(700), { rules: ['seen(origin, dest)', 'price >= 0'] })
    const { relations = [], rules = [] } = encoding
    const held = heldByRelations(encoding)
    const entries = (relations as readonly LookUp[]).map(({ by, column, to }) => ({
      columns: [...by, column],
      count: to.length,
      noun: ['combination', 'combinations'],
    }))
    const [seen] = rules as readonly (Rule & { readonly rows: readonly unknown[] })[]
    const ofRules = {
      columns: ['origin', 'dest'],
      count: seen!.rows.length,
      noun: ['combination', 'combinations'],
    }
    expect(held).toEqual([...entries, ofRules])
    expect(seen!.rows.length).toBeGreaterThan(10)
  })

  it('is there of every kind of relation', () => {
    const tables = [orderTable(700), visitTable(700), subscriptionTable(700), playerTable(700)]
    const nouns = new Set<string>()
    for (const table of tables) {
      const encoding = fitTable(table)
      for (const relation of encoding.relations!)
        for (const { noun, count, columns, hasEnds } of heldByRelations({
          columns: [],
          relations: [relation],
        })) {
          expect(count).toBeGreaterThan(0)
          expect(columns).toContain(relation.column)
          nouns.add(`${relation.kind}: ${noun[1]}${hasEnds ? ' and ends' : ''}`)
        }
    }
    expect([...nouns].sort()).toEqual([
      'dated: dates',
      'dated: values and ends',
      'dated: years and ends',
      'linear: factors',
      'linear: values and ends',
      'look-up: values',
      'order: values and ends',
    ])
  })
})
