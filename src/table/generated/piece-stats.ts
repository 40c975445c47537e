import { leastRows } from '../least-rows.ts'
import { Outermost } from '../outermost.ts'
import { alphabets, charactersOf, type PieceClass } from './characters.ts'
import type { Part } from './part.ts'
import { consonants, spokenParts, vowels } from './spoken.ts'

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

/** The values that enough rows have are kept if together they are in nearly all cells. */
const coveredByChoices = 0.9

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

/** A character at a position counts if it has this share of the texts there. */
const leastShare = 0.005

/** With so many cells for each character, one that does not occur is none of them. */
const enoughCells = 50

/** What the cells of one shape have at one place. What `parts` keeps of it, three rows or more have. */
export class PieceStats {
  readonly of: PieceClass
  /** The first text: of a character of no class, that of all texts. */
  example = ''
  hasDigits = false
  /** The smallest and largest numbers. */
  readonly outermost = new Outermost()
  #cells = 0
  #withLeadingZeros = 0
  readonly #lengths = new Map<number, number>()
  #values: Map<string, number> | undefined = new Map()
  readonly #numbers = new Set<number>()
  #repeats = false
  readonly #positions: Map<string, number>[] = []
  /** By letter, how many cells have it anywhere. */
  readonly #letters = new Map<string, number>()

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
    const first = characters.slice(0, maxPositions)
    for (const [k, char] of first.entries()) {
      this.#positions[k] ??= new Map()
      count(this.#positions[k], char, cells)
    }
    if (this.of !== 'digits') for (const char of new Set(first)) count(this.#letters, char, cells)
    this.hasDigits ||= /\d/.test(text)
    if (this.of === 'digits') this.#addNumber(text, cells)
  }

  #addNumber(text: string, cells: number): void {
    const number = Number(text)
    if (text.length > 1 && text.startsWith('0')) this.#withLeadingZeros += cells
    this.outermost.add(number, cells)
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

  /** Whether words and chunks have one length, as codes have, and letters that are neither small nor capital can be drawn as such. */
  get isFirm(): boolean {
    if (this.of === 'letters') return this.choices !== undefined || this.foreignLetters !== undefined
    if (this.of !== 'word' && this.of !== 'chunk') return true
    return Math.max(...this.#lengths.values()) >= coveredByChoices * this.#cells
  }

  /** Whether the numbers count the texts: all differ, and few are skipped. */
  get isCounter(): boolean {
    const { smallest, largest } = this.outermost
    const isDense = largest[0]! - smallest[0]! < sparsest * this.#cells
    return this.of === 'digits' && !this.#repeats && isDense && largest[0]! <= mostCounted
  }

  /** Digits of a counter: as many as three rows or more have, if it is padded with zeros. */
  get width(): number {
    return this.#hasLeadingZeros ? Math.max(1, ...this.#commonLengths()) : 1
  }

  get #hasLeadingZeros(): boolean {
    return this.#withLeadingZeros >= leastRows
  }

  /** The lengths that three rows or more have, rising. */
  #commonLengths(): number[] {
    return keysOfRows(this.#lengths).sort((a, b) => a - b)
  }

  /** The texts that repeat, if they are nearly all of them, and far from all that their characters allow. */
  get choices(): [string, number][] | undefined {
    if (this.of === 'other') return [[this.example, 1]]
    const repeated = [...(this.#values ?? [])].filter(([, cells]) => cells >= leastRows)
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
    const lengths = this.#commonLengths()
    const [min, max] = lengths.length === 0 ? usualLengths : [lengths[0]!, lengths.at(-1)!]
    if (this.foreignLetters !== undefined) return [{ of: this.foreignLetters, min, max }]
    return this.of === 'digits' || this.of === 'upper'
      ? [{ of: charactersOf[this.of], min, max }]
      : spokenParts(min, Math.min(max, maxPositions), before === 'upper')
  }

  /** Letters of another alphabet that three rows or more have, if these are the piece's; undefined of Latin ones. */
  get foreignLetters(): string | undefined {
    const letters = keysOfRows(this.#letters)
    const areForeign =
      letters.length >= fewestLetters && !letters.some((char) => /\p{Script=Latin}/u.test(char))
    return areForeign ? letters.toSorted().join('') : undefined
  }

  /** The piece as characters, or a number, that are drawn. */
  #free(): Part[] {
    const isNumber = this.of === 'digits' && !this.#hasLeadingZeros && this.#lengths.size > 1
    if (!isNumber || this.outermost.areFew || !Number.isSafeInteger(this.outermost.largest[0]))
      return this.#runs()
    const [from, to] = this.outermost.means
    return [{ from: Math.round(from), to: Math.round(to) }]
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

  /** The shortest and longest of the common lengths, but for the twentieth of the texts beyond each. */
  #usualLengths(): readonly [number, number] {
    const lengths = this.#commonLengths()
    const cellsOf = (length: number) => this.#lengths.get(length)!
    const all = lengths.reduce((sum, length) => sum + cellsOf(length), 0)
    const at = (share: number) => {
      let left = share * all
      for (const length of lengths) {
        left -= cellsOf(length)
        if (left <= 0) return length
      }
      return lengths.at(-1)!
    }
    return lengths.length === 0 ? usualLengths : [at(0.05), at(0.95)]
  }

  #charactersAt(k: number): string {
    const seen = this.#positions[Math.min(k, maxPositions - 1)] ?? new Map<string, number>()
    const cells = [...seen.values()].reduce((sum, each) => sum + each, 0)
    const frequent = [...seen].flatMap(([char, each]) => (each >= leastShare * cells ? [char] : []))
    const kept = frequent.filter((char) => seen.get(char)! >= leastRows)
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
    if (!isEnough) return completed
    // characters that differ in one or two rows may be any
    const isShown = kept.length > 1 || (kept.length === 1 && frequent.length === 1)
    return isShown ? kept.toSorted().join('') : (this.foreignLetters ?? charactersOf[this.of])
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

/** The keys that three rows or more have. */
function keysOfRows<K>(counts: ReadonlyMap<K, number>): K[] {
  return [...counts].flatMap(([key, cells]) => (cells >= leastRows ? [key] : []))
}

function count<K>(counts: Map<K, number>, key: K, cells: number): void {
  counts.set(key, (counts.get(key) ?? 0) + cells)
}
