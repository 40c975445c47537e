import { InputError } from '../../core/errors.ts'
import { shuffled } from '../../numerics/random.ts'
import type { NamedTable } from '../../table/table.ts'
import { havingOf, orderByName, type ReportTables } from '../prepare.ts'
import { indicesWhere } from '../statistics.ts'

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
  readonly columns: readonly SharedColumn[]
  /** Training rows: the members. */
  readonly train: Rows
  /** Held-out rows: the non-members. */
  readonly against: Rows
  readonly samples: Rows
}

/** The tables column by column, sorted by name, without rows of missing cells. Throws InputError if none remain. */
export function realAndSamples({ samples, against, train }: ReportTables): RealAndSamples {
  const order = orderByName(against.columns)
  const rowsOf = (table: NamedTable): Rows => {
    const columns = order.map((d) => table.columns[d]!.cells)
    const rows = indicesWhere(table.count, (i) => columns.some((cells) => !Number.isNaN(cells[i])))
    if (rows.length === 0)
      throw new InputError(`${havingOf(table.name)} no row with a value: give rows with values`, 'bad-data')
    return pickRows({ columns }, rows)
  }
  const columns = order.map((d) => {
    const { name, categories } = against.columns[d]!
    return { name, isCategory: categories !== undefined }
  })
  return { columns, train: rowsOf(train), against: rowsOf(against), samples: rowsOf(samples) }
}

export function pickRows({ columns }: Pick<Rows, 'columns'>, indices: Int32Array): Rows {
  return {
    columns: columns.map((cells) => Float64Array.from(indices, (i) => cells[i]!)),
    count: indices.length,
  }
}

export function textsOf({ columns, count }: Rows): string[] {
  return Array.from({ length: count }, (_, i) => columns.map((cells) => cells[i]).join())
}

/** Maximum number of rows of a set in the distances between all pairs; half of the real ones are members. */
export const maxRows = 10_000

/** Equally many members and other real rows, and samples; larger sets are subsampled. */
export interface DrawnSets {
  readonly columns: readonly SharedColumn[]
  readonly members: Rows
  readonly others: Rows
  readonly samples: Rows
}

/** Draws the rows to compare pairwise; smaller sets are used whole, and the same seed draws the same rows. */
export function drawSets({ columns, train, against, samples }: RealAndSamples, seed: number): DrawnSets {
  const count = Math.min(train.count, against.count, maxRows / 2)
  return {
    columns,
    members: someRows(train, count, seed, 101),
    others: someRows(against, count, seed, 102),
    samples: someRows(samples, maxRows, seed, 103),
  }
}

function someRows(rows: Rows, count: number, seed: number, step: number): Rows {
  return rows.count <= count ? rows : pickRows(rows, shuffled(rows.count, seed, step).subarray(0, count))
}
