import { InputError } from '../core/errors.ts'
import { counted, printable } from '../core/format.ts'
import { isMissingWord } from './inference/cells.ts'
import { booleanOfWord } from './inference/words.ts'
import { matchColumns, otherCategory } from './match-columns.ts'
import {
  type Column,
  type ColumnType,
  type NamedTable,
  namesOf,
  type Table,
  type TableColumn,
} from './table.ts'

/** The cells of a column whose names a reference lacks, such as those of rows that a model has not seen. */
interface UnknownNames {
  readonly column: string
  readonly cells: number
  /** Most frequent first. */
  readonly names: readonly string[]
}

interface Reference {
  readonly name: string
  readonly columns: readonly Column[]
}

/**
 * The types by which to read rows that may have other words than yes and no: columns of those as names, of which
 * `withYesAndNo` then finds the ones that mean yes or no.
 */
export function typesForAnyWord(types: Readonly<Record<string, ColumnType>>): Record<string, ColumnType> {
  return Object.fromEntries(
    Object.entries(types).map(([name, type]) => [name, type === 'boolean' ? 'category' : type]),
  )
}

/**
 * A table read by `typesForAnyWord`, with yes and no spelled as in the reference's columns of these. A column that has
 * other words too is a category of all of them.
 */
export function withYesAndNo<T extends Table>(table: T, reference: Pick<Reference, 'columns'>): T {
  const columns = table.columns.map((column) => {
    const words = reference.columns.find(
      ({ name, kind }) => name === column.name && kind === 'boolean',
    )?.categories
    if (!words || column.kind !== 'category') return column
    const categories = [...words]
    const indices = column.categories!.map((text) => {
      if (isMissingWord(text)) return Number.NaN
      const index = words.indexOf(text)
      if (index >= 0) return index
      return booleanOfWord({ text, number: Number(text) })?.value ?? categories.push(text) - 1
    })
    const cells = column.cells.map((cell) => indices[cell] ?? Number.NaN)
    return { ...column, kind: categories.length > words.length ? column.kind : 'boolean', categories, cells }
  })
  return { ...table, columns }
}

/** Finds the names in a table that the reference's columns of the same name lack. */
export function unknownNames(table: NamedTable, reference: Pick<Reference, 'columns'>): UnknownNames[] {
  const columnNames = namesOf(table)
  return reference.columns.flatMap(({ name: column, kind, categories }): UnknownNames[] => {
    const d = columnNames.indexOf(column)
    const inTable = table.columns[d]
    // yes and no may be spelled differently
    if (!categories || !inTable?.categories || (kind === 'boolean' && inTable.kind === 'boolean')) return []
    const known = new Set(categories)
    const isUnknown = inTable.categories.map((name) => !known.has(name))
    if (!isUnknown.includes(true)) return []
    const counts = new Map<string, number>()
    for (const cell of inTable.cells) {
      if (!isUnknown[cell]) continue
      const name = inTable.categories[cell]!
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    const mostFirst = [...counts].sort(([, a], [, b]) => b - a)
    const cells = mostFirst.reduce((sum, [, count]) => sum + count, 0)
    return cells === 0 ? [] : [{ column, cells, names: mostFirst.map(([name]) => name) }]
  })
}

/**
 * `matchColumns` for rows to look at: names that the reference lacks count as `other`, which the returned columns have
 * where they need it, at the end, so that the reference's own cells fit them too. Also returns what was unknown. Throws
 * InputError as `matchColumns` does.
 */
export function matchWithOther(
  table: NamedTable,
  reference: Reference,
): Table & { readonly unknown: UnknownNames[] } {
  const unknown = unknownNames(table, reference)
  const columns = reference.columns.map((column) => {
    const { name, categories } = column
    if (!categories || categories.includes(otherCategory)) return column
    const isLacking = unknown.some((each) => each.column === name)
    // with a third word, yes and no are names like others
    return isLacking
      ? { ...column, kind: 'category' as const, categories: [...categories, otherCategory] }
      : column
  })
  return {
    count: table.count,
    columns: filled(columns, matchColumns(table, { ...reference, columns })),
    unknown,
  }
}

function filled(columns: readonly Column[], cells: readonly Float64Array[]): TableColumn[] {
  return columns.map((column, d) => ({ ...column, cells: cells[d]! }))
}

/** Rows with their own names, in the reference's columns with the names that they lack at the end; and as a model takes them. */
interface OwnNames extends Table {
  /** The cells in the reference's columns: names that it lacks count as `other` if it has that, otherwise as missing. */
  readonly known: readonly Float64Array[]
  /** The names that count as missing. */
  readonly missing: UnknownNames[]
}

/** `matchColumns` for rows whose names stay as they are, also those that the reference lacks. Throws InputError as it does. */
export function matchOwnNames(table: NamedTable, reference: Reference): OwnNames {
  const unknown = new Map(unknownNames(table, reference).map((each) => [each.column, each]))
  const columns = reference.columns.map((column) => {
    const names = unknown.get(column.name)?.names
    return names
      ? { ...column, kind: 'category' as const, categories: [...column.categories!, ...names] }
      : column
  })
  const own = matchColumns(table, { ...reference, columns }).map((cells) => cells.slice())
  const missing: UnknownNames[] = []
  const known = reference.columns.map(({ name, categories }, d) => {
    const lacking = unknown.get(name)
    if (!lacking) return own[d]!
    const other = categories!.indexOf(otherCategory)
    if (other < 0) missing.push(lacking)
    const inPlace = other < 0 ? Number.NaN : other
    return own[d]!.map((cell) => (cell >= categories!.length ? inPlace : cell))
  })
  return { count: table.count, columns: filled(columns, own), known, missing }
}

/** A line about names that count as missing: 'rows.csv: 3 cells have names that the model does not know (2 in column city: …)'. */
export function describeMissing(unknown: readonly UnknownNames[], table: string, reference: string): string {
  const cells = unknown.reduce((sum, each) => sum + each.cells, 0)
  const columns = unknown.map(
    ({ column, cells, names }) => `${cells} in column ${printable(column)}: ${listed(names)}`,
  )
  const further = columns.length > 3 ? `; and ${counted(columns.length - 3, 'more column')}` : ''
  const consequence =
    cells === 1
      ? 'it stays unchanged, and counts as missing where the rest of its row is filled'
      : 'they stay unchanged, and count as missing where the rest of their rows is filled'
  const inColumns = `${columns.slice(0, 3).join('; ')}${further}`
  return `${table}: ${lacking(cells, reference)} (${inColumns}): ${consequence}`
}

/** A line for a column: 'rows.csv, column city: 2 cells have names that model.onnx does not know (Ghent, Rome): …'. */
export function describeUnknown(
  { column, cells, names }: UnknownNames,
  table: string,
  reference: string,
  consequence: string,
): string {
  return `${table}, column ${printable(column)}: ${lacking(cells, reference)} (${listed(names)}): ${consequence}`
}

function lacking(cells: number, reference: string): string {
  return `${counted(cells, 'cell')} ${cells === 1 ? 'has a name' : 'have names'} that ${reference} does not know`
}

function listed(names: readonly string[]): string {
  const first = names.slice(0, 3).map(printable).join(', ')
  return `${first}${names.length > 3 ? `, and ${names.length - 3} more` : ''}`
}

/**
 * What to throw where rows of a reference's columns can't be read: of a column that their file lacks, a line that names
 * the file, which `option` gave, and the reference.
 */
export function lackingColumn(error: unknown, file: string, reference: string, option: string): unknown {
  if (!(error instanceof InputError && error.code === 'unknown-name' && error.option !== 'sheet'))
    return error
  const problem = `${file} has no column ${error.value}, which ${reference} has: give rows of the same columns`
  return new InputError(problem, 'bad-data', { option })
}
