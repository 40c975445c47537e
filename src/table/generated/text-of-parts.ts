/** Builds a text from its parts, where what differs between the texts of a way is a number, the rank. */
import { withCheckDigits } from './check-digits.ts'
import type { Form } from './form.ts'
import type { Part } from './part.ts'

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

/** A part that is one of several texts. */
type Choices = Extract<Part, { readonly choices: unknown }>

/** Whether choices are as frequent as each other, and nothing else decides between them, so that they may tell texts apart. */
export function areAlike({ weights, yearOf }: Choices): boolean {
  return yearOf === undefined && weights.every((weight) => weight === weights[0])
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

interface Making {
  /** Which of the texts that the parts are sure to tell apart; undefined if any will do. */
  readonly rank: number | undefined
  readonly index: number
  readonly uniform: () => number
  /** The text of another column of the row; undefined if it is missing. */
  readonly textIn?: ((column: string) => string | undefined) | undefined
}

/** What differs between texts is the rank: the characters and numbers of the parts are its digits. Check digits are put in last. */
export function textOfParts(parts: readonly Part[], check?: Form['check']): (making: Making) => string {
  const characters = parts.map((part) => ('of' in part ? [...part.of] : []))
  return ({ rank, index, uniform, textIn }) => {
    const digits = rank === undefined ? undefined : new Digits(rank)
    const below = (base: number) => Math.floor(uniform() * base)
    let text = ''
    for (const [p, part] of parts.entries()) {
      if ('text' in part) text += part.text
      else if ('choices' in part) {
        const k = areAlike(part) ? digits?.next(part.choices.length) : undefined
        const year = part.yearOf === undefined ? undefined : yearIn(textIn?.(part.yearOf))
        text +=
          year?.slice(-part.choices[0]!.length) ??
          (k === undefined ? chosen(part, uniform()) : part.choices[k])
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
    return check === undefined ? text : withCheckDigits(text)
  }
}

/** The year in a date, in whatever format: no other number of one has four digits before it. */
export function yearIn(date: string | undefined): string | undefined {
  return date?.match(/\d{4}/)?.[0]
}

function chosen({ choices, weights }: Choices, u: number) {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let [left, k] = [u * total, 0]
  while (k < choices.length - 1 && left >= weights[k]!) left -= weights[k++]!
  return choices[k]!
}
