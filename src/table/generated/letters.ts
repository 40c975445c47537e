/** Letters of a column's words: which follow up to three others, in three rows or more. Words that are made of them look like the column's. */
import { leastRows } from '../least-rows.ts'
import { spokenWord } from './spoken.ts'
import { chosen } from './text-of-parts.ts'
import type { Words } from './words.ts'

/** Letters before one that say which it is. */
export const order = 3

/** Runs of letters that are counted, and kept of those with three letters before the last. */
const [mostCounted, mostKept] = [60_000, 1500]

/** Of words that share no length. */
const usualLengths = [4, 5, 6, 7, 8]

/** So many lengths are kept: one in the middle of each tenth of the words. */
const keptLengths = 10

/** The end of a word. */
const end = '$'

/** The start of a word. */
const start = '^'

/** Counts the letters of words, by the rows that have them. */
export class LetterStats {
  readonly #rows = new Map<string, number>()
  /** By length of a word, how many rows have one. */
  readonly #lengths = new Map<number, number>()

  /** Adds the words of a text that so many cells have. */
  add(words: readonly string[], cells: number): void {
    for (const length of new Set(words.map((word) => word.length)))
      this.#lengths.set(length, (this.#lengths.get(length) ?? 0) + cells)
    const runs = new Set(words.flatMap(runsIn))
    for (const run of runs) {
      const rows = this.#rows.get(run)
      if (rows !== undefined || this.#rows.size < mostCounted) this.#rows.set(run, (rows ?? 0) + cells)
    }
  }

  /** Lengths of words that three rows or more have, rising, as often as these have them. */
  lengths(): number[] {
    const shared = [...this.#lengths].filter(([, rows]) => rows >= leastRows).toSorted(([a], [b]) => a - b)
    const all = shared.reduce((sum, [, rows]) => sum + rows, 0)
    if (all === 0) return usualLengths
    const kept: number[] = []
    let before = 0
    for (const [length, rows] of shared) {
      before += rows
      while (kept.length < keptLengths && (kept.length + 0.5) / keptLengths < before / all) kept.push(length)
    }
    return kept
  }

  /** The letters that follow others in three rows or more, each before its weight. */
  letters(): Record<string, string> {
    const shared = [...this.#rows].filter(([, rows]) => rows >= leastRows)
    const isLong = ([run]: readonly [string, number]) => run.length > order
    const longest = shared.filter(isLong).toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    const after = new Map<string, [string, number][]>()
    for (const [run, rows] of [...shared.filter((each) => !isLong(each)), ...longest.slice(0, mostKept)]) {
      const last = run.slice(-1)
      const before = run.slice(0, -1)
      after.set(before, [...(after.get(before) ?? []), [last, rows]])
    }
    const inShort = (letters: [string, number][]) => {
      const most = Math.sqrt(Math.max(...letters.map(([, rows]) => rows)))
      return letters
        .map(([char, rows]) => char + Math.max(1, Math.round((35 * Math.sqrt(rows)) / most)).toString(36))
        .join('')
    }
    return Object.fromEntries([...after].map(([before, letters]) => [before, inShort(letters)]))
  }
}

/** The runs of a word's letters, with its start and its end: each letter with up to three before it. */
function runsIn(word: string): string[] {
  const all = `${start}${word}${end}`
  const runs: string[] = []
  for (let k = 1; k < all.length; k++)
    for (let from = Math.max(0, k - order); from < k; from++) runs.push(all.slice(from, k + 1))
  return runs
}

/** A word is tried so often: first one as long as it should be but for a letter, then for ever more. */
const attempts = 24

/** Makes words of letters that follow up to `before` others, or else of syllables; one of no such length ends anywhere. */
export function wordsOfLetters({
  letters,
  lengths,
}: Pick<Words, 'letters' | 'lengths'>): (uniform: () => number, before?: number) => string {
  const [shortest, longest] = [lengths[0]!, lengths.at(-1)!]
  const tables = [0, 1].map(
    (mayEnd) =>
      new Map(Object.entries(letters).map(([before, all]) => [before, weighted(all, mayEnd === 1)])),
  )
  const next = (text: string, uniform: number, mayEnd: boolean) => {
    for (let from = 0; from < text.length; from++) {
      const all = tables[Number(mayEnd)]!.get(text.slice(from))
      if (all && all.choices.length > 0) return chosen(all, uniform)
    }
    return undefined
  }
  return (uniform, before = order) => {
    const wanted = lengths[Math.floor(uniform() * lengths.length)]!
    let made = ''
    for (let attempt = 0; attempt < attempts; attempt++) {
      let text = start
      for (;;) {
        const char = next(text.slice(-before), uniform(), text.length > shortest)
        if (char === end && Math.abs(text.length - 1 - wanted) <= 1 + attempt / 8) return text.slice(1)
        if (char === end || char === undefined || text.length > longest) break
        text += char
      }
      made = text.slice(1)
    }
    return made.length > 0 ? made : spokenWord(uniform).slice(0, wanted)
  }
}

/** Letters, each before its weight. */
function weighted(letters: string, mayEnd: boolean) {
  const pairs = [...letters.matchAll(/(.)(.)/gsu)].filter(([, char]) => mayEnd || char !== end)
  return {
    choices: pairs.map(([, char]) => char!),
    weights: pairs.map(([, , weight]) => Number.parseInt(weight!, 36)),
  }
}
