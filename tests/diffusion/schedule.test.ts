import { describe, expect, it } from 'vitest'
import { ddpm } from '../../src/diffusion/samplers/ddpm.ts'
import {
  checkTimesteps,
  createSchedule,
  type ScheduleConfig,
  scheduleWarning,
  spacedTimesteps,
} from '../../src/diffusion/schedule.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { type GoldenSchedule, golden } from '../helpers/golden.ts'
import { expectRefused } from '../helpers/refusals.ts'

const references = golden<GoldenSchedule[]>('schedules.json')

describe.each(references)('the schedule $kind with T = $T', (reference) => {
  const schedule = createSchedule(reference as unknown as ScheduleConfig, reference.T)

  it('has the golden tables to 1e-12', () => {
    for (const table of ['betas', 'alphas', 'alphaBars'] as const)
      expect(maxAbsDifference(schedule[table], reference[table])).toBeLessThanOrEqual(1e-12)
  })

  it("has the golden posterior's deviations as DDPM's noise to 1e-12", () => {
    const formula = ddpm.formula(schedule, { variance: 'fixed_small' })
    const sigmas = [0, ...schedule.betas.slice(1).map((_, i) => formula(i + 1, i, undefined)[0]!.noise)]
    expect(maxAbsDifference(sigmas, reference.sigmas)).toBeLessThanOrEqual(1e-12)
  })
})

const seed: ScheduleConfig = { kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power: 3 }

describe('createSchedule', () => {
  it.each<[ScheduleConfig, number]>([
    [{ kind: 'linear', betaStart: 0.3, betaEnd: 0.5 }, 0.3],
    [{ kind: 'scaled_linear', betaStart: 0.3, betaEnd: 0.5 }, 0.3],
    [{ kind: 'polynomial', betaStart: 0.3, betaEnd: 0.5, power: 3 }, 0.3],
    [{ kind: 'squaredcos_cap_v2' }, 0.999],
    [{ kind: 'sigmoid', betaStart: 0.3, betaEnd: 0.5 }, 0.3 + 0.2 / (1 + Math.exp(6))],
    [{ kind: 'karras', sigmaMin: 0.05, sigmaMax: 3, rho: 7 }, 0.9],
    [{ kind: 'betas', betas: [0.7] }, 0.7],
  ])('has its first beta if T is 1: %j', (config, beta) => {
    expect(createSchedule(config, 1).betas[1]).toBeCloseTo(beta, 12)
  })

  it('takes betas with or without the 0 of t = 0', () => {
    const betas = [0.1, 0.5]
    expect(createSchedule({ kind: 'betas', betas: [0, ...betas] }, 2).betas).toEqual([0, 0.1, 0.5])
    expect(createSchedule({ kind: 'betas', betas }, 2).betas).toEqual([0, 0.1, 0.5])
  })

  it.each<[ScheduleConfig, number, RegExp]>([
    [{ ...seed, betaEnd: 1 }, 10, /beta_10 is 1.*betaEnd <= 0\.999/],
    [{ ...seed, betaStart: 0 }, 10, /beta_1 is 0/],
    [{ ...seed, power: 0 }, 10, /power above 0/],
    [{ kind: 'linear', betaStart: 0.1, betaEnd: Number.NaN }, 10, /beta_2 is NaN/],
    [{ kind: 'karras', sigmaMin: 0.05, sigmaMax: 1e200, rho: 7 }, 10, /beta_2 is 1.*sigmaMax at most 1000/],
    [
      { kind: 'karras', sigmaMin: 5, sigmaMax: 1, rho: 7 },
      10,
      /sigmaMin is 5: give at most `sigmaMax`, which is 1/,
    ],
    [
      { kind: 'linear', betaStart: 0.9, betaEnd: 0.1 },
      10,
      /betaStart is 0.9: give at most `betaEnd`, which is 0.1/,
    ],
    [{ kind: 'betas', betas: [0.1, 1] }, 2, /beta_2 is 1/],
    [{ kind: 'linear', betaStart: 1e-17, betaEnd: 0.5 }, 10, /beta_1 is 1e-17/],
    [{ kind: 'betas', betas: new Array(1000).fill(0.999) }, 1000, /alphaBar_1000 is 0/],
    [{ kind: 'betas', betas: [0.1] }, 2, /1 beta for T = 2/],
    [seed, 0, /T is 0/],
    [seed, 1001, /1 to 1000/],
    [seed, 2.5, /whole number/],
  ])('refuses %j at T = %d', (config, T, message) => {
    expectRefused(() => createSchedule(config, T), message)
  })
})

describe('scheduleWarning', () => {
  it('names the signal that remains in x_T', () => {
    const schedule = createSchedule({ kind: 'linear', betaStart: 1e-4, betaEnd: 0.02 }, 10)
    expect(scheduleWarning(schedule)).toMatch(/alphaBar_10 is 0\.904/)
    expect(scheduleWarning(createSchedule(seed, 10))).toBeUndefined()
  })
})

describe('spacedTimesteps', () => {
  it.each([
    [10, 10, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
    [10, 5, [10, 8, 6, 4, 2]],
    // 7.5 and 2.5 go to the even neighbour
    [10, 4, [10, 8, 5, 2]],
    [10, 3, [10, 7, 3]],
    [7, 1, [7]],
  ])('spaces T = %d in %d steps as %j', (T, numSteps, expected) => {
    expect(spacedTimesteps(T, numSteps)).toEqual(expected)
  })

  it('gives timesteps that fall from T, for every T and number of steps', () => {
    for (let T = 1; T <= 60; T++)
      for (let n = 1; n <= T; n++) {
        const timesteps = spacedTimesteps(T, n)
        expect(timesteps[0]).toBe(T)
        expect(() => checkTimesteps(timesteps, T)).not.toThrow()
      }
  })

  it.each([0, 11, 1.5])('refuses %s steps out of 10', (n) => {
    expect(() => spacedTimesteps(10, n)).toThrow(/whole number from 1 to 10/)
  })
})

describe('checkTimesteps', () => {
  it.each([[[]], [[3, 5]], [[5, 5]], [[11]], [[5, 0]], [[2.5]]])('refuses %j for T = 10', (timesteps) => {
    expect(() => checkTimesteps(timesteps, 10)).toThrow()
  })
})
