import { requireOneOf, unknownName, wrongType } from '../../core/errors.ts'
import { printable, printableJson } from '../../core/format.ts'
import type { DateOrder } from '../dates.ts'
import { formOfExpression } from '../generated/expression.ts'
import { type StatedMaker, statedMaker } from '../generated/stated.ts'
import type { DecimalSeparator } from '../number-form.ts'
import { type ColumnKind, type ColumnType, columnTypes } from '../table.ts'
import { isIdName } from './keys.ts'

/** Which columns of a file to read, and as which kinds; other kinds are inferred. */
export interface ColumnChoice {
  /** Columns to keep, in the file's order. Default: all. */
  readonly columns?: readonly string[] | undefined
  readonly drop?: readonly string[] | undefined
  /**
   * Kinds by column name; `date:dmy` and `number:1.234,5` also say how to read 03/04/2024 and 1.234. Texts that are made for
   * each row are of the kind `text`, of a form as in `/AB-\\d{4}/`, or made by a method of faker, as by `person.lastName`
   * or `person.lastName:de`.
   */
  readonly types?: Readonly<Record<string, ColumnType | 'drop'>> | undefined
  /** Whether the first line of a text names the columns. Default: decided by comparing its cells with those below. */
  readonly header?: boolean | undefined
}

/** How a table is read. */
export interface ReadingOptions {
  readonly choice: ColumnChoice
  /** Whether to keep ids, free text of any size and empty columns. Default: false. */
  readonly keepsAll?: boolean | undefined
  /** Whether the table has the texts of its generated columns. Default: false. */
  readonly keepsTexts?: boolean | undefined
  /** Minimum number of rows. */
  readonly minRows: number
  /** Bytes that the table may take (limits.ts). */
  readonly maxSize?: number | undefined
  /** Of a table that is one of several. */
  readonly watch?: Watch | undefined
}

/** What sees a table while it is read. A file of text then begins with the names of its columns. */
export interface Watch {
  /** Whether a column is a key of its own, whatever it is named. */
  isKey?(column: string): boolean
  /** Whether to read the row of this number, from 0. Default: all. */
  takes?(row: number): boolean
  /** What sees the cells of a column as they stand, of all rows; of missing ones it may see none. */
  cells?(column: string): ((value: unknown, row: number) => void) | undefined
}

/** A choice for one column. */
export interface ColumnRole {
  readonly isDropped: boolean
  /** The given kind, if any. */
  readonly kind: ColumnKind | undefined
  /** Which of day, month and year comes first in its dates, if given. */
  readonly order: DateOrder | undefined
  /** The decimal separator of its numbers, if given. */
  readonly decimal: DecimalSeparator | undefined
  /** How its texts are made, if given. */
  readonly stated: StatedMaker | undefined
  /** Whether to keep it as it is although it is empty, or looks like an id or free text. */
  readonly isRequested: boolean
  /** Whether it is named like an id, or declared a key. */
  readonly isNamedId: boolean
  /** Whether the table has its texts, if they are generated. */
  readonly keepsTexts: boolean
  /** Maximum number of categories. */
  readonly maxCategories: number
}

/** With more categories, the network would be wider than the data warrants. */
const maxCategories = 10_000

export function roleOf(
  name: string,
  { choice: { columns, drop, types = {} }, keepsAll = false, keepsTexts = false, watch }: ReadingOptions,
): ColumnRole {
  const type = Object.hasOwn(types, name) ? types[name] : undefined
  const isListed = columns?.includes(name) ?? false
  return {
    isDropped: type === 'drop' || (drop?.includes(name) ?? false) || (columns !== undefined && !isListed),
    ...kindIn(type === 'drop' ? undefined : type),
    isRequested: type !== undefined || keepsAll,
    isNamedId: isIdName(name) || (watch?.isKey?.(name) ?? false),
    keepsTexts,
    maxCategories: keepsAll ? Number.POSITIVE_INFINITY : maxCategories,
  }
}

/** The kind in a type, and what the type says about how to read its cells. */
function kindIn(type?: ColumnType): Pick<ColumnRole, 'kind' | 'order' | 'decimal' | 'stated'> {
  const stated = type === undefined ? undefined : statedMaker(type)
  const none = { order: undefined, decimal: undefined, stated }
  if (stated) return { ...none, kind: 'text' }
  const [kind, detail] = (type?.split(':') ?? []) as [ColumnKind | undefined, string | undefined]
  if (detail === undefined) return { ...none, kind }
  return kind === 'date'
    ? { ...none, kind, order: detail as DateOrder }
    : { ...none, kind, decimal: detail === '1.234,5' ? ',' : '.' }
}

/** Throws InputError on a malformed choice: wrong types, or an unknown kind. */
export function checkChoice({ columns, drop, types, header }: ColumnChoice): void {
  if (header !== undefined && typeof header !== 'boolean')
    throw wrongType('header', header, 'give true or false')
  for (const [option, names] of Object.entries({ columns, drop }))
    if (names !== undefined && !(Array.isArray(names) && names.every((name) => typeof name === 'string')))
      throw wrongType(option, names, 'give an array of column names')
  if (types === undefined) return
  if (typeof types !== 'object' || types === null || Array.isArray(types))
    throw wrongType('types', types, "give an object of kinds by column name, such as { zip: 'category' }")
  for (const [name, kind] of Object.entries(types)) {
    const stated = typeof kind === 'string' ? statedMaker(kind) : undefined
    if (!stated) requireOneOf('types', kind, [...columnTypes, 'drop'])
    else if ('expression' in stated) formOfExpression(stated.expression, name)
  }
}

/** Throws InputError, with the nearest name, if a choice names a column that is not in `names`. */
export function requireChosenColumns({ columns, drop, types }: ColumnChoice, names: readonly string[]): void {
  const existing = new Set(names)
  for (const [option, chosen] of Object.entries({ columns, drop, types: types && Object.keys(types) }))
    for (const name of chosen ?? [])
      if (!existing.has(name)) throw unknownName(option, name, names.map(printable), { noun: 'column' })
}

/** { types: { ticket: 'category' } }: how a caller sets a column's kind. */
export function typesWith(name: string, kind: ColumnType): string {
  const key = /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? name : printableJson(name)
  return `{ types: { ${key}: '${kind}' } }`
}

/** A column, and the kinds that it may have. */
export interface KindsToTry {
  readonly name: string
  /** The only kind, or the first of several that mean different things. */
  readonly kind: ColumnType
  readonly kinds: readonly ColumnType[]
}

/** A column's name, as JSON or plain, and its kind, as `typesWith` writes them. */
export const typesPattern =
  /\{ types: \{ ("(?:[^"\\\p{C}]|\\(?:["\\/bfnrt]|u[\da-f]{4}))*"|[^\s:"]+): '([^']+)' \} \}/gu

/** The column's name in a match of `typesPattern`. */
export function nameInTypes(text: string): string {
  return text.startsWith('"') ? JSON.parse(text) : text
}

/** The column and its kinds in a message made with `typesWith`; undefined if there is none. */
export function readTypes(message: string): KindsToTry | undefined {
  const kinds = [...message.matchAll(typesPattern)].map(([, name, kind]) => ({
    name: nameInTypes(name!),
    kind: kind as ColumnType,
  }))
  const [first] = kinds
  return first && { ...first, kinds: kinds.filter(({ name }) => name === first.name).map(({ kind }) => kind) }
}
