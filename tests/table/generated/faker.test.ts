import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadNodeFaker } from '../../../src/node/faker.ts'
import { avoidedOf } from '../../../src/table/generated/avoid.ts'
import {
  type FakerMaker,
  loadFaker,
  provideFaker,
  requireMethod,
} from '../../../src/table/generated/faker.ts'
import { generatorOf } from '../../../src/table/generated/index.ts'
import { hashOf } from '../../../src/table/inference/cells.ts'
import { type Column, tableOfPoints } from '../../../src/table/table.ts'
import { prepareGenerated } from '../../../src/train/generated-columns.ts'
import { expectRefused, expectRejected } from '../../helpers/refusals.ts'
import { chance, makerOf } from './texts.ts'

beforeAll(() => provideFaker(loadNodeFaker))
afterAll(() => provideFaker(loadNodeFaker))

const column = (name: string, method: string, more: Partial<FakerMaker> = {}): Column => ({
  name,
  kind: 'text',
  maker: { by: 'faker', method, locale: 'en', isNumbered: false, ...more },
})

const people = [
  column('first', 'person.firstName'),
  column('last', 'person.lastName'),
  column('mail', 'internet.exampleEmail', {
    isNumbered: true,
    agrees: { firstName: 'first', lastName: 'last' },
  }),
  column('whole', 'person.fullName', { agrees: { firstName: 'first', lastName: 'last' } }),
]

async function textsOf(columns: readonly Column[], name: string, count: number, seed = 1) {
  const textOf = (await generatorOf(columns))!.texts(seed, name)
  return Array.from({ length: count }, (_, index) => textOf(index))
}

const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z]/g, '')

describe('texts that faker makes', () => {
  it('agree with the names in their row', async () => {
    const [first, last, mail, whole] = await Promise.all(people.map(({ name }) => textsOf(people, name, 500)))
    for (const [i, address] of mail!.entries()) {
      const account = plain(address.split('@')[0]!)
      expect(account.includes(plain(first![i]!)) || account.includes(plain(last![i]!))).toBe(true)
      expect(whole![i]).toBe(`${first![i]} ${last![i]}`)
      // the row's number, which no other has
      expect(address).toMatch(new RegExp(`(^|\\D)0*${i}@example\\.(com|net|org)$`))
    }
    expect(new Set(mail).size).toBe(500)
  })

  it('agree with learned names, and with a whole one without its titles', async () => {
    const mail = column('mail', 'internet.exampleEmail', { agrees: { fullName: 'name' } })
    const textOf = (await generatorOf([mail]))!.texts(1, 'mail', (name, index) =>
      name === 'name' ? ['Dr. Zelda Quux MD', 'Wim Zwart'][index] : undefined,
    )
    expect(plain(textOf(0))).toMatch(/zelda|quux/)
    expect(plain(textOf(1))).toMatch(/wim|zwart/)
    // a missing name
    expect(textOf(2)).toMatch(/^\S+@example\.(com|net|org)$/)
  })

  it('are the same for a seed and an index, whatever the other columns, their order and the other indices', async () => {
    for (const { name } of people.slice(0, 3)) {
      const texts = await textsOf(people, name, 60)
      const others: readonly (readonly Column[])[] = [
        people.toReversed(),
        people.slice(0, 3),
        [column('city', 'location.city'), ...people],
      ]
      for (const columns of others) expect(await textsOf(columns, name, 60)).toEqual(texts)
      const textOf = (await generatorOf(people))!.texts(1, name)
      expect([59, 3, 31].map(textOf)).toEqual([texts[59], texts[3], texts[31]])
      expect(await textsOf(people, name, 60, 2)).not.toEqual(texts)
    }
  })

  it('do not depend on the day', async () => {
    const dated = [column('seen', 'git.commitDate')]
    expect((await textsOf(dated, 'seen', 3)).every((text) => /202[56]/.test(text))).toBe(true)
  })

  it('are of the language that is named', async () => {
    const german = [column('last', 'person.lastName', { locale: 'de' })]
    const names = (await import('@faker-js/faker')).allLocales.de.person!.last_name!.generic as string[]
    for (const text of await textsOf(german, 'last', 50)) expect(names).toContain(text)
    expect(await textsOf(german, 'last', 50)).not.toEqual(await textsOf(people, 'last', 50))
  })

  it.each([
    ['mail', { isNumbered: true }],
    ['mail', { isNumbered: false }],
    ['whole', {}],
  ] as const)('are none of the rows also where a name leaves few: %s %j', async (name, more) => {
    const names = [
      ['Anna', 'Smith'],
      ['Ben', 'Berg'],
      ['Cleo', 'Katz'],
    ] as const
    const rows = Array.from({ length: 1500 }, (_, i) => {
      const [first, last] = names[i % 3]!
      return name === 'whole'
        ? `${first} ${i < 300 ? '' : `${i} `}${last}`
        : `${first}.${last}${i}@example.com`
    })
    const avoided = avoidedOf(new Set(rows.map(hashOf)))
    const found = people.find((each) => each.name === name)!
    const maker = { ...(found.maker as FakerMaker), ...more, avoided }
    const generator = (await generatorOf([{ ...found, maker }]))!
    const textOf = generator.texts(4, name, (of, index) => names[index % 3]![of === 'first' ? 0 : 1])
    const known = new Set(rows)
    const texts = Array.from({ length: 3000 }, (_, index) => textOf(index))
    expect(texts.filter((text) => known.has(text))).toEqual([])
    expect(texts.every((text, i) => names[i % 3]!.some((part) => text.includes(part)))).toBe(true)
    if (maker.isNumbered) expect(new Set(texts).size).toBe(3000)
  })

  it('are refused where all that a method makes stands in the rows', async () => {
    const { faker } = await import('@faker-js/faker')
    const all = Array.from({ length: 3000 }, () => faker.person.sex())
    const sex = column('sex', 'person.sex', { avoided: avoidedOf(new Set(all.map(hashOf))) })
    const full = { ...sex, maker: { ...sex.maker, avoided: { groups: 1, free: btoa('\0') } } as FakerMaker }
    await expectRejected(
      () => textsOf([full], 'sex', 1),
      /column sex: nearly all that person\.sex makes is in the rows, .*: give another method with `types`, or `drop` the column/,
    )
  })
})

describe('a method of faker', () => {
  it.each([
    ['person.firstNam', /faker has no method person\.firstNam \(did you mean person\.firstName\?\)/],
    ['persn.firstName', /faker has no method persn\.firstName \(did you mean person\.firstName\?\)/],
    ['person.constructor', /faker has no method person\.constructor/],
    ['person.toString', /faker has no method person\.toString/],
    ['date.past', /faker's date\.past makes no text but a date: give a method such as person\.lastName/],
    ['location.nearbyGPSCoordinate', /makes no text but an array/],
    ['science.unit', /makes no text but this object/],
    ['helpers.arrayElement', /faker's helpers\.arrayElement makes nothing without options/],
  ])('%s is refused, and why', async (method, message) => {
    const language = await loadFaker('en')
    expectRefused(() => requireMethod(method, language), message)
  })

  it('of a language that faker does not have is refused', async () => {
    await expectRejected(
      () => loadFaker('xx'),
      'faker has no language xx: give one such as en, de, fr or pt_BR',
    )
  })

  it('of another version than the card names is refused, with the line that installs it', async () => {
    await expectRejected(
      () => generatorOf([column('city', 'location.city', { version: '9.1.2' })]),
      /column city is made by @faker-js\/faker 9\.1\.2, and \d+\.\d+\.\d+ is installed, which makes other texts: npm install @faker-js\/faker@9\.1\.2, or use `withoutFaker` for texts in the format of the rows$/,
    )
    const { version } = await loadNodeFaker('en')
    expect(await generatorOf([column('city', 'location.city', { version })])).toBeDefined()
  })

  it('of no package gives way to the format of the rows, unless it was asked for', async () => {
    provideFaker(async () => {
      throw new Error('missing')
    })
    const install = 'names and words are made by another package: npm install @faker-js/faker'
    const columns = [{ name: 'x', kind: 'number' } as const, column('city', 'location.city')]
    const points = { data: Float64Array.of(1, 0, 2, 1), count: 2, dim: 2 }
    const table = { name: 'rows', ...tableOfPoints(columns, points) }
    const fallback = makerOf(['Berlin', 'Paris', 'Rome'], 'street') as FakerMaker
    const formatted = { ...table, columns: [{ ...table.columns[1]!, maker: fallback }] }
    const { table: rest, leftOut } = await prepareGenerated(formatted, {})
    expect(leftOut).toEqual([])
    expect(rest.columns[0]!.maker).toEqual({ ...fallback, withoutFaker: true })
    // neither the model nor its user needs faker then
    const generator = (await generatorOf(rest.columns))!
    expect(generator.isWithoutFaker).toBeUndefined()
    expect(generator.texts(1, 'city')(0)).toMatch(/^[A-Z][a-z]+$/)
    await expectRejected(() => prepareGenerated(table, { types: { city: 'location.city' } }), install)
    await expectRejected(
      () => generatorOf(columns),
      'column city is made by @faker-js/faker, which is not installed: npm install @faker-js/faker, or use `withoutFaker` for texts in the format of the rows',
    )
  })

  it('has its version on the card, and the columns of names that its texts agree with', async () => {
    provideFaker(loadNodeFaker)
    const columns = people.map((each) => ({
      ...each,
      maker: { ...each.maker, agrees: undefined } as FakerMaker,
      cells: new Float64Array(2),
    }))
    const { table } = await prepareGenerated({ name: 'rows', count: 2, columns }, {})
    const { version } = await loadNodeFaker('en')
    const makers = table.columns.map(({ maker }) => maker as FakerMaker)
    expect(makers.map((maker) => maker.version)).toEqual(Array(4).fill(version))
    const agrees = { firstName: 'first', lastName: 'last' }
    expect(makers.map((maker) => maker.agrees)).toEqual([undefined, undefined, agrees, agrees])
  })
})

describe('which method makes a column', () => {
  const names = Array.from(
    { length: 60 },
    (_, k) => `${'ABCDEFGHIJ'[k % 10]}${'aeiou'[k % 5]}ndrel${'bdfgklmnpr'[(k / 6) | 0]}`,
  )
  const mails = names.map((name, k) => `${name}${k}@shop.org`)
  const streets = names.map((name, k) => `${k} ${name} Road`)
  const people = names.map((name, k) => `${['Mary', 'John', 'Zoltan'][k % 3]} ${name}`)
  it.each([
    ['first_name', names, 'person.firstName'],
    ['LastName', names, 'person.lastName'],
    ['Nachname', names, 'person.lastName'],
    ['name', people, 'person.fullName'],
    ['customer', people, 'person.fullName'],
    ['anything', mails, 'internet.exampleEmail'],
    ['username', mails.map((mail) => mail.split('@')[0]!), 'internet.username'],
    ['address', streets, 'location.streetAddress'],
    ['city', names, 'location.city'],
    ['Company Name', names, 'company.name'],
    ['job title', names, 'person.jobTitle'],
    ['remark', names.map((name) => `It is ${name}.`), 'lorem.words'],
  ])('%s is told by its name and its cells', (name, texts, method) => {
    expect(makerOf(texts, name)).toMatchObject({ by: 'faker', method, locale: 'en' })
  })

  it.each([
    ['name', names],
    ['customer', names],
    ['name', people.map((name) => `${name.split(' ')[1]}, ${name.split(' ')[0]}`)],
    ['first_name', streets],
    ['Company Name', people.map((name) => `${name} Holding`)],
    ['city', names.map((name, k) => `${['New', 'Old'][k % 2]} ${name}`)],
    ['title', names.map((name) => `The ${name}`)],
  ])('%s is made of its own words, where these are none of a plain name of a person', (name, texts) => {
    expect(makerOf(texts, name)).toMatchObject({ by: 'words' })
  })

  it.each([
    ['de', 'Müller Groß'],
    ['fr', 'Rêve Hélène'],
    ['es', 'Peña Íñigo'],
    ['pl', 'Łukasz Wiśniewski'],
    ['ru', 'Иван'],
    ['ja', 'さくら'],
    ['el', 'Νικος'],
  ])('has the language of its letters: %s', (locale, text) => {
    const texts = Array.from({ length: 60 }, (_, k) => (k % 5 === 0 ? text : names[k]!))
    expect(makerOf(texts, 'last name')).toMatchObject({ method: 'person.lastName', locale })
  })
})

describe('free text', () => {
  const draw = chance(9)
  const word = () =>
    Array.from({ length: 3 }, () => draw.of('bdfgklmnprst', 1) + draw.of('aeiou', 1)).join('') +
    draw.one(['', ',', ';', ':', '/', '='])
  const textsBy = (wordsOf: (row: number) => number, write: (text: string) => string) =>
    Array.from({ length: 200 }, (_, row) => write(Array.from({ length: wordsOf(row) }, word).join(' ')))

  it.each([
    ['sentences', (text: string) => `${text}.`, /^[A-Z].*\.$/],
    ['upper', (text: string) => text.toUpperCase(), /^[^a-z]+$/],
    ['title', (text: string) => text.replaceAll(/\b\w/g, (char) => char.toUpperCase()), /^([A-Z]\S*( |$))+$/],
    ['lower', (text: string) => text, /^[^A-Z]+$/],
  ] as const)('has the lengths and the style of the rows: %s', async (style, write, pattern) => {
    const maker = makerOf(
      textsBy((row) => 2 + (row % 4), write),
      'note',
    ) as FakerMaker
    expect(maker.sentences!.style).toBe(style)
    const texts = await textsOf([{ name: 'note', kind: 'text', maker }], 'note', 400)
    expect(texts.find((text) => !pattern.test(text))).toBeUndefined()
    const lengths = texts.map((text) => text.split(' ').length)
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([2, 5])
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length
    expect(Math.abs(mean - 3.5)).toBeLessThan(0.25)
  })

  it('of many words has sentences', () => {
    const maker = makerOf(
      textsBy(
        (row) => 20 + (row % 9),
        (text) => text,
      ),
      'note',
    ) as FakerMaker
    expect(maker.sentences!.style).toBe('sentences')
  })
})
