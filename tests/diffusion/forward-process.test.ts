import { expect, it } from 'vitest'
import { forwardProcess } from '../../src/diffusion/prediction.ts'
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
