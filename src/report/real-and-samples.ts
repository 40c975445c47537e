import { InputError } from '../core/errors.ts'
import type { FloatArray } from '../core/points.ts'
import { kindsOfNames } from '../evaluate/evaluate.ts'
import { tableFrom } from '../table/rows.ts'
import { type Column, matchColumns, type NamedTable, type TableSource } from '../table/table.ts'

/** A column that all sets have. */
export interface SharedColumn {
  readonly name: string
  /** Whether cells are indices of names, which are the same or not, and nothing between. */
  readonly isCategory: boolean
}

/** Rows of shared columns, column by column: NaN where a cell is missing. */
export interface Rows {
  readonly columns: readonly Float64Array[]
  readonly count: number
}

/** The three sets that every part of the privacy report looks at. */
export interface RealAndSamples {
  /** In the order of their names. */
  readonly columns: readonly SharedColumn[]
  /** The rows that the generator was made from: the members. */
  readonly train: Rows
  /** Real rows that it has not seen: the non-members. */
  readonly against: Rows
  readonly samples: Rows
}

/** The tables that a privacy report is of. */
export interface PrivacySources {
  readonly samples: TableSource
  readonly train: TableSource
  readonly against: TableSource
}

/**
 * Three tables as rows of the same columns. Keys are left out, and so are rows without a single cell, which say
 * nothing. Columns come in the order of their names and rows in one that their cells give, so that what is drawn of
 * them by a seed depends neither on the order of columns, nor on that of rows, nor on what categories are called.
 * Throws InputError on other columns than train's, no column but keys, or a set without rows.
 */
export function realAndSamples(sources: PrivacySources): RealAndSamples {
  const train = tableFrom(sources.train, 'train')
  const choice = { types: kindsOfNames(train) }
  const against = tableFrom(sources.against, 'against', choice)
  const samples = tableFrom(sources.samples, 'samples', choice)
  const tables = [train, against, samples]
  const shared = train.columns.map((column) => withNamesOfAll(column, tables))
  const order = [...shared.keys()]
    .filter((d) => shared[d]!.kind !== 'key')
    .sort((a, b) => (shared[a]!.name < shared[b]!.name ? -1 : 1))
  if (order.length === 0)
    throw new InputError('train has keys alone: give a table of other columns too', 'bad-data')
  const columns = order.map((d) => ({
    name: shared[d]!.name,
    isCategory: shared[d]!.categories !== undefined,
  }))
  // numbers of float32 are compared with others as what they are in float32: 0.1 is a copy of 0.1
  const isRounded = tables.some(({ points }) => points.data instanceof Float32Array)
  const [a, b, c] = tables.map((table, t) => {
    const { data, count, dim } = matchColumns(table, { name: train.name, columns: shared })
    return withoutEmptyRows(['train', 'against', 'samples'][t]!, {
      columns: order.map((d) => columnOf(data, dim, d, isRounded)),
      count,
    })
  })
  const sets = inOwnOrder(columns, [a!, b!, c!])
  return { columns, train: sets[0]!, against: sets[1]!, samples: sets[2]! }
}

/** A category with the names that any of the tables has. */
function withNamesOfAll(column: Column, tables: readonly NamedTable[]): Column {
  if (!column.categories || column.kind === 'boolean') return column
  const names = tables.flatMap(
    ({ columns }) => columns.find(({ name }) => name === column.name)?.categories ?? [],
  )
  return { ...column, categories: [...new Set(names)] }
}

function columnOf(data: FloatArray, dim: number, d: number, isRounded: boolean): Float64Array {
  const cells = new Float64Array(data.length / dim)
  // + 0 makes -0 the 0 that it equals
  for (let i = 0; i < cells.length; i++)
    cells[i] = (isRounded ? Math.fround(data[i * dim + d]!) : data[i * dim + d]!) + 0
  return cells
}

function withoutEmptyRows(name: string, rows: Rows): Rows {
  const kept: number[] = []
  for (let i = 0; i < rows.count; i++)
    if (rows.columns.some((column) => !Number.isNaN(column[i]))) kept.push(i)
  if (kept.length === 0)
    throw new InputError(`${name} has no row with a cell in it: give rows that have values`, 'bad-data')
  return kept.length === rows.count ? rows : gatherRows(rows, kept)
}

/** The rows of these indices, in that order. */
export function gatherRows({ columns }: Rows, indices: ArrayLike<number> & Iterable<number>): Rows {
  return {
    columns: columns.map((column) => Float64Array.from(indices, (i) => column[i]!)),
    count: indices.length,
  }
}

/** Each set's rows in an order that their cells alone give: that of a hash. */
function inOwnOrder(columns: readonly SharedColumn[], sets: readonly Rows[]): Rows[] {
  const keys = sets.map(({ count }) => new Uint32Array(count))
  const bits = new DataView(new ArrayBuffer(8))
  for (const [d, { isCategory }] of columns.entries()) {
    // a name is known by how often each set has it
    const counts = isCategory ? sets.map(({ columns: cells }) => countsOf(cells[d]!)) : []
    const hashOf = (cell: number) => {
      if (Number.isNaN(cell)) return mixed(d, 1)
      if (isCategory) return counts.reduce((hash, of) => mixed(hash, of.get(cell) ?? 0), mixed(d, 2))
      bits.setFloat64(0, cell)
      return mixed(mixed(mixed(d, 3), bits.getUint32(0)), bits.getUint32(4))
    }
    const known = new Map<number, number>()
    for (const [s, set] of sets.entries())
      for (let i = 0; i < set.count; i++) {
        const cell = set.columns[d]![i]!
        const hash = known.get(cell) ?? hashOf(cell)
        known.set(cell, hash)
        keys[s]![i] = mixed(keys[s]![i]!, hash)
      }
  }
  return sets.map((set, s) => {
    const order = Int32Array.from({ length: set.count }, (_, i) => i)
    return gatherRows(
      set,
      order.sort((a, b) => keys[s]![a]! - keys[s]![b]! || a - b),
    )
  })
}

/** How often each value stands in a column; NaN is one. */
export function countsOf(cells: Float64Array): Map<number, number> {
  const counts = new Map<number, number>()
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1)
  return counts
}

/** A hash of a hash and a number: the end of MurmurHash3. */
function mixed(hash: number, value: number): number {
  let h = Math.imul(hash ^ value, 0x85ebca6b) + 0x9e3779b9
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
