import { InputError } from '../../core/errors.ts'
import { type FloatArray, linearCombination, type Points, type Term } from '../../core/points.ts'
import { type PredictionType, toSample } from '../prediction.ts'
import type { Schedule } from '../schedule.ts'

/** What a card says of a sampler: its name, and what that leaves open. */
export type SamplerConfig =
  | { readonly name: 'ddpm'; readonly variance: 'fixed_small' | 'fixed_large' }
  | { readonly name: 'ddim'; readonly eta: number }
  | { readonly name: 'dpmsolver++'; readonly order: 1 | 2 }

export type SamplerName = SamplerConfig['name']

/** Whether the steps of a sampler take noise. */
export function isStochastic(config: SamplerConfig): boolean {
  return config.name === 'ddpm' || (config.name === 'ddim' && config.eta > 0)
}

/** One network call: what a step may take from the step before it. */
export interface NetworkCall<A extends FloatArray> {
  readonly t: number
  /** [count, dim]. */
  readonly x_t: Points<A>
  /** The network's output for x_t at t. */
  readonly output: Points<A>
}

export interface StepInput<A extends FloatArray> extends NetworkCall<A> {
  /** The timestep that the step goes to, below t; 0 is the data. */
  readonly s: number
  /** Standard normals; a step whose noise coefficient is 0 does without. */
  readonly noise?: Points<A> | undefined
  /** The step before; none for the first. */
  readonly previous?: NetworkCall<A> | undefined
}

/** A step of the reverse process as a linear combination: x_s = x_t x_t + output output + noise noise + previous. */
export interface StepCoefficients {
  readonly x_t: number
  readonly output: number
  /** 0 where the step is deterministic. */
  readonly noise: number
  /** Those of the step before, where the step takes it in. */
  readonly previous: { readonly x_t: number; readonly output: number } | undefined
}

/** A step by the predicted clean sample: x_s = x_t x_t + x_0 x_0 + noise noise + previous x_0 of the step before. */
export interface SampleForm {
  readonly x_t: number
  readonly x_0: number
  readonly noise: number
  readonly previous?: number
}

/** A way through the reverse process: no state, no random numbers of its own. */
export interface Sampler {
  readonly config: SamplerConfig
  /** Whether its steps take noise. */
  readonly stochastic: boolean
  /** Of the step from t to s after a step from `previous`. */
  coefficients(t: number, s: number, previous?: number): StepCoefficients
  step<A extends FloatArray>(input: StepInput<A>): Points<A>
}

/** Beyond this a float32 model's rounding errors are amplified into the samples. */
const maxCoefficient = 1e6

/**
 * A sampler from the formula of its steps. The conversion from the network's output to x_0 is multiplied
 * into the coefficients in float64, so that the 1 / sqrt(alphaBar_t) of `epsilon` meets the factor that
 * makes it small again before anything is rounded.
 */
export function linearSampler(
  config: SamplerConfig,
  schedule: Schedule,
  predictionType: PredictionType,
  formula: (t: number, s: number, previous: number | undefined) => SampleForm,
): Sampler {
  const coefficients = (t: number, s: number, previousT?: number): StepCoefficients => {
    const form = formula(t, s, previousT)
    const x_0 = toSample(predictionType, schedule.alphaBars[t]!)
    const before =
      form.previous && previousT ? toSample(predictionType, schedule.alphaBars[previousT]!) : undefined
    const folded: StepCoefficients = {
      x_t: form.x_t + form.x_0 * x_0.x_t,
      output: form.x_0 * x_0.output,
      noise: form.noise,
      previous: before && { x_t: form.previous! * before.x_t, output: form.previous! * before.output },
    }
    checkCoefficients(folded, config, schedule, t, s)
    return folded
  }
  return {
    config,
    stochastic: isStochastic(config),
    coefficients,
    step<A extends FloatArray>({ x_t, output, t, s, noise, previous }: StepInput<A>): Points<A> {
      const c = coefficients(t, s, previous?.t)
      const terms: [Term<A>, ...Term<A>[]] = [
        { coefficient: c.x_t, points: x_t },
        { coefficient: c.output, points: output },
      ]
      if (c.previous)
        terms.push(
          { coefficient: c.previous.x_t, points: previous!.x_t },
          { coefficient: c.previous.output, points: previous!.output },
        )
      if (c.noise !== 0) {
        if (!noise) throw new InputError(`${config.name}: the step from ${t} to ${s} needs noise`)
        terms.push({ coefficient: c.noise, points: noise })
      }
      return linearCombination(terms)
    },
  }
}

function checkCoefficients(
  { x_t, output, noise, previous }: StepCoefficients,
  config: SamplerConfig,
  schedule: Schedule,
  t: number,
  s: number,
): void {
  const all = [x_t, output, noise, previous?.x_t ?? 0, previous?.output ?? 0]
  const largest = Math.max(...all.map(Math.abs))
  if (largest <= maxCoefficient) return
  throw new InputError(
    `${config.name}: the step from ${t} to ${s} has the coefficient ${largest.toPrecision(3)}, above 1e6: schedule ` +
      `${schedule.config.kind} is too steep at T = ${schedule.T}; use more steps or polynomial with betaEnd 0.9 and power 3`,
  )
}
