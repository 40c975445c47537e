/** What is kept of a column of texts while it is read: never a cell of it, but what its texts have in common. */
import { leastRows } from '../least-rows.ts'
import { meanOf } from '../outermost.ts'
import { avoidedOf } from './avoid.ts'
import { isIban, withRoomForChecks } from './check-digits.ts'
import { formOfExpression } from './expression.ts'
import { type FakerMaker, isOfAccount } from './faker.ts'
import { kindFor } from './faker-kinds.ts'
import { fallbackFor } from './fallback.ts'
import { FormFinder } from './find-form.ts'
import type { Maker } from './maker.ts'
import type { Sentences } from './sentences.ts'
import type { StatedMaker } from './stated.ts'
import { settled } from './widen.ts'

/** What the texts have in common is found in the first so many. */
const maxTexts = 20_000

/** A sentence has at least so many words in the mean, or ends with a full stop. */
const wordsOfSentence = 6

/** An address with a dot in its domain. What a part repeats never includes what follows it: the time is linear. */
const email = /^[^@\s]+@[^@\s][^@\s.]*\.[^@\s]+$/

/** Nearly all texts. */
const nearlyAll = 0.9

/** The texts of a column that was read. */
export interface ReadTexts {
  /** How many rows there are, with those that have no text. */
  readonly rows: number
  /** How many cells there are. */
  readonly cells: number
  /** By `hashOf`, of each cell or of each different text. */
  readonly hashes: Iterable<number>
  /** How they are made, if that is said. */
  readonly stated?: StatedMaker | undefined
}

/** So much of a text is looked at, in characters: V8's expressions can't repeat one millions of times (decision 61). */
const longestStart = 100_000

export class TextSummary {
  readonly #finder = new FormFinder()
  readonly #lengths: number[] = []
  #texts = 0
  #emails = 0
  #ibans = 0
  #withDigits = 0
  #withStop = 0
  #capitalised = 0
  #upper = 0
  /** By language, how many texts have its letters. */
  readonly #foreign = locales.map(() => 0)

  /** Adds a text that so many cells have. */
  add(text: string, cells = 1): void {
    if (this.#texts === maxTexts) {
      this.#finder.addLater(text)
      return
    }
    this.#finder.add(text, cells)
    this.#texts++
    const start = text.slice(0, longestStart)
    const words = start.split(/\s+/)
    this.#lengths.push(words.length)
    if (email.test(start)) this.#emails++
    if (isIban(start)) this.#ibans++
    if (/\d/.test(start)) this.#withDigits++
    if (/[.!?]$/.test(start)) this.#withStop++
    if (words.every((word) => !/^\p{Ll}/u.test(word))) this.#capitalised++
    if (!/\p{Ll}/u.test(start)) this.#upper++
    if (/[^\p{ASCII}]/u.test(start))
      for (const [k, [, letters]] of locales.entries()) if (letters.test(start)) this.#foreign[k]!++
  }

  /** How texts like these are made. */
  maker(name: string, { rows, cells, hashes, stated }: ReadTexts): Maker {
    const different = new Set(hashes)
    const isUnique = different.size === cells
    const avoided = avoidedOf(different)
    if (stated && 'expression' in stated)
      return { ...formOfExpression(stated.expression, name), isStated: true, avoided }
    const byFaker = (method: string, locale: string, sentences?: Sentences): FakerMaker => {
      const isNumbered = isUnique && isOfAccount(method)
      // free text has words without a format
      const how = sentences
        ? { sentences }
        : { fallback: fallbackFor(method, this.#finder, { isUnique: isNumbered, rows, avoided }) }
      return { by: 'faker', method, locale, isNumbered, ...how, avoided }
    }
    if (stated) return byFaker(stated.method, stated.locale ?? this.#locale())
    // a text of one or two rows does not even show its kind
    const isMost = (count: number) => cells >= leastRows && count >= nearlyAll * this.#texts
    const areIbans = isMost(this.#ibans)
    const form = this.#finder.form(isUnique, cells, areIbans ? withRoomForChecks : undefined)
    const kind = kindFor(name, {
      areEmails: isMost(this.#emails),
      haveDigits: cells >= leastRows && this.#withDigits > this.#texts / 2,
      hasForm: form !== undefined,
    })
    if (kind !== undefined) return byFaker(kind, this.#locale())
    if (!form) return byFaker('lorem.words', this.#locale(), this.#sentences())
    const checked = { ...form, ...(areIbans && { check: 'iban' as const }) }
    // a counter begins after the rows'
    const isCounted = form.alternatives.every(({ parts }) => parts.some((part) => 'counter' in part))
    return isCounted ? checked : settled({ ...checked, avoided }, rows)
  }

  #sentences(): Sentences {
    const areFew = this.#texts < leastRows
    const lengths = areFew ? fewWords : this.#lengths.toSorted((a, b) => a - b)
    // each of three neighbours: the shortest and the longest text are of single rows
    const at = (share: number) => {
      const first = Math.round(share * (lengths.length - 1)) - (leastRows >> 1)
      const from = Math.min(Math.max(0, first), lengths.length - leastRows)
      return Math.round(meanOf(lengths.slice(from, from + leastRows)))
    }
    const mean = meanOf(lengths)
    const isMost = (count: number) => !areFew && count > this.#texts / 2
    return {
      words: Array.from({ length: 11 }, (_, k) => at(k / 10)),
      style: isMost(this.#upper)
        ? 'upper'
        : isMost(this.#withStop) || mean >= wordsOfSentence
          ? 'sentences'
          : isMost(this.#capitalised)
            ? 'title'
            : 'lower',
    }
  }

  /** The language whose letters the texts have, if they show it. */
  #locale(): string {
    const most = Math.max(...this.#foreign)
    // a name here and there is from elsewhere
    const isShown = most >= Math.max(leastRows, leastForeign * this.#texts)
    return isShown ? locales[this.#foreign.indexOf(most)]![0] : 'en'
  }
}

/** A language other than English is shown by the share of texts with its letters. */
const leastForeign = 0.05

/** The words of texts of which there are too few to count them. */
const fewWords = [3, 4, 5]

/** Letters that are of one language rather than of another, by faker's names of these. */
const locales: readonly (readonly [locale: string, letters: RegExp])[] = [
  ['de', /[äöüßÄÖÜ]/],
  ['fr', /[éèêçàùœîôûÉÈÇ]/],
  ['es', /[ñáíóú¿¡Ñ]/],
  ['pt_BR', /[ãõÃÕ]/],
  ['pl', /[ąćęłńśźżŁŚŻ]/],
  ['cs_CZ', /[ěščřžůĚŠČŘŽ]/],
  ['sv', /[åÅ]/],
  ['tr', /[ğışĞİŞ]/],
  ['ru', /[а-яА-Я]/],
  ['uk', /[іїєґІЇЄҐ]/],
  ['el', /[α-ωΑ-Ω]/],
  ['ja', /[ぁ-んァ-ン]/],
  ['ko', /[가-힣]/],
  ['zh_CN', /[一-龯]/],
  ['ar', /[ء-ي]/],
  ['he', /[א-ת]/],
]
