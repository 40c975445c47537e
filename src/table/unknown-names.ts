import { counted, printable } from '../core/format.ts'
import type { FloatArray, Points } from '../numerics/points.ts'
import { type Column, cellsOf, matchColumns, type NamedTable, namesOf, otherCategory } from './table.ts'

/** The cells of a column whose names a reference lacks, such as those of rows that a model has not seen. */
export interface UnknownNames {
  readonly column: string
  readonly cells: number
  /** Most frequent first. */
  readonly names: readonly string[]
}

type Reference = Pick<NamedTable, 'name' | 'columns'>

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
    return isLacking ? { ...column, categories: [...categories, otherCategory] } : column
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
