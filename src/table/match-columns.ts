/** The cells of a table as another's columns have them, such as a model's. */
import { InputError, nearest } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import { type Column, columnsAt, isGenerated, type NamedTable, namesOf, type TableColumn } from './table.ts'

/**
 * The table's cells with the columns in the order of `reference`: by name if both have names, otherwise by position.
 * Throws InputError if the number of columns differs, or the reference lacks a name.
 *
 * @param unknown - Categories that the reference lacks are refused, or kept: as indices after those of the reference.
 */
export function matchColumns(
  table: NamedTable,
  reference: { readonly name: string; readonly columns: readonly Column[] },
  unknown: 'refused' | 'kept' = 'refused',
): Float64Array[] {
  const [names, referenceNames] = [namesOf(table), namesOf(reference)]
  if (names.length !== referenceNames.length) {
    const lacking = referenceNames.filter((name) => !names.includes(name))
    const surplus = names.filter((name) => !referenceNames.includes(name))
    const listed = (which: readonly string[]) =>
      `${which.slice(0, 5).join(', ')}${which.length > 5 ? ', …' : ''}`
    const difference = [
      lacking.length > 0 ? `it lacks ${listed(lacking)}` : '',
      surplus.length > 0 ? `and ${reference.name} has no ${listed(surplus)}` : '',
    ]
    throw new InputError(
      `${table.name} has ${counted(names.length, 'column')}, ${reference.name} has ${referenceNames.length}: ` +
        `${difference.filter(Boolean).join(' ').replace(/^and /, '')}: give the same columns`,
      'bad-data',
    )
  }
  const stranger = names.find((name) => !referenceNames.includes(name))
  if (stranger !== undefined) {
    if ([names, referenceNames].some((all) => all.every((name, d) => name === `x${d}`)))
      return table.columns.map(({ cells }) => cells)
    throw new InputError(
      `${table.name} has a column ${stranger}, which ${reference.name} does not have (${referenceNames.join(', ')}): ` +
        'give points of the same columns',
      'bad-data',
    )
  }
  return reference.columns.map((column) =>
    matchCells(table.columns[names.indexOf(column.name)]!, column, table.name, unknown),
  )
}

/** The columns of a table that are among the reference's, with the cells as `matchColumns` gives them. */
export function matchShared<C extends Column>(
  table: NamedTable,
  reference: readonly C[],
): readonly (C & TableColumn)[] {
  const names = namesOf(table)
  const columns = reference.filter(({ name }) => names.includes(name))
  const part = columnsAt(
    table,
    columns.map(({ name }) => names.indexOf(name)),
  )
  const cells = matchColumns(part, { name: 'the model', columns })
  return columns.map((column, d) => ({ ...column, cells: cells[d]! }))
}

/** Categories that the reference lacks count as this one, if the reference has it. */
export const otherCategory = 'other'

/** A column's cells as the reference's: indices of its categories. */
function matchCells(
  column: TableColumn,
  reference: Column,
  table: string,
  unknown: 'refused' | 'kept',
): Float64Array {
  const { cells } = column
  const { name, categories } = reference
  const isSame =
    categories?.length === column.categories?.length &&
    (categories ?? []).every((category, i) => category === column.categories![i])
  // keys and texts are not shared between tables
  if (isGenerated(reference)) return cells
  if (isSame && (column.kind === 'date') === (reference.kind === 'date')) return cells
  const refuse = (i: number, problem: string) =>
    new InputError(`${table}, row ${i + 1}, column ${name}: ${problem}`, 'bad-data')
  const indices = new Map(categories?.map((category, i) => [category, i]))
  const isYesNo = column.kind === 'boolean' && reference.kind === 'boolean'
  return cells.map((cell, i) => {
    if (Number.isNaN(cell) || isYesNo) return cell
    const text = column.categories?.[cell] ?? String(cell)
    if (!categories) throw refuse(i, `${text} is a ${column.kind}: give a ${reference.kind}, as ${name} is`)
    const index = indices.get(text) ?? indices.get(otherCategory)
    if (index === undefined && unknown === 'kept') {
      indices.set(text, indices.size)
      return indices.size - 1
    }
    if (index === undefined)
      throw refuse(
        i,
        `${text} is unknown${nearest(text, categories)}: give one of ${categories.slice(0, 20).join(', ')}${categories.length > 20 ? ', …' : ''}`,
      )
    return index
  })
}
