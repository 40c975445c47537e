import { describe, expect, it } from 'vitest'
import { describeRule, fitRules, type Rule } from '../../../src/table/rules/index.ts'
import { longNamesOf, withLongNames } from '../../../src/table/rules/names.ts'
import { parseRules } from '../../../src/table/rules/parse.ts'
import type { Token } from '../../../src/table/rules/tokens.ts'
import { tableOfPoints } from '../../../src/table/table.ts'
import { expectRefused } from '../../helpers/refusals.ts'

const columns = [
  'Cost',
  'Cost Repair',
  'Cost Repair Total',
  'Cost Total $',
  'Cost (EUR)',
  'Ship  Date',
  'a',
  'b',
  'a - b',
  'time in bed',
  'a is set',
  'if paid',
  'then b',
  "driver's age",
  '2*a',
]

const order = (...names: string[]): Rule => ({ kind: 'order', columns: names, strict: [false] })

describe('names of several words', () => {
  it.each<[string, Rule]>([
    ['Cost Repair <= Cost Total $', order('Cost Repair', 'Cost Total $')],
    ['Cost <= Cost Repair', order('Cost', 'Cost Repair')],
    ['Cost   Repair Total >= Cost', order('Cost', 'Cost Repair Total')],
    ['Cost (EUR) <= a', order('Cost (EUR)', 'a')],
    ['"Cost Repair" <= Ship Date', order('Cost Repair', 'Ship  Date')],
    ['unique(Cost (EUR), Ship Date)', { kind: 'unique', columns: ['Cost (EUR)', 'Ship  Date'] }],
    ['Cost Repair in 0..5', { kind: 'range', column: 'Cost Repair', from: '0', to: '5' }],
    ['time in bed > 5', { kind: 'range', column: 'time in bed', above: '5' }],
    [
      'Cost = Cost Repair + 2 * Ship Date',
      { kind: 'sum', column: 'Cost', by: ['Cost Repair', 'Ship  Date'], times: [1, 2] },
    ],
    [
      'if Cost Repair > 5 then Ship Date is set',
      {
        kind: 'if',
        when: [{ column: 'Cost Repair', above: '5' }],
        must: [{ column: 'Ship  Date', isSet: true }],
      },
    ],
  ])('need no quotes where nothing else can be meant: %s', (text, rule) => {
    expect(parseRules([text], columns)).toEqual([rule])
    expect(parseRules([describeRule(rule)], columns)).toEqual([rule])
  })

  it.each<[string, Rule]>([
    ['Cost = a - b', { kind: 'sum', column: 'Cost', by: ['a', 'b'], times: [1, -1] }],
    ['Cost = 2*a', { kind: 'sum', column: 'Cost', by: ['a'], times: [2] }],
    ['a is set', { kind: 'range', column: 'a', isSet: true }],
    ['"a is set" <= 5', { kind: 'range', column: 'a is set', to: '5' }],
    ['"driver\'s age" <= 5', { kind: 'range', column: "driver's age", to: '5' }],
  ])('mean what they meant before where there are two readings: %s', (text, rule) => {
    expect(parseRules([text], columns)).toEqual([rule])
  })

  it.each([
    ['Cost repair <= a', 'put a name of several words in double quotes, as in "Cost Repair"'],
    ['Repair <= 5', 'put a name of several words in double quotes, as in "Cost Repair"'],
    ["driver's age <= 5", 'close its quotes'],
    ['Cost Repair Cost <= a', 'give a comparison'],
  ])('%s is refused: %s', (text, problem) => {
    expectRefused(() => parseRules([text], columns), problem)
  })

  it('that differ in their spaces alone need quotes', () => {
    expectRefused(
      () => parseRules(['net pay <= 5'], ['net pay', 'net  pay']),
      'in double quotes, as in "net pay"',
    )
    expect(parseRules(['"net  pay" <= 5'], ['net pay', 'net  pay'])).toEqual([
      { kind: 'range', column: 'net  pay', to: '5' },
    ])
  })

  it('are looked for with a number of looks that a rule and the longest name bound', () => {
    const name = (count: number) => Array.from({ length: count }, () => 'w').join(' ')
    const names = longNamesOf([name(15), name(10_000)])
    let looks = 0
    const tokens = Array.from({ length: 2000 }, (): Token => {
      return {
        is: 'word',
        get text() {
          looks++
          return 'w'
        },
      }
    })
    withLongNames([...tokens, { is: 'word', text: 'v' }], names)
    expect(looks).toBeLessThan(20 * tokens.length)
  })

  it('that a terminal would obey are described by their codes, and read again', () => {
    const hostile = 'a\u001b[31m "\\\n\u202eb'
    for (const rule of [
      order(hostile, 'a'),
      { kind: 'range', column: hostile, in: [`it's\u001b[31m\\u0041`] } as const,
    ]) {
      const text = describeRule(rule)
      expect(text).not.toMatch(/[\p{C}\u2028\u2029]/u)
      expect(parseRules([text], [hostile, 'a'])).toEqual([rule])
    }
  })
})

describe('a value that may be a mistyped name', () => {
  const table = {
    name: 'rows',
    ...tableOfPoints(
      [
        { name: 'start', kind: 'number' },
        { name: 'status', kind: 'category', categories: ['new', 'done'] },
        { name: 'Cost Repair', kind: 'number' },
      ],
      { data: new Float64Array([1, 0, 1]), count: 1, dim: 3 },
    ),
  } as const
  it.each([
    [
      'start = Repair',
      "column start is 'Repair': give a number; there is no column Repair (did you mean Cost Repair?)",
    ],
    [
      'status = statuss',
      "column status is 'statuss': choose from new, done; there is no column statuss (did you mean status?)",
    ],
    ['start = abc', "column start is 'abc': give a number; there is no column abc"],
    ['if status = new then start = statu', 'there is no column statu (did you mean status?)'],
  ])('is said to be no column: %s', (text, said) => {
    expectRefused(
      () =>
        fitRules(
          parseRules(
            [text],
            table.columns.map(({ name }) => name),
          ),
          table,
        ),
      said,
    )
  })
  it('is a value where that has the nearest name', () => {
    expectRefused(
      () => fitRules(parseRules(['status = neww'], ['start', 'status', 'Cost Repair']), table),
      "rule status = neww: column status is 'neww' (did you mean new?): choose from new, done",
    )
  })
})
