import { readTable } from '../../src/node/run-folder.ts'
import { shuffled, standardNormals, streams, uniforms } from '../../src/numerics/random.ts'
import { columnNamed } from '../../src/table/columns.ts'
import { type NamedTable, rowsAt, type Table } from '../../src/table/table.ts'

const files = {
  census: 'census.csv.gz',
  shoppers: 'online_shoppers.csv.gz',
  titanic: 'titanic.csv.gz',
  penguins: 'penguins.csv.gz',
} as const

export type RealTable = keyof typeof files

export function loadTable(name: RealTable): Promise<NamedTable> {
  return readTable(new URL(`../../bench/data/${files[name]}`, import.meta.url).pathname)
}

export interface Sets {
  readonly train: NamedTable
  readonly against: NamedTable
  /** Real rows that are in neither: as many as are left of those wished for. */
  readonly fresh: NamedTable
}

/** Sets of a table's rows that share none, by chance. */
export function drawSets(table: NamedTable, sizes: readonly [number, number, number], seed: number): Sets {
  const order = shuffled(table.count, seed, 77)
  let at = 0
  const [train, against, fresh] = sizes.map((size) => rowsAt(table, order.slice(at, (at += size))))
  return { train: train!, against: against!, fresh: fresh! }
}

/** A generator that is made to leak or not: samples from its training rows, and from other real rows. */
export type Planted = (sets: Sets, seed: number) => NamedTable

const cloned = (table: NamedTable): NamedTable => ({
  ...table,
  columns: table.columns.map((column) => ({ ...column, cells: column.cells.slice() })),
})

/** Uniform numbers [rows, columns] of a planted case's own. */
const randomOf = ({ count, columns }: NamedTable, seed: number, step: number) =>
  uniforms({ seed, stream: streams.datasets, step, start: 0, count, dim: columns.length })

/** Repeats training rows. */
export const repeats: Planted = ({ train }, seed) => rowsAt(train, shuffled(train.count, seed, 78))

/** Repeats a share of them among rows that are new. */
export const repeatsSome =
  (share: number): Planted =>
  ({ train, fresh }) => {
    const samples = cloned(fresh)
    const count = Math.floor(share * fresh.count)
    for (const [d, { cells }] of samples.columns.entries())
      cells.set(train.columns[d]!.cells.subarray(0, count))
    return samples
  }

/** Repeats them with noise: numbers by a share of their deviation, and as large a share of the names drawn anew. */
export const repeatsWithNoise =
  (share: number): Planted =>
  ({ train }, seed) => {
    const samples = cloned(train)
    const { count } = train
    const dim = train.columns.length
    const u = randomOf(train, seed, 79)
    const z = standardNormals({ seed, stream: streams.datasets, step: 80, start: 0, count, dim })
    for (const [d, { categories, kind, cells }] of train.columns.entries()) {
      const noised = samples.columns[d]!.cells
      const known = cells.filter((cell) => !Number.isNaN(cell))
      const mean = known.reduce((sum, x) => sum + x, 0) / known.length
      const deviation = Math.sqrt(known.reduce((sum, x) => sum + (x - mean) ** 2, 0) / known.length)
      for (let i = 0; i < count; i++) {
        const k = i * dim + d
        if (categories) noised[i] = u[k]! < share ? cells[Math.floor((u[k]! / share) * count)]! : cells[i]!
        else {
          const noisy = cells[i]! + share * deviation * z[k]!
          noised[i] = kind === 'integer' ? Math.round(noisy) : noisy
        }
      }
    }
    return samples
  }

/** Rows that are new, but for one column, whose values are those of the training rows in another order. */
export const leaksColumn =
  (name: string): Planted =>
  ({ train, fresh }, seed) => {
    const samples = cloned(fresh)
    const [leaked, cells] = [samples, train].map(({ columns }) => columnNamed(columns, name).cells)
    const order = shuffled(train.count, seed, 81)
    for (let i = 0; i < samples.count; i++) leaked![i] = cells![order[i % order.length]!]!
    return samples
  }

/** Rows that are new, without those of one name: bad samples, which reveal no training row. */
export const dropsMinority =
  (name: string, category: string): Planted =>
  ({ fresh }) => {
    const { categories, cells } = columnNamed(fresh.columns, name)
    const index = categories!.indexOf(category)
    const kept = [...cells.keys()].filter((i) => cells[i] !== index)
    return rowsAt(fresh, kept)
  }

/** Other real rows: what the best generator gives. */
export const freshRows: Planted = ({ fresh }) => fresh

/** The same table with its rows and columns turned round and its names in another order and renamed. */
export function changed(table: Table): Table {
  const columns = table.columns.toReversed().map((column) => {
    const cells = column.cells.toReversed()
    if (column.kind !== 'category') return { ...column, cells }
    const names = column.categories!.toReversed().map((name) => `the ${name}`)
    return { ...column, categories: names, cells: cells.map((cell) => names.length - 1 - cell) }
  })
  return { count: table.count, columns }
}
