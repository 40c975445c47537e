import { InputError, nearest } from '../../core/errors.ts'
import type { PredictionType } from '../prediction.ts'
import type { Schedule } from '../schedule.ts'
import { ddim } from './ddim.ts'
import { ddpm } from './ddpm.ts'
import { dpmSolver } from './dpm-solver.ts'
import type { Sampler, SamplerConfig, SamplerName } from './sampler.ts'

export const samplerNames = ['ddpm', 'ddim', 'dpmsolver++'] as const satisfies readonly SamplerName[]
export const varianceNames = ['fixed_small', 'fixed_large'] as const
export const solverOrders = [1, 2] as const

/** What a caller may choose of a sampler. */
export interface SamplerChoice {
  readonly sampler?: SamplerName | undefined
  /** DDPM's. */
  readonly variance?: (typeof varianceNames)[number] | undefined
  /** DDIM's, 0 to 1. */
  readonly eta?: number | undefined
  /** DPM-Solver++'s. */
  readonly order?: (typeof solverOrders)[number] | undefined
}

const defaults: { readonly [N in SamplerName]: Extract<SamplerConfig, { name: N }> } = {
  ddpm: { name: 'ddpm', variance: 'fixed_small' },
  ddim: { name: 'ddim', eta: 0 },
  'dpmsolver++': { name: 'dpmsolver++', order: 2 },
}

/** The sampler that a card or an option names, for a network of a prediction type. Errors: an option out of range. */
export function createSampler(
  schedule: Schedule,
  config: SamplerConfig,
  predictionType: PredictionType,
): Sampler {
  switch (config.name) {
    case 'ddpm':
      return ddpm(schedule, config.variance, predictionType)
    case 'ddim':
      return ddim(schedule, config.eta, predictionType)
    case 'dpmsolver++':
      return dpmSolver(schedule, config.order, predictionType)
  }
}

/**
 * A caller's choice; what it leaves open is as `otherwise` has it, or the sampler's default.
 * Errors: an unknown sampler; an option that the sampler does not have.
 */
export function chooseSampler(choice: SamplerChoice, otherwise: SamplerConfig): SamplerConfig {
  const { sampler = otherwise.name, variance, eta, order } = choice
  const given = { variance, eta, order }
  const chosen = Object.entries(given).filter(([, value]) => value !== undefined)
  if (sampler === otherwise.name && chosen.length === 0) return otherwise
  if (!Object.hasOwn(defaults, sampler))
    throw new InputError(
      `unknown sampler ${sampler}${nearest(sampler, samplerNames)}: choose from ${samplerNames.join(', ')}`,
    )
  const base = otherwise.name === sampler ? otherwise : defaults[sampler]
  for (const [option] of chosen)
    if (!Object.hasOwn(base, option)) {
      const owner = samplerNames.find((name) => Object.hasOwn(defaults[name], option))
      throw new InputError(
        `${sampler} has no ${option}: leave it out, or choose the sampler ${owner}, which has`,
      )
    }
  return { ...base, ...Object.fromEntries(chosen) } as SamplerConfig
}

/** What is odd about a legal choice, or nothing. */
export function samplerWarning(config: SamplerConfig, numSteps: number): string | undefined {
  return config.name === 'dpmsolver++' && config.order === 2 && numSteps === 1
    ? 'dpmsolver++ of order 2 in one step is of order 1: the second order needs a step before'
    : undefined
}

/** 'ddpm, variance fixed_small'. */
export function describeSampler({ name, ...rest }: SamplerConfig): string {
  return [name, ...Object.entries(rest).map(([option, value]) => `${option} ${value}`)].join(', ')
}
