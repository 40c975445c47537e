/** Conditions on one column: one of some values, a range, or whether the cell is there. */
import * as v from 'valibot'
import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { cellOfKind } from '../cell-value.ts'
import { orderOf, parseDate, unitOf } from '../dates.ts'
import type { Column } from '../table.ts'
import { quotedWith, written } from './kind.ts'

export type Value = string | number | boolean

/** What a cell may be: all that is stated must hold. */
export interface Range {
  /** One of these. */
  readonly in?: readonly Value[] | undefined
  /** None of these. */
  readonly not?: readonly Value[] | undefined
  /** At least this. */
  readonly from?: Value | undefined
  /** At most this; a day means its end. */
  readonly to?: Value | undefined
  /** More than this. */
  readonly above?: Value | undefined
  /** Less than this. */
  readonly below?: Value | undefined
}

/** A range of one column's cells, or whether they are there. */
export interface ColumnRange extends Range {
  readonly column: string
  /** Whether the cell is there; a range needs one that is. */
  readonly isSet?: boolean | undefined
}

const valueSchema = v.union([v.string(), v.pipe(v.number(), v.finite()), v.boolean()])
const values = v.optional(v.pipe(v.array(valueSchema), v.minLength(1), v.readonly()))

export const rangeFields = {
  in: values,
  not: values,
  from: v.optional(valueSchema),
  to: v.optional(valueSchema),
  above: v.optional(valueSchema),
  below: v.optional(valueSchema),
}

export const columnRangeSchema = v.strictObject({
  column: v.string(),
  isSet: v.optional(v.boolean()),
  ...rangeFields,
})

/** A range's bounds as cells: those of a closed interval, and whether its ends belong to it. */
export interface Bounds {
  readonly low: number
  readonly high: number
  readonly isAbove: boolean
  readonly isBelow: boolean
  readonly in: ReadonlySet<number> | undefined
  readonly not: ReadonlySet<number>
}

/** The bounds of a range in a column. Throws InputError on a value that does not fit the column's kind, and on a range of names. */
export function boundsOf(range: Range, column: Column): Bounds {
  const cell = (value: Value) => cellOfKind(column, value)
  const { from, to, above, below } = range
  const isRange = [from, to, above, below].some((bound) => bound !== undefined)
  if (isRange && !['number', 'integer', 'date'].includes(column.kind))
    throw new InputError(
      `column ${column.name} is a ${column.kind}, which has no order: give values, as in ${written(column.name)} in a, b`,
      'out-of-range',
      { option: 'given', value: describeRange({ column: column.name, ...range }) },
    )
  const low = Math.max(
    from === undefined ? Number.NEGATIVE_INFINITY : cell(from),
    above === undefined ? Number.NEGATIVE_INFINITY : endOf(column, above),
  )
  const high = Math.min(
    to === undefined ? Number.POSITIVE_INFINITY : endOf(column, to),
    below === undefined ? Number.POSITIVE_INFINITY : cell(below),
  )
  return {
    low,
    high,
    isAbove: above !== undefined && low === endOf(column, above),
    isBelow: below !== undefined && high === cell(below),
    in: range.in && new Set(range.in.map(cell)),
    not: new Set(range.not?.map(cell)),
  }
}

/** The bounds that a single cell is within. */
export function boundsOfCell(cell: number): Bounds {
  return { low: cell, high: cell, isAbove: false, isBelow: false, in: undefined, not: new Set() }
}

/** The last time of a day or month that is given for a column of finer times; other values are themselves. */
function endOf(column: Column, value: Value): number {
  const cell = cellOfKind(column, value)
  const form =
    column.kind === 'date' && typeof value === 'string'
      ? parseDate(value, orderOf(column.form!))?.form
      : undefined
  if (form === undefined) return cell
  const [given, columnUnit] = [unitOf(form), unitOf(column.form!)]
  return given > columnUnit ? cell + given - columnUnit : cell
}

/** Whether a cell that is there is within the bounds. */
export function isWithin(bounds: Bounds, cell: number): boolean {
  const { in: some, not } = bounds
  return (
    isAboveLow(bounds, cell) &&
    isBelowHigh(bounds, cell) &&
    (some === undefined || some.has(cell)) &&
    !not.has(cell)
  )
}

export function isAboveLow({ low, isAbove }: Bounds, cell: number): boolean {
  return isAbove ? cell > low : cell >= low
}

export function isBelowHigh({ high, isBelow }: Bounds, cell: number): boolean {
  return isBelow ? cell < high : cell <= high
}

/** Whether a cell meets a condition. Throws InputError as `boundsOf` does. */
export function rangeTest(condition: ColumnRange, column: Column): (cell: number) => boolean {
  const { isSet } = condition
  const bounds = boundsOf(condition, column)
  if (isSet === false) return Number.isNaN
  return (cell) => !Number.isNaN(cell) && isWithin(bounds, cell)
}

/** A value as a rule writes it: in single quotes unless it is one word. */
function writtenValue(value: Value): string {
  const text = String(value)
  const isWord = /^[^\s"'<>=!*+,()]+$/.test(text) && !text.includes('..')
  return isWord && printable(text) === text ? text : quotedWith("'", text)
}

/** A condition as a user writes it, as in `age >= 18`. */
export function describeRange({ column, isSet, ...range }: ColumnRange): string {
  const name = written(column)
  const { from, to, above, below } = range
  const parts: string[] = []
  if (isSet !== undefined) parts.push(`${name} is ${isSet ? 'set' : 'missing'}`)
  if (range.in)
    parts.push(
      range.in.length === 1
        ? `${name} = ${writtenValue(range.in[0]!)}`
        : `${name} in ${range.in.map(writtenValue).join(', ')}`,
    )
  for (const each of range.not ?? []) parts.push(`${name} != ${writtenValue(each)}`)
  if (from !== undefined && to !== undefined)
    parts.push(`${name} in ${writtenValue(from)}..${writtenValue(to)}`)
  else if (from !== undefined) parts.push(`${name} >= ${writtenValue(from)}`)
  else if (to !== undefined) parts.push(`${name} <= ${writtenValue(to)}`)
  if (above !== undefined) parts.push(`${name} > ${writtenValue(above)}`)
  if (below !== undefined) parts.push(`${name} < ${writtenValue(below)}`)
  return parts.join(' and ')
}

/** Both conditions of one column as one; undefined if they can't be one. */
export function bothOf<R extends Range>(a: R, b: R): R | undefined {
  const keys = (range: R) =>
    (Object.keys(range) as (keyof R)[]).filter((key) => range[key] !== undefined && key !== 'column')
  return keys(a).some((key) => keys(b).includes(key)) ? undefined : { ...a, ...b }
}
