import type * as v from 'valibot'
import { InputError, nearest } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { placeOf } from '../columns.ts'
import type { HeldPart } from '../held.ts'
import type { Column, TableColumn } from '../table.ts'

/** Whether a row meets a rule, by the columns' cells and its index. A rule says nothing of missing cells unless it names them. */
export type RowTest = (cells: readonly ArrayLike<number>[], i: number) => boolean

/** A kind of rule. A new kind is a file here, its line in index.ts, and its words in parse.ts. */
export interface RuleKind<R> {
  readonly schema: v.GenericSchema<unknown, R>
  /** The columns that it is about. */
  columns(rule: R): readonly string[]
  /** In a line, as the user states it. */
  describe(rule: R): string
  /** What it holds of the training rows; what the user writes in it is not of them. */
  held(rule: R): readonly HeldPart[]
  /** The rule with what it keeps of its columns in the training rows. */
  fit?(rule: R, columns: readonly TableColumn[]): R
  /** Whether the cells that a row has in its columns meet it. Throws InputError on columns that the rule can't be about. */
  test(rule: R, columns: readonly Column[]): (cells: readonly number[]) => boolean
}

/** The places of columns in a row. Throws InputError on a column that is not there. */
export function placesOf(names: readonly string[], columns: readonly Column[], rule: string): number[] {
  return names.map((name) => {
    const d = placeOf(columns, name)
    if (d < 0) throw ruleProblem(rule, `the rows have no column ${printable(name)}`)
    return d
  })
}

/** So many characters of a rule show which it is. */
const longestShown = 200

export function ruleProblem(rule: string, problem: string): InputError {
  const shown = rule.length > longestShown ? `${rule.slice(0, longestShown)}…` : rule
  return new InputError(`rule ${printable(shown)}: ${problem}`, 'out-of-range', {
    option: 'rules',
    value: rule,
  })
}

/** What an action returns. Throws its InputError as one about a rule, and says so where a value looks like a column's name. */
export function inRule<R>(rule: string, columns: readonly Column[], action: () => R): R {
  try {
    return action()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw ruleProblem(rule, `${error.message}${notAName(error, columns)}`)
  }
}

/** '; there is no column Cost (did you mean Costs?)' of a value that may be a mistyped name. */
function notAName({ value, message }: InputError, columns: readonly Column[]): string {
  const isWord = typeof value === 'string' && /^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(value)
  if (!isWord || columns.some(({ name }) => name === value)) return ''
  const near = nearest(
    value,
    columns.map(({ name }) => name),
  )
  return near === '' && message.includes('did you mean') ? '' : `; there is no column ${value}${near}`
}

/** A column's name as a rule writes it: in double quotes unless it is one word. */
export function written(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(name) && !reserved.has(name) ? name : quotedWith('"', name)
}

/** A text in quotes as tokens.ts reads it, printable. */
export function quotedWith(quote: '"' | "'", text: string): string {
  const code = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  const escaped = text
    .replaceAll(/["'\\]/g, (letter) => (letter === '\\' || letter === quote ? `\\${letter}` : letter))
    .replaceAll(/[\p{C}\u2028\u2029]/gu, (letter) => letter.split('').map(code).join(''))
  return `${quote}${escaped}${quote}`
}

/** Words of rules that a column's name must be quoted to mean. */
export const reserved: ReadonlySet<string> = new Set(
  'if then and in is not set missing unique seen'.split(' '),
)
