/** Checks of a table's numbers. */
import { InputError } from '../core/errors.ts'
import type { NamedTable, Table, TableColumn } from './table.ts'

/** The first row, then the first column in it, whose cell is so; undefined if none is. */
function firstCell(
  { count, columns }: Table,
  isSuch: (cell: number) => boolean,
): { readonly row: number; readonly column: TableColumn; readonly cell: number } | undefined {
  let row = count
  for (const { cells } of columns) {
    const i = cells.findIndex(isSuch)
    if (i >= 0) row = Math.min(row, i)
  }
  const column = columns.find(({ cells }) => row < count && isSuch(cells[row]!))
  return column && { row, column, cell: column.cells[row]! }
}

/** Throws InputError on the first number that is infinite. */
export function requireFinite(table: NamedTable): void {
  const found = firstCell(table, (cell) => !Number.isFinite(cell) && !Number.isNaN(cell))
  if (found)
    throw new InputError(
      `${table.name}, row ${found.row + 1}, column ${found.column.name} is ${found.cell}: give finite numbers`,
      'bad-data',
    )
}

/** Throws InputError on the first column that is not numeric, or the first missing cell. */
export function requireNumbers(table: NamedTable, consumer: string): void {
  const { name, columns } = table
  const other = columns.find(({ kind }) => kind !== 'number' && kind !== 'integer')
  if (other)
    throw new InputError(
      `${name}, column ${other.name} is a ${other.kind}: ${consumer} takes only numbers`,
      'bad-data',
    )
  const missing = firstCell(table, Number.isNaN)
  if (missing)
    throw new InputError(
      `${name}, row ${missing.row + 1}, column ${missing.column.name}: the cell is empty: ${consumer} takes no missing values`,
      'bad-data',
    )
}
