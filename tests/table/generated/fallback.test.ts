/** The format of texts that faker makes, which a card keeps for those who have no faker. */
import { beforeAll, describe, expect, it } from 'vitest'
import { loadNodeFaker } from '../../../src/node/faker.ts'
import { type FakerMaker, provideFaker } from '../../../src/table/generated/faker.ts'
import { fakerNeedOf } from '../../../src/table/generated/faker-need.ts'
import type { Fallback } from '../../../src/table/generated/form.ts'
import { generatorOf } from '../../../src/table/generated/index.ts'
import { type Chance, chance, digits, lower, makerOf, upper } from './texts.ts'

beforeAll(() => provideFaker(loadNodeFaker))

const nameOf = (draw: Chance) => draw.of(upper, 1) + draw.of(lower, 3 + draw.below(3))

function fallbackOf(texts: readonly string[], name = 'first_name'): Fallback {
  const maker = makerOf(texts, name) as FakerMaker
  expect(maker.by).toBe('faker')
  return maker.fallback!
}

async function textsWithout(texts: readonly string[], name: string, count = 200): Promise<string[]> {
  const maker = makerOf(texts, name)
  const generator = (await generatorOf([{ name, kind: 'text', maker }], { withoutFaker: true }))!
  return Array.from({ length: count }, (_, index) => generator.texts(1, name)(index))
}

describe('the format of names', () => {
  const draw = chance(3)
  const names = Array.from({ length: 100 }, () => nameOf(draw))

  it.each([
    ['first_name', names, /^[A-Z][a-z]{3,5}$/],
    ['name', names.map((name) => `${name} ${nameOf(draw)}`), /^[A-Z][a-z]{3,5} [A-Z][a-z]{3,5}$/],
    [
      'email',
      names.map((name, k) => `${name}${k}@mail.org`.toLowerCase()),
      /^[a-z]{4,8}\d{2,}@example\.com$/,
    ],
    ['city', names.map(() => `${draw.of('АБВГДЕЖЗ', 1)}${draw.of('абвгдежз', 4)}`), /^[А-З][а-з]{4}$/],
    [
      'street',
      names.map((name) => `${10 + draw.below(90)} ${name} Road`),
      /^\d\d [A-Z][a-z]{3,5} [A-Z][a-z]{3}$/,
    ],
  ])('is that of most rows: %s', async (name, texts, pattern) => {
    const made = await textsWithout(texts, name)
    expect(made.find((text) => !pattern.test(text))).toBeUndefined()
    expect(new Set(made).size).toBeGreaterThan(name === 'email' ? 199 : 150)
  })

  it('is the same whatever is in fewer than three rows', () => {
    const own = ['Zoé-Ann O’Dell 7', 'X', 'Mc Donald'.repeat(4), 'Qq99']
    for (const texts of [own, own.flatMap((text) => [text, text.toUpperCase()])])
      expect(fallbackOf([...names, ...texts])).toEqual(fallbackOf(names))
    // a length of one or two rows: the longest name of the shape
    const long = ['Maximilianus', 'Bartholomaeu']
    expect(fallbackOf([...names, ...long])).toEqual(fallbackOf(names))
    expect(fallbackOf([...names, ...long, 'Christopheru'])).not.toEqual(fallbackOf(names))
  })

  it('has nothing of the rows where no three have anything in common', () => {
    const odd = (set: string) =>
      Array.from({ length: 8 }, (_, k) => `${set[k]!.repeat(k + 1)} ${'-'.repeat(k + 1)}${set[k + 8]}`)
    expect(fallbackOf(odd(upper))).toEqual(fallbackOf(odd(lower)))
  })

  it('holds of other alphabets the letters of three rows or more', () => {
    const texts = [...'абвгдежзик'].flatMap((letter) =>
      [letter, letter, letter].map((each, k) => `${each}${'лмнопрс'[k]}`),
    )
    const { alternatives } = fallbackOf([...texts, 'ъэ', 'юя'], 'city')
    expect(JSON.stringify(alternatives)).not.toMatch(/[ъэюя]/)
  })
})

describe('what needs faker', () => {
  it('is listed by column, with the version and what has no format', () => {
    const maker = { by: 'faker', method: 'person.lastName', locale: 'en', isNumbered: false } as const
    const columns = [
      {
        name: 'plate',
        kind: 'text',
        maker: makerOf(Array.from({ length: 60 }, (_, k) => `AB-${chance(k).of(digits, 4)}`)),
      },
      { name: 'last', kind: 'text', maker: { ...maker, version: '10.6.0' } },
      { name: 'city', kind: 'text', maker: { ...maker, fallback: { alternatives: [], isUnique: false } } },
    ] as const
    expect(fakerNeedOf(columns)).toEqual({ version: '10.6.0', columns: ['last', 'city'], leftOut: ['last'] })
    expect(fakerNeedOf(columns.slice(0, 1))).toBeUndefined()
  })
})
