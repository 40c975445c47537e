/** What is counted of a column's words while it is read, and what three rows or more have in common of it. */
import { leastRows } from '../least-rows.ts'
import { Outermost } from '../outermost.ts'
import { LetterStats } from './letters.ts'
import { foldedLetters, hasDigits, type Slot, wordsIn } from './word-shapes.ts'
import type { CountedWords, Words } from './words.ts'

/** Words in their slots, pairs of them, and patterns that are counted. */
const mostCounted = 60_000

/** Patterns, and words of a slot, that are kept. */
const [mostPatterns, mostWords] = [200, 1000]

/** Texts have patterns if so many have one of three rows or more. */
const leastCovered = 0.5

/** What is counted of a slot. */
interface SlotStats extends Slot {
  count: number
  readonly words: Map<string, number>
  readonly numbers: Outermost | undefined
  /** By the word before. */
  readonly follows: Map<string, { count: number; words: Map<string, number> }>
}

/** Counts the words of texts, one after the other. */
export class WordStats {
  #cells = 0
  #entries = 0
  readonly #slots = new Map<string, SlotStats>()
  readonly #patterns = new Map<string, { count: number; slots: readonly SlotStats[] }>()
  readonly #words = new Map<string, number>()
  readonly #letters = new LetterStats()

  /** Adds a text that so many cells have. */
  add(text: string, cells: number): void {
    this.#cells += cells
    const found = wordsIn(text)
    if (!found || this.#entries > mostCounted) return
    const { words } = found
    const slots = found.slots.map((slot) => this.#slotOf(slot))
    const seen = new Set<string>()
    const rare: string[] = []
    for (const [k, slot] of slots.entries()) {
      const word = words[k]!
      // a row counts once, however often it has a word
      const isNew = (what: string) => seen.size < seen.add(what).size
      if (!isNew(`${slots.indexOf(slot)}\0${word}`)) continue
      slot.count += cells
      slot.numbers?.add(Number(word), cells)
      this.#count(slot.words, word, cells)
      if (k > 0 && isNew(`${slots.indexOf(slot)}\0${words[k - 1]}\0${word}`))
        this.#countPair(slot, words[k - 1]!, word, cells)
      if (hasDigits(slot.shape)) continue
      // the letters of a frequent word would be nearly all
      if ((this.#words.get(word) ?? 0) < leastRows) rare.push(foldedLetters(word, slot.shape))
      this.#count(this.#words, word, cells)
    }
    this.#letters.add(rare, cells)
    const pattern = slots.map(keyOf).join('\0')
    const known = this.#patterns.get(pattern)
    if (known) known.count += cells
    else if (this.#entries++ <= mostCounted) this.#patterns.set(pattern, { count: cells, slots })
  }

  #slotOf(slot: Slot): SlotStats {
    const key = keyOf(slot)
    const known = this.#slots.get(key)
    if (known) return known
    const numbers = /^0+$/.test(slot.shape) ? new Outermost() : undefined
    const created = { ...slot, count: 0, words: new Map(), numbers, follows: new Map() }
    this.#slots.set(key, created)
    return created
  }

  #countPair({ follows }: SlotStats, before: string, word: string, cells: number): void {
    const pair = follows.get(before) ?? { count: 0, words: new Map() }
    follows.set(before, pair)
    pair.count += cells
    this.#count(pair.words, word, cells)
  }

  #count(counts: Map<string, number>, word: string, cells: number): void {
    const count = counts.get(word)
    if (count === undefined) this.#entries++
    counts.set(word, (count ?? 0) + cells)
  }

  /** What three rows or more have in common; undefined if too few texts have a pattern. */
  words(): Words | undefined {
    const patterns = [...this.#patterns.values()]
      .filter(({ count }) => count >= leastRows)
      .toSorted((a, b) => b.count - a.count)
      .slice(0, mostPatterns)
    const covered = patterns.reduce((sum, { count }) => sum + count, 0)
    if (covered === 0 || covered < leastCovered * this.#cells) return undefined
    const places = new Map<string, number>()
    const placeOf = (word: string) => places.get(word) ?? places.set(word, places.size).size - 1
    const used = [...new Set(patterns.flatMap(({ slots }) => slots))]
    const slots = used.map(({ before, after, shape, count, words, numbers }) => ({
      before,
      after,
      shape,
      ...shared(words, count, placeOf),
      ...(numbers && !numbers.areFew && { range: numbers.means.map(Math.round) as [number, number] }),
    }))
    const follows = used.flatMap(({ follows }, slot) =>
      [...follows].flatMap(([before, { count, words }]) => {
        const after = places.get(before)
        if (after === undefined) return []
        const following = shared(words, count, placeOf)
        return following.words.length > 0 ? [{ after, slot, ...following }] : []
      }),
    )
    return {
      list: [...places.keys()],
      slots,
      patterns: patterns.map(({ count, slots }) => ({
        count,
        slots: slots.map((slot) => used.indexOf(slot)),
      })),
      follows,
      letters: this.#letters.letters(),
      lengths: this.#letters.lengths(),
    }
  }
}

const keyOf = ({ before, shape, after }: Slot) => `${before}\u0001${shape}\u0001${after}`

/** The words that three rows or more have, most frequent first, and how many rows have others. */
function shared(
  counts: ReadonlyMap<string, number>,
  all: number,
  placeOf: (word: string) => number,
): CountedWords {
  const frequent = [...counts]
    .filter(([, count]) => count >= leastRows)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, mostWords)
  const others = all - frequent.reduce((sum, [, count]) => sum + count, 0)
  return {
    words: frequent.map(([word]) => placeOf(word)),
    counts: frequent.map(([, count]) => count),
    others: others >= leastRows || frequent.length === 0 ? Math.max(1, others) : 0,
  }
}
