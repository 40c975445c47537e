import { expect, it } from 'vitest'
import { averageDecayAt, learningRateAt } from '../../src/train/engine.ts'

it('decays the learning rate from the first step to near 0 at the last', () => {
  expect([0, 50, 100].map((step) => learningRateAt(step, 100, 0.2, 'none'))).toEqual([0.2, 0.2, 0.2])
  expect([0, 50, 75].map((step) => learningRateAt(step, 100, 0.2, 'linear'))).toEqual([0.2, 0.1, 0.05])
  expect(learningRateAt(0, 100, 0.2, 'cosine')).toBe(0.2)
  expect(learningRateAt(50, 100, 0.2, 'cosine')).toBeCloseTo(0.1, 15)
  expect(learningRateAt(99, 100, 0.2, 'cosine')).toBeCloseTo(0.2 * Math.sin(Math.PI / 200) ** 2, 15)
})

it('lets the average forget the first weights', () => {
  expect(averageDecayAt(1, 0.999)).toBeCloseTo(2 / 11)
  expect(averageDecayAt(1e6, 0.999)).toBe(0.999)
})
