import { streams, uniforms } from '../core/random.ts'
import { type Columns, gatherColumns } from './columns.ts'

/** An evaluation's draws are the same on every call. */
export const evaluationSeed = 0

/** The steps of the stream `evaluation`: the halvings take 0 to halvingCount - 1. */
export const draws = { data: 100, samples: 101, directions: 102 } as const

export const halvingCount = 20

/** Where a halving puts a row. */
export const parts = { unused: 0, real: 1, samples: 2 } as const
export type Halving = Uint8Array

/** `size` different rows out of `count` in random order: the beginning of a shuffle by Fisher and Yates. */
export function randomRows(count: number, size: number, draw: number): Int32Array {
  const request = { seed: evaluationSeed, stream: streams.evaluation, step: draw, start: 0 }
  const u = uniforms({ ...request, count: Math.ceil(size / 4), dim: 4 })
  const rows = Int32Array.from({ length: count }, (_, i) => i)
  for (let i = 0; i < size; i++) {
    const j = i + Math.floor(u[i]! * (count - i))
    const row = rows[j]!
    rows[j] = rows[i]!
    rows[i] = row
  }
  return rows.slice(0, size)
}

/** What the figures over pairs take of two sets. */
export interface ChosenRows {
  readonly data: Columns
  readonly samples: Columns
  /** What is halved: twice as many points of the data where there are so many, so that a half is as large. */
  readonly pool: Columns
}

/** All rows of each set, or `limit` random ones of more. */
export function chooseRows(data: Columns, samples: Columns, limit: number): ChosenRows {
  const pick = (set: Columns, size: number, draw: number) =>
    set.count <= size ? set : gatherColumns(set, randomRows(set.count, size, draw))
  return {
    data: pick(data, limit, draws.data),
    samples: pick(samples, limit, draws.samples),
    pool: pick(data, 2 * limit, draws.data),
  }
}

/** How many rows the parts of a halving have: half of all, and as many of the rest as there are samples. */
export function halfSizes(count: number, samples: number): [real: number, samples: number] {
  const half = Math.floor(count / 2)
  return [half, Math.min(half, samples)]
}

/** `halvingCount` random halvings of `count` rows, each row's part. */
export function halvings(count: number, samples: number): Halving[] {
  const [real, others] = halfSizes(count, samples)
  return Array.from({ length: halvingCount }, (_, draw) => {
    const halving = new Uint8Array(count)
    randomRows(count, real + others, draw).forEach((row, i) => {
      halving[row] = i < real ? parts.real : parts.samples
    })
    return halving
  })
}

/** The rows of a part, ascending. */
export function rowsOf(halving: Halving, part: number): Int32Array {
  const rows: number[] = []
  halving.forEach((value, row) => {
    if (value === part) rows.push(row)
  })
  return Int32Array.from(rows)
}
