/** What three rows or more have in common of the words of names. */
import { leastRows } from '../least-rows.ts'
import { Outermost } from '../outermost.ts'
import { LetterStats } from './letters.ts'
import { sexOf } from './sexes.ts'
import { foldedLetters, hasDigits, type Slot, wordsIn } from './word-shapes.ts'
import { type CountedWords, rowsOfStretch, type Words } from './words.ts'

/** Whole texts, patterns, and words of a slot, that are kept. */
const [mostTexts, mostPatterns, mostWords] = [2500, 200, 1000]

/** Texts have patterns if so many have one of three rows or more. */
const leastCovered = 0.5

type Counts = Map<string, number>

/** What is counted of a slot. */
interface SlotStats extends Slot {
  readonly words: Counts
  readonly numbers: Outermost
  /** By the word before. */
  readonly follows: Map<string, Counts>
}

/** The texts of a column. */
interface Texts {
  /** How many rows have one. */
  readonly cells: number
  /** How many of those that were looked at have one that is too long for a name. Default: 0. */
  readonly long?: number
  /** Whether a text that enough rows share is made as it is, and words are those of the others. */
  readonly keepsWhole: boolean
}

/** What names have in common, each with how many rows have it; undefined if too few have a pattern. */
export function wordsOf(
  names: readonly (readonly [text: string, rows: number])[],
  { cells, long = 0, keepsWhole }: Texts,
): Words | undefined {
  const whole = new Map(keepsWhole ? frequent(names, mostTexts) : [])
  const patterns = new Map<string, { count: number; slots: readonly SlotStats[] }>()
  const slots = new Map<string, SlotStats>()
  const letters = new LetterStats()
  const counts: Counts = new Map()
  for (const [name, rows] of names) {
    const found = whole.has(name) ? undefined : wordsIn(name)
    if (!found) continue
    const those = found.slots.map((slot) => {
      const created = { ...slot, words: new Map(), numbers: new Outermost(), follows: new Map() }
      return slots.get(keyOf(slot)) ?? slots.set(keyOf(slot), created).get(keyOf(slot))!
    })
    countWords(found.words, those, rows)
    const ofLetters = found.words.filter((_, k) => !hasDigits(those[k]!.shape))
    // the letters of a frequent word would be nearly all
    const rare = ofLetters.filter((word) => (counts.get(word) ?? 0) < leastRows)
    letters.add(rare.map(foldedLetters), rows)
    for (const word of new Set(ofLetters)) add(counts, word, rows)
    const pattern = those.map(keyOf).join('\0')
    const { count = 0 } = patterns.get(pattern) ?? {}
    patterns.set(pattern, { count: count + rows, slots: those })
  }
  const kept = [...patterns.values()]
    .filter(({ count }) => count >= leastRows)
    .toSorted((a, b) => b.count - a.count)
    .slice(0, mostPatterns)
  const ofWhole = sumOf(whole.values())
  const others = names.filter(([name]) => !whole.has(name))
  const ofOthers = sumOf(others.map(([, rows]) => rows))
  // texts of one stretch and of another may be equal anyway
  const repeats = (1 - others.length / ofOthers) * Math.min(1, rowsOfStretch / ofOthers)
  const covered = sumOf(kept.map(({ count }) => count))
  const seen = sumOf(names.map(([, rows]) => rows)) + long
  if (covered + ofWhole < leastCovered * seen) return undefined
  // where nearly all names are frequent, their words have patterns
  const words =
    covered > 0
      ? { ...inCommon(kept), letters: letters.letters(), lengths: letters.lengths(), repeats }
      : ofWhole > 0 && wordsOf(names, { cells, long, keepsWhole: false })
  if (!words) return undefined
  if (ofWhole === 0) return words
  const rows = { counts: [...whole.values()], others: Math.max(0, cells - ofWhole) }
  return { ...words, list: [...words.list, ...whole.keys()], whole: rows }
}

/** Counts the words of a text in its slots; a row counts once, however often it has a word. */
function countWords(words: readonly string[], slots: readonly SlotStats[], rows: number): void {
  const seen = new Set<string>()
  for (const [k, slot] of slots.entries()) {
    const word = words[k]!
    const isNew = (...what: string[]) => seen.size < seen.add([slots.indexOf(slot), ...what].join('\0')).size
    if (!isNew(word)) continue
    if (/^0+$/.test(slot.shape)) slot.numbers.add(Number(word), rows)
    add(slot.words, word, rows)
    if (k === 0 || !isNew(words[k - 1]!, word)) continue
    const pairs = slot.follows.get(words[k - 1]!) ?? new Map()
    slot.follows.set(words[k - 1]!, pairs)
    add(pairs, word, rows)
  }
}

function add(counts: Counts, what: string, rows: number): void {
  counts.set(what, (counts.get(what) ?? 0) + rows)
}

const keyOf = ({ before, shape, after }: Slot) => `${before}\u0001${shape}\u0001${after}`

const sumOf = (counts: Iterable<number>) => [...counts].reduce((sum, count) => sum + count, 0)

/** What three rows or more have, most frequent first. */
function frequent(counts: Iterable<readonly [string, number]>, most: number): (readonly [string, number])[] {
  const shared = [...counts].filter(([, count]) => count >= leastRows)
  return shared.toSorted(([, a], [, b]) => b - a).slice(0, most)
}

/** Patterns, with what three rows or more have in their slots. */
function inCommon(
  patterns: readonly { readonly count: number; readonly slots: readonly SlotStats[] }[],
): Omit<Words, 'letters' | 'lengths'> {
  const used = [...new Set(patterns.flatMap(({ slots }) => slots))]
  const places = new Map<string, number>()
  const shared = (counts: Counts): CountedWords => {
    const words = frequent(counts, mostWords)
    const others = sumOf(counts.values()) - sumOf(words.map(([, count]) => count))
    return {
      words: words.map(([word]) => places.get(word) ?? places.set(word, places.size).size - 1),
      counts: words.map(([, count]) => count),
      others: others >= leastRows || words.length === 0 ? Math.max(1, others) : 0,
    }
  }
  const slots = used.map(({ before, after, shape, words, numbers }) => ({
    before,
    after,
    shape,
    ...shared(words),
    ...(!numbers.areFew && { range: numbers.means.map(Math.round) as [number, number] }),
  }))
  const follows = used.flatMap(({ follows }, slot) =>
    [...follows].flatMap(([before, words]) => {
      const after = places.get(before)
      const following = after !== undefined && shared(words)
      const isTitled = sexOf(before) !== undefined
      return following && following.words.length > 0
        ? [{ after, slot, ...following, ...(isTitled && { isTitled }) }]
        : []
    }),
  )
  return {
    list: [...places.keys()],
    slots,
    patterns: patterns.map(({ count, slots }) => ({ count, slots: slots.map((slot) => used.indexOf(slot)) })),
    follows,
  }
}
