import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { readRows } from '../../../src/table/inference/rows.ts'
import { fitRules, ruleSchema, ruleTest, type SeenRule } from '../../../src/table/rules/index.ts'
import { parseRules } from '../../../src/table/rules/parse.ts'
import { columnCells, type NamedTable, namesOf, rowsBetween } from '../../../src/table/table.ts'
import { expectRefused } from '../../helpers/refusals.ts'

type Row = Readonly<Record<string, string | number | boolean | null>>

const types = {
  start: 'date',
  end: 'date',
  seen: 'date',
  a: 'number',
  b: 'number',
  c: 'number',
  n: 'integer',
  sex: 'category',
  town: 'category',
  paid: 'boolean',
} as const

const full: Row = {
  start: '2020-03-01',
  end: '2020-03-04',
  seen: '2020-03-02 14:30',
  a: 1,
  b: 2,
  c: 3,
  n: 4,
  sex: 'f',
  town: 'Bern',
  paid: false,
}

/** Rows that differ from one in these cells, with names of other rows. */
function tableOf(rows: readonly Row[]): NamedTable {
  const others: Row = { ...full, seen: '2020-03-03 09:15', sex: 'm', town: 'Rome', paid: true }
  const all = [...rows.map((row) => ({ ...full, ...row })), full, others]
  const table = readRows(all, 'rows.csv', { choice: { types }, minRows: 1 })
  return { name: 'rows.csv', ...rowsBetween(table, 0, rows.length) }
}

function testOf(rule: string, rows: readonly Row[]): boolean[] {
  const table = tableOf(rows)
  const isMet = parseRules([rule], namesOf(table)).map((each) => ruleTest(each, table.columns))
  const cells = columnCells(table)
  return rows.map((_, i) => isMet.every((test) => test(cells, i)))
}

/** A rule, rows that meet it and rows that break it. */
const cases: readonly (readonly [string, readonly Row[], readonly Row[]])[] = [
  ['start <= end', [{}, { end: '2020-03-01' }, { start: null }, { end: null }], [{ end: '2020-02-28' }]],
  ['start < end', [{}, { end: null }], [{ end: '2020-03-01' }]],
  ['start <= seen', [{}, { seen: '2020-03-01 00:00' }], [{ seen: '2020-02-29 23:59' }]],
  ['a < b < c', [{}, { b: null }, { a: null, b: null }], [{ b: 3 }, { b: null, c: 1 }, { a: 5, b: null }]],
  [
    'a <= b <= c',
    [
      { b: 1, c: 1 },
      { b: null, c: 1 },
    ],
    [{ b: null, c: 0.5 }],
  ],
  ['a < b <= c', [{ b: null }], [{ a: 3, b: null }]],
  ['a < n', [{}, { n: null }], [{ n: 1 }]],
  ['c = a + b', [{}, { a: null }, { c: null }, { a: 0.1, b: 0.2, c: 0.3 }], [{ c: 3.01 }]],
  ['b = c - 1 * a', [{}, { a: null }], [{ b: 1 }]],
  ['c = a * b', [{ c: 2 }, { a: 0, c: 0 }, { b: null }], [{}]],
  ['n = 4 * a', [{}, { a: 0.5, n: 2 }], [{ n: 3 }]],
  ['a in 0..2', [{}, { a: 0 }, { a: 2 }, { a: null }], [{ a: 2.01 }, { a: -1 }]],
  ['0 < a < 2', [{}, { a: null }], [{ a: 0 }, { a: 2 }]],
  ['a in 1, 3', [{}, { a: 3 }, { a: null }], [{ a: 2 }]],
  ['a != 2', [{}, { a: null }], [{ a: 2 }]],
  ['sex = f', [{}, { sex: null }], [{ sex: 'm' }]],
  ['paid = false', [{}, { paid: null }], [{ paid: true }]],
  ['a is set', [{}], [{ a: null }]],
  ['a is missing', [{ a: null }], [{}]],
  ['seen <= 2020-03-02', [{}, { seen: '2020-03-02 23:59' }], [{ seen: '2020-03-03 00:00' }]],
  ['seen > 2020-03-01', [{}, { seen: '2020-03-02 00:00' }], [{ seen: '2020-03-01 23:59' }]],
  ['start in 2020-02-01..2020-03-01', [{}, { start: null }], [{ start: '2020-03-02' }]],
  [
    'if sex = m then town = Rome',
    [{}, { sex: 'm', town: 'Rome' }, { sex: null }],
    [{ sex: 'm' }, { sex: 'm', town: null }],
  ],
  ['if a >= 1 and b < 2 then c is missing', [{}, { a: null, b: 1 }, { b: 1, c: null }], [{ b: 1 }]],
  [
    'if c is missing then a > 5 and paid = true',
    [{}, { c: null, a: 6, paid: true }],
    [{ c: null }, { c: null, a: 6 }, { c: null, a: null, paid: true }],
  ],
]

describe('rows, also with gaps,', () => {
  it.each(cases)('meet or break %s', (rule, meeting, breaking) => {
    expect(testOf(rule, meeting)).toEqual(meeting.map(() => true))
    expect(testOf(rule, breaking)).toEqual(breaking.map(() => false))
  })

  it('have seen combinations, gaps among them, and no other', () => {
    const three = [{}, { sex: 'm', town: null }, { town: 'Rome' }].flatMap((row) => [row, row, row])
    const table = tableOf([...three, { sex: 'm' }, { sex: 'm' }])
    const [rule] = fitRules(parseRules(['seen(sex, town)'], namesOf(table)), table)
    const test = ruleTest(rule!, table.columns)
    const of = (rows: readonly Row[]) => {
      const cells = columnCells(tableOf(rows))
      return rows.map((_, i) => test(cells, i))
    }
    expect(of([{}, { sex: 'm', town: null }, { town: 'Rome' }])).toEqual([true, true, true])
    // two rows of the table have the first of these
    expect(of([{ sex: 'm' }, { town: null }, { sex: null }])).toEqual([false, false, false])
    expect((rule as SeenRule).rows!.length).toBe(3)
    const message = 'rule seen(n, a): no combination is that of 3 rows or more'
    expectRefused(
      () => fitRules(parseRules(['seen(n, a)'], namesOf(table)), tableOf([{}, { n: 5 }])),
      message,
    )
  })
})

describe('rules that are stated for rows', () => {
  const fitted = (rules: readonly string[], rows: readonly Row[]) => {
    const table = tableOf(rows)
    return fitRules(parseRules(rules, namesOf(table)), table)
  }

  it.each([
    [
      'start <= end',
      /^rule start <= end: /,
      /2 of 4 rows of rows\.csv break it, first row 2, where start is 2020-03-01 and end is 2020-02-01: correct the rows or leave the rule out$/,
    ],
    [
      'unique(town)',
      /^rule unique\(town\): /,
      /2 of 4 rows of rows\.csv break it, first row 3, where town is Bern/,
    ],
  ])('%s are refused with the first row that breaks them and how many', (rule, start, message) => {
    const rows: Row[] = [{}, { end: '2020-02-01', town: 'Rome' }, {}, { end: '2020-02-02' }]
    expectRefused(() => fitted([rule], rows), start)
    expectRefused(() => fitted([rule], rows), message)
  })

  it('say so of a single row', () => {
    expectRefused(
      () => fitted(['a < b'], [{}, { b: null }, { a: 3 }]),
      '1 of 3 rows of rows.csv breaks it, first row 3, where a is 3 and b is 2',
    )
    expectRefused(
      () => fitted(['a is set'], [{}, { a: null }]),
      '1 of 2 rows of rows.csv breaks it, first row 2, where a is missing',
    )
  })

  it.each([
    ['start < a', "start is a date and a a number, which can't be compared"],
    ['a < sex', "a is a number and sex a category, which can't be compared"],
    ['sex < town', 'sex is a category, which has no order: give numbers or dates'],
    ['c = a + sex', 'sex is a category: give numbers'],
    ['start = end', 'start is a date: give numbers'],
    ['sex > f', 'column sex is a category, which has no order: give values, as in sex in a, b'],
    ['if sex = y then a > 1', "column sex is 'y': choose from f, m"],
  ])('%s are refused by the kinds of their columns', (rule, problem) => {
    expectRefused(() => fitted([rule], [{}]), `rule ${rule}: ${problem}`)
  })

  it('that contradict each other are refused, since no row meets both', () => {
    expectRefused(
      () => fitted(['start <= end', 'start > end'], [{}, {}]),
      'rule end < start: 2 of 2 rows of rows.csv break it',
    )
    expectRefused(() => fitted(['a in 0..1', 'a > 1'], [{}]), 'rule a > 1: 1 of 1 row of rows.csv breaks it')
  })

  it('keep the decimals of sums and products, to which these are rounded', () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({
      a: 1 + i / 8,
      b: 2.5,
      c: Math.round(100 * (1 + i / 8) * 2.5) / 100,
    }))
    expect(fitted(['c = a * b'], rows)).toEqual([
      { kind: 'product', column: 'c', by: ['a', 'b'], decimals: 2 },
    ])
    expectRefused(() => fitted(['c = a * b'], [...rows, { a: 1, b: 1, c: 1.02 }]), '1 of 41 rows')
  })

  it("are plain data that the card's schema takes, and refuses if they are incomplete", () => {
    const rules = fitted(
      ['start < end', 'c = a + b', 'unique(n)', 'seen(sex, town)', 'if a > 0 then b is set', 'a in 0..9'],
      [{}, { n: 5 }, { n: 6 }, { n: 7, sex: 'm' }],
    )
    for (const rule of rules) {
      const card = JSON.parse(JSON.stringify(rule))
      expect(v.parse(ruleSchema, card)).toEqual(card)
      expect(v.safeParse(ruleSchema, { ...card, more: 1 }).success).toBe(false)
    }
    for (const wrong of [
      { kind: 'order', columns: ['a', 'b'], strict: [] },
      { kind: 'sum', column: 'a', by: ['b'], times: [] },
      { kind: 'other' },
    ])
      expect(v.safeParse(ruleSchema, wrong).success).toBe(false)
  })

  it('of sums and products are relations, also if each of two follows from the other', () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      a: i % 13,
      b: (i * 7) % 11,
      c: (i % 13) * ((i * 7) % 11),
      n: i,
    }))
    const encoding = fitTable(tableOf(rows), { rules: ['c = a * b'] })
    expect(encoding.relations!.find(({ column }) => column === 'c')).toMatchObject({
      kind: 'product',
      by: ['a', 'b'],
    })
    const sums = rows.map(({ a, b, ...row }) => ({ ...row, a, b, c: a + b }))
    const both = fitTable(tableOf(sums), { rules: ['c = a + b', 'a = c - b'] })
    expect(both.rules!.length).toBe(2)
    expect(both.relations!.filter(({ kind }) => kind === 'linear').length).toBe(1)
  })
})
