/** Letters of a column's words: which follow up to three others, in three rows or more. Words that are made of them look like the column's. */
import { leastRows } from '../least-rows.ts'
import { spokenWord } from './spoken.ts'
import type { Words } from './words.ts'

/** Letters before one that say which it is. */
export const order = 3

/** Runs of letters that are counted, and kept of those with three letters before the last. */
const [mostCounted, mostKept] = [60_000, 1500]

/** Of words that share no length. */
const usualLengths: [number, number] = [4, 8]

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

  /** The shortest and the longest word of three rows or more. */
  lengths(): [number, number] {
    const shared = [...this.#lengths].flatMap(([length, rows]) => (rows >= leastRows ? [length] : []))
    return shared.length === 0 ? usualLengths : [Math.min(...shared), Math.max(...shared)]
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

/** A word is tried so often, if it gets too long or too short. */
const attempts = 8

/** A word of letters that follow up to `before` others, or else of syllables. */
export function wordOfLetters(
  { letters, lengths: [shortest, longest] }: Pick<Words, 'letters' | 'lengths'>,
  uniform: () => number,
  before = order,
): string {
  for (let attempt = 0; attempt < attempts; attempt++) {
    let text = start
    for (;;) {
      const char = nextLetter(letters, text.slice(-before), uniform(), text.length > shortest)
      if (char === end) return text.slice(1)
      if (char === undefined || text.length > longest) break
      text += char
    }
  }
  const alphabet = Object.keys(letters).filter((before) => before.length === 1 && before !== start)
  if (alphabet.every((letter) => /\p{Script=Latin}/u.test(letter)))
    return spokenWord(uniform).slice(0, longest)
  return Array.from({ length: shortest }, () => alphabet[Math.floor(uniform() * alphabet.length)]).join('')
}

function nextLetter(
  letters: Words['letters'],
  text: string,
  uniform: number,
  mayEnd: boolean,
): string | undefined {
  for (let length = text.length; length > 0; length--) {
    const all = letters[text.slice(-length)]
    if (all === undefined) continue
    const pairs = [...all.matchAll(/(.)(.)/gsu)].filter(([, char]) => char !== end || mayEnd)
    let left = uniform * pairs.reduce((sum, [, , weight]) => sum + Number.parseInt(weight!, 36), 0)
    for (const [, char, weight] of pairs) {
      left -= Number.parseInt(weight!, 36)
      if (left < 0) return char
    }
  }
  return undefined
}
