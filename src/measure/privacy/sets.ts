import { InputError } from '../../core/errors.ts'
import { shuffled } from '../../numerics/random.ts'
import { placeOf } from '../../table/columns.ts'
import { matchColumns } from '../../table/match-columns.ts'
import { columnsAt, type NamedTable } from '../../table/table.ts'
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
    const rows = withValues({ columns: order.map((d) => table.columns[d]!.cells), count: table.count })
    if (rows.count === 0)
      throw new InputError(`${havingOf(table.name)} no row with a value: give rows with values`, 'bad-data')
    return rows
  }
  const columns = order.map((d) => {
    const { name, categories } = against.columns[d]!
    return { name, isCategory: categories !== undefined }
  })
  return { columns, train: rowsOf(train), against: rowsOf(against), samples: rowsOf(samples) }
}

/** Other rows with the columns of prepared tables, sorted by name. */
export function rowsLike({ against }: Pick<ReportTables, 'against'>, table: NamedTable): Rows {
  const named = orderByName(against.columns).map((d) => against.columns[d]!)
  const part = columnsAt(
    table,
    named.map(({ name }) => placeOf(table.columns, name)),
  )
  const columns = matchColumns(part, { name: against.name, columns: named }, 'kept')
  return withValues({ columns, count: table.count })
}

/** Rows without those of missing cells. */
function withValues(rows: Rows): Rows {
  const { columns, count } = rows
  const kept = indicesWhere(count, (i) => columns.some((cells) => !Number.isNaN(cells[i])))
  return kept.length === count ? rows : pickRows(rows, kept)
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

/**
 * By row, a number that equal rows share: 53 bits of two hashes (FNV-1a, Fowler, Noll and Vo) of its cells. Of a million different rows two
 * share one with a probability of 1 in 18,000; a million texts would take ten times as long, and 100 MB.
 */
export function hashesOf({ columns, count }: Rows): Float64Array {
  const [low, high] = [new Uint32Array(count).fill(0x811c9dc5), new Uint32Array(count).fill(0x9dc5811c)]
  const bits = new Uint32Array(2)
  const cell = new Float64Array(bits.buffer)
  for (const cells of columns)
    for (let i = 0; i < count; i++) {
      // negative zero equals 0, and all missing cells are equal
      cell[0] = Number.isNaN(cells[i]!) ? Number.NaN : cells[i]! + 0
      low[i] = Math.imul(mixed(low[i]! ^ bits[0]!) ^ bits[1]!, 0x01000193)
      high[i] = Math.imul(mixed(high[i]! ^ bits[1]!) ^ bits[0]!, 0x01000193)
    }
  return Float64Array.from(low, (each, i) => mixed(each) * 2 ** 21 + (mixed(high[i]!) >>> 11))
}

/** Spreads each bit over all 32 (the last steps of MurmurHash3, Appleby 2011). */
function mixed(bits: number): number {
  let x = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
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
