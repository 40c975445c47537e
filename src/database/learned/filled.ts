import type { Column, NamedTable, Table } from '../../table/table.ts'

/** A column with its cells, one for each row. */
export interface Filled {
  readonly column: Column
  readonly cells: Float64Array
}

/** The columns of a table, filled. */
export function filledIn({ columns, points: { data, count, dim } }: Table): Filled[] {
  return columns.map((column, d) => ({
    column,
    cells: Float64Array.from({ length: count }, (_, i) => data[i * dim + d]!),
  }))
}

/** A table of filled columns. */
export function tableOf(name: string, filled: readonly Filled[], count: number): NamedTable<Float64Array> {
  const dim = filled.length
  const data = new Float64Array(count * dim)
  for (const [d, { cells }] of filled.entries()) for (let i = 0; i < count; i++) data[i * dim + d] = cells[i]!
  return { name, columns: filled.map(({ column }) => column), points: { data, count, dim } }
}

/** The cells of other rows; a row of -1 has none. */
export function gathered({ column, cells }: Filled, rows: ArrayLike<number>): Filled {
  return { column, cells: Float64Array.from(rows, (row) => (row < 0 ? Number.NaN : cells[row]!)) }
}

/** The filled column of a name. */
export function filledNamed(filled: readonly Filled[], name: string): Filled {
  return filled.find(({ column }) => column.name === name)!
}

export function named(filled: Filled, name: string): Filled {
  return { ...filled, column: { ...filled.column, name } }
}

/** Whether a column's cells can be averaged. */
export function isNumber({ kind }: Column): boolean {
  return kind === 'number' || kind === 'integer'
}

/** The cells as texts: names, or numbers as they are. */
export function textsOf({ column: { categories }, cells }: Filled): string[] {
  return Array.from(cells, (cell) => categories?.[cell] ?? String(cell))
}

/** Writes typed arrays one after the other; returns where. */
export function joined<A extends Int32Array | Float64Array>(parts: readonly A[], all: A): A {
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
