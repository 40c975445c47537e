/** Names of people agree with a column of sexes, and with titles. */

import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadNodeFaker } from '../../../src/node/faker.ts'
import { type FakerMaker, provideFaker } from '../../../src/table/generated/faker.ts'
import { heldByMaker } from '../../../src/table/generated/held.ts'
import { generatorOf } from '../../../src/table/generated/index.ts'
import { makerSchema } from '../../../src/table/generated/maker.ts'
import { columnOfSexes, sexOf } from '../../../src/table/generated/sexes.ts'
import type { WordsMaker } from '../../../src/table/generated/words.ts'
import type { NamedTable, TableColumn } from '../../../src/table/table.ts'
import { prepareGenerated } from '../../../src/train/generated-columns.ts'
import { chance, makerOf } from './texts.ts'

beforeAll(() => provideFaker(loadNodeFaker))
afterAll(() => provideFaker(loadNodeFaker))

const draw = chance(11)
const rows = 400
const isMale = Array.from({ length: rows }, (_, k) => (k * 7) % 5 < 3)
const last = () =>
  `${draw.of('BDFGKLM', 1)}${draw.of('aeiou', 1)}${draw.of('lmnrst', 2)}${draw.one(['son', 'ley', 'er'])}`
const firsts = { male: ['John', 'William', 'George', 'Thomas'], female: ['Mary', 'Anna', 'Susan', 'Alice'] }
const firstOf = (row: number) => draw.one(firsts[isMale[row] ? 'male' : 'female'])

const sexes: TableColumn = {
  name: 'sex',
  kind: 'category',
  categories: ['female', 'male'],
  cells: Float64Array.from(isMale, Number),
}

/** A column of names next to the sexes, as training prepares it. */
async function prepared(textOf: (row: number) => string, name = 'name'): Promise<TableColumn> {
  const categories = Array.from({ length: rows }, (_, row) => textOf(row))
  const maker = makerOf(categories, name)
  const names: TableColumn = {
    ...{ name, kind: 'text', maker, categories },
    cells: Float64Array.from(categories.keys()),
  }
  const table: NamedTable = { name: 'people', count: rows, columns: [names, sexes] }
  return (await prepareGenerated(table, {})).table.columns[0]!
}

async function made(column: TableColumn, sexOfRow: (row: number) => string | undefined): Promise<string[]> {
  const generator = (await generatorOf([column]))!
  const textOf = generator.texts(1, column.name, (other, row) =>
    other === 'sex' ? sexOfRow(row) : undefined,
  )
  return Array.from({ length: rows }, (_, row) => textOf(row))
}

describe('a column of sexes', () => {
  it.each([
    [['female', 'male'], true],
    [['F', 'M'], true],
    [['m', 'w', 'd'], true],
    [['Dr.', 'Master', 'Miss', 'Mr.', 'Mrs.', 'Ms'], true],
    [['M', 'L', 'S', 'XL'], false],
    [['no', 'yes'], false],
    [['F', 'unknown'], false],
    [Array.from({ length: 40 }, (_, k) => `${['m', 'f'][k % 2]}${k}`), false],
  ])('of %j is one: %s', (categories, isOne) => {
    const column = { name: 'x', kind: 'category', categories }
    expect(columnOfSexes([{ name: 'y', kind: 'text', categories: ['m', 'f'] }, column])?.column).toBe(
      isOne ? column : undefined,
    )
  })

  it('says what a cell means, and nothing of another', () => {
    expect(['Mr.', 'Frau', 'F', 'male', 'Dr.', '', undefined].map(sexOf)).toEqual([
      ...['male', 'female', 'female', 'male'],
      ...[undefined, undefined, undefined],
    ])
  })
})

describe('names that faker makes', () => {
  it.each(['first_name', 'name'])('are of the sex of their row: %s', async (name) => {
    const column = await prepared(
      (row) => (name === 'name' ? `${firstOf(row)} ${last()}` : firstOf(row)),
      name,
    )
    const maker = column.maker as FakerMaker
    expect(maker).toMatchObject({ by: 'faker', agrees: { sex: 'sex' }, sexes: { male: 'male' } })
    const { faker } = await loadNodeFaker('en')
    const { first_name: known } = (
      faker.rawDefinitions as { person: { first_name: Record<'female' | 'male' | 'generic', string[]> } }
    ).person
    for (const sex of ['female', 'male'] as const) {
      const firstNames = (await made(column, () => sex)).map((text) => text.split(' ')[0]!)
      const others = firstNames.filter((text) => ![...known[sex], ...(known.generic ?? [])].includes(text))
      expect(others).toEqual([])
      expect(new Set(firstNames).size).toBeGreaterThan(50)
    }
  })

  it('have no titles where those of the rows have none', async () => {
    const column = await prepared((row) => `${firstOf(row)} ${last()}`)
    expect(column.maker).toMatchObject({ method: 'person.fullName', isPlain: true })
    const texts = await made(column, () => undefined)
    expect(texts.find((text) => !/^[^ .]+ [^ .]+$/.test(text))).toBeUndefined()
  })
})

describe('names that are made of words', () => {
  const titled = (row: number) =>
    `${last()}, ${isMale[row] ? 'Mr' : draw.one(['Mrs', 'Miss'])}. ${firstOf(row)} ${draw.one(['Lee', 'Ray'])}`

  it('have titles and first names of the sex of their row', async () => {
    const column = await prepared(titled)
    const maker = column.maker as WordsMaker
    expect(maker).toMatchObject({ by: 'words', bySex: { column: 'sex' } })
    expect(v.parse(makerSchema, maker)).toEqual(maker)
    const [male, female] = [
      /^\S+, Mr\. (?:John|William|George|Thomas) /,
      /^\S+, (?:Mrs|Miss)\. (?:Mary|Anna|Susan|Alice) /,
    ]
    const texts = await made(column, (row) => (row % 2 === 0 ? 'male' : 'female'))
    for (const [row, text] of texts.entries()) expect(text).toMatch(row % 2 === 0 ? male : female)
    // of a row whose sex is missing it is that of either
    const any = await made(column, () => undefined)
    expect(any.filter((text) => male.test(text)).length).toBeGreaterThan(0.4 * rows)
    expect(any.find((text) => !male.test(text) && !female.test(text))).toBeUndefined()
  })

  it('are in what a file is said to hold, each time', async () => {
    const { maker } = await prepared(titled)
    const words = (all: WordsMaker) =>
      heldByMaker('name', all).find(({ noun }) => noun[0] === 'word of texts')!.count
    const { words: own, bySex, ...rest } = maker as WordsMaker
    expect(words(maker as WordsMaker)).toBe(
      [own, bySex!.female, bySex!.male].reduce((sum, { list }) => sum + list.length, 0),
    )
    expect(words({ ...rest, words: own })).toBe(own.list.length)
  })

  it('are the same for all rows where they are not of people', async () => {
    const column = await prepared(() => `${last()} ${draw.one(['Hill', 'Lake', 'Wood'])}`, 'city')
    expect(column.maker).toMatchObject({ by: 'words' })
    expect((column.maker as WordsMaker).bySex).toBeUndefined()
  })
})
