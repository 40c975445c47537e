import { describe, expect, it } from 'vitest'
import { describeRule, type Rule } from '../../../src/table/rules/index.ts'
import { parseRules } from '../../../src/table/rules/parse.ts'
import { expectRefused } from '../../helpers/refusals.ts'

const columns = ['a', 'b', 'c', 'net', 'gross', 'tax', 'status', 'shipped at', 'in', 'shop', 'year', 'größe']

const range = (column: string, more: object): Rule => ({ kind: 'range', column, ...more })

/** Rules as people write them, what they mean, and how they are described if it differs. */
const rules: readonly (readonly [string, readonly Rule[], string?])[] = [
  ['a <= b', [{ kind: 'order', columns: ['a', 'b'], strict: [false] }]],
  ['a < b <= c', [{ kind: 'order', columns: ['a', 'b', 'c'], strict: [true, false] }]],
  ['c >= b > a', [{ kind: 'order', columns: ['a', 'b', 'c'], strict: [true, false] }], 'a < b <= c'],
  [
    'a < b > c',
    [
      { kind: 'order', columns: ['a', 'b'], strict: [true] },
      { kind: 'order', columns: ['c', 'b'], strict: [true] },
    ],
    'a < b; c < b',
  ],
  ['0 <= a < 10', [range('a', { from: '0' }), range('a', { below: '10' })], 'a >= 0; a < 10'],
  ['a > 5', [range('a', { above: '5' })]],
  ['a in -1.5..10', [range('a', { from: '-1.5', to: '10' })]],
  ['status in new, done', [range('status', { in: ['new', 'done'] })]],
  ["status in 'a..b', c", [range('status', { in: ['a..b', 'c'] })]],
  ["status in 'a..b', 'c'", [range('status', { in: ['a..b', 'c'] })], "status in 'a..b', c"],
  ['status = new', [range('status', { in: ['new'] })]],
  ['status != old', [range('status', { not: ['old'] })]],
  [String.raw`status = 'it\'s, so'`, [range('status', { in: ["it's, so"] })]],
  ["status = 'a+b'", [range('status', { in: ['a+b'] })]],
  ['status is new', [range('status', { in: ['new'] })], 'status = new'],
  ['status is not new', [range('status', { not: ['new'] })], 'status != new'],
  ['a is set', [range('a', { isSet: true })]],
  ['a is not set', [range('a', { isSet: false })], 'a is missing'],
  ['net = gross - tax', [{ kind: 'sum', column: 'net', by: ['gross', 'tax'], times: [1, -1] }]],
  ['net = - tax + 1.5 * gross', [{ kind: 'sum', column: 'net', by: ['tax', 'gross'], times: [-1, 1.5] }]],
  ['net = gross * 2', [{ kind: 'sum', column: 'net', by: ['gross'], times: [2] }], 'net = 2 * gross'],
  ['net = gross', [{ kind: 'sum', column: 'net', by: ['gross'], times: [1] }]],
  ['net = gross * tax * a', [{ kind: 'product', column: 'net', by: ['gross', 'tax', 'a'] }]],
  ['unique(a)', [{ kind: 'unique', columns: ['a'] }]],
  [
    'UNIQUE ( year , "shipped at" )',
    [{ kind: 'unique', columns: ['year', 'shipped at'] }],
    'unique(year, "shipped at")',
  ],
  ['seen(shop, "in")', [{ kind: 'seen', columns: ['shop', 'in'] }]],
  ['größe > 3', [range('größe', { above: '3' })]],
  [
    'if status = shipped then "shipped at" is set',
    [
      {
        kind: 'if',
        when: [{ column: 'status', in: ['shipped'] }],
        must: [{ column: 'shipped at', isSet: true }],
      },
    ],
  ],
  [
    'if a >= 1 and a < 5 and status != old then b in 1, 2 and c is missing',
    [
      {
        kind: 'if',
        when: [
          { column: 'a', from: '1', below: '5' },
          { column: 'status', not: ['old'] },
        ],
        must: [
          { column: 'b', in: ['1', '2'] },
          { column: 'c', isSet: false },
        ],
      },
    ],
  ],
]

describe('rules as people write them', () => {
  it.each(rules.map(([text, meaning, again = text]) => [text, meaning, again] as const))(
    '%s',
    (text, expected, described) => {
      const parsed = parseRules([text], columns)
      expect(parsed).toEqual(expected)
      const again = parsed.map(describeRule)
      expect(again.join('; ')).toBe(described)
      // what is described means the same
      expect(parseRules(again, columns)).toEqual(expected)
    },
  )

  it.each([
    ['', 'a column or a value is missing at its end'],
    ['a', "give a comparison, as in 'start <= end'"],
    ['a <=', 'a column or a value is missing at its end'],
    ['<= a', "a column or a value is missing before '<='"],
    ['tax <= grosss', 'the rows have no column grosss (did you mean gross?)'],
    ['grosss >= tax', 'the rows have no column grosss (did you mean gross?)'],
    ['a <= b c', 'give a comparison'],
    ['a = b = c', "'=' was not expected"],
    ['1 < 2', 'neither 1 nor 2 is a column'],
    ['a != b', "'!=' stands between two columns: give <, <=, > or >="],
    ['net = gross + 5', 'give a sum of columns, which may have factors, or a product of columns'],
    ['net = gross * tax + a', 'give a sum of columns'],
    ['net = gross + gross', 'gross stands twice'],
    ['net = net + tax', 'net stands twice'],
    ['net = gross - taxx', 'the rows have no column taxx (did you mean tax?)'],
    ['unique(a, a)', 'a stands twice'],
    ['unique(a', "a ')' is missing"],
    ['unique()', "a column's name is missing"],
    ['unique(shopp)', 'the rows have no column shopp (did you mean shop?)'],
    ['seen(shop)', 'a column has only the values of the rows anyway: give two or more'],
    ['if a > 1', "give what follows, as in 'if age < 18 then married = no'"],
    ['if a then b = 1', 'give what a is to be, as in a >= 18 or a in a, b'],
    ['if statuss = 1 then b = 1', 'the rows have no column statuss (did you mean status?)'],
    ['a in', 'a value is missing'],
    ['a in 1,', 'a value is missing'],
    ["status = 'new", 'cannot be read: close its quotes'],
    ['a > 1 and b > 2', 'give a comparison'],
  ])('%s is refused: %s', (text, problem) => {
    expectRefused(() => parseRules([text], columns), `rule ${text}: `)
    expectRefused(() => parseRules([text], columns), problem)
  })
})
