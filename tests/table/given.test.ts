import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conditionIn, listIn } from '../../src/table/condition-text.ts'
import { fitTable } from '../../src/table/encodings/fit.ts'
import { givenFrom } from '../../src/table/given.ts'
import { knownOf, knownWarnings } from '../../src/table/known.ts'
import { expectRefused } from '../helpers/refusals.ts'

describe('conditions as texts', () => {
  it('are a column and its value, split at the first =, and no value is a gap', () => {
    expect(givenFrom(['sex=female', ' age =39', 'sum=a=b', 'city= ', 'note='])).toEqual({
      sex: 'female',
      age: '39',
      sum: 'a=b',
      city: null,
      note: null,
    })
    expect(givenFrom([])).toEqual({})
    expect(givenFrom(['age > 18', 'age<65'])).toEqual({ age: { above: '18', below: '65' } })
  })

  it.each<[string, object]>([
    ['age <= 65', { age: { to: '65' } }],
    ['state!=CA', { state: { not: ['CA'] } }],
    ['day in 2020-01-01..2020-12-31', { day: { from: '2020-01-01', to: '2020-12-31' } }],
    ['a>=b=c', { a: { from: 'b=c' } }],
    ['city in Paris, New York', { city: { in: ['Paris', 'New York'] } }],
    ['city in "Washington, D.C.",Paris', { city: { in: ['Washington, D.C.', 'Paris'] } }],
    ['city in Paris , "St. ""John"", N.B." ,Rome', { city: { in: ['Paris', 'St. "John", N.B.', 'Rome'] } }],
    ['name in "a..b"', { name: { in: ['a..b'] } }],
    ["name in 's-Hertogenbosch", { name: { in: ["'s-Hertogenbosch"] } }],
    ['income in <=50K,>50K', { income: { in: ['<=50K', '>50K'] } }],
    ['note= in a, b', { note: 'in a, b' }],
    ['note in "a=b",c', { note: { in: ['a=b', 'c'] } }],
    ['city="Washington, D.C."', { city: 'Washington, D.C.' }],
    ['"unit price">=40', { 'unit price': { from: '40' } }],
    ['"a=b" in 1..2', { 'a=b': { from: '1', to: '2' } }],
    ['"height in cm" != "1,5"', { 'height in cm': { not: ['1,5'] } }],
    ['height in cm>=170', { 'height in cm': { from: '170' } }],
    ['size in S', { size: { in: ['S'] } }],
  ])('%s is %j', (text, given) => {
    expect(givenFrom([text])).toEqual(given)
  })

  it('are refused without a column or an =, and if they name a column twice', () => {
    for (const pair of ['sex', '=female', '', '""=a', 'in CA'])
      expectRefused(() => givenFrom([pair]), /give a column and its value, such as sex=female/)
    for (const pair of ['age >=', 'age in '])
      expectRefused(() => givenFrom([pair]), `\`given\` ${pair}: give what age is to be`)
    for (const pairs of [
      ['a>=1', 'a>=2'],
      ['a=3', 'a<5'],
      ['a<5', 'a=3'],
      ['a=1', 'b=2', 'a=2'],
      ['a=1', 'a =1'],
      ['a=', 'a=1'],
    ])
      expectRefused(() => givenFrom(pairs), /column a is given twice: give one value/)
  })
})

describe('a given date that no training row has', () => {
  const day = 86_400_000
  const since = Date.UTC(2020, 0, 1)
  const dates = (count: number, every: number) => {
    const cells = Float64Array.from({ length: count }, (_, i) => since + every * day * (i % 400))
    return fitTable({ count, columns: [{ name: 'born', kind: 'date', form: 'YYYY-MM-DD', cells }] })
  }
  const warningsOf = (encoding: ReturnType<typeof dates>, born: string) =>
    knownWarnings(encoding, knownOf(encoding, { born }))

  it.each([1, 7])('has a warning outside the range of rows that are %i days apart', (every) => {
    const encoding = dates(1200, every)
    const last = every === 1 ? '2021-02-03' : '2027-08-25'
    expect(warningsOf(encoding, '2031-05-06')).toEqual([
      `column born is 2031-05-06: the training rows have about 2020-01-01 to ${last}, ` +
        'so the rest of the row is drawn for the nearest of these',
    ])
    expect(warningsOf(encoding, '2019-12-31').length).toBe(1)
    expect(warningsOf(encoding, '2020-01-01')).toEqual([])
    expect(warningsOf(encoding, last)).toEqual([])
  })
})

describe('a condition in one pass', () => {
  const quotes = '"(?:[^"]|"")*"'
  const sign = '>=|<=|!=|=|>|<'
  /** The forms of a condition as regular expressions, which need the square of its length, and the first counts. */
  const forms = [
    new RegExp(`^(?<name>${quotes})\\s*(?<sign>${sign}|in\\s)\\s?(?<value>.*)$`, 's'),
    /^(?<name>[^<>=!]*?)\s+(?<sign>in\s)\s*(?<value>(?:["<>=!]|[^<>=!]*[",]).*)$/s,
    new RegExp(`^(?<name>.*?)\\s*(?<sign>${sign})\\s?(?<value>.*)$`, 's'),
    /^(?<name>.*?)\s+(?<sign>in\s)\s*(?<value>.*)$/s,
  ]
  const items = new RegExp(`(?<=^|,)(?:\\s*${quotes}\\s*(?=,|$)|[^,]*)`, 'g')
  const plain = (text: string) =>
    new RegExp(`^${quotes}$`).test(text.trim()) ? text.trim().slice(1, -1).replaceAll('""', '"') : text
  const texts = fc.array(
    fc.constantFrom('a', 'b', '"', '""', ',', ' ', '\n', 'in', ' in ', '=', '<', '>', '!', '.'),
    {
      maxLength: 14,
    },
  )

  it('has the parts that the forms give it', () => {
    fc.assert(
      fc.property(texts, (pieces) => {
        const text = pieces.join('')
        const groups = forms.map((form) => form.exec(text.trimStart())?.groups).find((match) => match)
        const found = conditionIn(text)
        const { name, sign = '', value = '' } = groups ?? {}
        expect(found?.name).toBe(name)
        expect(found?.sign ?? '').toBe(sign.trim())
        // the spaces around a list are left out anyway
        expect(sign.startsWith('in') ? found?.value.trim() : (found?.value ?? '')).toBe(
          sign.startsWith('in') ? value.trim() : value,
        )
      }),
      { numRuns: 20_000, seed: 1 },
    )
  })

  it('has the values of a list that the forms give it', () => {
    fc.assert(
      fc.property(texts, (pieces) => {
        const text = pieces.join('')
        expect(listIn(text)).toEqual(text.match(items)!.map((each) => plain(each.trim())))
      }),
      { numRuns: 20_000, seed: 1 },
    )
  })

  it('has at most a million characters', () => {
    const long = `a in ${'b,'.repeat(499_997)}`
    expect(givenFrom([`${long}b`])).toHaveProperty('a')
    expectRefused(
      () => givenFrom([`${long}bb`]),
      /^`given` a in b,b,.*: give a condition of at most 1,000,000 characters$/,
    )
  })
})
