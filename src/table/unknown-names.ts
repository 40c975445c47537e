import { InputError } from '../core/errors.ts'
import { counted, printable } from '../core/format.ts'
import type { FloatArray, Points } from '../numerics/points.ts'
import { isMissingWord } from './inference/cells.ts'
import { booleanOfWord } from './inference/words.ts'
import {
  type Column,
  type ColumnType,
  cellsOf,
  matchColumns,
  type NamedTable,
  namesOf,
  otherCategory,
  type Table,
} from './table.ts'

/** The cells of a column whose names a reference lacks, such as those of rows that a model has not seen. */
export interface UnknownNames {
  readonly column: string
  readonly cells: number
  /** Most frequent first. */
  readonly names: readonly string[]
}

type Reference = Pick<NamedTable, 'name' | 'columns'>

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
export function withYesAndNo<T extends Table>(table: T, reference: Pick<Table, 'columns'>): T {
  const points = { ...table.points, data: table.points.data.slice() }
  const columns = table.columns.map((column, d) => {
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
    for (let k = d; k < points.data.length; k += points.dim)
      points.data[k] = indices[points.data[k]!] ?? Number.NaN
    return { ...column, kind: categories.length > words.length ? column.kind : 'boolean', categories }
  })
  return { ...table, columns, points }
}

/** Finds the names in a table that the reference's columns of the same name lack. */
export function unknownNames(table: NamedTable, reference: Pick<NamedTable, 'columns'>): UnknownNames[] {
  const columnNames = namesOf(table)
  return reference.columns.flatMap(({ name: column, kind, categories }): UnknownNames[] => {
    const d = columnNames.indexOf(column)
    const inTable = table.columns[d]
    // yes and no may be spelled differently
    if (!categories || !inTable?.categories || (kind === 'boolean' && inTable.kind === 'boolean')) return []
    const isUnknown = inTable.categories.map((name) => !categories.includes(name))
    if (!isUnknown.includes(true)) return []
    const counts = new Map<string, number>()
    for (const cell of cellsOf(table, d)) {
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
export function matchWithOther<A extends FloatArray>(
  table: NamedTable<A>,
  reference: Reference,
): { readonly columns: readonly Column[]; readonly points: Points<A>; readonly unknown: UnknownNames[] } {
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
  return { columns, points: matchColumns(table, { ...reference, columns }), unknown }
}

/** A line for a column: 'rows.csv, column city: 2 cells have names that model.onnx does not know (Ghent, Rome): …'. */
export function describeUnknown(
  { column, cells, names }: UnknownNames,
  table: string,
  reference: string,
  consequence: string,
): string {
  const listed = names.slice(0, 3).map(printable).join(', ')
  const of = `${listed}${names.length > 3 ? `, and ${names.length - 3} more` : ''}`
  return (
    `${table}, column ${printable(column)}: ${counted(cells, 'cell')} ${cells === 1 ? 'has a name' : 'have names'} that ` +
    `${reference} does not know (${of}): ${consequence}`
  )
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
