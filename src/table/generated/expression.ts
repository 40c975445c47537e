import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { mayRepeat } from './ambiguity.ts'
import { type Form, textsOfRound } from './form.ts'
import type { Part } from './part.ts'

const digits = '0123456789'
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const lower = upper.toLowerCase()
const escapes: Readonly<Record<string, string>> = { d: digits, w: `${upper}${lower}${digits}_`, s: ' ' }

/** A character is repeated at most so often, and a form has at most so many ways to build a text. */
const [mostRepeats, mostWays] = [200, textsOfRound]

type Way = readonly Part[]

/**
 * The form of the texts that a regular expression matches: characters, classes such as `[A-Z]` and `\d`, groups, `|`, and counts
 * such as `{2,5}` and `?`. Its texts all differ.
 *
 * @param expression - The regular expression without its slashes.
 * @param column - The column's name, for messages.
 * @returns The form. Throws InputError on an expression without an end of its texts, such as `\d+`, or with parts that only match,
 * such as `(?=a)`.
 */
export function formOfExpression(expression: string, column: string): Form {
  const ways = new Parser(expression, column).ways().map(withoutEmpty)
  if (mayRepeat(ways))
    throw problemOf(
      column,
      expression,
      'it may build a text in two ways, and all are to differ: say it so that each has one',
    )
  const share = Math.floor(textsOfRound / ways.length)
  const left = textsOfRound - share * ways.length
  const alternatives = ways.map((parts, k) => ({
    share: share + (k < left ? 1 : 0),
    parts,
  }))
  return { by: 'form', alternatives, isUnique: true }
}

function withoutEmpty(parts: Way): Part[] {
  return parts.filter((part) => !('of' in part) || part.max > 0)
}

class Parser {
  readonly #characters: readonly string[]
  readonly #problem: (what: string) => InputError
  #at = 0

  constructor(expression: string, column: string) {
    try {
      new RegExp(expression, 'u')
    } catch {
      throw problemOf(column, expression, 'it is no regular expression')
    }
    this.#characters = [...expression.replace(/^\^/, '').replace(/(?<!\\)\$$/, '')]
    this.#problem = (what) => problemOf(column, expression, what)
  }

  ways(): Way[] {
    const ways = this.#alternatives()
    if (this.#at < this.#characters.length)
      throw this.#problem(`'${this.#characters[this.#at]}' cannot be made`)
    return ways
  }

  #alternatives(): Way[] {
    const ways = [...this.#sequence()]
    while (this.#takes('|')) ways.push(...this.#sequence())
    return this.#few(ways)
  }

  #sequence(): Way[] {
    let ways: Way[] = [[]]
    while (this.#at < this.#characters.length && !['|', ')'].includes(this.#next()!)) {
      const repeated = this.#repeated(this.#atom())
      ways = this.#few(ways.flatMap((way) => repeated.map((part) => [...way, ...part])))
    }
    return ways
  }

  #few(ways: Way[]): Way[] {
    if (ways.length > mostWays)
      throw this.#problem(`it has more than ${mostWays} ways to build a text: give fewer`)
    return ways
  }

  /** A set of characters, or the ways of a group. */
  #atom(): string | Way[] {
    const char = this.#characters[this.#at++]!
    switch (char) {
      case '(': {
        if (this.#takes('?') && !this.#takes(':'))
          throw this.#problem('it has parts that only match: leave (?…) out')
        const ways = this.#alternatives()
        this.#at++
        return ways
      }
      case '[':
        return this.#set()
      case '\\':
        return this.#escaped()
      case '.':
        return `${upper}${lower}${digits}`
      case '^':
      case '$':
        throw this.#problem(`'${char}' stands in its middle: leave it out`)
      default:
        return char
    }
  }

  #escaped(): string {
    const char = this.#characters[this.#at++]!
    const set = escapes[char]
    if (set !== undefined) return set
    if (/[A-Za-z0-9]/.test(char)) throw this.#problem(`\\${char} cannot be made: give the characters in [ ]`)
    return char
  }

  #set(): string {
    const characters = new Set<string>()
    if (this.#next() === '^')
      throw this.#problem('[^…] allows any other character: give those that are wanted')
    while (!this.#takes(']')) {
      const first = this.#takes('\\') ? this.#escaped() : this.#characters[this.#at++]!
      const isRange =
        [...first].length === 1 && this.#next() === '-' && this.#characters[this.#at + 1] !== ']'
      if (!isRange) {
        for (const char of first) characters.add(char)
        continue
      }
      this.#at++
      const last = this.#takes('\\') ? this.#escaped() : this.#characters[this.#at++]!
      for (let code = first.codePointAt(0)!; code <= last.codePointAt(0)!; code++)
        characters.add(String.fromCodePoint(code))
    }
    if (characters.size === 0) throw this.#problem('[] has no character: give some')
    return [...characters].join('')
  }

  #repeated(atom: string | Way[]): Way[] {
    const [min, max] = this.#counts()
    // in a match it asks for the fewest, which are no other texts
    this.#takes('?')
    if (typeof atom === 'string') {
      const isFixed = [...atom].length === 1 && min === max
      return [[isFixed ? { text: atom.repeat(min) } : { of: atom, min, max }]]
    }
    const ways: Way[] = []
    let some: Way[] = [[]]
    for (let count = 0; count <= max; count++) {
      if (count >= min) ways.push(...some)
      if (count < max) some = this.#few(some.flatMap((way) => atom.map((more) => [...way, ...more])))
    }
    return this.#few(ways)
  }

  #counts(): [min: number, max: number] {
    if (this.#takes('?')) return [0, 1]
    if (this.#takes('*') || this.#takes('+'))
      throw this.#problem('* and + have no end: say how many, as in {1,8}')
    if (!this.#takes('{')) return [1, 1]
    const end = this.#characters.indexOf('}', this.#at)
    const [low = '', high = low] = this.#characters.slice(this.#at, end).join('').split(',')
    this.#at = end + 1
    if (high === '') throw this.#problem(`{${low},} has no end: say how many at most, as in {${low},8}`)
    if (Number(high) > mostRepeats)
      throw this.#problem(`{${low},${high}} is too many: give at most ${mostRepeats}`)
    return [Number(low), Number(high)]
  }

  #next(): string | undefined {
    return this.#characters[this.#at]
  }

  #takes(char: string): boolean {
    if (this.#next() !== char) return false
    this.#at++
    return true
  }
}

function problemOf(column: string, expression: string, what: string): InputError {
  return new InputError(
    `\`types\`: no texts of column ${printable(column)} can be made from /${printable(expression)}/: ${what}`,
    'out-of-range',
    { option: 'types', value: expression },
  )
}
