import { requireOneOf, unknownName, wrongType } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import { isIdName } from './ids.ts'
import { type ColumnKind, columnKinds } from './table.ts'

/** Which columns of a file to read, and as what; the rest is told by their cells. */
export interface ColumnChoice {
  /** The columns to keep, in the file's order; all by default. */
  readonly columns?: readonly string[] | undefined
  readonly drop?: readonly string[] | undefined
  /** Kinds by column name. A column that has one here, or is named by `columns`, is not left out. */
  readonly types?: Readonly<Record<string, ColumnKind | 'drop'>> | undefined
}

/** How a table is read. */
export interface ReadingOptions {
  readonly choice: ColumnChoice
  /** Whether ids, free text of whatever size and columns without a value stay: false without. */
  readonly keepsAll?: boolean | undefined
  /** Fewer rows are refused. */
  readonly minRows: number
}

/** What a choice says of one column. */
export interface ColumnRole {
  readonly isDropped: boolean
  /** The kind that is given, if one is. */
  readonly kind: ColumnKind | undefined
  /** Whether it stays although it looks like an id or like free text. */
  readonly isAsked: boolean
  /** Whether it stays even without a value. */
  readonly isKept: boolean
  readonly isNamedId: boolean
  /** More categories are refused. */
  readonly maxCategories: number
}

/** A category of more would be learned by a network that is wider than what it learns. */
const maxCategories = 10_000

export function roleOf(
  name: string,
  { choice: { columns, drop, types = {} }, keepsAll = false }: ReadingOptions,
): ColumnRole {
  const type = Object.hasOwn(types, name) ? types[name] : undefined
  const isListed = columns?.includes(name) ?? false
  return {
    isDropped: type === 'drop' || (drop?.includes(name) ?? false) || (columns !== undefined && !isListed),
    kind: type === 'drop' ? undefined : type,
    isAsked: isListed || type !== undefined || keepsAll,
    isKept: type !== undefined || keepsAll,
    isNamedId: isIdName(name),
    maxCategories: keepsAll ? Number.POSITIVE_INFINITY : maxCategories,
  }
}

/** Throws InputError on a choice that is none: of the wrong types, or with a kind that there is not. */
export function checkChoice({ columns, drop, types }: ColumnChoice): void {
  for (const [option, names] of Object.entries({ columns, drop }))
    if (names !== undefined && !(Array.isArray(names) && names.every((name) => typeof name === 'string')))
      throw wrongType(option, names, "give an array of columns' names")
  if (types === undefined) return
  if (typeof types !== 'object' || types === null || Array.isArray(types))
    throw wrongType('types', types, "give an object of kinds by columns' names, such as { zip: 'category' }")
  for (const kind of Object.values(types)) requireOneOf('types', kind, [...columnKinds, 'drop'])
}

/** Throws InputError, with the nearest name, where a choice names a column that is not among `names`. */
export function requireKnown({ columns, drop, types }: ColumnChoice, names: readonly string[]): void {
  const known = new Set(names)
  for (const [option, chosen] of Object.entries({ columns, drop, types: types && Object.keys(types) }))
    for (const name of chosen ?? [])
      if (!known.has(name)) throw unknownName(option, name, names.map(printable), { what: 'column' })
}

/** { types: { ticket: 'category' } }: how a caller gives a column its kind. */
export function typesWith(name: string, kind: ColumnKind): string {
  const key = /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? name : JSON.stringify(name)
  return `{ types: { ${key}: '${kind}' } }`
}

/** The column and the kind that a message gives by `typesWith`; undefined where it gives none. */
export function readTypes(message: string): { readonly name: string; readonly kind: ColumnKind } | undefined {
  const [, quoted, plain, kind] =
    /\{ types: \{ (?:("(?:[^"\\]|\\.)*")|([^\s:"]+)): '(\w+)' \} \}/u.exec(message) ?? []
  const name = quoted === undefined ? plain : JSON.parse(quoted)
  return name === undefined ? undefined : { name, kind: kind as ColumnKind }
}
