import { expect, it } from 'vitest'
import { hashOf, mayShare, type Settings, settingsIn } from '../../../web/studio/src/link.ts'

const settings: Settings = {
  columns: ['a', '__proto__', 'naïve \u202e<b>'],
  types: { a: 'number' },
  rules: ['unique(a)', 'a <= b'],
  minCategory: 2,
  count: 20,
  seed: 3,
}
const hashOfText = (text: string) => `#settings=${Buffer.from(text).toString('base64url')}`
const hashOfJson = (json: unknown) => hashOfText(JSON.stringify(json))

it('a link gives the settings that it was made of, and what it leaves out by default', () => {
  expect(settingsIn(hashOf(settings))).toEqual(settings)
  expect(settingsIn(hashOfJson({ columns: ['a'] }))).toEqual({
    ...{ columns: ['a'], types: {}, rules: [], minCategory: 1, count: 1000, seed: 7 },
  })
  expect(settingsIn('')).toBeUndefined()
  expect(settingsIn('#train')).toBeUndefined()
  // as many columns as a call of a function could not take
  const columns = Array.from({ length: 9000 }, (_, k) => `a column with a long name, number ${k}`)
  expect(settingsIn(hashOf({ ...settings, columns }))?.columns).toEqual(columns)
})

it('a link’s types name columns alone, whatever these are called', () => {
  const { types } = settingsIn(
    hashOfText('{"columns":["a"],"types":{"__proto__":"number","constructor":"date"}}'),
  )!
  expect(Object.entries(types)).toEqual([
    ['__proto__', 'number'],
    ['constructor', 'date'],
  ])
  expect(({} as Record<string, unknown>).number).toBeUndefined()
})

it.each([
  ['no base64', '#settings=<script>'],
  ['cut off', hashOf(settings).slice(0, -5)],
  ['nothing', '#settings='],
  ['no JSON', hashOfText('{columns')],
  ['a number', hashOfJson(5)],
  ['null', hashOfJson(null)],
  ['a list', hashOfJson([settings])],
  ['no columns', hashOfJson({ types: {} })],
  ['columns that are no texts', hashOfJson({ ...settings, columns: [{ toString: 'a' }] })],
  ['too many columns', hashOfJson({ ...settings, columns: Array(10_001).fill('a') })],
  ['types that are no texts', hashOfJson({ ...settings, types: { a: { by: 'number' } } })],
  ['types that are a list', hashOfJson({ ...settings, types: ['number'] })],
  ['rules that are a text', hashOfJson({ ...settings, rules: 'unique(a)' })],
  ['a rule that no link has', hashOfJson({ ...settings, rules: ["if a = 'x' then b is set"] })],
  ['too many rules', hashOfJson({ ...settings, rules: Array(101).fill('unique(a)') })],
  ['a rule without end', hashOfJson({ ...settings, rules: [`${'a = '.repeat(100_000)}1`] })],
  ['no rows', hashOfJson({ ...settings, count: 0 })],
  ['a number without end', hashOfText('{"columns":["a"],"count":1e999}')],
  ['a count that is a text', hashOfJson({ ...settings, count: '20' })],
  ['half a row', hashOfJson({ ...settings, count: 1.5 })],
  ['a seed below 0', hashOfJson({ ...settings, seed: -1 })],
  ['a seed that is too large', hashOfJson({ ...settings, seed: 2 ** 40 })],
  ['names merged by null', hashOfJson({ ...settings, minCategory: null })],
])('a link is refused in a line if it holds %s', (_, hash) => {
  expect(() => settingsIn(hash)).toThrow(
    'The settings of this link can’t be read: ask for the whole link again.',
  )
})

it('a link holds rules of columns, which quote no cell', () => {
  expect(['unique(a)', 'a <= b', "a = 'x'", 'a <= 5', 'a in b', 'a < b in c'].map(mayShare)).toEqual([
    ...[true, true, false, false, false, false],
  ])
})
