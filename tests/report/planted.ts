import { readTable } from '../../src/node/run-folder.ts'
import { type FloatArray, gatherRows, type Points } from '../../src/numerics/points.ts'
import { shuffled, standardNormals, streams, uniforms } from '../../src/numerics/random.ts'
import type { NamedTable, Table } from '../../src/table/table.ts'

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
  const order = shuffled(table.points.count, seed, 77)
  let at = 0
  const [train, against, fresh] = sizes.map((size) => rowsOf(table, order.slice(at, (at += size))))
  return { train: train!, against: against!, fresh: fresh! }
}

export function rowsOf(table: NamedTable, rows: Int32Array): NamedTable {
  return { ...table, points: gatherRows(table.points, rows) }
}

/** A generator that is made to leak or not: samples from its training rows, and from other real rows. */
export type Planted = (sets: Sets, seed: number) => NamedTable

const cloned = (table: NamedTable): NamedTable & { points: Points<FloatArray> } => ({
  ...table,
  points: { ...table.points, data: Float64Array.from(table.points.data) },
})

/** Uniform numbers [rows, columns] of a planted case's own. */
const randomOf = ({ points }: NamedTable, seed: number, step: number) =>
  uniforms({ seed, stream: streams.datasets, step, start: 0, count: points.count, dim: points.dim })

/** Repeats training rows. */
export const repeats: Planted = ({ train }, seed) => rowsOf(train, shuffled(train.points.count, seed, 78))

/** Repeats a share of them among rows that are new. */
export const repeatsSome =
  (share: number): Planted =>
  ({ train, fresh }) => {
    const samples = cloned(fresh)
    const dim = samples.points.dim
    const count = Math.floor(share * fresh.points.count)
    samples.points.data.set(train.points.data.subarray(0, count * dim))
    return samples
  }

/** Repeats them with noise: numbers by a share of their deviation, and as large a share of the names drawn anew. */
export const repeatsWithNoise =
  (share: number): Planted =>
  ({ train }, seed) => {
    const samples = cloned(train)
    const { data, count, dim } = samples.points
    const u = randomOf(train, seed, 79)
    const z = standardNormals({ seed, stream: streams.datasets, step: 80, start: 0, count, dim })
    for (const [d, { categories, kind }] of train.columns.entries()) {
      const cells = Array.from({ length: count }, (_, i) => train.points.data[i * dim + d]!)
      const known = cells.filter((cell) => !Number.isNaN(cell))
      const mean = known.reduce((sum, x) => sum + x, 0) / known.length
      const deviation = Math.sqrt(known.reduce((sum, x) => sum + (x - mean) ** 2, 0) / known.length)
      for (let i = 0; i < count; i++) {
        const k = i * dim + d
        if (categories) data[k] = u[k]! < share ? cells[Math.floor((u[k]! / share) * count)]! : cells[i]!
        else {
          const noisy = cells[i]! + share * deviation * z[k]!
          data[k] = kind === 'integer' ? Math.round(noisy) : noisy
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
    const { data, count, dim } = samples.points
    const d = train.columns.findIndex((column) => column.name === name)
    const order = shuffled(train.points.count, seed, 81)
    for (let i = 0; i < count; i++) data[i * dim + d] = train.points.data[order[i % order.length]! * dim + d]!
    return samples
  }

/** Rows that are new, without those of one name: bad samples, which reveal no training row. */
export const dropsMinority =
  (name: string, category: string): Planted =>
  ({ fresh }) => {
    const { data, count, dim } = fresh.points
    const d = fresh.columns.findIndex((column) => column.name === name)
    const index = fresh.columns[d]!.categories!.indexOf(category)
    const kept = [...Array(count).keys()].filter((i) => data[i * dim + d] !== index)
    return rowsOf(fresh, Int32Array.from(kept))
  }

/** Other real rows: what the best generator gives. */
export const freshRows: Planted = ({ fresh }) => fresh

/** The same table with its rows and columns turned round and its names in another order and renamed. */
export function changed(table: Table): Table {
  const { data, count, dim } = table.points
  const turned = new Float64Array(data.length)
  for (let i = 0; i < count; i++)
    for (let d = 0; d < dim; d++) {
      const names = table.columns[d]!.kind === 'category' ? table.columns[d]!.categories : undefined
      const cell = data[i * dim + d]!
      turned[(count - 1 - i) * dim + (dim - 1 - d)] = names ? names.length - 1 - cell : cell
    }
  const columns = table.columns
    .toReversed()
    .map((column) =>
      column.kind === 'category'
        ? { ...column, categories: column.categories!.toReversed().map((name) => `the ${name}`) }
        : column,
    )
  return { columns, points: { data: turned, count, dim } }
}
