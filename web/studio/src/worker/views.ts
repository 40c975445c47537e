import {
  axisOf,
  type Distribution,
  distributionOf,
  presentCells,
  quantile,
} from '../../../../src/charts/marks/column-axes.ts'
import type { ColumnAxis } from '../../../../src/charts/marks/column-axis.ts'
import { printable } from '../../../../src/core/format.ts'
import type { FloatArray, Points } from '../../../../src/numerics/points.ts'
import { describeColumns } from '../../../../src/table/describe.ts'
import { textOf } from '../../../../src/table/formats/write-cells.ts'
import { type Column, matchColumns, type Table } from '../../../../src/table/table.ts'

/** A column for the page. */
export interface ColumnView {
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

/** Rows as texts, null for a missing cell. */
export type Preview = readonly (readonly (string | null)[])[]

const previewRows = 6

/** Draws a table's columns. Real rows fix the axes, so that bars stay in place while samples change. */
export class Views {
  readonly columns: readonly ColumnView[]
  readonly #real: Table
  readonly #axes: readonly ColumnAxis[]

  constructor(real: Table) {
    const { columns, points } = real
    this.#real = real
    this.#axes = columns.map((column, d) => axisOf(shownColumn(column), d, [points]))
    const lines = describeColumns({ columns, points })
    const shares = this.sharesOf(points)
    this.columns = columns.map((column, d) => ({
      column,
      says: lines[d]!.slice(printable(column.name).length + 2),
      axis: shownAxis(column, this.#axes[d]!),
      real: shares[d]!,
      typical: typicalOf(column, points, d),
    }))
  }

  /** Distributions of rows with the table's columns. */
  sharesOf(points: Points<FloatArray>): Distribution[] {
    return this.#axes.map((axis, d) => distributionOf(axis, points, d))
  }

  /** Converts rows of a model's columns to the table's, whose categories may be fewer. */
  matched(table: Table): Points<FloatArray> {
    return matchColumns({ name: 'the samples', ...table }, { name: 'the table', ...this.#real })
  }
}

function typicalOf(column: Column, points: Points<FloatArray>, d: number): string {
  const cells = presentCells(points, d)
  const cell = column.categories ? 0 : quantile(cells, 0.5)
  return cells.length === 0 ? '' : textOf(column)(cell)
}

function shownColumn({ name, categories, ...column }: Column): Column {
  return { ...column, name: printable(name), categories: categories?.map(printable) }
}

function shownAxis(column: Column, axis: ColumnAxis): ColumnView['axis'] {
  if (axis.kind === 'slots') return { kind: 'slots', labels: axis.labels }
  const text = textOf(column)
  const [from, to] = [axis.edges[0]!, axis.edges.at(-1)!]
  if (column.kind === 'date') return { kind: 'number', from: text(from), to: text(to) }
  const shown = (value: number) => String(Number(value.toPrecision(3)))
  // a bin of whole numbers begins between two of them
  if (column.kind === 'integer')
    return { kind: 'number', from: shown(Math.ceil(from)), to: shown(Math.floor(to)) }
  return { kind: 'number', from: shown(from), to: shown(to) }
}

/** The first rows, as they would be written to a file. */
export function previewOf({ columns, points: { data, count, dim } }: Table): Preview {
  const texts = columns.map((column) => textOf(column))
  return Array.from({ length: Math.min(previewRows, count) }, (_, i) =>
    texts.map((text, d) => {
      const cell = data[i * dim + d]!
      return Number.isNaN(cell) ? null : printable(text(cell))
    }),
  )
}
