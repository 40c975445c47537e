import { expect, it } from 'vitest'
import type { LrDecay } from '../../src/model/run-names.ts'
import { averageDecayAt, learningRateAt } from '../../src/train/engine.ts'

const rateAt = (step: number, lrDecay: LrDecay, warmup?: number) =>
  learningRateAt(step, 100, { learningRate: 0.2, lrDecay, warmup })

it('the learning rate rises in the steps of the warm-up, also with a decay', () => {
  expect([0, 4, 9, 10].map((step) => rateAt(step, 'none', 10))).toEqual([0.2 * 0.1, 0.1, 0.2, 0.2])
  expect(rateAt(4, 'cosine', 10)).toBeCloseTo(0.05 * (1 + Math.cos(Math.PI * 0.04)), 15)
})

it('the learning rate decays from the first step to nearly 0 at the last', () => {
  expect([0, 50, 100].map((step) => rateAt(step, 'none'))).toEqual([0.2, 0.2, 0.2])
  expect([0, 50, 75].map((step) => rateAt(step, 'linear'))).toEqual([0.2, 0.1, 0.05])
  expect(rateAt(0, 'cosine')).toBe(0.2)
  expect(rateAt(50, 'cosine')).toBeCloseTo(0.1, 15)
  expect(rateAt(99, 'cosine')).toBeCloseTo(0.2 * Math.sin(Math.PI / 200) ** 2, 15)
})

it('the average of the weights forgets the first weights', () => {
  expect(averageDecayAt(1, 0.999)).toBeCloseTo(2 / 11)
  expect(averageDecayAt(1e6, 0.999)).toBe(0.999)
})
