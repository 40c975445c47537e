import { InputError } from '../core/errors.ts'
import { humanCount, printable } from '../core/format.ts'
import { type Condition, conditionIn, listIn, longestCondition, unquoted } from './condition-text.ts'
import type { Given } from './known.ts'
import { bothOf, type Range } from './rules/column-range.ts'

/**
 * Conditions on the command line and in requests as values by column: 'sex=female', 'age>=65', 'state in CA,NY',
 * 'joined in 2020-01-01..2020-12-31'. The first sign counts, since a value may contain one. Nothing after = is a missing cell. A name
 * or value in double quotes is taken as it is, and two of these stand for one: 'city in "Washington, D.C.",Paris'.
 * Throws InputError on a text of another form or of more than a million characters, or a column that is given twice, but for the
 * two ends of a range.
 */
export function givenFrom(texts: readonly string[]): Given {
  const given = new Map<string, Given[string]>()
  for (const text of texts) {
    const problem = (what: string, code: 'wrong-type' | 'conflict' | 'out-of-range') =>
      new InputError(`\`given\` ${shown(text)}: ${what}`, code, { option: 'given', value: text })
    if (text.length > longestCondition)
      throw problem(`give a condition of at most ${humanCount(longestCondition)} characters`, 'out-of-range')
    const condition = conditionIn(text)
    const name = unquoted(condition?.name ?? '')
    if (!condition || name === '')
      throw problem(
        'give a column and its value, such as sex=female, age>=65 or state in CA,NY',
        'wrong-type',
      )
    const { sign, value } = condition
    const next = sign === '=' ? (value.trim() === '' ? null : unquoted(value)) : rangeOf(sign, value.trim())
    if (next === undefined) throw problem(`give what ${shown(name)} is to be`, 'wrong-type')
    const before = given.get(name)
    const both = isRange(before) && isRange(next) ? bothOf(before, next) : undefined
    if (before !== undefined && !both)
      throw problem(`column ${shown(name)} is given twice: give one value`, 'conflict')
    given.set(name, both ?? next)
  }
  return Object.fromEntries(given)
}

/** As much of a text as a message holds. */
function shown(text: string): string {
  return printable(text.slice(0, 100)).slice(0, 100)
}

function isRange(value: Given[string] | undefined): value is Range {
  return typeof value === 'object' && value !== null
}

function rangeOf(sign: Condition['sign'], value: string): Range | undefined {
  if (value === '') return undefined
  const one = unquoted(value)
  switch (sign) {
    case '>=':
      return { from: one }
    case '<=':
      return { to: one }
    case '>':
      return { above: one }
    case '<':
      return { below: one }
    case '!=':
      return { not: [one] }
    default: {
      const [from, to, ...more] = value.split('..')
      if (from && to && more.length === 0 && !from.startsWith('"'))
        return { from: from.trim(), to: to.trim() }
      return { in: listIn(value) }
    }
  }
}
