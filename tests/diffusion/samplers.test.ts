import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Points } from '../../src/core/points.ts'
import { type PredictionType, predictionTypes, toEpsilon, toSample } from '../../src/diffusion/prediction.ts'
import { ddim } from '../../src/diffusion/samplers/ddim.ts'
import { ddpm } from '../../src/diffusion/samplers/ddpm.ts'
import { dpmSolver } from '../../src/diffusion/samplers/dpm-solver.ts'
import {
  chooseSampler,
  createSampler,
  describeSampler,
  type SamplerChoice,
  samplerWarning,
} from '../../src/diffusion/samplers/index.ts'
import type { Sampler, SamplerConfig } from '../../src/diffusion/samplers/sampler.ts'
import { createSchedule, type Schedule, type ScheduleConfig } from '../../src/diffusion/schedule.ts'

const configs: SamplerConfig[] = [
  { name: 'ddpm', variance: 'fixed_small' },
  { name: 'ddpm', variance: 'fixed_large' },
  { name: 'ddim', eta: 0 },
  { name: 'ddim', eta: 0.3 },
  { name: 'ddim', eta: 1 },
  { name: 'dpmsolver++', order: 1 },
  { name: 'dpmsolver++', order: 2 },
]

const scheduleConfig: fc.Arbitrary<ScheduleConfig> = fc.oneof(
  fc.record({
    kind: fc.constant('karras' as const),
    sigmaMin: fc.double({ min: 0.01, max: 0.2, noNaN: true }),
    sigmaMax: fc.double({ min: 1, max: 50, noNaN: true }),
    rho: fc.double({ min: 1, max: 9, noNaN: true }),
  }),
  fc.record({
    kind: fc.constant('linear' as const),
    betaStart: fc.double({ min: 1e-4, max: 0.1, noNaN: true }),
    betaEnd: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
  }),
  fc.constant({ kind: 'squaredcos_cap_v2' as const }),
)

/** A schedule and a falling list of its timesteps. */
const walks = fc.integer({ min: 1, max: 60 }).chain((T) =>
  fc.record({
    // beyond it a step over all timesteps is rightly refused
    schedule: scheduleConfig
      .map((config) => createSchedule(config, T))
      .filter(({ alphaBars }) => alphaBars[T]! > 1e-10),
    timesteps: fc
      .uniqueArray(fc.integer({ min: 1, max: T }), { minLength: 1 })
      .map((list) => list.sort((a, b) => b - a)),
  }),
)

const one = (x: number): Points<Float64Array> => ({ data: Float64Array.of(x), count: 1, dim: 1 })

/** Walks one number through the steps with a made-up network, whose answer is of the prediction type asked for. */
function walk(sampler: Sampler, schedule: Schedule, timesteps: readonly number[], type: PredictionType) {
  let x = 0.7
  let previous: { t: number; x_t: Points<Float64Array>; output: Points<Float64Array> } | undefined
  return timesteps.map((t, j) => {
    const alphaBar = schedule.alphaBars[t]!
    const x_0 = Math.tanh(x + 0.1 * t)
    const epsilon = (x - Math.sqrt(alphaBar) * x_0) / Math.sqrt(1 - alphaBar)
    const v = Math.sqrt(alphaBar) * epsilon - Math.sqrt(1 - alphaBar) * x_0
    const output = one({ epsilon, v_prediction: v, sample: x_0 }[type])
    const call = { t, x_t: one(x), output }
    const s = timesteps[j + 1] ?? 0
    x = sampler.step({ ...call, s, noise: one(Math.sin(j)), previous }).data[0]!
    previous = call
    return x
  })
}

/** Float64's rounding, multiplied by the steepest schedule's 1 / sqrt(alphaBar). */
function expectClose(a: readonly number[], b: readonly number[]): void {
  expect(a).toHaveLength(b.length)
  for (const [j, x] of a.entries()) expect(Math.abs(x - b[j]!) <= 1e-9 * Math.max(1, Math.abs(x))).toBe(true)
}

describe('every sampler', () => {
  it.each(configs)('$name %j walks the same whatever the network predicts', (config) => {
    fc.assert(
      fc.property(walks, ({ schedule, timesteps }) => {
        const [epsilon, ...others] = predictionTypes.map((type) =>
          walk(createSampler(schedule, config, type), schedule, timesteps, type),
        )
        for (const other of others) expectClose(other, epsilon!)
      }),
    )
  })

  it.each(configs)('$name %j ends on the predicted sample', (config) => {
    const schedule = createSchedule({ kind: 'karras', sigmaMin: 0.05, sigmaMax: 6, rho: 7 }, 10)
    const c = createSampler(schedule, config, 'sample').coefficients(3, 0, 5)
    expect(c.noise).toBe(0)
    expect(c.previous).toBeUndefined()
    expect(c.x_t).toBeCloseTo(0, 12)
    expect(c.output).toBeCloseTo(1, 12)
  })

  it('refuses a step whose coefficients blow up, naming T and a legal schedule', () => {
    const steep = createSchedule({ kind: 'betas', betas: [0.5, 1 - 1e-14] }, 2)
    for (const config of configs)
      expect(() => createSampler(steep, config, 'epsilon').coefficients(2, 1)).toThrow(
        /above 1e6.*T = 2.*polynomial/,
      )
  })

  it('that predicts x_0 or v goes where epsilon would blow up', () => {
    const steep = createSchedule({ kind: 'betas', betas: [0.5, 1 - 1e-14] }, 2)
    for (const type of ['sample', 'v_prediction'] as const)
      for (const config of configs) {
        const c = createSampler(steep, config, type).coefficients(2, 1)
        expect(Math.max(Math.abs(c.x_t), Math.abs(c.output))).toBeLessThanOrEqual(2)
      }
  })

  it('folds a vanishing alphaBar away where the step itself is small', () => {
    const schedule = createSchedule({ kind: 'betas', betas: [...new Array(60).fill(0.5)] }, 60)
    // alphaBar_60 is 1e-18; the true step multiplies x_t by sqrt(2)
    for (const config of configs.slice(0, 3))
      expect(createSampler(schedule, config, 'epsilon').coefficients(60, 59).x_t).toBeCloseTo(Math.SQRT2, 9)
  })
})

describe('ddpm', () => {
  it('by epsilon has the coefficients of algorithm 2 to 1e-12', () => {
    const schedule = createSchedule({ kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power: 3 }, 10)
    for (let t = 1; t <= 10; t++) {
      const c = ddpm(schedule).coefficients(t, t - 1)
      const [beta, alphaBar] = [schedule.betas[t]!, schedule.alphaBars[t]!]
      expect(Math.abs(c.x_t - 1 / Math.sqrt(1 - beta))).toBeLessThanOrEqual(1e-12)
      expect(Math.abs(c.output + beta / Math.sqrt(1 - alphaBar) / Math.sqrt(1 - beta))).toBeLessThanOrEqual(
        1e-12,
      )
    }
  })

  it('needs noise, but for the step to the data', () => {
    const schedule = createSchedule({ kind: 'linear', betaStart: 0.1, betaEnd: 0.5 }, 4)
    const sampler = ddpm(schedule)
    const x_t = one(1)
    expect(() => sampler.step({ x_t, output: x_t, t: 2, s: 1 })).toThrow('the step from 2 to 1 needs noise')
    expect(sampler.step({ x_t, output: x_t, t: 1, s: 0 }).count).toBe(1)
  })
})

describe('ddim', () => {
  it('with eta = 1 is ddpm fixed_small on any list of steps', () => {
    fc.assert(
      fc.property(walks, ({ schedule, timesteps }) => {
        for (const [j, t] of timesteps.entries()) {
          const s = timesteps[j + 1] ?? 0
          const [a, b] = [ddim(schedule, 1), ddpm(schedule, 'fixed_small')].map((sampler) =>
            sampler.coefficients(t, s),
          )
          for (const name of ['x_t', 'output', 'noise'] as const)
            expect(Math.abs(a![name] - b![name]) <= 1e-9 * Math.max(1, Math.abs(b![name]))).toBe(true)
        }
        const [a, b] = [ddim(schedule, 1), ddpm(schedule)].map((sampler) =>
          walk(sampler, schedule, timesteps, 'epsilon'),
        )
        expectClose(a!, b!)
      }),
    )
  })

  it('with eta = 0 is dpmsolver++ of order 1', () => {
    fc.assert(
      fc.property(walks, ({ schedule, timesteps }) => {
        const [a, b] = [ddim(schedule, 0), dpmSolver(schedule, 1)].map((sampler) =>
          walk(sampler, schedule, timesteps, 'epsilon'),
        )
        expectClose(a!, b!)
      }),
    )
  })

  it.each([-0.1, 1.1, Number.NaN])('refuses eta %d', (eta) => {
    const schedule = createSchedule({ kind: 'linear', betaStart: 0.1, betaEnd: 0.5 }, 4)
    expect(() => ddim(schedule, eta)).toThrow(/eta is .*from 0 .* to 1/)
  })
})

describe('dpmsolver++ of order 2', () => {
  /** The worst error of x_0 where the data are normal with deviation 0.5: the flow is known in closed form. */
  function error(order: 1 | 2, T: number): number {
    const schedule = createSchedule({ kind: 'karras', sigmaMin: 0.002, sigmaMax: 10, rho: 7 }, T)
    const deviation = 0.5
    const sampler = dpmSolver(schedule, order, 'sample')
    // the flow keeps x_t in proportion to the deviation that x_t has
    const spread = (alphaBar: number) => Math.sqrt(alphaBar * deviation ** 2 + 1 - alphaBar)
    let x = 1.3
    const x_T = x
    let previous: { t: number; x_t: Points<Float64Array>; output: Points<Float64Array> } | undefined
    for (let t = T; t > 1; t--) {
      const alphaBar = schedule.alphaBars[t]!
      const mean = (Math.sqrt(alphaBar) * deviation ** 2 * x) / spread(alphaBar) ** 2
      const call = { t, x_t: one(x), output: one(mean) }
      x = sampler.step({ ...call, s: t - 1, previous }).data[0]!
      previous = call
    }
    return Math.abs(x - (x_T * spread(schedule.alphaBars[1]!)) / spread(schedule.alphaBars[T]!))
  }

  it('converges with the square of the step, order 1 with the step', () => {
    for (const T of [40, 80, 160]) {
      expect(error(1, T) / error(1, 2 * T)).toBeGreaterThan(1.8)
      expect(error(1, T) / error(1, 2 * T)).toBeLessThan(2.3)
      expect(error(2, T) / error(2, 2 * T)).toBeGreaterThan(3.4)
    }
  })

  it('refuses another order', () => {
    const schedule = createSchedule({ kind: 'linear', betaStart: 0.1, betaEnd: 0.5 }, 4)
    expect(() => dpmSolver(schedule, 3 as 2)).toThrow('order is 3: give 1 or 2')
  })
})

describe('chooseSampler', () => {
  const ddpmLarge: SamplerConfig = { name: 'ddpm', variance: 'fixed_large' }

  it.each<[SamplerChoice, SamplerConfig]>([
    [{}, ddpmLarge],
    [{ sampler: 'ddpm' }, ddpmLarge],
    [{ variance: 'fixed_small' }, { name: 'ddpm', variance: 'fixed_small' }],
    [{ sampler: 'ddim' }, { name: 'ddim', eta: 0 }],
    [
      { sampler: 'ddim', eta: 0.5 },
      { name: 'ddim', eta: 0.5 },
    ],
    [{ sampler: 'dpmsolver++' }, { name: 'dpmsolver++', order: 2 }],
    [
      { sampler: 'dpmsolver++', order: 1 },
      { name: 'dpmsolver++', order: 1 },
    ],
  ])('%j', (choice, expected) => {
    expect(chooseSampler(choice, ddpmLarge)).toEqual(expected)
  })

  it.each<[SamplerChoice, RegExp]>([
    [{ sampler: 'dpmsolver++', eta: 0.5 }, /^dpmsolver\+\+ has no eta: .* ddim/],
    [{ eta: 0.5 }, /^ddpm has no eta: .* ddim/],
    [{ sampler: 'ddim', variance: 'fixed_large' }, /^ddim has no variance: .* ddpm/],
    [{ order: 1 }, /^ddpm has no order: .* dpmsolver\+\+/],
    [{ sampler: 'dpmsolver' as never }, /^unknown sampler dpmsolver \(did you mean dpmsolver\+\+\?\)/],
  ])('refuses %j', (choice, message) => {
    expect(() => chooseSampler(choice, ddpmLarge)).toThrow(message)
  })
})

describe('samplerWarning', () => {
  it('says that 2M in one step is of order 1', () => {
    expect(samplerWarning({ name: 'dpmsolver++', order: 2 }, 1)).toMatch(/is of order 1/)
    expect(samplerWarning({ name: 'dpmsolver++', order: 2 }, 2)).toBeUndefined()
    expect(samplerWarning({ name: 'dpmsolver++', order: 1 }, 1)).toBeUndefined()
  })
})

it('describeSampler names the sampler and its choices', () => {
  expect(configs.map(describeSampler)).toContain('ddpm, variance fixed_small')
  expect(configs.map(describeSampler)).toContain('dpmsolver++, order 2')
})

describe('conversions', () => {
  it('turn each prediction type into x_0 and epsilon and back', () => {
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
})
