import { describe, expect, it } from 'vitest'
import {
  cosineAndSine,
  type Draw,
  plainNormals,
  plainUniforms,
  radius,
} from '../../src/numerics/noise/plain.ts'
import { wasmNormals, wasmUniforms } from '../../src/numerics/noise/wasm.ts'
import { keyOf, maxSeed } from '../../src/numerics/random.ts'
import { golden } from '../helpers/golden.ts'

const rows = golden<[word: number, radius: number, cosine: number, sine: number][]>('box_muller.json')

/** The distance of two finite numbers of one sign, in float64's steps. */
function ulps(a: number, b: number): number {
  const [x, y] = new BigInt64Array(Float64Array.of(a, b).buffer)
  return Number.isFinite(a) ? Math.abs(Number(x! - y!)) : Number.NaN
}

it('the radius, cosine and sine of the noise are within two units in the last place of exact ones', () => {
  const pair = new Float64Array(2)
  const errors = rows.map(([word, r, cosine, sine]) => {
    cosineAndSine(pair, word)
    return [ulps(radius(word), r), ulps(pair[0]!, cosine), ulps(pair[1]!, sine)] as const
  })
  expect(Math.max(...errors.map(([r]) => r))).toBeLessThanOrEqual(1)
  expect(Math.max(...errors.map(([, cosine]) => cosine))).toBeLessThanOrEqual(2)
  expect(Math.max(...errors.map(([, , sine]) => sine))).toBeLessThanOrEqual(2)
})

describe('the WASM module', () => {
  const draws: Draw[] = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((dim) => [
    { dim, key: keyOf(0), stream: 0, step: 0, start: 0, count: 4001 },
    { dim, key: keyOf(maxSeed), stream: 4, step: 4999, start: 123_456_789, count: 9 },
    { dim, key: keyOf(2 ** 32 + 5), stream: 1, step: 2 ** 32 - 1, start: 2 ** 32 - 5, count: 1001 + dim },
    { dim, key: keyOf(1), stream: 0, step: 2, start: 3 * 2 ** 32 - 4000 - dim, count: 8001 },
    { dim, key: keyOf(1), stream: 7, step: 2, start: 2 ** 53 - 1001, count: 1001 },
  ])
  /** Rows longer than the memory that the module begins with, and than what it has grown to. */
  const wide = [4001, 30_000].map(
    (dim): Draw => ({ dim, key: keyOf(3), stream: 6, step: 1, start: 2 ** 31 - 2, count: 11 }),
  )

  /** Samples that do not follow one another, more than the module takes at a time, above and below 32 bits. */
  const indices = Float64Array.from(
    { length: 2051 },
    (_, i) => (i * 0x9e3779b97f4a7) % 2 ** (i % 2 ? 53 : 30),
  )
  const scattered = [1, 5, 8].map(
    (dim): Draw => ({ dim, key: keyOf(9), stream: 1, step: 2, start: 0, indices, count: indices.length }),
  )

  it.each([...draws, ...wide, ...scattered])(
    'draws the bits of plain TypeScript: $dim numbers from $start, stream $stream',
    (draw) => {
      const size = draw.count * draw.dim
      const [normals, expected] = [new Float32Array(size), new Float32Array(size)]
      plainNormals(expected, draw)
      expect(wasmNormals(normals, draw)).toBe(true)
      expect(expected.every(Number.isFinite)).toBe(true)
      expect(new Set(expected).size).toBeGreaterThan(size / 2)
      expect(Buffer.from(normals.buffer).equals(Buffer.from(expected.buffer))).toBe(true)
      const [uniforms, expectedUniforms] = [new Float64Array(size), new Float64Array(size)]
      plainUniforms(expectedUniforms, draw)
      expect(wasmUniforms(uniforms, draw)).toBe(true)
      expect(Buffer.from(uniforms.buffer).equals(Buffer.from(expectedUniforms.buffer))).toBe(true)
    },
  )
})
