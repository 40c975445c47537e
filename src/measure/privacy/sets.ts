import { InputError } from '../../core/errors.ts'
import type { NamedTable } from '../../table/table.ts'
import { cellsOf, type ReportTables } from '../prepare.ts'

/** A column of all three sets. */
export interface SharedColumn {
  readonly name: string
  /** Whether cells are indices of names, which are either equal or not. */
  readonly isCategory: boolean
}

/** Rows of shared columns, column by column; NaN for a missing cell. */
export interface Rows {
  readonly columns: readonly Float64Array[]
  readonly count: number
}

/** The three sets of rows of the privacy report. */
export interface RealAndSamples {
  /** Sorted by name. */
  readonly columns: readonly SharedColumn[]
  /** Training rows: the members. */
  readonly train: Rows
  /** Held-out rows: the non-members. */
  readonly against: Rows
  readonly samples: Rows
}

/**
 * The tables column by column, sorted by name, without rows whose cells are all missing. Throws InputError if no rows
 * remain.
 */
export function realAndSamples({ samples, against, train }: ReportTables): RealAndSamples {
  const { columns } = against
  const order = [...columns.keys()].sort((a, b) => (columns[a]!.name < columns[b]!.name ? -1 : 1))
  const rowsOf = (table: NamedTable): Rows => {
    const all = { columns: order.map((d) => cellsOf(table, d)), count: table.points.count }
    const kept: number[] = []
    for (let i = 0; i < all.count; i++)
      if (all.columns.some((column) => !Number.isNaN(column[i]))) kept.push(i)
    if (kept.length === 0)
      throw new InputError(`${table.name} has no row with a value: give rows with values`, 'bad-data')
    return kept.length === all.count ? all : gatherRows(all, kept)
  }
  return {
    columns: order.map((d) => ({
      name: columns[d]!.name,
      isCategory: columns[d]!.categories !== undefined,
    })),
    train: rowsOf(train),
    against: rowsOf(against),
    samples: rowsOf(samples),
  }
}

/** The rows of these indices, in that order. */
export function gatherRows({ columns }: Rows, indices: ArrayLike<number> & Iterable<number>): Rows {
  return {
    columns: columns.map((column) => Float64Array.from(indices, (i) => column[i]!)),
    count: indices.length,
  }
}
