import { expect, it } from 'vitest'
import { shortFloat32 } from '../../src/core/format.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'

it('shortFloat32 gives a number of few digits with the same float32 bits', () => {
  expect(shortFloat32(Math.fround(0.1))).toBe(0.1)
  const values = standardNormals({ seed: 0, stream: streams.x_T, step: 0, start: 0, count: 10_000, dim: 1 })
  expect(values.every((value) => Math.fround(shortFloat32(value)) === value)).toBe(true)
  expect(values.every((value) => String(shortFloat32(value)).replace(/^-?0?\./, '').length <= 11)).toBe(true)
})
