import { describe, expect, it } from 'vitest'
import { distancesFrom } from '../../../src/measure/privacy/neighbours.ts'
import { columnDistances } from '../../../src/numerics/kernels/distances.ts'
import { streams, uniforms } from '../../../src/numerics/random.ts'

const max = 2 ** 31 - 1

describe('the kernel of distances from a row', () => {
  it.each([
    [1, 4, 7],
    [15, 8, 1000],
    [16, 4, 3],
    [1003, 32, 20_000],
  ])('gives for %i rows and %i columns the whole numbers of plain code', (count, width, unit) => {
    const drawn = uniforms({ seed: 1, stream: streams.evaluation, step: count, start: 0, count, dim: width })
    // some cells lie as far apart as whole numbers can
    const cellOf = (u: number) => (u < 0.01 ? -max : u > 0.99 ? max : Math.floor(3 * unit * u))
    const columns = Array.from({ length: width }, (_, d) =>
      Int32Array.from({ length: count }, (_, i) => cellOf(drawn[i * width + d]!)),
    )
    const rows = { columns, count, unit, width }
    const distances = columnDistances(rows)!
    const plain = new Int32Array(count)
    for (const i of [0, count >> 1, count - 1]) {
      distancesFrom(rows, i, rows, plain)
      const own = distances(Int32Array.from(columns, (column) => column[i]!))
      expect(own).toEqual(plain)
      expect(own[i]).toBe(0)
      const x = columns.map((column) => column[i]!)
      const j = count - 1
      expect(own[j]).toBe(
        columns.reduce((sum, column, d) => sum + Math.min(Math.abs(x[d]! - column[j]!), unit), 0),
      )
    }
  })
})
