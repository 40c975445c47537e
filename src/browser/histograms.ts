import { axisOf, distributionOf, presentCells, quantile } from '../charts/marks/column-axes.ts'
import type { ColumnAxis } from '../charts/marks/column-axis.ts'
import type { Distribution } from '../charts/marks/column-shares.ts'
import { printable } from '../core/format.ts'
import { textOf } from '../table/cell-text.ts'
import { describeColumns } from '../table/describe.ts'
import type { Encoding } from '../table/encodings/encoding.ts'
import type { ReadTable } from '../table/inference/table-builder.ts'
import { type Given, givenTest } from '../table/known.ts'
import { matchColumns } from '../table/match-columns.ts'
import {
  type Column,
  definitionOf,
  namesOf,
  rowsAt,
  type Table,
  type TableColumn,
  withoutColumns,
} from '../table/table.ts'
import { matchWithOther } from '../table/unknown-names.ts'

/** A column of real rows, to draw. */
export interface ColumnHistogram {
  readonly column: Column
  /** Its kind and what it holds: 'whole number 17..90, 177 missing'. */
  readonly says: string
  /** The axis: the ends of its numbers, or the names of its slots. */
  readonly axis:
    | { readonly kind: 'number'; readonly from: string; readonly to: string }
    | { readonly kind: 'slots'; readonly labels: readonly string[] }
  readonly real: Distribution
  /** The median as text; the first name for a column of names. */
  readonly typical: string
}

/** The columns of a table, and other rows on the same axes. */
export interface Histograms {
  readonly columns: readonly ColumnHistogram[]
  /**
   * The distributions of rows such as samples, by the table's columns. Throws InputError if their columns differ from
   * the table's.
   */
  of(rows: Table): Distribution[]
  /**
   * The table's rows with the given values, which are read by a model's encoding. Throws InputError as `sample` does on
   * a wrong condition.
   */
  where(given: Given, encoding: Encoding): { readonly rows: number; readonly shares: readonly Distribution[] }
}

/**
 * Counts the cells of a table's columns in the bins that the report's figures have. Real rows fix the axes, so that
 * bars stay in place while samples change.
 *
 * @param real - The real rows.
 * @returns The columns, and functions that count other rows in the same bins.
 * @example
 * const people = histogramsOf(await readTable(file))
 * draw(people.columns[0].real, people.of(samples)[0])
 */
export function histogramsOf(real: Table): Histograms {
  const { count, columns } = real
  const axes = columns.map((column) => axisOf(printableColumn(column), [column.cells]))
  const sharesOf = (cells: readonly Float64Array[]) => axes.map((axis, d) => distributionOf(axis, cells[d]!))
  const cellsIn = (rows: Pick<Table, 'columns'>) => rows.columns.map(({ cells }) => cells)
  // a model's categories may be more than the table's
  const matched = (rows: Table) =>
    matchColumns({ name: 'the table of samples', ...rows }, { name: 'the table', ...real })
  const lines = describeColumns({ count, columns })
  const shares = sharesOf(cellsIn(real))
  return {
    columns: columns.map((column, d) => ({
      column: definitionOf(column),
      says: lines[d]!.slice(printable(column.name).length + 2),
      axis: axisWithText(column, axes[d]!, presentCells(column.cells)),
      real: shares[d]!,
      typical: typicalOf(column),
    })),
    of: (rows) => sharesOf(matched(rows)),
    where(given, encoding) {
      const isMet = givenTest(encoding, given)
      const modelNames = new Set(namesOf(encoding))
      const outside = namesOf(real).filter((name) => !modelNames.has(name))
      const inModel = { name: 'the table', ...withoutColumns({ count, columns }, outside) }
      const names = namesOf(inModel)
      const known = encoding.columns.filter(({ name }) => names.includes(name))
      // a name that the model does not know is none that is given
      const matched = matchWithOther(inModel, { name: 'the model', columns: known })
      const cells = new Map(matched.columns.map((column) => [column.name, column.cells]))
      const meets = (i: number) => isMet((name) => cells.get(name)?.[i] ?? Number.NaN)
      const rows = Array.from({ length: count }, (_, i) => i).filter(meets)
      return { rows: rows.length, shares: sharesOf(cellsIn(rowsAt(real, rows))) }
    },
  }
}

function typicalOf(column: TableColumn): string {
  const cells = presentCells(column.cells)
  const cell = column.categories ? 0 : quantile(cells, 0.5)
  return cells.length === 0 ? '' : textOf(column)(cell)
}

function printableColumn(column: TableColumn): Column {
  const { name, categories, ...rest } = definitionOf(column)
  return { ...rest, name: printable(name), categories: categories?.map(printable) }
}

/** The ends of an axis as cells: of bins that begin before the least cell, that cell; with a sign if cells lie beyond. */
function axisWithText(column: Column, axis: ColumnAxis, cells: Float64Array): ColumnHistogram['axis'] {
  if (axis.kind === 'slots') return { kind: 'slots', labels: axis.labels }
  const [least, most] = extremesOf(cells)
  const [from, to] = [axis.edges[0]!, axis.edges.at(-1)!]
  const text =
    column.kind === 'date' ? textOf(column) : (value: number) => String(Number(value.toPrecision(3)))
  // a bin of whole numbers begins between two of them
  const [first, last] = column.kind === 'integer' ? [Math.ceil(from), Math.floor(to)] : [from, to]
  return {
    kind: 'number',
    from: least < first ? `≤ ${text(first)}` : text(Math.max(first, least)),
    to: most > last ? `≥ ${text(last)}` : text(Math.min(last, most)),
  }
}

function extremesOf(cells: Float64Array): [least: number, most: number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const cell of cells) {
    if (cell < least) least = cell
    if (cell > most) most = cell
  }
  return [least, most]
}

/**
 * The first rows of a table as texts, to show in a page.
 *
 * @param table - The table. One that was read has the first cells of its generated columns with it: its own keep no texts.
 * @param rows - How many rows. Default: 6.
 * @returns The cells as they would be written to a file, row by row; null for a missing cell.
 * @example
 * const [first] = previewOf(table) // ['34', 'female', null]
 */
export function previewOf(
  { columns, count, firstTexts }: Table & Pick<ReadTable, 'firstTexts'>,
  rows = 6,
): (string | null)[][] {
  const cellsOf = columns.map((column) => {
    const first = firstTexts?.get(column.name)
    if (first) return (i: number) => first[i] ?? null
    const text = column.maker && !column.categories ? () => notKept : textOf(column)
    return (i: number) => {
      const cell = column.cells[i]!
      return Number.isNaN(cell) ? null : text(cell)
    }
  })
  return Array.from({ length: Math.min(rows, count) }, (_, i) =>
    cellsOf.map((cellOf) => {
      const text = cellOf(i)
      return text === null ? null : printable(text)
    }),
  )
}

/** A cell whose text is neither with the table nor to be generated. */
const notKept = '(not kept)'
