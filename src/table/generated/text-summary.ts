/** What is kept of a column of texts while it is read: never a cell of it, but what its texts have in common. */
import { detachedCopy, hashOf } from '../inference/cells.ts'
import { leastRows } from '../least-rows.ts'
import { meanOf } from '../outermost.ts'
import { avoidedOf } from './avoid.ts'
import { isIban, withRoomForChecks } from './check-digits.ts'
import { formOfExpression } from './expression.ts'
import { type FakerMaker, isOfAccount } from './faker.ts'
import { kindFor } from './faker-kinds.ts'
import { fallbackFor } from './fallback.ts'
import { FormFinder } from './find-form.ts'
import { hasFirstName } from './first-names.ts'
import type { Maker } from './maker.ts'
import type { Sentences } from './sentences.ts'
import type { StatedMaker } from './stated.ts'
import { settled } from './widen.ts'
import { mostCharacters } from './word-shapes.ts'
import { wordsOf } from './word-stats.ts'
import type { Words } from './words.ts'

/** What the texts have in common is found in the first so many. */
const maxTexts = 20_000

/** A sentence has at least so many words in the mean, or ends with a full stop. */
const wordsOfSentence = 6

/** An address with a dot in its domain. What a part repeats never includes what follows it: the time is linear. */
const email = /^[^@\s]+@[^@\s][^@\s.]*\.[^@\s]+$/

/** Nearly all texts. */
const nearlyAll = 0.9

/** Names of people have frequent first names, in so many texts: the list of these is short. Of names of things, few do. */
export const leastPeople = 0.2

/** A first name, perhaps another or its initial, and a last one: how faker writes a person. */
const plainName = /^\p{Lu}[\p{L}'’-]+(?: \p{Lu}\.?| \p{Lu}[\p{L}'’-]+)? \p{Lu}[\p{L}'’-]+$/u

/** So many of a column's names are so, and none is longer. */
const [leastPlain, longestPlain] = [0.8, 60]

/** The methods whose texts are made of the column's own words instead, if it has some. */
const ofThings = /^(?:company|location\.(?:city|county|country)|commerce|person\.jobTitle)/

/** The methods in whose place the column's own words are, where faker is missing. */
const ofNames = /^(?:person|company|location\.(?:city|county|country)|commerce)/

/** Texts are made of words that rows share, if so many of their words are. */
const leastShared = 1 / 4

/** The texts of a column that was read. */
export interface ReadTexts {
  /** How many rows there are, with those that have no text. */
  readonly rows: number
  /** How many cells there are. */
  readonly cells: number
  /** By `hashOf`, of each cell. */
  readonly hashes: Iterable<number>
  /** How they are made, if that is said. */
  readonly stated?: StatedMaker | undefined
}

/** So much of a text is looked at, in characters: V8's expressions can't repeat one millions of times (decision 61). */
const longestStart = 100_000

export class TextSummary {
  readonly #finder = new FormFinder()
  /** Texts that may be names, and how many cells have longer ones. */
  readonly #names = new Set<string>()
  #long = 0
  #people = 0
  #plainNames = 0
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
    if (text.length > mostCharacters) this.#long += cells
    else if (!this.#names.has(text)) this.#names.add(detachedCopy(text))
    this.#texts++
    const start = text.slice(0, longestStart)
    const words = start.split(/\s+/)
    this.#lengths.push(words.length)
    if (email.test(start)) this.#emails++
    if (hasFirstName(start)) this.#people++
    if (start.length <= longestPlain && plainName.test(start)) this.#plainNames++
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
    const different = new Map<number, number>()
    for (const hash of hashes) different.set(hash, (different.get(hash) ?? 0) + 1)
    const isUnique = different.size === cells
    const avoided = avoidedOf(new Set(different.keys()))
    if (stated && 'expression' in stated)
      return { ...formOfExpression(stated.expression, name), isStated: true, avoided }
    // a text of one or two rows does not even show its kind
    const isMost = (count: number, least = nearlyAll) => cells >= leastRows && count >= least * this.#texts
    const wordsFor = (keepsWhole: boolean) =>
      wordsOf(
        [...this.#names].map((text) => [text, different.get(hashOf(text)) ?? 0]),
        {
          cells,
          long: this.#long,
          keepsWhole,
        },
      )
    const byFaker = (method: string, locale: string, sentences?: Sentences): FakerMaker => {
      const isNumbered = isUnique && isOfAccount(method)
      // without faker, names of people are none of the rows' either
      const words = !sentences && ofNames.test(method) ? wordsFor(false) : undefined
      // free text has words without a format
      const how = sentences
        ? { sentences }
        : words && sharedIn(words) >= leastShared
          ? { words }
          : { fallback: fallbackFor(method, this.#finder, { isUnique: isNumbered, rows, avoided }) }
      const isPlain = method === 'person.fullName' && isMost(this.#plainNames, leastPlain)
      return { by: 'faker', method, locale, isNumbered, ...(isPlain && { isPlain }), ...how, avoided }
    }
    if (stated) return byFaker(stated.method, stated.locale ?? this.#locale())
    const byWords = (words: Words): Maker => {
      // a text that three rows share may be made
      const rare = new Set([...different].flatMap(([hash, count]) => (count < leastRows ? [hash] : [])))
      return { by: 'words', words, ...(rare.size > 0 && { avoided: avoidedOf(rare) }) }
    }
    const words = wordsFor(true)
    const areIbans = isMost(this.#ibans)
    const form = this.#finder.form(isUnique, cells, areIbans ? withRoomForChecks : undefined)
    const kind = kindFor(name, {
      areEmails: isMost(this.#emails),
      haveDigits: cells >= leastRows && this.#withDigits > this.#texts / 2,
      hasForm: form !== undefined,
    })
    if (words && kind !== undefined && this.#areThings(kind, words)) return byWords(words)
    if (kind !== undefined) return byFaker(kind, this.#locale())
    const areNames = meanOf(this.#lengths) < wordsOfSentence && this.#withStop <= this.#texts / 2
    if (!form && words && areNames) return byWords(words)
    if (!form) return byFaker('lorem.words', this.#locale(), this.#sentences())
    const checked = { ...form, ...(areIbans && { check: 'iban' as const }) }
    // a counter begins after the rows'
    const isCounted = form.alternatives.every(({ parts }) => parts.some((part) => 'counter' in part))
    return isCounted ? checked : settled({ ...checked, avoided }, rows)
  }

  /** Whether texts that a column's name calls people, places or products are made of their own words. */
  #areThings(kind: string, words: Words): boolean {
    if (kind === 'person.fullName')
      return this.#people < leastPeople * this.#texts || this.#plainNames < leastPlain * this.#texts
    return ofThings.test(kind) && sharedIn(words) >= leastShared
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

/** The share of words that rows share. */
function sharedIn({ slots, whole }: Words): number {
  const shared = [whole, ...slots]
    .flatMap((each) => each?.counts ?? [])
    .reduce((sum, count) => sum + count, 0)
  return shared / slots.reduce((sum, { others }) => sum + others, shared)
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
