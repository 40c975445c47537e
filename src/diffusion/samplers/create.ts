import type { Schedule } from '../schedule.ts'
import { ddpm } from './ddpm.ts'
import type { Sampler, SamplerConfig } from './sampler.ts'

export const samplerNames = ['ddpm'] as const
export const varianceNames = ['fixed_small', 'fixed_large'] as const

/** The sampler that a card or an option names. */
export function createSampler(schedule: Schedule, config: SamplerConfig): Sampler {
  return ddpm(schedule, config.variance)
}
