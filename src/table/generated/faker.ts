/** Names and words that the optional package @faker-js/faker makes, with our random numbers. */
import * as v from 'valibot'
import { InputError, nearest } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { type Avoided, avoidedSchema, maxAttempts, mayBeMade } from './avoid.ts'
import { startOfDigits } from './digits.ts'
import type { ColumnDraws } from './draws.ts'
import { type Fallback, fallbackSchema } from './form.ts'
import { type Sentences, sentencesSchema, textOfSentences } from './sentences.ts'
import { type Sex, type Sexes, sexesSchema } from './sex.ts'
import { type Words, wordsSchema } from './words.ts'

/** How faker makes a column's texts. */
export interface FakerMaker {
  readonly by: 'faker'
  /** A method of faker, such as person.lastName. */
  readonly method: string
  /** The language, by faker's names: en, de, … */
  readonly locale: string
  /** The version of the package, which makes its texts. */
  readonly version?: string | undefined
  /** Whether a text ends with the row's number, so that no two are equal; in an account's name it stands before the @. */
  readonly isNumbered: boolean
  /** The columns of the names that a text agrees with. */
  readonly agrees?:
    | {
        readonly firstName?: string | undefined
        readonly lastName?: string | undefined
        readonly fullName?: string | undefined
        /** The column that says the sex. */
        readonly sex?: string | undefined
      }
    | undefined
  readonly sexes?: Sexes | undefined
  /** Whether full names have no titles. */
  readonly isPlain?: boolean | undefined
  /** The format that texts have without faker; free text has words without one. Files of earlier versions have none. */
  readonly fallback?: Fallback | undefined
  /** The words that texts have without faker, in place of a format. */
  readonly words?: Words | undefined
  /** Whether faker was missing in training: texts are made without it. */
  readonly withoutFaker?: boolean | undefined
  /** Of free text. */
  readonly sentences?: Sentences | undefined
  readonly avoided?: Avoided | undefined
}

const column = v.optional(v.string())

export const fakerSchema = v.object({
  by: v.literal('faker'),
  method: v.pipe(v.string(), v.regex(/^\w+\.\w+$/)),
  locale: v.pipe(v.string(), v.regex(/^\w+$/)),
  version: v.optional(v.string()),
  isNumbered: v.boolean(),
  agrees: v.optional(v.object({ firstName: column, lastName: column, fullName: column, sex: column })),
  sexes: v.optional(sexesSchema),
  isPlain: v.optional(v.boolean()),
  fallback: v.optional(fallbackSchema),
  words: v.optional(wordsSchema),
  withoutFaker: v.optional(v.boolean()),
  sentences: v.optional(sentencesSchema),
  avoided: v.optional(avoidedSchema),
})

/**
 * What we use of the package's class of this name. The class itself in our declarations would ask everybody who compiles against
 * them for the package.
 */
export interface Faker {
  readonly rawDefinitions: object
  readonly lorem: { word(): string }
  readonly person: Readonly<Record<'firstName' | 'middleName' | 'lastName', (sex?: Sex) => string>>
  setDefaultRefDate(date: string): void
}

/** Faker with the words of one language. */
export interface LoadedFaker {
  readonly faker: Faker
  /** The version of the package. */
  readonly version: string
}

/** Loads faker with the words of a language. Throws whatever an import throws if there is none of this name. */
export type LoadFaker = (locale: string) => Promise<LoadedFaker>

let load: LoadFaker | undefined

/**
 * Says where faker comes from. In Node it is the package @faker-js/faker, if it is installed; a page has to say, since a bundler
 * packs what it sees.
 *
 * @param loader - Loads the language of a name that faker has, such as `de`.
 * @example
 * provideFaker(async () => ({ ...(await import('@faker-js/faker/locale/en')), version: '10.6.0' }))
 */
export function provideFaker(loader: LoadFaker): void {
  if (loader !== load) loaded.clear()
  load = loader
}

/** How to install what makes names. */
export const installFaker = 'npm install @faker-js/faker'

/** The languages that were loaded. */
const loaded = new Map<string, LoadedFaker>()

/** Loads the words of a language, once. Throws InputError if the package is missing, or has no such language. */
export async function loadFaker(locale: string): Promise<LoadedFaker> {
  const cached = loaded.get(locale)
  if (cached) return cached
  const english = locale === 'en' ? undefined : await loadFaker('en')
  const language = await load?.(locale).catch(() => undefined)
  if (!language)
    throw english
      ? new InputError(
          `faker has no language ${printable(locale)}: give one such as en, de, fr or pt_BR`,
          'unknown-name',
        )
      : new InputError(`names and words are made by another package: ${installFaker}`, 'not-available')
  loaded.set(locale, language)
  return language
}

/** So many attempts at a text with a number have it as it is; each so many further ones, with another zero before it. */
const attemptsOfNumber = 8

/** Times and ages are counted from here, so that the same seed gives the same texts on any day. */
const refDate = '2026-01-01T00:00:00.000Z'

/** A faker of the language, whose random numbers are those of `next`. */
function fakerWith(faker: Faker, next: () => number): Faker {
  // one language's file has the class only as that of its instance; the package's first file would load all languages
  const Own = faker.constructor as new (options: {
    locale: Faker['rawDefinitions']
    randomizer: { next(): number; seed(): void }
  }) => Faker
  const seeded = new Own({ locale: faker.rawDefinitions, randomizer: { next, seed() {} } })
  seeded.setDefaultRefDate(refDate)
  return seeded
}

/** The text of a column in the row of an index, whether it is made or learned; undefined if the cell is missing. */
export type TextIn = (column: string, index: number) => string | undefined

/**
 * Makes the text of an index with faker, given those of the columns that it agrees with.
 *
 * @param language - The language that the maker names.
 * @param otherwise - Makes the text of an index if nearly all that the method makes is in the rows; undefined where it can't, which
 * throws InputError.
 */
export function textsOfFaker(
  maker: FakerMaker,
  { faker }: LoadedFaker,
  draws: ColumnDraws,
  name: string,
  otherwise: (index: number) => string | undefined,
): (index: number, textIn: TextIn) => string {
  const { method, agrees = {}, sexes = {}, isNumbered, isPlain, sentences, avoided } = maker
  let uniform = () => 0
  const seeded = fakerWith(faker, () => uniform())
  const isFree = mayBeMade(avoided)
  const make = methodOf(seeded, method)
  const textOf = ({ firstName, lastName }: Names, sex: Sex | undefined, attempt: number) => {
    const { person, lorem } = seeded
    if (sentences) return textOfSentences(sentences, uniform, () => lorem.word())
    if (method === 'person.fullName' && firstName && lastName)
      // the names alone may be those of a row
      return [firstName, ...(attempt === 0 ? [] : [person.middleName(sex)]), lastName].join(' ')
    if (method === 'person.fullName' && isPlain) return `${person.firstName(sex)} ${person.lastName(sex)}`
    const ofFull = method === 'person.fullName' ? { sex } : ofSexes.test(method) ? sex : undefined
    return String(make(isOfAccount(method) ? { firstName, lastName } : ofFull))
  }
  const numbered = (text: string, index: number, attempt: number) => {
    if (!isNumbered) return text
    // a name has few accounts, of which most may not be made
    const zeros = '0'.repeat(Math.max(0, Math.floor(attempt / attemptsOfNumber) - 1))
    return isOfAccount(method) ? withNumber(text, `${zeros}${index}`) : `${text} ${zeros}${index}`
  }
  return (index, textIn) => {
    const parts = Object.entries(agrees).map(([part, column]) => [part, column && textIn(column, index)])
    const given: Partial<Record<string, string>> = Object.fromEntries(parts)
    const names = namesIn(given)
    const sex = sexes[given.sex ?? '']
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      uniform = draws.uniforms(index, attempt)
      const text = numbered(textOf(names, sex, attempt), index, attempt)
      if (isFree(text)) return text
    }
    const other = otherwise(index)
    if (other !== undefined) return other
    throw new InputError(
      `column ${printable(name)}: nearly all that ${method} makes is in the rows, and none of their cells is made again: give another method with \`types\`, or \`drop\` the column`,
      'out-of-range',
    )
  }
}

/** The methods whose names are of a sex. */
export const ofSexes = /^person\.(?:firstName|middleName|lastName|prefix)$/

/** A name for an account agrees with the person's. */
export function isOfAccount(method: string): boolean {
  return ['internet.email', 'internet.exampleEmail', 'internet.username', 'internet.displayName'].includes(
    method,
  )
}

interface Names {
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
}

/** An account's name that ends with a number, instead of its own digits, before the @. */
export function withNumber(account: string, number: string): string {
  const at = account.indexOf('@')
  const end = at < 0 ? account.length : at
  return `${account.slice(0, startOfDigits(account, end))}${number}${account.slice(end)}`
}

/** Titles before and after a name, each a word. */
const [titleBefore, titleAfter] = [/^\p{L}+\.$/u, /^(?:Jr\.?|Sr\.?|I|II|III|IV|V|MD|DDS|PhD|DVM)$/]

/** A person's name, in characters: a cell may have millions of spaces, which V8's expressions can't repeat (decision 61). */
const longestName = 1000

/** The names that an account or a full name agrees with: a full name's first and last word, without titles. */
export function namesIn({ firstName, lastName, fullName }: Partial<Record<string, string>>): Names {
  const all = fullName?.slice(0, longestName).split(/\s+/) ?? []
  const first = all.findIndex((word, k) => k === all.length - 1 || !titleBefore.test(word))
  const words = all.slice(Math.max(0, first))
  if (words.length > 1 && titleAfter.test(words.at(-1)!)) {
    words.pop()
    words.push(words.pop()!.replace(/,$/, ''))
  }
  return {
    firstName: firstName ?? words[0],
    lastName: lastName ?? (words.length > 1 ? words.at(-1) : undefined),
  }
}

type Make = (options?: Sex | (Names & { readonly sex?: Sex | undefined })) => unknown

/** A method of faker. Throws InputError if there is none of this name. */
function methodOf(faker: Faker, method: string): Make {
  const methods = new Map(Object.entries(faker).flatMap(([group, part]) => methodsIn(group, part)))
  const make = methods.get(method)
  if (make) return make
  throw new InputError(
    `faker has no method ${printable(method)}${nearest(method, [...methods.keys()])}: give one such as person.lastName, internet.email or location.city`,
    'unknown-name',
  )
}

/** The methods of a part of faker, by their full names. */
function methodsIn(group: string, part: unknown): [string, Make][] {
  if (group.startsWith('_') || typeof part !== 'object' || part === null || !('faker' in part)) return []
  return Object.entries(part).flatMap(([name, method]): [string, Make][] =>
    typeof method === 'function' ? [[`${group}.${name}`, method.bind(part)]] : [],
  )
}

/**
 * Throws InputError unless faker has the method, and it makes a text, a number or a truth, without options, from words that the
 * language has.
 */
export function requireMethod(method: string, { faker }: LoadedFaker): void {
  const make = methodOf(
    fakerWith(faker, () => 0.5),
    method,
  )
  let value: unknown
  try {
    value = make()
  } catch {
    throw new InputError(
      `faker's ${method} makes nothing without options, or nothing in this language: give a method such as person.lastName`,
      'wrong-type',
    )
  }
  if (['string', 'number', 'boolean'].includes(typeof value)) return
  const what = Array.isArray(value) ? 'an array' : value instanceof Date ? 'a date' : `this ${typeof value}`
  throw new InputError(
    `faker's ${method} makes no text but ${what}: give a method such as person.lastName`,
    'wrong-type',
  )
}
