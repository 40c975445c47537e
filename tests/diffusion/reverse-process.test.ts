import { describe, expect, it } from 'vitest'
import { reverseProcess } from '../../src/diffusion/process.ts'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { referencePredictor } from '../../src/model/compute/reference.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { inFloat64 } from '../helpers/golden.ts'
import { diffusersPaths, exactPaths, type GoldenPath } from '../helpers/golden-paths.ts'
import { goldenCall, reference, referenceModel } from '../helpers/models.ts'
import { processWith } from '../helpers/process.ts'

const predictor = referencePredictor(goldenCall.network, referenceModel.weights)
const schedule = createSchedule(reference.schedule, reference.T)

/** The reference model's process, which begins as a golden path does. */
const statesOf = ({ sampler, timesteps, x_T, noise }: GoldenPath, signal?: AbortSignal) =>
  reverseProcess(processWith(schedule, sampler, timesteps), predictor, {
    x_T: inFloat64(x_T),
    noise: (j) => inFloat64(noise[j]!),
    signal,
  })

describe('the reverse process in float64', () => {
  it.each([
    ...exactPaths.map((path) => [path.name, 1e-9, path] as const),
    ...diffusersPaths.map((path) => [`diffusers' ${path.name}`, 1e-5, path] as const),
  ])('follows %s to %s at every step', async (_, bound, path) => {
    const { trajectory } = path
    let count = 0
    for await (const { step, x } of statesOf(path)) {
      expect(maxAbsDifference(x.data, trajectory[step]!.flat())).toBeLessThanOrEqual(bound)
      count++
    }
    expect(count).toBe(trajectory.length)
  })

  it('stops by its signal', async () => {
    const controller = new AbortController()
    const states = statesOf(exactPaths[0], controller.signal)
    let steps = 0
    const take = async () => {
      for await (const { step } of states) {
        steps = step
        if (step === 1) controller.abort(new Error('enough'))
      }
    }
    await expect(take()).rejects.toThrow('enough')
    expect(steps).toBe(1)
  })
})
