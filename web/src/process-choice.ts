import type { SamplerName } from '../../src/diffusion/samplers/index.ts'

/** The way from noise to data that a reader chose; what is left open is as the card recommends. */
export interface ProcessChoice {
  readonly sampler?: SamplerName | undefined
  readonly numSteps?: number | undefined
  readonly seed: number
}
