import { InputError } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import type { Given } from './known.ts'
import { bothOf, type Range } from './rules/column-range.ts'

const quotes = '"(?:[^"]|"")*"'
const sign = '>=|<=|!=|=|>|<'

/** A column's name, a sign or `in`, and what the cell is to be: the first of these forms that a text has. */
const forms = [
  new RegExp(`^(?<name>${quotes})\\s*(?<sign>${sign}|in\\s)\\s?(?<value>.*)$`, 's'),
  // values of a list may begin with a sign
  /^(?<name>[^<>=!]*?)\s+(?<sign>in\s)\s*(?<value>(?:["<>=!]|[^<>=!]*[",]).*)$/s,
  new RegExp(`^(?<name>.*?)\\s*(?<sign>${sign})\\s?(?<value>.*)$`, 's'),
  /^(?<name>.*?)\s+(?<sign>in\s)\s*(?<value>.*)$/s,
]

/**
 * Conditions on the command line and in requests as values by column: 'sex=female', 'age>=65', 'state in CA,NY',
 * 'joined in 2020-01-01..2020-12-31'. The first sign counts, since a value may contain one. Nothing after = is a missing cell. A name
 * or value in double quotes is taken as it is, and two of these stand for one: 'city in "Washington, D.C.",Paris'.
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
    const groups = forms.map((form) => form.exec(text.trimStart())?.groups).find((match) => match)
    const { sign = '', value = '' } = groups ?? {}
    const name = unquoted(groups?.name ?? '')
    if (name === '')
      throw problem(
        'give a column and its value, such as sex=female, age>=65 or state in CA,NY',
        'wrong-type',
      )
    const next = sign === '=' ? (value.trim() === '' ? null : unquoted(value)) : rangeOf(sign, value.trim())
    if (next === undefined) throw problem(`give what ${printable(name)} is to be`, 'wrong-type')
    const before = given.get(name)
    const both = isRange(before) && isRange(next) ? bothOf(before, next) : undefined
    if (before !== undefined && !both)
      throw problem(`column ${printable(name)} is given twice: give one value`, 'conflict')
    given.set(name, both ?? next)
  }
  return Object.fromEntries(given)
}

/** A name or value without its double quotes, if it has some; otherwise as it is. */
function unquoted(text: string): string {
  const trimmed = text.trim()
  return new RegExp(`^${quotes}$`).test(trimmed) ? trimmed.slice(1, -1).replaceAll('""', '"') : text
}

/** The values of a list, between commas that stand in no quotes. */
function valuesOf(list: string): string[] {
  return list
    .match(new RegExp(`(?<=^|,)(?:\\s*${quotes}\\s*(?=,|$)|[^,]*)`, 'g'))!
    .map((each) => unquoted(each.trim()))
}

function isRange(value: Given[string] | undefined): value is Range {
  return typeof value === 'object' && value !== null
}

function rangeOf(sign: string, value: string): Range | undefined {
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
      return { in: valuesOf(value) }
    }
  }
}
