import { expect, it } from 'vitest'
import { fitPower } from '../../bench/speed/growth.ts'

it('finds the power and the factor of the upper half, whatever lies below it', () => {
  const points = [1, 2, 4, 8, 16, 32].map((x, i) => [x, i < 3 ? 5 : 0.25 * x ** 1.5] as const)
  const { slope, factor, from, farthest } = fitPower(points)
  expect(Math.abs(slope - 1.5)).toBeLessThanOrEqual(1e-12)
  expect(Math.abs(factor - 0.25)).toBeLessThanOrEqual(1e-12)
  expect(from).toBe(8)
  expect(farthest).toBeLessThanOrEqual(1e-12)
})

it('says how far the points are from the line', () => {
  // logarithms 0, 1.5 and 0 at -1, 0 and 1: the line is flat at their mean, 0.5
  const points = [-1, 0, 1].map((x, i) => [Math.exp(x), Math.exp(i === 1 ? 1.5 : 0)] as const)
  const { slope, farthest } = fitPower([[1e-3, 1], [1e-2, 1], ...points])
  expect(Math.abs(slope)).toBeLessThanOrEqual(1e-12)
  expect(Math.abs(farthest - (Math.E - 1))).toBeLessThanOrEqual(1e-12)
})
