import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  forwardProcess,
  lossWeight,
  predictionTypes,
  toEpsilon,
  toSample,
} from '../../src/diffusion/prediction.ts'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { maxAbsDifference, pointsFromRows } from '../../src/numerics/points.ts'
import { golden, type TrainingSteps } from '../helpers/golden.ts'

it('the forward process gives the golden x_t of every training step, to float32', () => {
  const { x_0, schedule, steps } = golden<TrainingSteps>('training_steps.json')
  const tables = createSchedule(schedule, schedule.T)
  for (const { t, noise, x_t } of steps) {
    const noised = forwardProcess(tables, pointsFromRows(x_0), t, pointsFromRows(noise))
    expect(maxAbsDifference(noised.data, x_t.flat())).toBeLessThanOrEqual(1e-6)
  }
})

it('the loss weight without a weighting is 1', () => {
  for (const type of predictionTypes) expect(lossWeight('none', type, 0.3)).toBe(1)
})

it.each(predictionTypes)(
  'the loss weight min_snr weighs the error of x_0 by min(SNR, 5), with prediction type %s',
  (type) => {
    for (const alphaBar of [0.001, 0.1, 0.5, 0.8, 0.84, 0.999]) {
      // an error in the output is that many times as large in x_0
      const inSample = toSample(type, alphaBar).output ** 2
      const snr = alphaBar / (1 - alphaBar)
      expect(lossWeight('min_snr', type, alphaBar) / inSample).toBeCloseTo(Math.min(snr, 5), 9)
    }
  },
)

it('toSample and toEpsilon convert each prediction type to x_0 and epsilon', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-4, max: 1 - 1e-4, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      (alphaBar, x_0, epsilon) => {
        const [a, b] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)]
        const x_t = a * x_0 + b * epsilon
        const outputs = { epsilon, v_prediction: a * epsilon - b * x_0, sample: x_0 }
        for (const type of predictionTypes) {
          const [s, e] = [toSample(type, alphaBar), toEpsilon(type, alphaBar)]
          expect(s.x_t * x_t + s.output * outputs[type]).toBeCloseTo(x_0, 8)
          expect(e.x_t * x_t + e.output * outputs[type]).toBeCloseTo(epsilon, 8)
        }
      },
    ),
  )
})
