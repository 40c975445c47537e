/** Whatever small table is trained on: ten times its rows come out, all of its columns. */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadNodeFaker } from '../../../src/node/faker.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { isIban, withCheckDigits } from '../../../src/table/generated/check-digits.ts'
import { provideFaker } from '../../../src/table/generated/faker.ts'
import { generatorOf } from '../../../src/table/generated/index.ts'
import { tableFrom } from '../../../src/table/inference/rows.ts'
import { leastRows } from '../../../src/table/least-rows.ts'
import type { Column, NamedTable } from '../../../src/table/table.ts'
import { prepareGenerated } from '../../../src/train/generated-columns.ts'
import { digits, upper } from './texts.ts'

beforeAll(() => provideFaker(loadNodeFaker))

const textOf = (set: string, minLength: number, maxLength = minLength) =>
  fc.string({ unit: fc.constantFrom(...set), minLength, maxLength })
const someOf = (text: fc.Arbitrary<string>, maxLength = 60) =>
  fc.array(text, { minLength: 2, maxLength }).filter((texts) => new Set(texts).size > 1)
const distinct = (text: fc.Arbitrary<string>, maxLength = 60) =>
  fc.uniqueArray(text, { minLength: 2, maxLength })
const allOf = (texts: readonly string[]) => fc.shuffledSubarray([...texts], { minLength: texts.length })
const pairs = (set: string) => [...set].flatMap((a) => [...set].map((b) => a + b))
const names = ['Ann', 'Bo', 'Cy', 'Dee']

/** Columns of texts that a small table may have, by what they are. */
const columns: Readonly<Record<string, fc.Arbitrary<readonly string[]>>> = {
  'few codes of a short format': distinct(textOf('ABC', 1, 3), 20),
  'codes that repeat': someOf(textOf('AB12', 2)),
  'one value again and again, and another': fc
    .integer({ min: 1, max: 40 })
    .map((n) => [...Array<string>(n).fill('A-1'), 'B-2']),
  'all codes of two letters': allOf(pairs(upper)),
  'nearly all codes of two letters, several times': fc
    .shuffledSubarray(pairs('ABCDEFGH'), { minLength: 60 })
    .map((codes) => [...codes, ...codes]),
  'ids of one digit': distinct(textOf(digits, 1), 10),
  'ids of one digit that repeat': someOf(textOf(digits, 1)),
  'upper-case letters': distinct(textOf(upper, 1), 26),
  'symbols of elements': distinct(
    fc.tuple(textOf(upper, 1), textOf('abcdeghiklmnorstu', 0, 1)).map((each) => each.join('')),
    118,
  ),
  'codes of mixed lengths': distinct(textOf('AZ09', 1, 6)),
  'codes of several shapes': distinct(
    fc.oneof(
      textOf(digits, 2),
      textOf('XYZ', 2),
      fc.tuple(textOf('XY', 1), textOf('01', 1)).map((c) => c.join('-')),
    ),
  ),
  'IBANs of few accounts': distinct(
    textOf('01', 10).map((account) => withCheckDigits(`NL00ABNA${account}`)),
    30,
  ),
  'e-mail addresses of few names': distinct(
    fc
      .tuple(fc.constantFrom(...names), fc.nat(30))
      .map(([name, n]) => `${name}${n || ''}@mail.org`.toLowerCase()),
  ),
  'e-mail addresses that repeat': someOf(fc.constantFrom(...names).map((name) => `${name}@mail.org`)),
  'telephone numbers': distinct(textOf(digits, 8).map((number) => `+31 6 ${number}`)),
  extensions: someOf(textOf(digits, 2).map((number) => `x${number}`)),
  'times of a clock': distinct(
    fc.tuple(fc.nat(23), fc.nat(59)).map((time) => time.map((n) => String(n).padStart(2, '0')).join(':')),
    200,
  ),
  'all numbers from 1 to 60': allOf(Array.from({ length: 60 }, (_, k) => `n${k + 1}`)),
  'numbers around 10^15': fc.constant(Array.from({ length: 41 }, (_, k) => `n${10 ** 15 - 700 + 35 * k}`)),
  'numbers up to 2^53': fc.constant(Array.from({ length: 30 }, (_, k) => `n${2 ** 53 - 1 - 3 * k}`)),
  'IP addresses': distinct(
    fc.tuple(fc.nat(3), fc.nat(255)).map(([a, b]) => `10.0.${a}.${b}`),
    200,
  ),
  versions: distinct(fc.tuple(fc.nat(3), fc.nat(12)).map(([a, b]) => `v${a}.${b}`)),
  seats: allOf(pairs('ABCDEF').map((pair) => `${pair[0]}-${pair[1]}`)),
  'other alphabets': distinct(textOf('東京大阪名古屋', 2)),
  'any words': distinct(fc.lorem({ maxCount: 1 })),
  anything: distinct(
    fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text.trim() === text && text !== ''),
  ),
}

/** A table of one column, as `train` prepares it. */
async function preparedOf(texts: readonly string[], name: string): Promise<NamedTable> {
  const rows = texts.map((text, i) => ({ [name]: text, x: i % 7 }))
  const { table, leftOut } = await prepareGenerated(
    tableFrom(rows, 'rows', { types: { [name]: 'text' } }),
    {},
  )
  expect(leftOut).toEqual([])
  return table
}

async function expectRoom(
  column: Column,
  texts: readonly string[],
  { withoutFaker = false, isUnique = false },
) {
  const count = 10 * texts.length
  const known = new Set(texts)
  const drawn = async (seed: number) => {
    const generator = (await generatorOf([column], { withoutFaker }))!
    expect(generator.leastRoom()?.texts ?? count).toBeGreaterThanOrEqual(count)
    return generator.texts(seed, column.name)
  }
  for (const seed of [0, 1]) {
    const textAt = await drawn(seed)
    const made = Array.from({ length: count }, (_, i) => textAt(i))
    expect(made.filter((text) => known.has(text))).toEqual([])
    if (isUnique) expect(new Set(made).size).toBe(count)
    // a format is that of three rows or more
    if (texts.length >= leastRows && texts.every(isIban)) expect(made.every(isIban)).toBe(true)
    const again = await drawn(seed)
    for (const i of [count - 1, Math.floor(count / 3), 0]) expect(again(i)).toBe(made[i])
  }
}

describe('ten times the rows', () => {
  it.each(Object.keys(columns))(
    'of %s can be drawn: none of them a text of the rows, and distinct where the rows are',
    async (name) => {
      const property = fc.asyncProperty(
        columns[name]!,
        fc.constantFrom('code', 'email', 'country'),
        async (texts, column) => {
          const table = await preparedOf(texts, column)
          const made = table.columns[0]!
          const isDistinct = new Set(texts).size === texts.length
          // faker's names differ only where a rule wants it
          const isUnique = isDistinct && (made.maker!.by === 'form' || made.maker!.isNumbered)
          expect(made.kind).toBe('text')
          await expectRoom(made, texts, { isUnique })
          await expectRoom(made, texts, { withoutFaker: true, isUnique })
        },
      )
      await fc.assert(property, { numRuns: name === 'all codes of two letters' ? 2 : 10, seed: 7 })
    },
  )

  it('can be drawn where a rule wants texts to differ that repeat in the rows', async () => {
    const property = fc.asyncProperty(
      fc.uniqueArray(textOf('AB', 2), { minLength: 2 }),
      fc.constantFrom('code', 'city'),
      async (texts, column) => {
        const rows = ['u', 'v', 'w', 'u', 'v'].flatMap((place, k) =>
          texts.map((text, i) => ({ [column]: text, place, k, i: k * 100 + i + 0.5 })),
        )
        const { table } = await prepareGenerated(
          tableFrom(rows, 'rows', { types: { [column]: 'text', place: 'category' } }),
          {},
        )
        const { columns } = fitTable(table, { rules: [`unique(${column}, k)`] })
        for (const withoutFaker of [false, true])
          await expectRoom(
            columns[0]!,
            rows.map((row) => String(row[column as 'place'])),
            { withoutFaker, isUnique: true },
          )
      },
    )
    await fc.assert(property, { numRuns: 12, seed: 7 })
  })
})
