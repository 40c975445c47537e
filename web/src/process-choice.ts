import type { SamplerName } from '../../src/diffusion/samplers/sampler.ts'
import { spacedTimesteps } from '../../src/diffusion/schedule.ts'
import type { ModelCard } from '../../src/model/card.ts'

/** The way from noise to data that a reader chose; what is left open is as the card recommends. */
export interface ProcessChoice {
  readonly sampler?: SamplerName | undefined
  readonly numSteps?: number | undefined
  readonly seed: number
}

/** The timesteps that `moonstep sample` takes for the same choice. */
export function timestepsOf({ T, recommended }: ModelCard, numSteps: number | undefined): readonly number[] {
  return numSteps === undefined ? recommended.timesteps : spacedTimesteps(T, numSteps)
}
