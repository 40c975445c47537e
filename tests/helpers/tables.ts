import { createSchedule } from '../../src/diffusion/schedule.ts'
import type { TrainedModel } from '../../src/export/export-model.ts'
import { describeConfig } from '../../src/model/description.ts'
import { createNetwork, initialWeights, tableTraits } from '../../src/model/network.ts'
import { elementCount } from '../../src/model/weights.ts'
import { standardNormals, streams, uniforms } from '../../src/numerics/random.ts'
import { encodeCells } from '../../src/table/encodings/encode.ts'
import { blocksOf, cardEncoding, type Encoding } from '../../src/table/encodings/encoding.ts'
import { fitTable } from '../../src/table/encodings/fit.ts'
import type { EncodedColumn } from '../../src/table/encodings/index.ts'
import { type Column, type NamedTable, type Table, tableOfPoints } from '../../src/table/table.ts'
import type { BatchSource } from '../../src/train/batches.ts'
import { learnCandidates } from '../../src/train/candidates.ts'
import { recipeOf } from '../../src/train/recipes.ts'

export const pets: readonly Column[] = [
  { name: 'kind', kind: 'category', categories: ['bird', 'cat', 'dog', 'eel'] },
  { name: 'weight', kind: 'number' },
  { name: 'legs', kind: 'integer' },
  { name: 'born', kind: 'date', form: 'YYYY-MM-DD' },
  { name: 'tame', kind: 'boolean', categories: ['no', 'yes'] },
  { name: 'planet', kind: 'category', categories: ['Earth'] },
  { name: 'price', kind: 'number' },
  { name: 'id', kind: 'key' },
]

const day = 86_400_000

/**
 * Rows of every kind of column whose columns hang together: legs by kind, weight by kind, and gaps: a price lacks where an
 * animal is not tame, a weight by chance, and whether one is tame too.
 */
export function petTable(count: number, seed = 0): NamedTable {
  const dim = pets.length
  const drawn = uniforms({ seed, stream: streams.datasets, step: 77, start: 0, count, dim })
  const data = new Float64Array(count * dim)
  for (let i = 0; i < count; i++) {
    const u = drawn.subarray(i * dim, (i + 1) * dim)
    const kind = Math.min(3, Math.floor(u[0]! ** 1.5 * 4))
    const tame = u[4]! < [0.2, 0.9, 0.95, 0][kind]! ? 1 : 0
    data.set(
      [
        kind,
        u[1]! < 0.1 ? Number.NaN : Math.round(1000 * (kind + 1) * (0.2 + u[1]!)) / 100,
        [2, 4, 4, 0][kind]!,
        Date.UTC(2011, 0, 1) + Math.floor(u[3]! * 1500) * day,
        u[5]! < 0.05 ? Number.NaN : tame,
        0,
        tame === 0 ? Number.NaN : u[6]! < 0.5 ? 0 : Math.round(u[6]! * 100_000) / 100,
        i,
      ],
      i * dim,
    )
  }
  return { name: 'pets', ...tableOfPoints(pets, { data, count, dim }) }
}

/** A model of pets with weights by chance, in every layer. */
export function petModel(): TrainedModel & { readonly table: NamedTable } {
  const table = petTable(400)
  return { table, ...untrainedTable(table) }
}

interface PetSource extends Partial<Pick<BatchSource, 'lossWeighting'>> {
  readonly rows: number
  readonly T: number
  readonly hidden: readonly number[]
  readonly batchSize: number
  /** Columns that are known of every row. */
  readonly context?: readonly string[]
}

/** Pets as training takes them, with a network of recipe `table` in small. */
export function petSource({ rows, T, hidden, context = [], ...source }: PetSource): BatchSource {
  const table = petTable(rows)
  const encoding = fitTable(table, { context })
  const blocks = blocksOf(encoding)
  const { alphaBars } = createSchedule({ kind: 'karras', sigmaMin: 0.04, sigmaMax: 6, rho: 7 }, T)
  const traits = { ...tableTraits, hidden, time: { kind: 'log_sigma', width: 16 } } as const
  const network = createNetwork(traits, blocks, alphaBars)
  const codes = encodeCells(encoding, table, 'kept')
  return { network, blocks, codes, predictionType: 'epsilon', lossWeighting: 'none', seed: 3, ...source }
}

/** A model of any table, likewise. */
export function untrainedTable(table: Table, encoding = fitTable(table)): TrainedModel {
  const T = 6
  const schedule = { kind: 'karras', sigmaMin: 0.04, sigmaMax: 6, rho: 7 } as const
  const timeEmbedding = { kind: 'log_sigma', width: 16 } as const
  const hidden = [24, 24, 24]
  const { alphaBars } = createSchedule(schedule, T)
  const traits = { ...tableTraits, hidden, time: timeEmbedding }
  const network = createNetwork(traits, blocksOf(encoding), alphaBars)
  const weights = new Map(initialWeights(network, 3))
  for (const [step, name] of ['output.weight', 'output.bias'].entries()) {
    const { shape } = weights.get(name)!
    const dim = elementCount(shape)
    const data = standardNormals({ seed: 5, stream: streams.datasets, step, start: 0, count: 1, dim })
    weights.set(name, { shape, data: data.map((x) => x / 2) })
  }
  const config = {
    T,
    schedule,
    ...cardEncoding(encoding),
    predictionType: 'sample',
    sampler: { name: 'sde-dpmsolver++' },
    hidden,
    timeEmbedding,
  } as const
  return { config, weights }
}

/** The encoding of a table in models from before columns had grains. */
export function withoutGrains({ columns, ...rest }: Encoding): Encoding {
  return { ...rest, columns: columns.map((column) => ({ ...column, grain: undefined }) as EncodedColumn) }
}

/** A model of any table, likewise, with trees that choose one of several candidates for each row. */
export async function withCandidates(table: NamedTable, count: number): Promise<TrainedModel> {
  const { config, weights } = untrainedTable(table)
  const description = describeConfig(config as Parameters<typeof describeConfig>[0])
  const codes = encodeCells(description.encoding, table, 'kept')
  const training = { ...recipeOf('table'), recipe: 'table', batchSize: 256 }
  const candidates = await learnCandidates(description, weights, codes, { count, training, seed: 1 })
  return { config: { ...config, candidates }, weights }
}

/** Salaries, of which more than half are one of twelve round sums, with gaps, by the year. */
export function salaryTable(count: number, seed = 0): NamedTable {
  const columns: readonly Column[] = [
    { name: 'salary', kind: 'integer' },
    { name: 'year', kind: 'integer' },
  ]
  const drawn = uniforms({ seed, stream: streams.datasets, step: 84, start: 0, count, dim: 4 })
  const data = new Float64Array(count * 2)
  for (let i = 0; i < count; i++) {
    const [u, which, rest, gap] = drawn.subarray(4 * i, 4 * i + 4)
    const year = 2000 + Math.floor(u! * 12)
    const sum = which! < 0.6 ? 50_000 * (year - 1999) : Math.floor(60_000 + 1e6 * rest! ** 2)
    data.set([gap! < 0.05 ? Number.NaN : sum, year], 2 * i)
  }
  return { name: 'salaries', ...tableOfPoints(columns, { data, count, dim: 2 }) }
}

/** Towns of 300 names, with gaps, and how many people live there. */
export function nameTable(count: number, seed = 0): NamedTable {
  const columns: readonly Column[] = [
    { name: 'town', kind: 'category', categories: Array.from({ length: 300 }, (_, k) => `town ${k}`) },
    { name: 'people', kind: 'integer' },
  ]
  const drawn = uniforms({ seed, stream: streams.datasets, step: 80, start: 0, count, dim: 3 })
  const data = new Float64Array(count * 2)
  for (let i = 0; i < count; i++) {
    // each town once, then some more than others
    const town = i < 300 ? i : Math.floor(300 * drawn[3 * i]! ** 2)
    data.set(
      [drawn[3 * i + 1]! < 0.1 && i >= 300 ? Number.NaN : town, Math.floor(1e5 * drawn[3 * i + 2]! ** 3)],
      2 * i,
    )
  }
  return { name: 'towns', ...tableOfPoints(columns, { data, count, dim: 2 }) }
}
