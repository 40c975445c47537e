import { shuffled, standardNormals, streams, uniforms } from '../../src/numerics/random.ts'
import { gathered, type NamedTable, rowsAt } from '../../src/table/table.ts'

/** Samples of a table that need no model: which the tests of a report measure. */

/** Different rows of a table by chance, as many sets of them as there are counts. */
export function partsOf(table: NamedTable, counts: readonly number[], seed = 0): NamedTable[] {
  const order = shuffled(table.count, seed, 700)
  let from = 0
  return counts.map((count) => {
    from += count
    return rowsAt(table, order.subarray(from - count, from))
  })
}

/** Each column on its own in another order: the columns are as they were, and nothing hangs together. */
export function shuffledColumns(table: NamedTable, seed = 0): NamedTable {
  const columns = table.columns.map((column, d) => gathered(column, shuffled(table.count, seed, 710 + d)))
  return { ...table, columns }
}

/**
 * Rows as a Gaussian copula with noise draws them: a number moves among the numbers of its column by about `noise` of all
 * ranks, a name is another row's with a chance of `noise`.
 */
export function noisyRanks(table: NamedTable, noise: number, seed = 0): NamedTable {
  const { count } = table
  const request = { seed, stream: streams.datasets, start: 0, count, dim: 1 }
  const columns = table.columns.map((column, d) => {
    const { categories, cells } = column
    const result = cells.slice()
    const present = Int32Array.from(cells, (_, i) => i).filter((i) => !Number.isNaN(cells[i]))
    if (categories) {
      const chance = uniforms({ ...request, step: 800 + d, dim: 2 })
      for (let i = 0; i < count; i++)
        if (chance[2 * i]! < noise) result[i] = cells[Math.floor(chance[2 * i + 1]! * count)]!
      return { ...column, cells: result }
    }
    const normal = standardNormals({ ...request, step: 800 + d })
    const byRank = present.toSorted((a, b) => cells[a]! - cells[b]!)
    const moved = Float64Array.from(byRank, (_, rank) => rank / byRank.length + noise * normal[rank]!)
    const places = Int32Array.from(moved, (_, rank) => rank).sort((a, b) => moved[a]! - moved[b]!)
    for (const [rank, from] of places.entries()) result[byRank[from]!] = cells[byRank[rank]!]!
    return { ...column, cells: result }
  })
  return { ...table, columns }
}
