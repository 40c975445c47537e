/** Texts in a form, such as telephone numbers, plates and UUIDs: made part by part from what the form says of each. */
import * as v from 'valibot'
import { InputError } from '../../core/errors.ts'
import { humanCount, printable } from '../../core/format.ts'
import { type Avoided, avoidedSchema, maxAttempts, mayBeMade } from './avoid.ts'
import { withCheckDigits } from './check-digits.ts'
import type { ColumnDraws } from './draws.ts'
import type { Part } from './part.ts'
import { permutation } from './permutation.ts'

/** How texts of a column are built. */
export interface Form {
  readonly by: 'form'
  /** Ways to build a text, each with its share of 256 texts. */
  readonly alternatives: readonly { readonly share: number; readonly parts: readonly Part[] }[]
  /** Whether no two texts are equal. */
  readonly isUnique: boolean
  /** What check digits to put in. */
  readonly check?: 'iban' | undefined
  readonly avoided?: Avoided | undefined
}

/** Texts in which the alternatives have their shares. */
export const textsOfRound = 256

/** A part has at most so many characters that differ. */
const longestPart = 100_000

const length = v.pipe(v.number(), v.safeInteger(), v.maxValue(longestPart))
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const texts = v.pipe(v.array(v.string()), v.readonly())

export const formSchema = v.object({
  by: v.literal('form'),
  alternatives: v.pipe(
    v.array(
      v.object({
        share: whole,
        parts: v.pipe(
          v.array(
            v.union([
              v.strictObject({ text: v.string() }),
              v.pipe(
                v.strictObject({ choices: texts, weights: v.pipe(v.array(whole), v.readonly()) }),
                v.check(
                  ({ choices, weights }) => choices.length > 0 && choices.length === weights.length,
                  'choices and weights must be of one length, 1 or more',
                ),
              ),
              v.pipe(
                v.strictObject({ of: v.pipe(v.string(), v.minLength(1)), min: whole, max: length }),
                v.check(({ min, max }) => min <= max, 'min must be at most max'),
              ),
              v.pipe(
                v.strictObject({ from: whole, to: whole }),
                v.check(({ from, to }) => from <= to, 'from must be at most to'),
              ),
              v.strictObject({ counter: whole, width: length }),
            ]),
          ),
          v.readonly(),
        ),
      }),
    ),
    v.check(
      (alternatives) => alternatives.reduce((sum, { share }) => sum + share, 0) === textsOfRound,
      `the shares must add up to ${textsOfRound}`,
    ),
    v.readonly(),
  ),
  isUnique: v.boolean(),
  check: v.optional(v.literal('iban')),
  avoided: v.optional(avoidedSchema),
})

/** The largest number of texts that are told apart. */
const most = 2 ** 53

/**
 * How many texts the parts are sure to tell apart: the product of the sizes of its digits in order, a character or a number
 * each, as far as it stays within 2^53. What a longer text has beyond is drawn.
 */
export function roomOf(parts: readonly Part[]): number {
  const digits = new Digits(most - 1)
  for (const part of parts) {
    if ('counter' in part) return most
    if ('from' in part) digits.next(part.to - part.from + 1)
    else if ('choices' in part) {
      if (areAlike(part)) digits.next(part.choices.length)
    } else if ('of' in part) for (let k = 0; k < part.min; k++) digits.next([...part.of].length)
  }
  return digits.room
}

/** Whether choices are as frequent as each other, so that they may tell texts apart. */
function areAlike({ weights }: { readonly weights: readonly number[] }): boolean {
  return weights.every((weight) => weight === weights[0])
}

/** A number's digits, lowest first, each in a base of its own. */
class Digits {
  /** The product of the bases so far. */
  room = 1
  #left: number
  #isFull = false

  constructor(rank: number) {
    this.#left = rank
  }

  /** The next digit below `base`; undefined once all of 2^53 is written. */
  next(base: number): number | undefined {
    this.#isFull ||= this.room * base > most
    if (this.#isFull) return undefined
    this.room *= base
    const digit = this.#left % base
    this.#left = Math.floor(this.#left / base)
    return digit
  }
}

/** A way to build a text that has at most so many texts is listed. */
const mostListed = 2 ** 20

/** A rank is tried at most so often, with other choices and lengths. */
const mostOfRank = 16

/** At least about so many of a listed way's texts may be made, as a share. */
const leastListed = 1 / 8

/** How many unique texts a way to build them has room for, before it is known which of them may be made. */
export function expectedRoom(parts: readonly Part[]): number {
  if (parts.some((part) => 'counter' in part)) return Number.POSITIVE_INFINITY
  const room = roomOf(parts)
  return Math.floor(isListed(parts) ? room * leastListed : room / ranksOfText(parts))
}

/** Ranks that each text may try: fewer, if what is drawn beside the rank makes several texts of one. */
function ranksOfText(parts: readonly Part[]): number {
  const texts = parts.reduce((product, part) => product * textsBesideRank(part), 1)
  // of so many that are drawn, half or more differ
  return Math.ceil(maxAttempts / Math.max(1, Math.min(mostOfRank, Math.floor(texts / 2))))
}

/** How many texts of a part do not depend on the rank, if they were all as frequent as the commonest. */
function textsBesideRank(part: Part): number {
  if ('of' in part) return part.max - part.min + 1
  if (!('choices' in part) || areAlike(part)) return 1
  return part.weights.reduce((sum, weight) => sum + weight, 0) / Math.max(...part.weights)
}

/** Whether a way has so few texts that those that may be made are listed: nothing but the rank differs between them. */
function isListed(parts: readonly Part[]): boolean {
  const isVarying = (part: Part) =>
    'counter' in part || ('choices' in part && !areAlike(part)) || ('of' in part && part.max > part.min)
  return roomOf(parts) <= mostListed && !parts.some(isVarying)
}

/** The texts of a way that may be made, by their ranks. */
interface Supply {
  /** How many ranks there are, and how many of them each text may try. */
  readonly room: number
  readonly ranksOfText: number
  /** The ranks of those that may be made, if they are listed; otherwise all. */
  readonly ranks?: readonly number[]
}

/** Listing takes longer than making some texts. */
const supplies = new WeakMap<Form, readonly Supply[]>()

/** What each way of a form has room for: none of its texts stands in the rows. */
function suppliesOf(form: Form): readonly Supply[] {
  const cached = supplies.get(form)
  if (cached) return cached
  const { isUnique, avoided } = form
  const ofAlternatives = form.alternatives.map(({ parts }): Supply => {
    const room = roomOf(parts)
    if (!avoided) return { room, ranksOfText: 1 }
    if (!isUnique || !isListed(parts)) return { room, ranksOfText: ranksOfText(parts) }
    const isFree = mayBeMade(avoided)
    const textOf = textOfParts(parts)
    const ranks: number[] = []
    for (let rank = 0; rank < room; rank++)
      if (isFree(textOf({ rank, index: 0, uniform: () => 0 }))) ranks.push(rank)
    return { room: ranks.length, ranksOfText: 1, ranks }
  })
  supplies.set(form, ofAlternatives)
  return ofAlternatives
}

/** How many texts a form has room for that all differ and are not in the rows. */
export function capacityOf(form: Form): number {
  const isSingle = form.alternatives.length === 1
  const rounds = form.alternatives.map(({ share, parts }, k) => {
    const { room, ranksOfText } = suppliesOf(form)[k]!
    return parts.some((part) => 'counter' in part)
      ? Number.POSITIVE_INFINITY
      : Math.floor(Math.floor(room / ranksOfText) / (isSingle ? 1 : share))
  })
  return (isSingle ? 1 : textsOfRound) * Math.min(...rounds)
}

/**
 * Makes the texts of a form: unique ones by construction, since the parts that differ are a permutation of the index.
 *
 * @param form - The form.
 * @param draws - The column's random numbers.
 * @param name - The column's name, for messages.
 * @returns The text of an index. Throws InputError where the form has no room for so many.
 */
export function textsOfForm(form: Form, draws: ColumnDraws, name: string): (index: number) => string {
  const { alternatives, isUnique, check, avoided } = form
  const isFree = avoided ? mayBeMade(avoided) : () => true
  const ways = alternatives.map(({ share, parts }, k) => {
    const { room, ranksOfText, ranks } = suppliesOf(form)[k]!
    const placed = permutation(room, draws.key)
    const rankAt = (place: number) => (ranks ? ranks[placed(place)]! : placed(place))
    return { share, room, ranksOfText, rankAt, textOf: textOfParts(parts) }
  })
  const slots = ways.flatMap((way) => Array.from({ length: way.share }, (_, k) => ({ way, k })))
  const [a, b] = draws.key
  const noRoom = () => {
    const room = isUnique ? capacityOf(form) : 0
    const problem =
      room > 0
        ? `its form has room for ${humanCount(room)} texts that all differ and are not in the rows: draw fewer rows, or`
        : 'nearly all texts of its form stand in the rows, and none of their cells is made again:'
    return new InputError(
      `column ${printable(name)}: ${problem} state a longer form with \`types\``,
      'out-of-range',
    )
  }
  return (index) => {
    // each round of texts takes the slots in an order of its own
    const round = Math.floor(index / textsOfRound)
    const order = permutation(textsOfRound, [a ^ (round >>> 0), b ^ Math.floor(round / 2 ** 32)])
    const { way, k } = slots[order(index % textsOfRound)]!
    const place = ways.length === 1 ? index : way.share * round + k
    const { ranksOfText } = way
    if (isUnique && (place + 1) * ranksOfText > way.room) throw noRoom()
    for (let attempt = 0; attempt < (avoided ? maxAttempts : 1); attempt++) {
      const uniform = draws.uniforms(index, attempt)
      const rank = isUnique ? way.rankAt(place * ranksOfText + (attempt % ranksOfText)) : undefined
      const text = way.textOf({ rank, index, uniform })
      const checked = check === undefined ? text : withCheckDigits(text)
      if (isFree(checked)) return checked
    }
    throw noRoom()
  }
}

interface Making {
  /** Which of the texts that the parts are sure to tell apart; undefined if any will do. */
  readonly rank: number | undefined
  readonly index: number
  readonly uniform: () => number
}

/** What differs between texts is the rank: the characters and numbers of the parts are its digits. */
function textOfParts(parts: readonly Part[]): (making: Making) => string {
  const characters = parts.map((part) => ('of' in part ? [...part.of] : []))
  return ({ rank, index, uniform }) => {
    const digits = rank === undefined ? undefined : new Digits(rank)
    const below = (base: number) => Math.floor(uniform() * base)
    let text = ''
    for (const [p, part] of parts.entries()) {
      if ('text' in part) text += part.text
      else if ('choices' in part) {
        const k = areAlike(part) ? digits?.next(part.choices.length) : undefined
        text += k === undefined ? chosen(part, uniform()) : part.choices[k]
      } else if ('counter' in part) text += String(part.counter + index).padStart(part.width, '0')
      else if ('from' in part) {
        const base = part.to - part.from + 1
        text += part.from + (digits?.next(base) ?? below(base))
      } else {
        const set = characters[p]!
        const length = part.min + (part.max > part.min ? below(part.max - part.min + 1) : 0)
        for (let k = 0; k < length; k++)
          text += set[(k < part.min ? digits?.next(set.length) : undefined) ?? below(set.length)]
      }
    }
    return text
  }
}

function chosen({ choices, weights }: { choices: readonly string[]; weights: readonly number[] }, u: number) {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let [left, k] = [u * total, 0]
  while (k < choices.length - 1 && left >= weights[k]!) left -= weights[k++]!
  return choices[k]!
}
