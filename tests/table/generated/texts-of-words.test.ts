/** Names of things, recombined from words that rows share. */
import { describe, expect, it } from 'vitest'
import { columnDraws } from '../../../src/table/generated/draws.ts'
import { generatorOf } from '../../../src/table/generated/index.ts'
import { textsOfWords } from '../../../src/table/generated/texts-of-words.ts'
import type { WordsMaker } from '../../../src/table/generated/words.ts'
import { chance, makerOf } from './texts.ts'

const draw = chance(7)
const models = { ford: ['pinto', 'galaxie'], fiat: ['strada', 'uno'], toyota: ['corolla', 'corona'] }
const makes = Object.keys(models) as (keyof typeof models)[]
const cars = Array.from({ length: 300 }, (_, k) => {
  const make = makes[k % 3]!
  const model =
    k % 4 === 0
      ? `${draw.of('bdfgk', 1)}${draw.of('aeiou', 1)}${draw.of('lmnr', 1)}${draw.of('aeiou', 1)}`
      : draw.one(models[make])
  return k % 5 === 0
    ? `${make} ${model} ${100 + draw.below(900)}`
    : `${make} ${model}${k % 7 === 0 ? ' (sw)' : ''}`
})

function made(texts: readonly string[], count = 300, name = 'title'): string[] {
  const maker = makerOf(texts, name) as WordsMaker
  expect(maker.by).toBe('words')
  const textOf = textsOfWords(maker.words, maker, columnDraws(1, 'name'))
  return Array.from({ length: count }, (_, index) => textOf(index))
}

describe('texts of words', () => {
  it('are in the patterns of the rows, of words that follow each other there', () => {
    const texts = made(cars)
    expect(texts.find((text) => !/^[a-z]+ [a-z]+( \d{3}| \(sw\))?$/.test(text))).toBeUndefined()
    const follows = texts.filter((text) =>
      makes.some((make) => models[make].some((model) => text.startsWith(`${make} ${model}`))),
    )
    expect(follows.length).toBeGreaterThan(0.6 * texts.length)
    for (const ending of [/\d{3}$/, /\(sw\)$/]) {
      const shareOf = (all: readonly string[]) => all.filter((text) => ending.test(text)).length / all.length
      expect(Math.abs(shareOf(texts) - shareOf(cars))).toBeLessThan(0.1)
    }
  })

  it('are none of fewer than three rows, and those that more share as well', () => {
    const counts = new Map<string, number>()
    for (const text of cars) counts.set(text, (counts.get(text) ?? 0) + 1)
    const texts = made(cars)
    expect(texts.filter((text) => (counts.get(text) ?? 3) < 3)).toEqual([])
    expect(texts).toContain('ford pinto')
  })

  it('come as often, and repeat as often, as in the rows', () => {
    const [towns, ends] = [
      ['Lake', 'Mount', 'Fort', 'Glen', 'West'],
      ['ton', 'ville', 'field', 'wood', 'burg'],
    ]
    const rows = Array.from({ length: 1000 }, (_, k) =>
      k % 2 === 0
        ? `${draw.one(towns)} Hill`
        : `${draw.one(towns)} ${draw.of('BCDFG', 1)}${draw.of('aeiou', 1)}${draw.of('lmnrst', 1)}${draw.one(ends)}`,
    )
    const texts = made(rows, rows.length, 'city')
    const shareOf = (all: readonly string[], text: string) =>
      all.filter((each) => each === text).length / all.length
    for (const town of towns)
      expect(Math.abs(shareOf(texts, `${town} Hill`) - shareOf(rows, `${town} Hill`))).toBeLessThan(0.04)
    const different = (all: readonly string[]) => new Set(all).size / all.length
    expect(different(rows)).toBeGreaterThan(0.4)
    expect(Math.abs(different(texts) - different(rows))).toBeLessThan(0.04)
  })

  it('are those of the rows where three or more share each', () => {
    const rows = Array.from({ length: 300 }, (_, k) => `${['ford', 'fiat'][k % 2]} ${'abcdefghij'[k % 10]}x`)
    expect(new Set(made(rows, 2000))).toEqual(new Set(rows))
  })

  it('differ where those of the rows do, in any order that they are asked for', () => {
    const syllables = ['ber', 'li', 'na', 'tor', 'mi', 'um', 'ka', 'so']
    const rows = [
      ...new Set(
        Array.from(
          { length: 120 },
          () => `${draw.one('BDFK'.split(''))}e${draw.one(syllables)}${draw.one(syllables)}`,
        ),
      ),
    ]
    const texts = made(rows, 1024)
    expect(new Set([...texts, ...rows]).size).toBe(1024 + rows.length)
    const maker = makerOf(rows, 'title') as WordsMaker
    const textOf = textsOfWords(maker.words, maker, columnDraws(1, 'name'))
    expect([1000, 3, 1023].map(textOf)).toEqual([texts[1000], texts[3], texts[1023]])
  })

  it('are of letters that rows share where no words are, in their alphabet', () => {
    const rows = Array.from(
      { length: 200 },
      () =>
        `${draw.of('АБВ', 1)}${draw.of('аоеи', 1)}${draw.of('рнтл', 1)}${draw.of('аоеи', 1)}${draw.of('ржзкл', 2)}`,
    )
    expect(made(rows).find((text) => !/^[А-Я][а-я]{3,}$/.test(text))).toBeUndefined()
  })

  it('need no faker', async () => {
    const columns = [{ name: 'name', kind: 'text', maker: makerOf(cars, 'name') }] as const
    expect((await generatorOf(columns))!.isWithoutFaker).toBeUndefined()
    expect((await generatorOf(columns, { withoutFaker: true }))!.texts(1, 'name')(5)).toBe(
      (await generatorOf(columns))!.texts(1, 'name')(5),
    )
  })
})
