import { InferenceSession, Tensor } from 'onnxruntime-node'
import { standardNormals, streams, uniforms } from '../../src/numerics/random.ts'
import { type Column, type NamedTable, tableOfPoints } from '../../src/table/table.ts'

/** Runs of a seeded.onnx in Node, and what its columns should be of a table. */

const day = 86_400_000

const columns: readonly Column[] = [
  { name: 'seed', kind: 'number' },
  { name: 'index', kind: 'integer' },
  { name: 'x_0', kind: 'category', categories: ['a', 'b', ''] },
  { name: 'known', kind: 'date', form: 'YYYY-MM' },
  { name: 'moonstep/seed', kind: 'date', form: 'YYYY-MM-DDThh:mm:ssZ' },
  { name: 'third', kind: 'number' },
  { name: 'large', kind: 'integer' },
  { name: 'level', kind: 'number' },
  { name: 'maybe', kind: 'integer' },
  { name: 'which', kind: 'category', categories: ['née', '"x, y"'] },
  { name: 'yes', kind: 'boolean', categories: ['no', 'yes'] },
  { name: 'same', kind: 'integer' },
  { name: 'true', kind: 'boolean', categories: ['false', 'true'] },
  { name: 'at', kind: 'date', form: 'hh:mm' },
  { name: 'on', kind: 'date', form: 'YYYY-MM-DD' },
  { name: 'id', kind: 'key' },
]

/** A table whose columns take every way of encoding and of rounding, under names that the graph has for its own. */
export function everyKind(count: number): NamedTable {
  const dim = columns.length
  const drawn = uniforms({ seed: 3, stream: streams.datasets, step: 5, start: 0, count, dim })
  const normal = standardNormals({ seed: 3, stream: streams.datasets, step: 6, start: 0, count, dim })
  const data = new Float64Array(count * dim)
  for (let i = 0; i < count; i++) {
    const [u, z] = [drawn.subarray(i * dim, (i + 1) * dim), normal.subarray(i * dim, (i + 1) * dim)]
    const month = Math.floor(u[3]! * 400)
    data.set(
      [
        Math.round(z[0]! * 1000) / 100,
        Math.floor(u[1]! * 5) - 2,
        Math.floor(u[2]! * 3),
        Date.UTC(1960 + Math.floor(month / 12), month % 12),
        -3 * 365 * day + Math.floor(u[4]! * 1e9) * 1000,
        z[5]! / 3,
        Math.floor(u[6]! ** 2 * 9e15),
        Math.floor(u[7]! * 12) / 4,
        u[8]! < 0.3 ? Number.NaN : Math.floor(u[8]! * 1e6),
        u[9]! < 0.2 ? Number.NaN : Math.floor(u[9]! * 2),
        Math.floor(u[10]! * 2),
        9,
        u[12]! < 0.1 ? Number.NaN : Math.floor(u[12]! * 2),
        u[13]! < 0.1 ? Number.NaN : Math.floor(u[13]! * 1440) * 60_000,
        u[14]! < 0.1 ? Number.NaN : Math.floor(u[14]! * 20_000 - 500) * day,
        i,
      ],
      i * dim,
    )
  }
  return { name: 'every kind', ...tableOfPoints(columns, { data, count, dim }) }
}

export type Outputs = Record<string, { readonly type: string; readonly data: ArrayLike<unknown> }>

export interface SeededSession {
  /** The rows `from`, `from + 1`, ... of a seed. */
  run(seed: number, from: number, count: number): Promise<Outputs>
  readonly session: InferenceSession
}

export async function seededSession(bytes: Uint8Array): Promise<SeededSession> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 })
  return {
    session,
    run(seed, from, count) {
      const of = (value: (i: number) => number) =>
        new Tensor(
          'int64',
          BigInt64Array.from({ length: count }, (_, i) => BigInt(value(i))),
          [count],
        )
      return session.run({ seed: of(() => seed), index: of((i) => from + i) }) as Promise<Outputs>
    },
  }
}

/** The columns of a table as a seeded.onnx should hand them out, in the types that ONNX has. */
export function columnsOf({ columns }: Pick<NamedTable, 'columns'>) {
  return columns.map(({ kind, categories, cells }) =>
    Array.from(cells, (cell) => {
      if (kind === 'category' && categories) return Number.isNaN(cell) ? '' : categories[cell]!
      return cell
    }),
  )
}

/** An output's values as plain ones: whole numbers and yes or no as numbers. */
export function valuesOf({ data }: Outputs[string]): (number | string)[] {
  return Array.from(data, (value) => (typeof value === 'string' ? value : Number(value)))
}
