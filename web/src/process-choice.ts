import type { SamplerName } from '../../src/diffusion/samplers/index.ts'

/** The reader's choice of process; anything left open follows the card. */
export interface ProcessChoice {
  readonly sampler?: SamplerName | undefined
  readonly numSteps?: number | undefined
  readonly seed: number
}
