/** Reads rules and conditions as users write them (docs/how-to/rules.md). */
import { type InputError, nearest } from '../../core/errors.ts'
import { humanCount, printable } from '../../core/format.ts'
import { longestCondition } from '../condition-text.ts'
import { bothOf, type ColumnRange, type Range } from './column-range.ts'
import type { Rule } from './index.ts'
import { ruleProblem, written } from './kind.ts'
import { type LongNames, longNamesOf, quotingHint, withLongNames } from './names.ts'
import { type Token, tokensOf } from './tokens.ts'

/** What a sign says of the value after it, as a range has it. */
const signs = { '=': 'in', '!=': 'not', '>=': 'from', '<=': 'to', '>': 'above', '<': 'below' } as const

type Key = (typeof signs)[keyof typeof signs]

/** A sign's meaning with its sides exchanged. */
const mirrored: Readonly<Record<Key, Key>> = {
  in: 'in',
  not: 'not',
  from: 'to',
  to: 'from',
  above: 'below',
  below: 'above',
}

/**
 * Reads rules: `start <= end`, `a < b < c`, `total = quantity * price`, `net = gross - tax`, `unique(email)`,
 * `unique(year, team)`, `seen(city, country)`, `if status = shipped then shipped_at is set`, `amount in 0..10000`. A name may be in
 * double quotes, and must be where it could mean something else; a text of several words is in single quotes.
 *
 * @param texts - The rules.
 * @param columns - The names of the columns.
 * @returns A rule or several for each. Throws InputError on one that can't be read, has more than a million characters, or is about
 * a column that is not there.
 */
export function parseRules(texts: readonly string[], columns: readonly string[]): Rule[] {
  const names = new Set(columns)
  const long = longNamesOf(columns)
  return texts.flatMap((text) => new RuleParser(text, names, long).rules())
}

class RuleParser {
  readonly #text: string
  readonly #columns: ReadonlySet<string>
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(text: string, columns: ReadonlySet<string>, long: LongNames) {
    this.#text = text
    this.#columns = columns
    if (text.length > longestCondition)
      throw ruleProblem(text, `give a rule of at most ${humanCount(longestCondition)} characters`)
    this.#tokens = withLongNames(tokensOf(text), long)
  }

  rules(): Rule[] {
    const rules = this.#statement()
    if (this.#next)
      throw this.#problem(
        `'${printable(this.#next.text)}' was not expected: see the kinds of rules in moonstep train --help`,
      )
    return rules
  }

  #statement(): Rule[] {
    for (const kind of ['unique', 'seen'] as const)
      if (this.#isNext(kind) && this.#tokens[this.#at + 1]?.text === '(') return [this.#ofColumns(kind)]
    if (!this.#takes('if')) return this.#comparison()
    const when = this.#conditions()
    if (!this.#takes('then')) throw this.#problem("give what follows, as in 'if age < 18 then married = no'")
    return [{ kind: 'if', when, must: this.#conditions() }]
  }

  #ofColumns(kind: 'unique' | 'seen'): Rule {
    this.#at += 2
    const columns = [this.#column()]
    while (this.#takes(',')) columns.push(this.#column())
    if (!this.#takes(')')) throw this.#problem("a ')' is missing")
    this.#requireDifferent(columns)
    if (kind === 'seen' && columns.length < 2)
      throw this.#problem('a column has only the values of the rows anyway: give two or more')
    return { kind, columns }
  }

  #conditions(): ColumnRange[] {
    const conditions: ColumnRange[] = []
    /** By column, the place of its first condition. */
    const first = new Map<string, number>()
    do {
      const next = this.#condition()
      const k = first.get(next.column)
      const both = k === undefined ? undefined : bothOf(conditions[k]!, next)
      if (both) conditions[k!] = both
      else conditions.push(next)
      if (k === undefined) first.set(next.column, conditions.length - 1)
    } while (this.#takes('and'))
    return conditions
  }

  #condition(): ColumnRange {
    const column = this.#column()
    return { column, ...this.#rangeAfter(column) }
  }

  /** What a column may be, after its name. */
  #rangeAfter(column: string): Omit<ColumnRange, 'column'> {
    if (this.#takes('in')) return this.#members()
    if (this.#takes('is')) {
      const isNot = this.#takes('not')
      if (this.#takes('set')) return { isSet: !isNot }
      if (this.#takes('missing')) return { isSet: isNot }
      return rangeOf(isNot ? 'not' : 'in', this.#value())
    }
    const key = this.#key(
      `give what ${printable(column)} is to be, as in ${written(column)} >= 18 or ${written(column)} in a, b`,
    )
    return rangeOf(key, this.#value())
  }

  /** `0..10` or `a, b, c`. */
  #members(): Range {
    const isText = this.#tokens[this.#at]?.is === 'text'
    const first = this.#value()
    const [from, to] = first.split('..')
    if (!isText && to !== undefined && from !== '' && to !== '') return { from: from!, to }
    const values = [first]
    while (this.#takes(',')) values.push(this.#value())
    return { in: values }
  }

  /** Columns and values with signs between them. */
  #comparison(): Rule[] {
    const first = this.#operand()
    if (first.column !== undefined && (this.#isNext('in') || this.#isNext('is')))
      return [{ kind: 'range', column: first.column, ...this.#rangeAfter(first.column) }]
    const rules: Rule[] = []
    let left = first
    /** The columns of the last rule, if it is an order. */
    let chain: { columns: string[]; strict: boolean[]; isRising: boolean } | undefined
    const endChain = () => {
      if (!chain) return
      const { columns, strict, isRising } = chain
      for (const list of isRising ? [] : [columns, strict]) list.reverse()
      rules.push({ kind: 'order', columns, strict })
      chain = undefined
    }
    do {
      const sign = this.#next?.text
      const key = this.#key(
        "give a comparison, as in 'start <= end', 'net = gross - tax' or 'amount in 0..100', or unique(…), seen(…), if … then …",
      )
      if (key === 'in' && left.column !== undefined && rules.length === 0 && !chain)
        return [this.#equality(left.column)]
      const right = this.#operand()
      if (left.column !== undefined && right.column !== undefined) {
        if (key === 'in' || key === 'not')
          throw this.#problem(`'${sign}' stands between two columns: give <, <=, > or >=`)
        const isRising = key === 'to' || key === 'below'
        if (chain && chain.isRising !== isRising) endChain()
        chain ??= { columns: [left.column], strict: [], isRising }
        chain.columns.push(right.column)
        chain.strict.push(key === 'above' || key === 'below')
      } else {
        endChain()
        rules.push(this.#boundOf(left, key, right))
      }
      left = right
    } while (this.#next)
    endChain()
    return rules
  }

  /** A comparison of a column and a value. */
  #boundOf(left: Operand, key: Key, right: Operand): Rule {
    const [column, value, bound] =
      left.column !== undefined ? [left.column, right.value, key] : [right.column, left.value, mirrored[key]]
    if (column === undefined || value === undefined)
      throw this.#problem(
        `neither ${printable(left.value ?? '')} nor ${printable(right.value ?? '')} is a column${this.#near(left.value ?? '')}`,
      )
    // what is compared by size begins with a digit: a word may be a misspelt column
    const { isWord } = left.column !== undefined ? right : left
    const isSize = bound !== 'in' && bound !== 'not'
    if (isWord && isSize && /^\p{L}/u.test(value) && this.#near(value) !== '') throw this.#notAColumn(value)
    return { kind: 'range', column, ...rangeOf(bound, value) }
  }

  /** What stands after `column =`: a value, a sum or a product. */
  #equality(column: string): Rule {
    const isNegative = this.#takes('-')
    const first = this.#operand()
    if (first.column === undefined && !['*', '+', '-'].includes(this.#next?.text ?? '')) {
      if (isNegative) throw this.#problem('give the number with its sign, as in -1')
      return { kind: 'range', column, in: [first.value!] }
    }
    const terms = [this.#term(first, isNegative)]
    for (let isMinus = this.#isNext('-'); this.#takes('-') || this.#takes('+'); isMinus = this.#isNext('-'))
      terms.push(this.#term(this.#operand(), isMinus))
    const [only] = terms
    const by = terms.flatMap(({ names }) => names)
    this.#requireDifferent([column, ...by])
    if (terms.length === 1 && only!.names.length > 1 && only!.times === 1)
      return { kind: 'product', column, by }
    if (terms.some(({ names }) => names.length !== 1))
      throw this.#problem('give a sum of columns, which may have factors, or a product of columns')
    return { kind: 'sum', column, by, times: terms.map(({ times }) => times) }
  }

  /** Columns and numbers with `*` between them, after the first. */
  #term(first: Operand, isMinus: boolean): { names: string[]; times: number } {
    const term = { names: [] as string[], times: isMinus ? -1 : 1 }
    for (let next = first; ; next = this.#operand()) {
      if (next.column !== undefined) term.names.push(next.column)
      else if (Number.isFinite(Number(next.value))) term.times *= Number(next.value)
      else throw this.#notAColumn(next.value!)
      if (!this.#takes('*')) return term
    }
  }

  #operand(): Operand {
    const token = this.#next
    if (!token || token.is === 'sign')
      throw this.#problem(
        `a column or a value is missing${token ? ` before '${token.text}'` : ' at its end'}`,
      )
    const isColumn = token.is === 'column' || (token.is === 'word' && this.#columns.has(token.text))
    return isColumn ? { column: this.#column() } : { isWord: token.is === 'word', value: this.#value() }
  }

  #column(): string {
    const token = this.#next
    if (!token || token.is === 'sign' || token.is === 'text')
      throw this.#problem("a column's name is missing")
    if (!this.#columns.has(token.text)) throw this.#notAColumn(token.text)
    this.#at++
    return token.text
  }

  #notAColumn(name: string): InputError {
    return this.#problem(`the rows have no column ${printable(name)}${this.#near(name)}`)
  }

  #near(name: string): string {
    return nearest(name, [...this.#columns])
  }

  #value(): string {
    const token = this.#next
    if (!token || token.is === 'sign' || token.is === 'column') throw this.#problem('a value is missing')
    this.#at++
    return token.text
  }

  /** What the sign of a comparison says. Throws InputError with the problem if none follows. */
  #key(problem: string): Key {
    const token = this.#next
    if (token?.is !== 'sign' || !(token.text in signs)) throw this.#problem(problem)
    this.#at++
    return signs[token.text as keyof typeof signs]
  }

  get #next(): Token | undefined {
    return this.#tokens[this.#at]
  }

  /** Whether a word or a sign follows. */
  #isNext(text: string): boolean {
    const token = this.#next
    return (token?.is === 'word' || token?.is === 'sign') && token.text.toLowerCase() === text
  }

  #takes(text: string): boolean {
    const isNext = this.#isNext(text)
    if (isNext) this.#at++
    return isNext
  }

  #requireDifferent(columns: readonly string[]): void {
    const before = new Set<string>()
    const twice = columns.find((name) => before.size === before.add(name).size)
    if (twice !== undefined) throw this.#problem(`${printable(twice)} stands twice`)
  }

  #problem(problem: string): InputError {
    return ruleProblem(this.#text, `${problem}${quotingHint(this.#tokens, this.#columns)}`)
  }
}

function rangeOf(key: Key, value: string): Range {
  return key === 'in' || key === 'not' ? { [key]: [value] } : { [key]: value }
}

interface Operand {
  readonly column?: string | undefined
  readonly value?: string | undefined
  /** Whether the value has no quotes. */
  readonly isWord?: boolean
}
