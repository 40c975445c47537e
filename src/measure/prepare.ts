import { InputError } from '../core/errors.ts'
import { shuffled } from '../numerics/random.ts'
import { placeOf } from '../table/columns.ts'
import { areFloat32 } from '../table/formats/write-cells.ts'
import { tableFrom } from '../table/inference/rows.ts'
import { matchColumns } from '../table/match-columns.ts'
import {
  type Column,
  type ColumnType,
  columnsAt,
  isGenerated,
  joinTables,
  kindsOf,
  type NamedTable,
  rowsAt,
  rowsBetween,
  type Table,
  type TableSource,
} from '../table/table.ts'
import { missingFirst, sharedColumns } from './closeness.ts'
import { countsOf } from './statistics.ts'
import type { Feature } from './trees/bins.ts'

/** The tables of a report. */
export interface ReportSources {
  /** Samples of the generator, ideally as many as training rows. */
  readonly samples: TableSource
  /** Held-out rows: real rows from the same source that were not trained on. */
  readonly against: TableSource
  /** Training rows. */
  readonly train: TableSource
}

export interface ReportTables {
  readonly samples: NamedTable
  readonly against: NamedTable
  readonly train: NamedTable
  /** Decides the order of rows, and what measures draw. */
  readonly seed: number
  /** By row, the family that it belongs to; undefined if no rows belong together. */
  readonly families?: Families | undefined
}

/** By row of each table, a number that is the same for all rows of a family, such as the orders of one customer. */
export type Families = Readonly<Record<keyof ReportSources, Int32Array>>

/** Minimum number of rows of a table. */
export const minRows = 20

/** 'pets has', 'the samples have': the start of what is said of a table. */
export function havingOf(name: string): string {
  return `${name} ${/^the .*s$/.test(name) ? 'have' : 'has'}`
}

/** Distinguishes the shuffles of one seed. */
export const draws = {
  samples: 200,
  against: 201,
  train: 202,
  real: 203,
  halves: 300,
  folds: 400,
  families: 500,
} as const

/** The kinds of the columns that are not numeric, or say how numbers are written; other tables are read with these. */
export function kindsOfNames({
  columns,
}: {
  readonly columns: readonly Column[]
}): Record<string, ColumnType> {
  const types = Object.entries(kindsOf({ columns })).map(([name, type]) => [
    name,
    type.replace('integer:', 'number:'),
  ])
  return Object.fromEntries(types.filter(([, type]) => type !== 'number' && type !== 'integer'))
}

/**
 * Puts the tables' columns in the order of `against`, leaves out keys, and shuffles the rows by the seed. Rows are
 * sorted first, so that their order does not matter. If a table is float32, all are rounded to float32, so that
 * rounding alone does not distinguish it. Throws InputError if the columns differ from those of `against`, or all are
 * keys.
 */
export function prepareTables(sources: ReportSources, seed: number, families?: Families): ReportTables {
  const against = tableFrom(sources.against, 'against')
  const choice = { types: kindsOfNames(against) }
  const train = tableFrom(sources.train, 'train', choice)
  const samples = tableFrom(sources.samples, 'samples', choice)
  const among = { name: against.name, columns: sharedColumns(against, [train, samples]) }
  const learned = among.columns.flatMap((column, d) => (isGenerated(column) ? [] : [d]))
  if (learned.length === 0)
    throw new InputError(`${against.name} has only keys: a report needs other columns`, 'bad-data')
  const tables = [samples, against, train]
  const isSingle = tables.some(({ columns }) => areFloat32(columns))
  const matched = tables.map((table): NamedTable => {
    const all = matchColumns(table, among)
    const columns = learned.map((d) => ({
      ...among.columns[d]!,
      // no negative zero, which equals 0
      cells: all[d]!.map((cell) => (isSingle ? Math.fround(cell) : cell) + 0),
    }))
    return { name: table.name, count: table.count, columns }
  })
  const orders = sortedRows(matched)
  const order = (t: number, draw: number) =>
    shuffled(orders[t]!.length, seed, draw).map((place) => orders[t]![place]!)
  const places = {
    samples: order(0, draws.samples),
    against: order(1, draws.against),
    train: order(2, draws.train),
  }
  return {
    samples: rowsAt(matched[0]!, places.samples),
    against: rowsAt(matched[1]!, places.against),
    train: rowsAt(matched[2]!, places.train),
    seed,
    ...(families && {
      families: {
        samples: places.samples.map((row) => families.samples[row]!),
        against: places.against.map((row) => families.against[row]!),
        train: places.train.map((row) => families.train[row]!),
      },
    }),
  }
}

/** The indices of the columns in the order of their names, so that the table's order does not matter. */
export function orderByName(columns: readonly Column[]): number[] {
  return [...columns.keys()].sort((a, b) => (columns[a]!.name < columns[b]!.name ? -1 : 1))
}

/** Each table's rows sorted by columns in order of their names, missing values first, categories by their counts. */
function sortedRows(tables: readonly Table[]): Int32Array[] {
  const { columns } = tables[0]!
  const keys = orderByName(columns).map((d) => {
    const cells = tables.map((table) => table.columns[d]!.cells)
    if (!columns[d]!.categories) return cells.map(missingFirst)
    const counts = cells.map(countsOf)
    // weights that give distinct counts distinct sums
    const rank = (cell: number) =>
      counts.reduce((sum, of, t) => sum + (of.get(cell) ?? 0) * Math.sqrt(2 * t + 1), 0)
    return cells.map((all) => missingFirst(all.map((cell) => (Number.isNaN(cell) ? cell : rank(cell)))))
  })
  return tables.map(({ count }, t) =>
    Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => {
      for (const ofTables of keys) {
        const [x, y] = [ofTables[t]![a]!, ofTables[t]![b]!]
        if (x !== y) return x < y ? -1 : 1
      }
      return a - b
    }),
  )
}

/** Features for trees: all columns but `except`. */
export function featuresOf(table: NamedTable, except?: string): Feature[] {
  return orderByName(table.columns)
    .map((d) => table.columns[d]!)
    .filter(({ name }) => name !== except)
    .map(({ cells, categories }) => ({ cells, isCategory: categories !== undefined }))
}

/** The first `count` rows, which are random in a shuffled table. */
export function firstRows(table: NamedTable, count: number): NamedTable {
  return rowsBetween(table, 0, Math.min(count, table.count))
}

/**
 * The tables with one row of each family: rows of one resemble each other, and what counts them as independent finds differences
 * between families of the same source. The rows are in random order, so that the first is a random one.
 */
export function oneOfEach(tables: ReportTables): ReportTables {
  const { families, seed } = tables
  if (!families) return tables
  const firsts = (of: keyof ReportSources): NamedTable => {
    const first = new Map<number, number>()
    for (const [i, family] of families[of].entries()) if (!first.has(family)) first.set(family, i)
    return rowsAt(tables[of], [...first.values()])
  }
  return { samples: firsts('samples'), against: firsts('against'), train: firsts('train'), seed }
}

/** The tables with some of their columns. */
export function pickColumns(tables: ReportTables, names: readonly string[]): ReportTables {
  const { samples, against, train } = tables
  const chosen = names.map((name) => placeOf(against.columns, name))
  const pick = (table: NamedTable) => columnsAt(table, chosen)
  return { ...tables, samples: pick(samples), against: pick(against), train: pick(train) }
}

/** Two disjoint random sets of up to `count` real rows each, to measure what chance alone gives; no family is in both. */
export function realHalves(tables: ReportTables, count: number, draw: number) {
  const { against, train, seed } = tables
  const all = { name: against.name, ...joinTables([against, train]) }
  const order = shuffled(all.count, seed, draws.halves + draw)
  if (tables.families) {
    const sides = halvesOfFamilies(tables, draw)
    const half = (side: 0 | 1) => {
      const rows = order.filter((row) => sides[row] === side).subarray(0, count)
      return rowsAt(all, rows)
    }
    return [half(0), half(1)] as const
  }
  const size = Math.min(count, Math.floor(all.count / 2))
  const half = (from: number) => rowsAt(all, order.subarray(from, from + size))
  return [half(0), half(size)] as const
}

/** By row of `against` and then of `train`, its half: 0, 1, or 2 for none. Each half has as many families as the smaller set, if it can. */
function halvesOfFamilies({ families, seed }: ReportTables, draw: number): Uint8Array {
  const { against, train } = families!
  const idOf = new Map<string, number>()
  const ids = [against, train].flatMap((of, t) =>
    Array.from(of, (family) => {
      const name = `${t}/${family}`
      const id = idOf.get(name) ?? idOf.size
      idOf.set(name, id)
      return id
    }),
  )
  const size = Math.min(new Set(against).size, Math.floor(idOf.size / 2))
  const order = shuffled(idOf.size, seed, draws.families + draw)
  const side = new Uint8Array(idOf.size).fill(2)
  for (const id of order.subarray(0, size)) side[id] = 0
  for (const id of order.subarray(size, 2 * size)) side[id] = 1
  return Uint8Array.from(ids, (id) => side[id]!)
}
