import { counted, humanCount, printable } from '../core/format.ts'
import { textOf } from './cell-text.ts'
import { calendarDate, day } from './dates/calendar.ts'
import { formatDate, isDaily } from './dates.ts'
import { describeGrain } from './encodings/describe-grain.ts'
import type { Encoding } from './encodings/encoding.ts'
import { hasGrain } from './encodings/grain.ts'
import type { EncodedColumn } from './encodings/index.ts'
import { describeForm } from './generated/describe-form.ts'
import { typesWith } from './inference/choice.ts'
import type { LeftOut } from './inference/decision.ts'
import { describeRelation } from './relations/describe.ts'
import { endsOf } from './relations/range.ts'
import { describeRule } from './rules/index.ts'
import { type Column, isGenerated, type Table } from './table.ts'

/**
 * Describes each column in a line, with its name, kind and values, as in 'age: whole number 17..90, 177 missing'; then
 * each column that was left out, with the reason.
 */
export function describeColumns(table: Table & { readonly leftOut?: readonly LeftOut[] }): string[] {
  const { count, columns, leftOut = [] } = table
  const described = columns.map((column) => {
    let [min, max, missing] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
    for (const cell of column.cells) {
      if (Number.isNaN(cell)) missing++
      if (cell < min) min = cell
      if (cell > max) max = cell
    }
    const contents =
      missing === count ? wordFor(column) : describeCells(column, min, max, formRules(column, column.cells))
    const missingText =
      missing === 0 ? '' : missing === count ? ', all missing' : `, ${humanCount(missing)} missing`
    return `${column.name}: ${contents}${missingText}`
  })
  return [...described, ...leftOut.map(describeLeftOut)].map(printable)
}

/**
 * The same line for each column on a card, which doesn't store how many cells are missing, but which columns are known of
 * every row; then each relation and rule.
 */
export function describeEncoding({ columns, context = [], relations = [], rules = [] }: Encoding): string[] {
  const described = columns.map((column) => {
    // of names any two different numbers
    const range = column.categories && column.as !== 'constant' ? ([0, 1] as const) : rangeOf(column)
    const values = 'values' in column ? column.values : undefined
    const rules = hasGrain(column) ? describeGrain(column) : formRules(column, values)
    const isCode = column.as === 'category' && column.isNominal
    const contents = isCode
      ? `code, one of ${humanCount(column.values!.length)} whole numbers`
      : range
        ? describeCells(column, ...range, rules)
        : wordFor(column)
    const missingText = column.gaps ? ', some missing' : ''
    return `${column.name}: ${contents}${missingText}${context.includes(column.name) ? ', known of every row' : ''}`
  })
  const stated = rules.map((rule) => `rule ${describeRule(rule)}`)
  return [...described, ...relations.map(describeRelation), ...stated].map(printable)
}

/** A column's smallest and largest cell; undefined if the card doesn't store them. */
export function rangeOf(column: EncodedColumn): readonly [least: number, most: number] | undefined {
  if (column.as === 'constant') return [column.value, column.value]
  if (column.as === 'linear') return [column.min, column.max]
  const ends = endsOf(column)
  return Number.isFinite(ends[0]) ? ends : undefined
}

export function describeLeftOut({ name, reason, kind }: LeftOut): string {
  return `${printable(name)}: left out, ${printable(reason)}${kind ? ` (${typesWith(name, kind)} keeps it)` : ''}`
}

/** `rules` are what is said of the numbers or dates beyond their range. */
function describeCells(column: Column, min: number, max: number, rules: readonly string[] = []): string {
  const { kind, categories, form } = column
  if (kind === 'key' || kind === 'text') return describeMaker(column)
  if (min === max) {
    const text = textOf(column)(min)
    return `constant ${categories ? `'${text}'` : text}`
  }
  switch (kind) {
    case 'category':
      return `category of ${humanCount(categories?.length ?? 0)}`
    case 'boolean':
      return 'boolean'
    case 'date': {
      const [from, to] = [min, max].map((time) => formatDate(time, form!))
      return [`${from}..${to}`, ...rules].join(', ')
    }
    case 'integer':
      return [`whole number ${min}..${max}`, ...rules].join(', ')
    case 'number': {
      const [from, to] = [min, max].map((value) => Number(value.toPrecision(4)))
      return [`number ${from}..${to}`, ...rules].join(', ')
    }
  }
}

/** What a date's form and its cells, if they are known, say of it. */
function formRules({ form }: Column, cells?: Iterable<number>): string[] {
  if (!form || !isDaily(form)) return []
  if (!cells) return ['daily']
  // a missing cell is of no day
  for (const cell of cells) if (calendarDate(cell / day).dayOfMonth > 1) return ['daily']
  return ['monthly']
}

/** How a column is made that is not learned. */
export function describeMaker({ kind, first, maker }: Column): string {
  if (kind === 'key') return first === undefined ? 'key' : `key, ${first} and on`
  if (!maker) return 'text'
  if (maker.by === 'words')
    return maker.words.list.length > 0
      ? `text, made of ${counted(maker.words.list.length, 'word')} of the rows`
      : "text, made of the rows' letters"
  if (maker.by === 'form') return `text in the form ${describeForm(maker)}`
  return maker.sentences
    ? 'free text, made of words'
    : maker.withoutFaker
      ? 'text in the format of the rows'
      : `text, made by ${maker.method} of faker`
}

function wordFor(column: Column): string {
  const { kind } = column
  if (isGenerated(column)) return describeCells(column, 0, 1)
  return kind === 'integer' ? 'whole number' : kind
}
