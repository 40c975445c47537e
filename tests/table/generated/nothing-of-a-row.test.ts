import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Form } from '../../../src/table/generated/form.ts'
import { heldByMaker } from '../../../src/table/generated/held.ts'
import type { Maker } from '../../../src/table/generated/maker.ts'
import { TextSummary } from '../../../src/table/generated/text-summary.ts'
import { hashOf } from '../../../src/table/inference/cells.ts'
import { leastRows } from '../../../src/table/least-rows.ts'
import { Outermost } from '../../../src/table/outermost.ts'
import { chance, digits, lower, makerOf, padded, upper } from './texts.ts'

/** What a card says of how texts are made, but which groups of texts are not made: bits of hashes. */
const cardOf = ({ avoided, ...rest }: Maker) => JSON.stringify(rest)

const draw = chance(59)
const many = (make: (k: number) => string, count = 300) => Array.from({ length: count }, (_, k) => make(k))

/** Texts of many rows, texts of one row and one of two, and what of these no card may have. */
const planted: Readonly<Record<string, readonly [string[], string[], (string | RegExp)[]]>> = {
  'a number larger than the others, and one smaller': [
    many((k) => `ORD${20_000 + 37 * k}`),
    ['ORD7654321', 'ORD101'],
    [/\b7654321\b/, /\b101\b/],
  ],
  'a number after which a counter would continue': [
    many((k) => `INV-${padded(k + 1, 5)}`),
    ['INV-04711'],
    [/\b0?4711\b/, /\b4712\b/],
  ],
  'pieces in a code': [
    many((k) => `${['TS', 'JK'][k % 2]}-${draw.of(digits, 4)}`),
    ['QZ-1234', 'QZ-9876'],
    ['QZ'],
  ],
  'characters that no other row has': [
    many(() => `${draw.of('ABCDEF', 3)}-${draw.of('0123', 2)}`, 30),
    ['ΩBX-97'],
    ['Ω', 'X', /[789]"/],
  ],
  'a shape of two rows of a few': [
    many(() => `${draw.of(upper, 2)}-${draw.of(digits, 3)}`, 40),
    ['12:AB;', '34:CD;'],
    [':AB', ';'],
  ],
  'words of a name of no format': [
    many(
      () => `${draw.one(['Steel', 'Wooden', 'Red'])} ${draw.one(['Chair', 'Sofa'])} of ${draw.of(lower, 6)}`,
    ),
    ['Zyxwvut Chair of Quuxorum', 'Zyxwvut Quuxorum Sofa of 8765'],
    ['yxwvut', 'uuxorum', '8765', /\bof Q/],
  ],
  'words of a name': [
    many((k) => `${['Steel', 'Wooden', 'Red'][k % 3]} Chair ${k % 17}`),
    ['Zyxwvut Chair 8765'],
    ['yxwvut', '8765'],
  ],
}

describe('a card of generated texts', () => {
  it.each(Object.keys(planted))('has no %s', (name) => {
    const [shared, single, forbidden] = planted[name]!
    const card = cardOf(makerOf([...shared.slice(0, 20), ...single, ...shared.slice(20)]))
    for (const each of forbidden)
      if (typeof each === 'string') expect(card).not.toContain(each)
      else expect(card).not.toMatch(each)
  })

  it('of a counter continues after all rows by the step of the two before the largest, and far from one that is far', () => {
    const counted = many((k) => `INV-${padded(k + 1, 5)}`)
    expect(cardOf(makerOf(counted))).toContain('"counter":301')
    expect(cardOf(makerOf([...counted, 'INV-04711']))).toContain('"counter":9200')
    expect(cardOf(makerOf(many((k) => `INV-${padded(3 * k, 5)}`)))).toContain('"counter":900')
  })

  it('of free text has the mean lengths of the three shortest and longest', () => {
    const words = (count: number) => Array.from({ length: count }, () => draw.of(lower, 5)).join(' ')
    const maker = makerOf(
      [words(137), words(50), words(47), words(1), ...many(() => `${words(9)}.`, 100)],
      'note',
    )
    expect(maker).toMatchObject({ sentences: { words: [6, 9, 9, 9, 9, 9, 9, 9, 9, 9, 78] } })
  })

  it('of texts in one or two rows says nothing of them', () => {
    const maker = makerOf(['jürgen.müller@straße-äöü.example 17 ', 'ñandú@españa.example'], 'x')
    expect(maker).toMatchObject({ method: 'lorem.words', locale: 'en', sentences: { style: 'lower' } })
    expect(maker).toMatchObject({ sentences: { words: Array(11).fill(4) } })
    expect(makerOf(['äöü äöü äöü äöü', ...many(() => draw.of(lower, 4), 5)], 'x')).toMatchObject({
      words: { list: [], follows: [], letters: {} },
    })
  })

  it('of any texts has pieces, characters and lengths that three rows or more have', () => {
    const piece = fc.oneof(
      fc.constantFrom('AB', 'CD', 'EF'),
      fc.nat(99).map(String),
      fc.string({ unit: fc.constantFrom(...'abcXYZ019'), minLength: 1, maxLength: 3 }),
    )
    const text = fc.tuple(piece, fc.constantFrom('-', '/', '-'), piece).map((parts) => parts.join(''))
    const property = fc.property(fc.array(text, { minLength: 3, maxLength: 60 }), (texts) => {
      const form = formOf(texts)
      const rowsWith = (part: string) => texts.filter((each) => each.includes(part)).length
      for (const part of form?.alternatives.flatMap(({ parts }) => parts) ?? []) {
        const pieces = 'text' in part ? [part.text] : 'choices' in part ? part.choices : []
        expect(pieces.filter((each) => rowsWith(each) < leastRows)).toEqual([])
        if ('of' in part && part.of.length < 5)
          expect([...part.of].filter((each) => rowsWith(each) < leastRows)).toEqual([])
      }
    })
    fc.assert(property, { numRuns: 300, seed: 59 })
  })
})

/** The form of texts before it is made wide enough. */
function formOf(texts: readonly string[]): Form | undefined {
  const summary = new TextSummary()
  for (const text of texts) summary.add(text)
  const maker = summary.maker('code', { rows: 0, cells: texts.length, hashes: texts.map(hashOf) })
  return maker.by === 'form' && !maker.isUnique ? maker : undefined
}

describe('what a card holds of generated texts', () => {
  it('is what three rows or more have in common, and groups of texts', () => {
    const texts = many((k) => `${['TS', 'JK'][k % 2]}-${draw.of(digits, 1 + (k % 3))}`)
    const maker = makerOf(texts)
    expect(heldByMaker('code', maker)).toMatchObject([
      { columns: ['code'], count: 3, noun: ['piece of texts', 'pieces of texts'] },
      { count: 2, noun: ['length of pieces of texts', 'lengths of pieces of texts'] },
      { count: maker.avoided!.groups, noun: ['group of texts that are not made', expect.anything()] },
    ])
  })

  it('is nothing of a format that the user states, but the groups', () => {
    const summary = new TextSummary()
    summary.add('AB-1')
    const stated = { expression: String.raw`AB-\d{4}` }
    const maker = summary.maker('code', { rows: 1, cells: 1, hashes: [1], stated })
    expect(heldByMaker('code', maker).map(({ noun }) => noun[1])).toEqual([
      'groups of texts that are not made',
    ])
  })

  it('is the lengths of free text, and numbers to continue from', () => {
    const notes = makerOf(
      many((k) => `${draw.of(lower, 5)} ${draw.of(lower, 4 + (k % 4))}.`),
      'note',
    )
    expect(heldByMaker('note', notes)[0]).toEqual({
      columns: ['note'],
      count: 11,
      noun: ['number of words', 'numbers of words'],
    })
    const nouns = heldByMaker('n', makerOf(many((k) => `n${k}`))).map(({ noun }) => noun[0])
    expect(nouns).toEqual(['piece of texts', 'number that texts continue from'])
  })
})

describe('the outermost numbers', () => {
  it('are means of three, and a next number is after all of them', () => {
    const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 3 })
    const property = fc.property(numbers, (all) => {
      const sorted = all.toSorted((a, b) => a - b)
      const outermost = new Outermost().addAll(all)
      const [low, high] = outermost.means
      expect(low).toBeCloseTo((sorted[0]! + sorted[1]! + sorted[2]!) / 3, 9)
      expect(high).toBeCloseTo((sorted.at(-1)! + sorted.at(-2)! + sorted.at(-3)!) / 3, 9)
      expect(outermost.next).toBeGreaterThan(sorted.at(-1)!)
    })
    fc.assert(property, { seed: 59 })
  })

  it('are too few in one or two rows', () => {
    expect(new Outermost().addAll([1, 2]).areFew).toBe(true)
    expect(new Outermost().addAll([1, 2]).next).toBe(1)
    const one = new Outermost()
    one.add(7, 3)
    expect([one.areFew, ...one.means]).toEqual([false, 7, 7])
  })
})
