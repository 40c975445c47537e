import { describe, expect, it } from 'vitest'
import { combine } from '../../../src/numerics/kernels/combination.ts'
import { linearCombination, type Term } from '../../../src/numerics/points.ts'
import { standardNormals, streams } from '../../../src/numerics/random.ts'

/** Terms of so many numbers, some of them not finite where there is room. */
function termsOf(count: number, coefficients: readonly number[]) {
  const terms = coefficients.map((coefficient, step): Term<Float32Array> => {
    const data = standardNormals({ seed: 5, stream: streams.x_T, step, start: 0, count, dim: 1 })
    return { coefficient, points: { data, count, dim: 1 } }
  })
  if (count > 300) {
    terms[0]!.points.data[3] = Number.NaN
    terms[0]!.points.data[4] = Number.POSITIVE_INFINITY
    terms[0]!.points.data[count - 1] = Number.MIN_VALUE
    terms[0]!.points.data[count - 2] = -0
  }
  return terms as [Term<Float32Array>, ...Term<Float32Array>[]]
}

describe('the kernel that combines points', () => {
  const coefficients = [0.1, -2, 1 / 3, 0, 1e-30, 7, -0.7, 1, 1, 1]

  it.each([1, 255, 256, 257, 1023, 1024, 1025, 5003])(
    'gives the bits of plain sums for %i numbers',
    (count) => {
      for (let terms = 1; terms <= coefficients.length; terms++) {
        const all = termsOf(count, coefficients.slice(0, terms))
        const [own, plain] = [combine(all), linearCombination(all)]
        expect([own.count, own.dim]).toEqual([plain.count, plain.dim])
        expect(Buffer.from(own.data.buffer).equals(Buffer.from(plain.data.buffer))).toBe(true)
      }
    },
  )

  it('gives float64 for float64', () => {
    const points = { data: new Float64Array(500).fill(0.1), count: 500, dim: 1 }
    const sum = combine([
      { coefficient: 1, points },
      { coefficient: 2, points },
    ])
    expect(sum.data).toBeInstanceOf(Float64Array)
    expect(sum.data[499]).toBe(0.1 + 2 * 0.1)
  })
})
