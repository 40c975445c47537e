import * as v from 'valibot'
import type { Limit } from '../../diffusion/limit.ts'
import type { Conversion, PredictionType } from '../../diffusion/prediction.ts'
import { toSample } from '../../diffusion/prediction.ts'
import type { FormulaStep } from '../../diffusion/process.ts'
import type { SamplerConfig } from '../../diffusion/samplers/index.ts'
import type { Level, StepsRequest } from '../levels.ts'
import type { ConfigOf } from '../settings.ts'

export type Form = FormulaStep['forms'][number]

/** A step from one noise level to another. */
export interface LevelStep {
  readonly from: Level
  readonly to: Level
}

/** What a scheduler's config asks for, in our notions. */
export interface SchedulerPlan {
  readonly steps: readonly LevelStep[]
  /** diffusers' first state is standard normal noise times this. Default: 1. */
  readonly start?: number
  readonly limit?: Limit | undefined
  /** x_0 from a state of ours and the network's output at a level. */
  readonly sampleAt: (level: Level) => Conversion
  /** The sampler of ours that the scheduler is; without one, it has forms of its own. */
  readonly sampler?: SamplerConfig
  /** Whether a multistep sampler begins anew at a step, which is then of first order. */
  readonly isAnew?: (step: number) => boolean
  /** The forms of a step: the sampler's, changed, or the scheduler's own. */
  readonly forms?: (step: number, ofSampler: readonly Form[]) => readonly Form[]
}

/** A scheduler class of diffusers. */
export interface Scheduler {
  readonly plan: (
    settings: Readonly<Record<string, unknown>>,
    request: StepsRequest,
    parse: Parse,
  ) => SchedulerPlan
}

type Parse = <S extends v.GenericSchema>(schema: S, value: unknown) => v.InferOutput<S>

/** Defines a scheduler by its settings, each with diffusers' default, and the plan that follows from them. */
export function defineScheduler<const E extends v.ObjectEntries>(
  settings: E,
  plan: (config: ConfigOf<E>, request: StepsRequest) => SchedulerPlan,
): Scheduler {
  const schema = v.object(settings)
  return { plan: (given, request, parse) => plan(parse(schema, given), request) }
}

/** Steps from each level to the next. */
export function chained(levels: readonly Level[]): LevelStep[] {
  return levels.slice(1).map((to, i) => ({ from: levels[i]!, to }))
}

export function predicting(type: PredictionType): SchedulerPlan['sampleAt'] {
  return ({ alphaBar }) => toSample(type, alphaBar)
}
