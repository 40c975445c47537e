import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { alternativesOf, type Form, textsOfRound } from './form.ts'
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
 * such as `{2,5}` and `?`. Its texts all differ. Throws InputError on an expression without an end of its texts, such as `\d+`, or
 * with parts that only match, such as `(?=a)`.
 */
export function formOfExpression(expression: string, column: string): Form {
  const ways = new Parser(expression, column).ways().map(withoutEmpty)
  if (mayRepeat(ways))
    throw problemOf(
      column,
      expression,
      'it may build a text in two ways, and all are to differ: say it so that each has one',
    )
  const alternatives = alternativesOf(ways.map((parts) => ({ count: 1, parts })))
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

/** Characters of a set, so many of them. */
interface Run {
  readonly of: ReadonlySet<string>
  readonly min: number
  readonly max: number
}

/**
 * Whether ways to build texts may build the same text twice: two of them, or one in which the characters of a part of several
 * lengths may also be those of the next. In doubt they may. The ways are of fixed texts and characters.
 */
function mayRepeat(ways: readonly Way[]): boolean {
  const all = ways.map(runsOf)
  return (
    all.some(isUnclear) || all.some((runs, k) => all.slice(0, k).some((other) => mayBeEqual(runs, other)))
  )
}

function runsOf(way: Way): Run[] {
  return way.flatMap((part): Run[] => {
    if ('of' in part) return [{ of: new Set(part.of), min: part.min, max: part.max }]
    return 'text' in part ? [...part.text].map((char) => ({ of: new Set(char), min: 1, max: 1 })) : []
  })
}

/** Whether a text of the way does not say where a part that tells texts apart begins. */
function isUnclear(runs: readonly Run[]): boolean {
  const last = runs.findLastIndex(({ of, min }) => of.size > 1 && min > 0)
  const loose = [...runs.keys()].filter((k) => runs[k]!.max > runs[k]!.min)
  // the text's own length says the only one
  if (loose.length < 2) return false
  return loose.some((k) => k < last && !isDelimited(runs, k))
}

/** Whether no character of a run may be the first after it. */
function isDelimited(runs: readonly Run[], k: number): boolean {
  for (const { of, min } of runs.slice(k + 1)) {
    if (!areDisjoint(runs[k]!.of, of)) return false
    if (min > 0) return true
  }
  return true
}

/** Whether two ways may build one text, as far as their lengths, beginnings and ends tell. */
function mayBeEqual(a: readonly Run[], b: readonly Run[]): boolean {
  const [[leastA, mostA], [leastB, mostB]] = [lengthsOf(a), lengthsOf(b)]
  if (mostA < leastB || mostB < leastA) return false
  return beginAlike(a, b) && beginAlike(a.toReversed(), b.toReversed())
}

function lengthsOf(runs: readonly Run[]): [number, number] {
  return [runs.reduce((sum, { min }) => sum + min, 0), runs.reduce((sum, { max }) => sum + max, 0)]
}

/** Whether both may have the same character in each certain place. */
function beginAlike(a: readonly Run[], b: readonly Run[]): boolean {
  const [placesA, placesB] = [a, b].map(firstPlaces)
  return placesA!.every((of, k) => k >= placesB!.length || !areDisjoint(of, placesB![k]!))
}

/** The characters of the places up to the first run of several lengths. */
function firstPlaces(runs: readonly Run[]): ReadonlySet<string>[] {
  const places: ReadonlySet<string>[] = []
  for (const { of, min, max } of runs) {
    for (let k = 0; k < min; k++) places.push(of)
    if (max > min) break
  }
  return places
}

function areDisjoint(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return ![...a].some((char) => b.has(char))
}
