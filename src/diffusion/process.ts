/**
 * Diffusion without a network: noise schedules, what a network predicts, and the reverse process by its
 * samplers.
 */
import { InputError } from '../core/errors.ts'
import { combine } from '../numerics/kernels/combination.ts'
import type { Condition, FloatArray, Points, Term } from '../numerics/points.ts'
import type { Limit, limited } from './limit.ts'
import { type Conversion, type PredictionType, toSample } from './prediction.ts'
import {
  chooseSampler,
  describeSampler,
  isStochastic,
  type SamplerChoice,
  type SamplerConfig,
  samplerOf,
  samplerParameters,
} from './samplers/index.ts'
import type { StageForm } from './samplers/sampler.ts'
import { checkTimesteps, type Schedule, spacedTimesteps } from './schedule.ts'

/** The interface between the mathematics and whatever evaluates the network. */
export interface NoisePredictor<A extends FloatArray = Float32Array> {
  /**
   * Returns the network's output for x_t [count, dim] at timestep t: one for all rows, or one for each. A table's
   * network takes a condition.
   */
  predict(x_t: Points<A>, t: number | ArrayLike<number>, condition?: Condition<A>): Promise<Points<A>>
}

/** One network call of a process, and the next state as a linear combination. */
export interface Stage {
  /** The timestep of the call. */
  readonly t: number
  /** The time that the network is given: t, or for a diffusers network a fraction or log sigma. */
  readonly time: number
  /** The network's input is the state times this. */
  readonly scale: number
  /** The timestep its step goes to; 0 is the data. */
  readonly s: number
  /** Its step, from 0, and whether it is the step's last stage. */
  readonly step: number
  readonly isLast: boolean
  /** Coefficients of this call and those before it, newest first. */
  readonly calls: readonly CallShare[]
  /** The x_0 that the call predicts, for a process that limits it. */
  readonly sample: Conversion
  /** Coefficient of the noise; 0 for none. */
  readonly noise: number
}

/** Coefficients of a call's input state, of its output, and in a process with a limit of its limited x_0. */
interface CallShare extends Conversion {
  readonly x_0?: number
}

/** What the reverse process does, from noise to data, as plain data that can be sent to a worker. */
export interface SamplingPlan {
  /** The timesteps that steps start from, descending; the last step goes to 0. */
  readonly timesteps: readonly number[]
  readonly stages: readonly Stage[]
  /** Whether its steps add noise, one row for each step. */
  readonly isStochastic: boolean
  /** The first state is x_T times this. */
  readonly start: number
  /** How each predicted x_0 is limited, if at all. */
  readonly limit?: Limit | undefined
}

/** A plan by a sampler on a schedule. */
export interface Process extends SamplingPlan {
  readonly schedule: Schedule
  readonly sampler: SamplerConfig
}

/** The parts of a model that determine the processes that can sample it. */
export interface ProcessParts {
  readonly schedule: Schedule
  readonly predictionType: PredictionType
  readonly recommended: SampledBy
  /** The process of a sampler.onnx. */
  readonly fixed?: SampledBy | undefined
}

interface SampledBy {
  readonly sampler: SamplerConfig
  readonly timesteps: readonly number[]
}

/** A caller's choice of a process; the card's recommendation fills in the rest. */
export type ProcessChoice = SamplerChoice & {
  /** Number of steps out of T. */
  readonly numSteps?: number | undefined
  /** A descending list of timesteps, instead of `numSteps`. */
  readonly timesteps?: readonly number[] | undefined
}

/** Picks the options of a process. */
export function processChoiceOf(options: object): ProcessChoice {
  const isPart = (name: string) =>
    name === 'sampler' || name === 'numSteps' || name === 'timesteps' || samplerParameters().has(name)
  return Object.fromEntries(Object.entries(options).filter(([name]) => isPart(name)))
}

/**
 * The process of a model and a choice. Throws InputError if the choice is out of range, or differs from the process of a
 * sampler.onnx.
 */
export function chooseProcess(parts: ProcessParts, choice: ProcessChoice): Process {
  const { schedule, predictionType, fixed, recommended } = parts
  const { numSteps, timesteps, ...samplerChoice } = choice
  if (timesteps !== undefined && numSteps !== undefined)
    throw new InputError('give `numSteps` or `timesteps`, not both', 'conflict')
  const defaults = fixed ?? recommended
  const chosen = { sampler: chooseSampler(samplerChoice, defaults.sampler), timesteps: defaults.timesteps }
  if (timesteps) chosen.timesteps = checkTimesteps(timesteps, schedule.T)
  else if (numSteps !== undefined) chosen.timesteps = spacedTimesteps(schedule.T, numSteps)
  if (fixed && describeProcess(chosen) !== describeProcess(fixed))
    throw new InputError(
      `this sampler.onnx holds ${describeSampler(fixed.sampler)}, timesteps ${fixed.timesteps.join(',')}: ` +
        'leave the options out, or sample model.onnx with others',
      'conflict',
    )
  return createProcess(schedule, predictionType, chosen.sampler, chosen.timesteps)
}

/** 'ddim, eta 0, t = 10 5'. */
export function describeProcess({ sampler, timesteps }: Pick<Process, 'sampler' | 'timesteps'>): string {
  return `${describeSampler(sampler)}, t = ${timesteps.join(' ')}`
}

/** A warning about a valid but doubtful process, if any. */
export function processWarning({ sampler, timesteps }: Process): string | undefined {
  const { name, ...parameters } = sampler
  return samplerOf(name).warning?.(parameters, timesteps.length)
}

/** Larger coefficients amplify a float32 model's rounding errors into the samples. */
const maxCoefficient = 1e6

/** The process of one of our own models: its levels are the schedule's, its network is given t and the state itself. */
export function createProcess(
  schedule: Schedule,
  predictionType: PredictionType,
  sampler: SamplerConfig,
  timesteps: readonly number[],
): Process {
  const { name, ...parameters } = sampler
  const { config, T, alphaBars } = schedule
  const formula = samplerOf(name).formula(schedule, parameters)
  const steps = timesteps.map((t, j) => {
    const s = timesteps[j + 1] ?? 0
    return { t, s, forms: formula(t, s, timesteps[j - 1]) }
  })
  return {
    schedule,
    sampler,
    timesteps,
    stages: stagesOf(steps, {
      levelOf: (t) => ({ time: t, scale: 1, sample: toSample(predictionType, alphaBars[t]!) }),
      tooLarge: ({ t, s }, coefficient) =>
        `${name}: the step from ${t} to ${s} has the coefficient ${coefficient}, above 1e6: schedule ` +
        `${config.kind} is too steep at T = ${T}; use more steps or polynomial with betaEnd 0.9 and power 3`,
    }),
    isStochastic: isStochastic(sampler),
    start: 1,
  }
}

/** A step of a formula. A form may also have a coefficient of a call's raw output, which no limit touches. */
export interface FormulaStep {
  readonly t: number
  readonly s: number
  readonly forms: readonly (Omit<StageForm, 'calls'> & {
    readonly calls: readonly (StageForm['calls'][number] & { readonly output?: number })[]
  })[]
}

interface StageRequest {
  /** What the network sees at a level, and the x_0 that follows from the state and its output. */
  levelOf(t: number): Pick<Stage, 'time' | 'scale' | 'sample'>
  readonly limit?: Limit | undefined
  /** Factor of the last state. Default: 1. */
  readonly end?: number
  /** The message about a coefficient that is too large. */
  tooLarge(step: FormulaStep, coefficient: string): string
}

/**
 * A formula's stages in terms of the network's output. The conversion from the output to x_0 is multiplied into the
 * coefficients in float64, so that the 1 / sqrt(alphaBar_t) of `epsilon` cancels before anything is rounded; a limit
 * comes between them.
 */
export function stagesOf(
  steps: readonly FormulaStep[],
  { levelOf, limit, end = 1, tooLarge }: StageRequest,
): Stage[] {
  /** The conversions of the calls so far, newest first. */
  const samples: Conversion[] = []
  return steps.flatMap((step, j) =>
    step.forms.map((form, i): Stage => {
      const { time, scale, sample } = levelOf(form.t)
      samples.unshift(sample)
      const factor = j === steps.length - 1 ? end : 1
      const calls = form.calls.map(({ x_t, x_0, output = 0 }, k): CallShare => {
        if (limit) return { x_t: factor * x_t, output: factor * output, x_0: factor * x_0 }
        const { x_t: ofState, output: ofOutput } = samples[k]!
        return { x_t: factor * (x_t + x_0 * ofState), output: factor * (output + x_0 * ofOutput) }
      })
      const noise = factor * form.noise
      const coefficients = [...calls.flatMap(({ x_t, output, x_0 = 0 }) => [x_t, output, x_0]), noise]
      if (limit) coefficients.push(sample.x_t, sample.output)
      const largest = Math.max(...coefficients.map(Math.abs))
      if (!(largest <= maxCoefficient))
        throw new InputError(tooLarge(step, largest.toPrecision(3)), 'out-of-range')
      const isLast = i === step.forms.length - 1
      return { t: form.t, time, scale, s: step.s, step: j, isLast, calls, sample, noise }
    }),
  )
}

/** The start of the reverse process and its noise. */
interface ReverseInput<A extends FloatArray> {
  readonly x_T: Points<A>
  /** Noise of the j-th step taken, [count, dim]; called only if the step needs it. */
  readonly noise: (j: number) => Points<A>
  /** The rows' known values, which they have at the end. */
  readonly condition?: Condition<A> | undefined
  readonly signal?: AbortSignal | undefined
  /** `limited` of limit.ts, for a plan with a limit: pages that only sample our own models load without it. */
  readonly limited?: typeof limited | undefined
  /** Where to go on, in place of x_T; that state comes first. */
  readonly from?: ReverseState<A> | undefined
}

/** A network call: its input's state, its output, and in a process with a limit its limited x_0. */
interface Call<A extends FloatArray> {
  readonly x_t: Points<A>
  readonly output: Points<A>
  readonly x_0?: Points<A>
}

/** All that the steps after some steps need, as plain data. */
export interface ReverseState<A extends FloatArray = Float32Array> {
  /** Steps taken so far. */
  readonly step: number
  /** The timestep of `x`. */
  readonly t: number
  readonly x: Points<A>
  /** The last calls, newest first. */
  readonly calls: readonly Call<A>[]
}

/**
 * Runs the reverse process from x_T to x_0 and yields the state after every step, x_T first (timesteps + 1 states), in
 * the precision of x_T. Throws the signal's reason once it is aborted.
 */
export async function* reverseProcess<A extends FloatArray>(
  { stages, timesteps, start, limit }: SamplingPlan,
  predictor: NoisePredictor<A>,
  { x_T, noise, condition, signal, limited, from }: ReverseInput<A>,
): AsyncGenerator<ReverseState<A>, void> {
  const first = from ?? { step: 0, t: timesteps[0]!, x: scaled(x_T, start), calls: [] }
  yield first
  const callsToKeep = Math.max(...stages.map((stage) => stage.calls.length)) - 1
  let { x, calls } = first
  for (const stage of stages) {
    if (stage.step < first.step) continue
    signal?.throwIfAborted()
    const output = await predictor.predict(scaled(x, stage.scale), stage.time, condition)
    const call = limit
      ? { x_t: x, output, x_0: limited!(limit, stage.sample, x, output) }
      : { x_t: x, output }
    calls = [call, ...calls]
    const terms = stage.calls.flatMap((share, k): Term<A>[] => {
      const { x_t, output, x_0 } = calls[k]!
      const linear = [
        { coefficient: share.x_t, points: x_t },
        { coefficient: share.output, points: output },
      ]
      return x_0 ? [...linear, { coefficient: share.x_0!, points: x_0 }] : linear
    })
    if (stage.noise !== 0) terms.push({ coefficient: stage.noise, points: noise(stage.step) })
    x = combine(terms as [Term<A>, ...Term<A>[]])
    calls = calls.slice(0, callsToKeep)
    if (stage.isLast) yield { step: stage.step + 1, t: timesteps[stage.step + 1] ?? 0, x, calls }
  }
}

function scaled<A extends FloatArray>(points: Points<A>, coefficient: number): Points<A> {
  return coefficient === 1 ? points : combine([{ coefficient, points }])
}
