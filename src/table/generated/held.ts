/** What the card of a generated column holds of the rows. A new way to make texts, or a new part of a text, says it here. */
import type { HeldPart } from '../held.ts'
import { areOfAnyText } from './characters.ts'
import type { Fallback } from './form.ts'
import type { Maker } from './maker.ts'
import type { Part } from './part.ts'
import type { Words } from './words.ts'

type Held = Pick<HeldPart, 'count' | 'noun'>

/** By way of making texts. */
const heldBy: { readonly [By in Maker['by']]: (maker: Extract<Maker, { by: By }>) => readonly Held[] } = {
  // what a user states is not of the rows
  form: (form) => (form.isStated ? [] : heldByFormat(form)),
  words: ({ words, bySex }) =>
    heldByWords(words).map(({ noun, count }, k) => ({
      noun,
      count: (bySex ? [bySex.female, bySex.male] : []).reduce(
        (sum, each) => sum + heldByWords(each)[k]!.count,
        count,
      ),
    })),
  faker: ({ fallback, words, sentences }) => [
    ...(words ? heldByWords(words) : fallback ? heldByFormat(fallback) : []),
    { count: sentences?.words.length ?? 0, noun: ['number of words', 'numbers of words'] },
  ],
}

/** What the way in which a column's texts are made holds of the rows. */
export function heldByMaker(name: string, maker: Maker): HeldPart[] {
  const ofMaker = heldBy[maker.by] as (maker: Maker) => readonly Held[]
  const noun = ['group of texts that are not made', 'groups of texts that are not made'] as const
  const all: readonly Held[] = [...ofMaker(maker), { count: maker.avoided?.groups ?? 0, noun }]
  return all.flatMap((part) => (part.count > 0 ? [{ columns: [name], ...part }] : []))
}

function heldByWords({ list, patterns, follows, letters, lengths, slots, whole }: Words): Held[] {
  const texts = whole?.counts.length ?? 0
  const limits = new Set(slots.flatMap(({ range }) => range ?? []))
  return [
    { count: texts, noun: ['text that rows share', 'texts that rows share'] },
    { count: list.length - texts, noun: ['word of texts', 'words of texts'] },
    { count: patterns.length, noun: ['pattern of texts', 'patterns of texts'] },
    {
      count: follows.reduce((sum, { words }) => sum + words.length, 0),
      noun: ['pair of words', 'pairs of words'],
    },
    {
      count: Object.keys(letters).length,
      noun: ['group of letters', 'groups of letters'],
    },
    { count: new Set(lengths).size, noun: ['length of words', 'lengths of words'] },
    { count: limits.size, noun: ['limit of numbers in texts', 'limits of numbers in texts'] },
  ]
}

function heldByFormat({ alternatives }: Fallback): Held[] {
  const [pieces, characters] = [new Set<string>(), new Set<string>()]
  const [lengths, limits, counters] = [new Set<number>(), new Set<number>(), new Set<number>()]
  const add = (part: Part) => {
    if ('text' in part) pieces.add(part.text)
    else if ('choices' in part) for (const choice of part.choices) pieces.add(choice)
    else if ('from' in part) for (const limit of [part.from, part.to]) limits.add(limit)
    else if ('counter' in part) counters.add(part.counter)
    else {
      for (const length of [part.min, part.max]) lengths.add(length)
      if (!areOfAnyText(part.of)) for (const character of part.of) characters.add(character)
    }
  }
  for (const { parts } of alternatives) for (const part of parts) add(part)
  return [
    { count: pieces.size, noun: ['piece of texts', 'pieces of texts'] },
    { count: characters.size, noun: ['character of texts', 'characters of texts'] },
    { count: lengths.size, noun: ['length of pieces of texts', 'lengths of pieces of texts'] },
    { count: limits.size, noun: ['limit of numbers in texts', 'limits of numbers in texts'] },
    { count: counters.size, noun: ['number that texts continue from', 'numbers that texts continue from'] },
  ]
}
