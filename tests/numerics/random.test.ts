import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import {
  type DrawRequest,
  keyOf,
  maxSeed,
  philox,
  standardNormals,
  streams,
} from '../../src/numerics/random.ts'
import { golden } from '../helpers/golden.ts'

describe('philox', () => {
  it.each([
    [[0, 0, 0, 0, 0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [new Array(6).fill(0xffffffff), '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0],
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    ],
  ])('gives the published answer for %j', (counterAndKey, expected) => {
    const out = new Uint32Array(4)
    const [c0, c1, c2, c3, k0, k1] = counterAndKey as [number, number, number, number, number, number]
    philox(out, c0, c1, c2, c3, k0, k1)
    expect([...out].map((word) => word.toString(16).padStart(8, '0')).join(' ')).toBe(expected)
  })
})

describe('keyOf', () => {
  it('splits a seed into its low and high word', () => {
    expect(keyOf(2 ** 32 + 5)).toEqual([5, 1])
    expect(keyOf(maxSeed)).toEqual([0xffffffff, 0x1fffff])
  })

  it.each([-1, 0.5, 2 ** 53, Number.NaN])('refuses the seed %s', (seed) => {
    expect(() => keyOf(seed)).toThrow(InputError)
  })
})

describe('standardNormals', () => {
  const cases = ['normals.json', 'far_normals.json'].flatMap((file) =>
    golden<(DrawRequest & { normals: number[][] })[]>(file),
  )

  it.each(cases)(
    'agrees with an independent script: seed $seed, stream $stream, from sample $start',
    ({ normals, ...request }) => {
      // float64's last bit may differ between two mathematics libraries, and with it float32's
      expect(maxAbsDifference(standardNormals(request), normals.flat())).toBeLessThanOrEqual(2 ** -22)
    },
  )

  it('gives a sample the same numbers in any request', () => {
    const request = { seed: 3, stream: streams.x_T, step: 2, dim: 5 }
    const whole = standardNormals({ ...request, start: 0, count: 50 })
    const part = standardNormals({ ...request, start: 20, count: 30 })
    expect(part).toEqual(whole.slice(20 * 5))
  })

  it('gives other numbers to sample i + 2^32 than to sample i', () => {
    const from = (start: number) =>
      standardNormals({ seed: 0, stream: streams.x_T, step: 0, start, count: 20, dim: 2 })
    const near = [...from(0)]
    for (const high of [1, 2, 2 ** 20]) for (const x of from(high * 2 ** 32)) expect(near).not.toContain(x)
  })

  it('gives different numbers to each stream and step', () => {
    const drawn = Object.values(streams).flatMap((stream) =>
      [0, 1, 2].map((step) => standardNormals({ seed: 0, stream, step, start: 0, count: 1, dim: 1 })[0]),
    )
    expect(new Set(drawn).size).toBe(drawn.length)
  })

  it('has the moments of a standard normal, within five standard errors', () => {
    const x = standardNormals({
      seed: 1,
      stream: streams.reverseNoise,
      step: 0,
      start: 0,
      count: 50_000,
      dim: 4,
    })
    const n = x.length
    const moment = (power: number) => x.reduce((sum, value) => sum + value ** power, 0) / n
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(n))
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n))
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n))
  })
})
