import { gatherRows } from '../../src/numerics/points.ts'
import { shuffled, standardNormals, streams, uniforms } from '../../src/numerics/random.ts'
import type { NamedTable } from '../../src/table/table.ts'

/** Samples of a table that need no model: which the tests of a report measure. */

type Real = NamedTable<Float64Array>

/** Different rows of a table by chance, as many sets of them as there are counts. */
export function partsOf(table: Real, counts: readonly number[], seed = 0): Real[] {
  const order = shuffled(table.points.count, seed, 700)
  let from = 0
  return counts.map((count) => {
    from += count
    return { ...table, points: gatherRows(table.points, order.subarray(from - count, from)) }
  })
}

/** Each column on its own in another order: the columns are as they were, and nothing hangs together. */
export function shuffledColumns(table: Real, seed = 0): Real {
  const { data, count, dim } = table.points
  const result = data.slice()
  for (let d = 0; d < dim; d++) {
    const order = shuffled(count, seed, 710 + d)
    for (let i = 0; i < count; i++) result[i * dim + d] = data[order[i]! * dim + d]!
  }
  return { ...table, points: { data: result, count, dim } }
}

/**
 * Rows as a Gaussian copula with noise draws them: a number moves among the numbers of its column by about `noise` of all
 * ranks, a name is another row's with a chance of `noise`.
 */
export function noisyRanks(table: Real, noise: number, seed = 0): Real {
  const { data, count, dim } = table.points
  const result = data.slice()
  const request = { seed, stream: streams.datasets, start: 0, count, dim: 1 }
  for (const [d, { categories }] of table.columns.entries()) {
    const cells = Float64Array.from({ length: count }, (_, i) => data[i * dim + d]!)
    const present = Int32Array.from(cells, (_, i) => i).filter((i) => !Number.isNaN(cells[i]))
    if (categories) {
      const chance = uniforms({ ...request, step: 800 + d, dim: 2 })
      for (let i = 0; i < count; i++)
        if (chance[2 * i]! < noise) result[i * dim + d] = cells[Math.floor(chance[2 * i + 1]! * count)]!
      continue
    }
    const normal = standardNormals({ ...request, step: 800 + d })
    const byRank = present.toSorted((a, b) => cells[a]! - cells[b]!)
    const moved = Float64Array.from(byRank, (_, rank) => rank / byRank.length + noise * normal[rank]!)
    const places = Int32Array.from(moved, (_, rank) => rank).sort((a, b) => moved[a]! - moved[b]!)
    for (const [rank, from] of places.entries()) result[byRank[from]! * dim + d] = cells[byRank[rank]!]!
  }
  return { ...table, points: { data: result, count, dim } }
}
