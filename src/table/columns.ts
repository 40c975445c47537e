/** Columns of tables: looked up by name and renamed. */
import type { Column, TableColumn } from './table.ts'

/** The column of a name, which must be there. */
export function columnNamed<C extends Pick<Column, 'name'>>(columns: readonly C[], name: string): C {
  const column = columns.find((each) => each.name === name)
  if (!column) throw new Error(`there is no column ${name}`)
  return column
}

/** The place of the column of a name; -1 if it isn't there. */
export function placeOf(columns: readonly Pick<Column, 'name'>[], name: string): number {
  return columns.findIndex((column) => column.name === name)
}

/** The column under another name. */
export function named<C extends Column>(column: C, name: string): C {
  return { ...column, name }
}

/** Whether a column's cells can be averaged. */
export function isNumber({ kind }: Pick<Column, 'kind'>): boolean {
  return kind === 'number' || kind === 'integer'
}

/** The cells as texts: names, or numbers as they are. */
export function textsOf({ categories, cells }: TableColumn): string[] {
  return Array.from(cells, (cell) => categories?.[cell] ?? String(cell))
}
