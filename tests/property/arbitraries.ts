import fc from 'fast-check'
import { predictionTypes } from '../../src/diffusion/prediction.ts'
import type { SamplerConfig } from '../../src/diffusion/samplers/index.ts'
import type { ScheduleConfig } from '../../src/diffusion/schedule.ts'
import { maxSeed } from '../../src/numerics/random.ts'

/** A number that a caller may pass by mistake, or on purpose. */
const hostile = fc.oneof(
  fc.double(),
  fc.double({ min: -5, max: 5 }),
  fc.constantFrom(0, -0, 1, 1e-20, 1e-300, 5e-324, 1e300, -1, Number.NaN, Number.POSITIVE_INFINITY),
)

const mostly = (arbitrary: fc.Arbitrary<number>) =>
  fc.oneof({ weight: 9, arbitrary }, { weight: 1, arbitrary: hostile })

const beta = mostly(
  fc.oneof(
    fc.double({ min: 1e-6, max: 0.02, noNaN: true }),
    fc.double({ min: 0.02, max: 0.9, noNaN: true }),
    fc.double({ min: 0.9, max: 0.9995, noNaN: true }),
  ),
)

function scheduleOf(T: number): fc.Arbitrary<ScheduleConfig> {
  return fc.oneof(
    fc.record({
      kind: fc.constantFrom('linear', 'scaled_linear', 'sigmoid'),
      betaStart: beta,
      betaEnd: beta,
    }),
    fc.record({
      kind: fc.constant('polynomial'),
      betaStart: beta,
      betaEnd: beta,
      power: mostly(fc.double({ min: 0.1, max: 8, noNaN: true })),
    }),
    fc.record({ kind: fc.constant('squaredcos_cap_v2') }),
    fc.record({
      kind: fc.constant('karras'),
      sigmaMin: mostly(fc.double({ min: 1e-3, max: 1, noNaN: true })),
      sigmaMax: mostly(fc.double({ min: 1, max: 1e6, noNaN: true })),
      rho: mostly(fc.double({ min: 1, max: 10, noNaN: true })),
    }),
    fc.record({
      kind: fc.constant('betas'),
      betas: fc.oneof(
        { weight: 4, arbitrary: fc.array(beta, { minLength: T, maxLength: T }) },
        { weight: 1, arbitrary: fc.array(beta, { maxLength: 12 }) },
      ),
    }),
  )
}

/** Steps to take: none said, a number of them, or a list, right or wrong. */
function stepsOf(T: number): fc.Arbitrary<{ numSteps?: number; timesteps?: number[] }> {
  const few = fc.integer({ min: 1, max: Math.min(T, 20) })
  const falling = fc
    .uniqueArray(fc.integer({ min: 1, max: T }), { minLength: 1, maxLength: 12 })
    .map((list) => list.sort((a, b) => b - a))
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    { weight: 3, arbitrary: fc.record({ numSteps: mostly(few) }) },
    { weight: 3, arbitrary: fc.record({ timesteps: falling }) },
    { weight: 1, arbitrary: fc.record({ timesteps: fc.array(mostly(few), { maxLength: 12 }) }) },
    { weight: 1, arbitrary: fc.record({ numSteps: few, timesteps: falling }) },
  )
}

const sampler: fc.Arbitrary<SamplerConfig> = fc.oneof(
  fc.record({
    name: fc.constant('ddpm' as const),
    variance: fc.constantFrom('fixed_small' as const, 'fixed_large' as const),
  }),
  fc.record({ name: fc.constant('ddim' as const), eta: mostly(fc.double({ min: 0, max: 1, noNaN: true })) }),
  fc.record({ name: fc.constant('dpmsolver++' as const), order: fc.constantFrom(1 as const, 2 as const) }),
)

/** T is small for most: a sampler.onnx has 15 nodes a step, and onnxruntime takes its time over 15,000. */
const timesteps = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 8, arbitrary: fc.integer({ min: 13, max: 100 }) },
  { weight: 1, arbitrary: fc.integer({ min: 101, max: 1000 }) },
)

/** All that makes an untrained model, and a way to sample it. */
export const models = timesteps.chain((T) =>
  fc.record({
    T: fc.constant(T),
    dim: fc.integer({ min: 1, max: 64 }),
    hidden: fc.array(fc.integer({ min: 1, max: 128 }), { maxLength: 5 }),
    seed: fc.integer({ min: 0, max: maxSeed }),
    schedule: scheduleOf(T),
    sampler,
    predictionType: fc.constantFrom(...predictionTypes),
    timeEmbedding: fc.oneof(
      fc.constant({ kind: 'one_hot_linear' as const }),
      fc.integer({ min: 1, max: 24 }).map((half) => ({ kind: 'sinusoidal_mlp' as const, width: 2 * half })),
    ),
    steps: stepsOf(T),
    trajectory: fc.boolean(),
  }),
)

export type ModelCase = typeof models extends fc.Arbitrary<infer Case> ? Case : never
