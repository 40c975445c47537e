import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PredictionType, predictionTypes } from '../../src/diffusion/prediction.ts'
import { type Process, processWarning, reverseProcess } from '../../src/diffusion/process.ts'
import {
  checkSampler,
  chooseSampler,
  describeSampler,
  isStochastic,
  registerSampler,
  type SamplerChoice,
  type SamplerConfig,
  samplerNames,
  samplerVariants,
} from '../../src/diffusion/samplers/index.ts'
import { defineSampler } from '../../src/diffusion/samplers/sampler.ts'
import { createSchedule, type ScheduleConfig } from '../../src/diffusion/schedule.ts'
import type { Points } from '../../src/numerics/points.ts'
import { processWith } from '../helpers/process.ts'

const configs: SamplerConfig[] = [
  { name: 'ddpm', variance: 'fixed_small' },
  { name: 'ddpm', variance: 'fixed_large' },
  { name: 'ddim', eta: 0 },
  { name: 'ddim', eta: 0.3 },
  { name: 'ddim', eta: 1 },
  { name: 'dpmsolver++', order: 1 },
  { name: 'dpmsolver++', order: 2 },
  { name: 'heun' },
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
const processes = fc.integer({ min: 1, max: 60 }).chain((T) =>
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

/** The states of one number in the reverse process of a made-up network, whose answer is of the prediction type asked for. */
async function states(process: Process, type: PredictionType): Promise<number[]> {
  const { alphaBars } = process.schedule
  const predictor = {
    async predict(x_t: Points<Float64Array>, t: number | ArrayLike<number>) {
      const [x, alphaBar] = [x_t.data[0]!, alphaBars[t as number]!]
      const x_0 = Math.tanh(x + 0.1 * (t as number))
      const epsilon = (x - Math.sqrt(alphaBar) * x_0) / Math.sqrt(1 - alphaBar)
      const v = Math.sqrt(alphaBar) * epsilon - Math.sqrt(1 - alphaBar) * x_0
      return one({ epsilon, v_prediction: v, sample: x_0 }[type])
    },
  }
  const found: number[] = []
  for await (const { x } of reverseProcess(process, predictor, {
    x_T: one(0.7),
    noise: (j) => one(Math.sin(j)),
  }))
    found.push(x.data[0]!)
  return found
}

/** Float64's rounding, multiplied by the steepest schedule's 1 / sqrt(alphaBar). */
function expectClose(a: readonly number[], b: readonly number[]): void {
  expect(a).toHaveLength(b.length)
  for (const [j, x] of a.entries()) expect(Math.abs(x - b[j]!) <= 1e-9 * Math.max(1, Math.abs(x))).toBe(true)
}

describe('every sampler', () => {
  it.each(configs)('takes the same steps whatever the network predicts: %j', async (config) => {
    await fc.assert(
      fc.asyncProperty(processes, async ({ schedule, timesteps }) => {
        const [epsilon, ...others] = await Promise.all(
          predictionTypes.map((type) => states(processWith(schedule, config, timesteps, type), type)),
        )
        for (const other of others) expectClose(other, epsilon!)
      }),
    )
  })

  it.each(configs)('ends on the predicted sample: %j', (config) => {
    const schedule = createSchedule({ kind: 'karras', sigmaMin: 0.05, sigmaMax: 6, rho: 7 }, 10)
    const last = processWith(schedule, config, [5, 3], 'sample').stages.at(-1)!
    expect(last).toMatchObject({ t: 3, s: 0, step: 1, isLast: true, noise: 0 })
    expect(last.calls).toHaveLength(1)
    expect(last.calls[0]!.x_t).toBeCloseTo(0, 12)
    expect(last.calls[0]!.output).toBeCloseTo(1, 12)
  })

  it.each(configs)(
    'gives x_T and a state for each step, with noise only if it is stochastic: %j',
    async (config) => {
      const schedule = createSchedule({ kind: 'karras', sigmaMin: 0.05, sigmaMax: 6, rho: 7 }, 10)
      const process = processWith(schedule, config, [10, 7, 4, 1])
      expect(await states(process, 'epsilon')).toHaveLength(5)
      expect(process.stages.some(({ noise }) => noise !== 0)).toBe(isStochastic(config))
      expect(process.stages.filter(({ isLast }) => isLast).map(({ s }) => s)).toEqual([7, 4, 1, 0])
    },
  )

  it('refuses a step with coefficients above 1e6, and names a schedule that is allowed', () => {
    const steep = createSchedule({ kind: 'betas', betas: [0.5, 1 - 1e-14] }, 2)
    for (const config of configs)
      expect(() => processWith(steep, config, [2, 1])).toThrow(/above 1e6.*T = 2.*polynomial/)
  })

  it('accepts such a step if the network predicts x_0 or v', () => {
    const steep = createSchedule({ kind: 'betas', betas: [0.5, 1 - 1e-14] }, 2)
    // heun uses x / sqrt(alphaBar), whatever is predicted
    const others = configs.filter(({ name }) => name !== 'heun')
    for (const type of ['sample', 'v_prediction'] as const)
      for (const config of others)
        for (const { calls } of processWith(steep, config, [2, 1], type).stages.slice(0, 1))
          for (const { x_t, output } of calls)
            expect(Math.max(Math.abs(x_t), Math.abs(output))).toBeLessThanOrEqual(2)
  })

  it('accepts a vanishing alphaBar if the step itself is small', () => {
    const schedule = createSchedule({ kind: 'betas', betas: [...new Array(60).fill(0.5)] }, 60)
    const timesteps = Array.from({ length: 60 }, (_, j) => 60 - j)
    // alphaBar_60 is 1e-18; the true step multiplies x_t by sqrt(2)
    for (const config of configs.slice(0, 3))
      expect(processWith(schedule, config, timesteps).stages[0]!.calls[0]!.x_t).toBeCloseTo(Math.SQRT2, 9)
  })
})

describe('ddpm', () => {
  it('takes noise in each step but the last', async () => {
    const schedule = createSchedule({ kind: 'linear', betaStart: 0.1, betaEnd: 0.5 }, 4)
    const process = processWith(schedule, { name: 'ddpm', variance: 'fixed_small' }, [4, 2, 1])
    const asked: number[] = []
    const noise = (j: number) => {
      asked.push(j)
      return one(1)
    }
    const predictor = { predict: async (x_t: Points<Float64Array>) => x_t }
    for await (const _ of reverseProcess(process, predictor, { x_T: one(1), noise }));
    expect(asked).toEqual([0, 1])
  })
})

describe('ddim', () => {
  it('with eta = 1 equals ddpm fixed_small on any list of steps', async () => {
    await fc.assert(
      fc.asyncProperty(processes, async ({ schedule, timesteps }) => {
        const [a, b] = [
          processWith(schedule, { name: 'ddim', eta: 1 }, timesteps),
          processWith(schedule, { name: 'ddpm', variance: 'fixed_small' }, timesteps),
        ]
        for (const [j, { calls, noise }] of a.stages.entries()) {
          const other = b.stages[j]!
          expectClose(
            [calls[0]!.x_t, calls[0]!.output, noise],
            [other.calls[0]!.x_t, other.calls[0]!.output, other.noise],
          )
        }
        expectClose(await states(a, 'epsilon'), await states(b, 'epsilon'))
      }),
    )
  })

  it('with eta = 0 equals dpmsolver++ of order 1', async () => {
    await fc.assert(
      fc.asyncProperty(processes, async ({ schedule, timesteps }) => {
        const [a, b] = [{ name: 'ddim', eta: 0 } as const, { name: 'dpmsolver++', order: 1 } as const]
        expectClose(
          await states(processWith(schedule, a, timesteps), 'epsilon'),
          await states(processWith(schedule, b, timesteps), 'epsilon'),
        )
      }),
    )
  })

  it.each([-0.1, 1.1, Number.NaN])('refuses eta %d', (eta) => {
    expect(() => checkSampler({ name: 'ddim', eta })).toThrow(/eta is .*from 0 to 1/)
  })
})

describe('samplers of second order', () => {
  /** The worst error of x_0 where the data are normal with deviation 0.5: the flow is known in closed form. */
  async function error(config: SamplerConfig, T: number): Promise<number> {
    const schedule = createSchedule({ kind: 'karras', sigmaMin: 0.002, sigmaMax: 10, rho: 7 }, T)
    const deviation = 0.5
    // the flow keeps x_t in proportion to the deviation that x_t has
    const spread = (alphaBar: number) => Math.sqrt(alphaBar * deviation ** 2 + 1 - alphaBar)
    const predictor = {
      async predict({ data }: Points<Float64Array>, t: number | ArrayLike<number>) {
        const alphaBar = schedule.alphaBars[t as number]!
        return one((Math.sqrt(alphaBar) * deviation ** 2 * data[0]!) / spread(alphaBar) ** 2)
      },
    }
    const timesteps = Array.from({ length: T }, (_, j) => T - j)
    const process = processWith(schedule, config, timesteps, 'sample')
    // up to t = 1: the step to the data is of first order
    for await (const { t, x } of reverseProcess(process, predictor, { x_T: one(1.3), noise: one }))
      if (t === 1)
        return Math.abs(x.data[0]! - (1.3 * spread(schedule.alphaBars[1]!)) / spread(schedule.alphaBars[T]!))
    return Number.NaN
  }

  it.each<SamplerConfig>([{ name: 'dpmsolver++', order: 2 }, { name: 'heun' }])(
    'converge with the square of the step, while order 1 converges with the step: %j',
    async (config) => {
      for (const T of [40, 80, 160]) {
        const first: SamplerConfig = { name: 'dpmsolver++', order: 1 }
        expect((await error(first, T)) / (await error(first, 2 * T))).toBeGreaterThan(1.8)
        expect((await error(first, T)) / (await error(first, 2 * T))).toBeLessThan(2.3)
        expect((await error(config, T)) / (await error(config, 2 * T))).toBeGreaterThan(3.4)
      }
    },
  )

  it('call the network twice in a step, at both of its ends, and once in the last: heun', () => {
    const schedule = createSchedule({ kind: 'karras', sigmaMin: 0.05, sigmaMax: 6, rho: 7 }, 10)
    const { stages } = processWith(schedule, { name: 'heun' }, [10, 6, 2])
    expect(stages.map(({ t, step }) => [t, step])).toEqual([
      [10, 0],
      [6, 0],
      [6, 1],
      [2, 1],
      [2, 2],
    ])
  })

  it('refuse another order: dpmsolver++', () => {
    expect(() => checkSampler({ name: 'dpmsolver++', order: 3 })).toThrow('order is 3: give 1 or 2')
  })
})

describe('registerSampler', () => {
  const definition = defineSampler({
    name: 'test-straight',
    parameters: { strength: { min: 0, max: 1, default: 1, describe: 'of the test' } },
    isStochastic: () => false,
    formula:
      (_, { strength }) =>
      (t) => [{ t, calls: [{ x_t: 1 - strength, x_0: strength }], noise: 0 }],
  })

  it('adds a sampler that is chosen by its name, with its parameters', async () => {
    const name = registerSampler(definition)
    expect(samplerNames()).toContain(name)
    const config = chooseSampler({ sampler: name, strength: 0.5 } as SamplerChoice, { name: 'ddim', eta: 0 })
    expect(config).toEqual({ name: 'test-straight', strength: 0.5 })
    expect(samplerVariants()).toContainEqual({ name: 'test-straight', strength: 0 })
    const schedule = createSchedule({ kind: 'linear', betaStart: 0.1, betaEnd: 0.5 }, 4)
    expect(await states(processWith(schedule, config, [4, 1], 'sample'), 'sample')).toHaveLength(3)
  })

  it('refuses a name that is taken', () => {
    expect(() => registerSampler(defineSampler({ ...definition, name: 'ddim' }))).toThrow(
      /^sampler ddim already exists: give yours another name$/,
    )
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
    [{ sampler: 'heun' }, { name: 'heun' }],
    [
      { sampler: 'dpmsolver++', order: 1 },
      { name: 'dpmsolver++', order: 1 },
    ],
  ])('resolves %j', (choice, expected) => {
    expect(chooseSampler(choice, ddpmLarge)).toEqual(expected)
  })

  it.each<[SamplerChoice, RegExp]>([
    [{ sampler: 'dpmsolver++', eta: 0.5 }, /^dpmsolver\+\+ has no eta: .* ddim/],
    [{ eta: 0.5 }, /^ddpm has no eta: .* ddim/],
    [{ sampler: 'ddim', variance: 'fixed_large' }, /^ddim has no variance: .* ddpm/],
    [{ order: 1 }, /^ddpm has no order: .* dpmsolver\+\+/],
    [{ sampler: 'heun', order: 2 }, /^heun has no order: .* dpmsolver\+\+/],
    [{ sampler: 'dpmsolver' as never }, /^unknown sampler dpmsolver \(did you mean dpmsolver\+\+\?\)/],
  ])('refuses %j', (choice, message) => {
    expect(() => chooseSampler(choice, ddpmLarge)).toThrow(message)
  })
})

it('processWarning warns that dpmsolver++ in one step is of order 1', () => {
  const schedule = createSchedule({ kind: 'linear', betaStart: 0.1, betaEnd: 0.5 }, 4)
  const warning = (order: number, timesteps: number[]) =>
    processWarning(processWith(schedule, { name: 'dpmsolver++', order }, timesteps))
  expect(warning(2, [4])).toMatch(/is of order 1/)
  expect(warning(2, [4, 2])).toBeUndefined()
  expect(warning(1, [4])).toBeUndefined()
})

it('describeSampler names the sampler and its choices', () => {
  expect(configs.map(describeSampler)).toContain('ddpm, variance fixed_small')
  expect(configs.map(describeSampler)).toContain('dpmsolver++, order 2')
})
