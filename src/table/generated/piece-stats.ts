import type { Part } from './part.ts'
import { consonants, spokenParts, vowels } from './spoken.ts'

/** What the characters of a piece are; a character of no other class is its own. */
export type PieceClass = 'digits' | 'upper' | 'lower' | 'letters' | 'word' | 'chunk' | 'other'

export interface Piece {
  readonly of: PieceClass
  readonly text: string
}

/** From fine to coarse: runs of one class of characters; words of letters and digits; what stands between spaces. */
const patterns = [
  /(?<digits>\d+)|(?<upper>\p{Lu}+)|(?<lower>\p{Ll}+)|(?<letters>\p{L}+)|(?<other>[^\d\p{L}])/gu,
  /(?<word>[\d\p{L}]+)|(?<other>[^\d\p{L}])/gu,
  /(?<chunk>\S+)|(?<other>\s)/gu,
]

export const cuts = patterns.length

/** A text's pieces by the cut of this number, from 0, the finest. */
export function piecesOf(text: string, cut: number): Piece[] {
  return [...text.matchAll(patterns[cut]!)].map(({ 0: text, groups }) => {
    const of = Object.keys(groups!).find((name) => groups![name] !== undefined)
    return { of: of as PieceClass, text }
  })
}

/** What texts of one shape have in common: the classes of their pieces, and characters of no class themselves. */
export function shapeOf(pieces: readonly Piece[]): string {
  return pieces.map(({ of, text }) => (of === 'other' ? text : `\0${of}`)).join('')
}

/** Distinct values that are kept of a piece, to find those that repeat; and numbers, to find a counter. */
const [maxValues, maxNumbers] = [1000, 20_000]

/** Positions whose characters are kept. */
const maxPositions = 64

/** A value that repeats is in at least so many cells; together they have nearly all. */
const [cellsOfChoice, coveredByChoices] = [3, 0.9]

/**
 * With more texts than these, and more than this share of what its characters allow, all may occur: a piece has no choices. With so
 * many cells for each text, one that does not occur is none of them, as of the 60 minutes.
 */
const [fewChoices, mostOfRoom, cellsOfEach] = [7, 0.3, 20]

/** The lengths of a piece of which no three rows have the same. */
const usualLengths = [4, 6] as const

/** An alphabet has at least so many letters. */
const fewestLetters = 5

/** Numbers count the rows if they are so dense. */
const sparsest = 20

/** Numbers that count continue after the largest, so far from 2^53 that all of them stay whole. */
export const mostCounted = 2 ** 53 - 2 ** 40

/** A character at a position is kept if it has this share of the texts there. */
const leastShare = 0.005

/** With so many cells for each character, one that does not occur is none of them. */
const enoughCells = 50

/** What a piece's characters are completed to, if so many of them occur. */
const alphabets: readonly (readonly [characters: string, least: number])[] = [
  ['0123456789', 6],
  ['0123456789abcdef', 10],
  ['0123456789ABCDEF', 10],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', 12],
  ['abcdefghijklmnopqrstuvwxyz', 12],
  ['0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', 20],
  ['0123456789abcdefghijklmnopqrstuvwxyz', 20],
  ['0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', 30],
]

/** What the cells of one shape have at one place. */
export class PieceStats {
  readonly of: PieceClass
  /** The first text. */
  example = ''
  largest = 0
  hasDigits = false
  #smallest = Number.POSITIVE_INFINITY
  #cells = 0
  #hasLeadingZeros = false
  readonly #lengths = new Map<number, number>()
  #values: Map<string, number> | undefined = new Map()
  readonly #numbers = new Set<number>()
  #repeats = false
  readonly #positions: Map<string, number>[] = []

  constructor(of: PieceClass) {
    this.of = of
  }

  add(text: string, cells: number): void {
    if (this.#cells === 0) this.example = text
    this.#cells += cells
    if (this.of === 'other') return
    const characters = [...text]
    count(this.#lengths, characters.length, cells)
    if (this.#values) {
      count(this.#values, text, cells)
      if (this.#values.size > maxValues) this.#values = undefined
    }
    for (const [k, char] of characters.slice(0, maxPositions).entries()) {
      this.#positions[k] ??= new Map()
      count(this.#positions[k], char, cells)
    }
    this.hasDigits ||= /\d/.test(text)
    if (this.of === 'digits') this.#addNumber(text, cells)
  }

  #addNumber(text: string, cells: number): void {
    const number = Number(text)
    this.#hasLeadingZeros ||= text.length > 1 && text.startsWith('0')
    this.largest = Math.max(this.largest, number)
    this.#smallest = Math.min(this.#smallest, number)
    if (this.#numbers.size === maxNumbers) return
    this.#repeats ||= cells > 1 || this.#numbers.has(number)
    this.#numbers.add(number)
  }

  get meanLength(): number {
    return [...this.#lengths].reduce((sum, [length, cells]) => sum + length * cells, 0) / this.#cells
  }

  get hasOneLength(): boolean {
    return this.#lengths.size <= 1
  }

  /** Whether words and chunks have one length, as codes have. */
  get isFirm(): boolean {
    if (this.of !== 'word' && this.of !== 'chunk') return true
    return Math.max(...this.#lengths.values()) >= coveredByChoices * this.#cells
  }

  /** Whether the numbers count the texts: all differ, and few are skipped. */
  get isCounter(): boolean {
    const isDense = this.largest - this.#smallest < sparsest * this.#cells
    return this.of === 'digits' && !this.#repeats && isDense && this.largest <= mostCounted
  }

  /** Digits of a counter: as many as all have, if it is padded with zeros. */
  get width(): number {
    return this.#hasLeadingZeros ? Math.max(...this.#lengths.keys()) : 1
  }

  /** The texts that repeat, if they are nearly all of them, and far from all that their characters allow. */
  get choices(): [string, number][] | undefined {
    if (this.of === 'other') return [[this.example, 1]]
    const repeated = [...(this.#values ?? [])].filter(([, cells]) => cells >= cellsOfChoice)
    const covered = repeated.reduce((sum, [, cells]) => sum + cells, 0)
    if (covered < coveredByChoices * this.#cells) return undefined
    const isComplete = this.#lengths.size === 1 && this.#cells >= cellsOfEach * repeated.length
    const most = (isComplete ? 1 : mostOfRoom) * textsOf(this.#free())
    const isFew = repeated.length <= fewChoices || repeated.length < most
    return isFew ? repeated : undefined
  }

  /** How the piece is made. */
  parts(): Part[] {
    const { choices } = this
    if (choices?.length === 1) return [{ text: choices[0]![0] }]
    if (choices)
      return [{ choices: choices.map(([text]) => text), weights: choices.map(([, cells]) => cells) }]
    return this.#free()
  }

  /** The piece, after one of another class, as any characters of its class, in the lengths that three rows or more have. */
  plainParts(before?: PieceClass): Part[] {
    if (this.of === 'other') return [{ text: this.example }]
    const lengths = [...this.#lengths].flatMap(([length, cells]) => (cells >= cellsOfChoice ? [length] : []))
    const [min, max] = lengths.length === 0 ? usualLengths : [Math.min(...lengths), Math.max(...lengths)]
    if (this.of === 'digits') return [{ of: '0123456789', min, max }]
    if (this.foreignLetters !== undefined) return [{ of: this.foreignLetters, min, max }]
    return this.of === 'upper'
      ? [{ of: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', min, max }]
      : spokenParts(min, Math.min(max, maxPositions), before === 'upper')
  }

  /** Letters of another alphabet that three rows or more have, if these are the piece's; undefined of Latin ones. */
  get foreignLetters(): string | undefined {
    const counts = new Map<string, number>()
    for (const seen of this.#positions) for (const [char, cells] of seen) count(counts, char, cells)
    const letters = [...counts].flatMap(([char, cells]) => (cells >= cellsOfChoice ? [char] : []))
    const areForeign =
      letters.length >= fewestLetters && !letters.some((char) => /\p{Script=Latin}/u.test(char))
    return areForeign ? letters.toSorted().join('') : undefined
  }

  /** The piece as characters, or a number, that are drawn. */
  #free(): Part[] {
    const isNumber = this.of === 'digits' && !this.#hasLeadingZeros && this.#lengths.size > 1
    if (isNumber && Number.isSafeInteger(this.largest)) return [{ from: this.#smallest, to: this.largest }]
    return this.#runs()
  }

  /** Runs of positions with the same characters. */
  #runs(): Part[] {
    const [shortest, longest] = this.#usualLengths()
    const runs: { of: string; min: number; max: number }[] = []
    for (let k = 0; k < longest; k++) {
      const of = this.#charactersAt(k)
      const last = runs.at(-1)
      const min = k < shortest ? 1 : 0
      if (last?.of === of) {
        last.min += min
        last.max += 1
      } else runs.push({ of, min, max: 1 })
    }
    return runs
  }

  /** The shortest and longest lengths, but for the twentieth of the texts beyond each. */
  #usualLengths(): [number, number] {
    const lengths = [...this.#lengths].toSorted(([a], [b]) => a - b)
    const at = (share: number) => {
      let left = share * this.#cells
      for (const [length, cells] of lengths) {
        left -= cells
        if (left <= 0) return length
      }
      return lengths.at(-1)![0]
    }
    return [at(0.05), at(0.95)]
  }

  #charactersAt(k: number): string {
    const seen = this.#positions[Math.min(k, maxPositions - 1)] ?? new Map<string, number>()
    const cells = [...seen.values()].reduce((sum, each) => sum + each, 0)
    const frequent = [...seen].filter(([, each]) => each >= leastShare * cells).map(([char]) => char)
    if (
      this.of === 'lower' &&
      this.meanLength >= 3 &&
      frequent.length >= 4 &&
      frequent.every((char) => char <= 'z')
    )
      return k % 2 === 0 ? consonants : vowels
    // the smallest, since digits are no letters however many there are
    const completed = alphabets.find(
      ([characters, least]) =>
        frequent.length >= least && frequent.every((char) => characters.includes(char)),
    )?.[0]
    const isEnough = completed === undefined || cells >= enoughCells * completed.length
    return isEnough ? frequent.toSorted().join('') : completed
  }
}

/** How many texts characters and numbers allow. */
function textsOf(parts: readonly Part[]): number {
  return parts.reduce((product, part) => {
    if ('from' in part) return product * (part.to - part.from + 1)
    if (!('of' in part)) return product
    const lengths = Array.from({ length: part.max - part.min + 1 }, (_, k) => part.min + k)
    return product * lengths.reduce((sum, length) => sum + part.of.length ** length, 0)
  }, 1)
}

function count<K>(counts: Map<K, number>, key: K, cells: number): void {
  counts.set(key, (counts.get(key) ?? 0) + cells)
}
