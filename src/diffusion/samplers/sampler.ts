import { InputError } from '../../core/errors.ts'
import { type FloatArray, linearCombination, type Points } from '../../core/points.ts'
import type { Schedule } from '../schedule.ts'

/** One step of the reverse process as a linear combination: x_s = x_t x_t + output output + noise noise. */
export interface StepCoefficients {
  readonly x_t: number
  readonly output: number
  /** 0 where the step is deterministic. */
  readonly noise: number
}

export interface StepInput<A extends FloatArray> {
  /** [count, dim]. */
  readonly x_t: Points<A>
  /** The network's output for x_t at t. */
  readonly output: Points<A>
  readonly t: number
  /** The timestep that the step goes to, below t; 0 is the data. */
  readonly s: number
  /** Standard normals; a step whose noise coefficient is 0 does without. */
  readonly noise?: Points<A> | undefined
}

/** What a card says of a sampler. */
export interface SamplerConfig {
  readonly name: 'ddpm'
  readonly variance: 'fixed_small' | 'fixed_large'
}

/** A way through the reverse process: no state, no random numbers of its own. */
export interface Sampler {
  readonly config: SamplerConfig
  /** Whether its steps take noise. */
  readonly stochastic: boolean
  coefficients(t: number, s: number): StepCoefficients
  step<A extends FloatArray>(input: StepInput<A>): Points<A>
}

/** Beyond this a float32 model's rounding errors are amplified into the samples. */
const maxCoefficient = 1e6

/** A sampler from the coefficients of its steps. */
export function linearSampler(
  config: SamplerConfig,
  stochastic: boolean,
  schedule: Schedule,
  formula: (t: number, s: number) => StepCoefficients,
): Sampler {
  const coefficients = (t: number, s: number) => checkCoefficients(formula(t, s), config, schedule, t, s)
  return {
    config,
    stochastic,
    coefficients,
    step({ x_t, output, t, s, noise }) {
      const c = coefficients(t, s)
      if (c.noise === 0)
        return linearCombination([
          { coefficient: c.x_t, points: x_t },
          { coefficient: c.output, points: output },
        ])
      if (!noise) throw new InputError(`${config.name}: the step from ${t} to ${s} needs noise`)
      return linearCombination([
        { coefficient: c.x_t, points: x_t },
        { coefficient: c.output, points: output },
        { coefficient: c.noise, points: noise },
      ])
    },
  }
}

function checkCoefficients(
  c: StepCoefficients,
  config: SamplerConfig,
  schedule: Schedule,
  t: number,
  s: number,
) {
  const largest = Math.max(Math.abs(c.x_t), Math.abs(c.output), Math.abs(c.noise))
  if (largest <= maxCoefficient) return c
  throw new InputError(
    `${config.name}: the step from ${t} to ${s} has the coefficient ${largest.toPrecision(3)}, above 1e6: schedule ` +
      `${schedule.config.kind} is too steep at T = ${schedule.T}; use more steps or polynomial with betaEnd 0.9 and power 3`,
  )
}
