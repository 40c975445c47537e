import { InputError, nearest, shown } from '../core/errors.ts'
import { epochUnitOf, formatDate, orderOf, parseDate } from './dates.ts'
import { readNumber } from './number-form.ts'
import type { Column } from './table.ts'

/** A value as a cell of this kind. Throws InputError if it doesn't fit. */
export function cellOfKind(column: Column, value: string | number | boolean): number {
  const { kind, categories = [] } = column
  if (kind === 'boolean' && typeof value === 'boolean') return value ? 1 : 0
  if (kind === 'category' || kind === 'boolean') {
    const text = String(value).trim()
    const index = placesOf(categories).get(text)
    if (index !== undefined) return index
    const word = (category: string) => category.toLowerCase() === text.toLowerCase()
    const near = kind === 'boolean' ? categories.findIndex(word) : -1
    if (near >= 0) return near
    const choices = `${categories.slice(0, 20).map(shown).join(', ')}${categories.length > 20 ? ', …' : ''}`
    throw badCell(column, value, `choose from ${choices}`, nearest(text, categories))
  }
  if (kind === 'date') {
    const time = timeOf(column, String(value).trim())
    if (time === undefined) throw badCell(column, value, `give a date such as ${exampleOf(column)}`)
    return time
  }
  const number = typeof value === 'number' ? value : numberOf(column, value)
  if (!Number.isFinite(number)) throw badCell(column, value, 'give a number')
  return number
}

/** The places of a column's names: a list of a hundred thousand values asks for one each. */
const places = new WeakMap<readonly string[], ReadonlyMap<string, number>>()

function placesOf(categories: readonly string[]): ReadonlyMap<string, number> {
  const known = places.get(categories)
  if (known) return known
  const found = new Map<string, number>()
  for (const [k, category] of categories.entries()) if (!found.has(category)) found.set(category, k)
  places.set(categories, found)
  return found
}

/** A date in the column's form, or in another that has one reading. */
function timeOf({ form = 'YYYY-MM-DD' }: Column, text: string): number | undefined {
  const epoch = epochUnitOf(form)
  if (epoch !== undefined && /^-?\d+$/.test(text)) return Number(text) * epoch
  return parseDate(text, orderOf(form))?.time
}

/** The form, or for numbers that count the time, one of them. */
function exampleOf({ form = 'YYYY-MM-DD' }: Column): string {
  return epochUnitOf(form) === undefined ? form : formatDate(Date.UTC(2024, 2, 5), form)
}

/** A number as the column's are written, or in plain decimals; NaN for any other text. */
function numberOf({ numberForm = {} }: Column, value: string | boolean): number {
  const text = String(value).trim()
  const written = readNumber(text, numberForm.decimal ?? '.')
  const isOf = (part: string, of = '') => part === '' || part.trim() === of.trim()
  const { prefix, suffix, group } = numberForm
  const isOfColumn =
    written &&
    isOf(written.prefix, prefix) &&
    isOf(written.suffix, suffix) &&
    (written.group === '' || written.group === group)
  return isOfColumn && written.isDuration === (numberForm.duration ?? false) ? written.value : Number(text)
}

export function badCell(
  { name }: Pick<Column, 'name'>,
  value: unknown,
  remedy: string,
  near = '',
): InputError {
  const text = value === null ? 'missing' : typeof value === 'string' ? `'${shown(value)}'` : String(value)
  return new InputError(`column ${shown(name)} is ${text}${near}: ${remedy}`, 'out-of-range', {
    option: 'given',
    value,
  })
}
