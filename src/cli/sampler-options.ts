import type { Options } from 'yargs'
import { samplerNames, varianceNames } from '../diffusion/samplers/create.ts'

/** The options that choose a reverse process, for `sample` and `export`. */
export const samplerOptions = {
  sampler: { choices: samplerNames, describe: 'the reverse process' },
  variance: { choices: varianceNames, describe: "DDPM's variance" },
  'num-steps': { type: 'number', describe: 'steps out of T' },
  timesteps: { type: 'string', describe: 'the timesteps themselves, 10,7,3 say' },
} as const satisfies Record<string, Options>
