import { InputError } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import type { Given } from './condition.ts'
import { bothOf, type Range } from './rules/column-range.ts'

/** A column's name, a sign, and what the cell is to be. */
const comparison = /^(.*?)\s*(>=|<=|!=|=|>|<)\s?(.*)$/s
const membership = /^(.*?)\s+in\s+(.*)$/s

/**
 * Conditions on the command line and in addresses as values by column: 'sex=female', 'age>=65', 'state in CA,NY',
 * 'joined in 2020-01-01..2020-12-31'. The first sign counts, since a value may contain one. Nothing after = is a missing cell.
 * Throws InputError on a text of another form, or a column that is given twice, but for the two ends of a range.
 */
export function givenFrom(texts: readonly string[]): Given {
  const given = new Map<string, Given[string]>()
  for (const text of texts) {
    const problem = (what: string, code: 'wrong-type' | 'conflict') =>
      new InputError(`\`given\` ${printable(text).slice(0, 100)}: ${what}`, code, {
        option: 'given',
        value: text,
      })
    const [, name = '', sign = '', value = ''] = comparison.exec(text) ?? inWords(text)
    if (name.trim() === '')
      throw problem(
        'give a column and its value, such as sex=female, age>=65 or state in CA,NY',
        'wrong-type',
      )
    const next = sign === '=' ? (value.trim() === '' ? null : value) : rangeOf(sign, value.trim())
    if (next === undefined) throw problem(`give what ${printable(name.trim())} is to be`, 'wrong-type')
    const before = given.get(name.trim())
    const both = isRange(before) && isRange(next) ? bothOf(before, next) : undefined
    if (before !== undefined && !both)
      throw problem(`column ${printable(name.trim())} is given twice: give one value`, 'conflict')
    given.set(name.trim(), both ?? next)
  }
  return Object.fromEntries(given)
}

function inWords(text: string): string[] {
  const [, name = '', value = ''] = membership.exec(text) ?? []
  return ['', name, 'in', value]
}

function isRange(value: Given[string] | undefined): value is Range {
  return typeof value === 'object' && value !== null
}

function rangeOf(sign: string, value: string): Range | undefined {
  if (value === '') return undefined
  switch (sign) {
    case '>=':
      return { from: value }
    case '<=':
      return { to: value }
    case '>':
      return { above: value }
    case '<':
      return { below: value }
    case '!=':
      return { not: [value] }
    default: {
      const [from, to, ...more] = value.split('..')
      if (from && to && more.length === 0) return { from: from.trim(), to: to.trim() }
      return { in: value.split(',').map((each) => each.trim()) }
    }
  }
}
