import { describe, expect, it } from 'vitest'
import {
  chooseBounds,
  rootMeanSquare,
  scaleOf,
  scaleOfDrift,
  toleranceClasses,
} from '../../src/compare/parity.ts'

describe('chooseBounds', () => {
  it('gives the bounds of each class, and ten times the atol for a process', () => {
    expect(toleranceClasses).toEqual({
      fp32: { atol: 1e-5, rtol: 1e-4 },
      tf32: { atol: 0.02, rtol: 0.01 },
      fp16: { atol: 0.03, rtol: 0.03 },
      exact: { atol: 0, rtol: 0 },
    })
    expect(chooseBounds({})).toEqual({
      class: 'fp32',
      call: { atol: 1e-5, rtol: 1e-4 },
      process: { atol: 10 * 1e-5, rtol: 1e-4 },
    })
    expect(chooseBounds({}, 'tf32').class).toBe('tf32')
    expect(chooseBounds({ tolerance: 'fp16' }, 'tf32').class).toBe('fp16')
  })

  it('replaces the atol or the rtol of a class by given ones', () => {
    expect(chooseBounds({ atol: 1e-3 })).toEqual({
      class: null,
      call: { atol: 1e-3, rtol: 1e-4 },
      process: { atol: 1e-2, rtol: 1e-4 },
    })
    expect(chooseBounds({ rtol: 0, tolerance: 'tf32' }).call).toEqual({ atol: 0.02, rtol: 0 })
  })
})

it('atol grows with values that are larger than those of a trained network', () => {
  expect([0, 1, 2, 10, 11, 1e6, Number.NaN].map(scaleOf)).toEqual([1, 1, 1, 1, 11, 1e6, 1])
  expect(rootMeanSquare(Float32Array.of(3, -4, 0, 0))).toBe(2.5)
  expect(rootMeanSquare(new Float32Array(0))).toBe(0)
})

it('atol grows up to a hundredfold if a small difference moves a state far', () => {
  const scales = [0, 1e-6, 1e-5, 2e-5, 1e-4, 1, Infinity].map(scaleOfDrift)
  expect(scales.map((scale) => Math.round(scale * 1e6) / 1e6)).toEqual([1, 1, 1, 2, 10, 100, 100])
})
