import type { InferredOptionTypes, Options } from 'yargs'
import { type SamplerChoice, samplerNames, varianceNames } from '../diffusion/samplers/create.ts'
import { numberList } from './number-list.ts'

/** The options that choose a reverse process, for `sample` and `export`. */
export const samplerOptions = {
  sampler: { choices: samplerNames, describe: 'the reverse process' },
  variance: { choices: varianceNames, describe: "ddpm's variance" },
  eta: { type: 'number', describe: "ddim's noise, 0 (none) to 1 (as ddpm)" },
  order: { type: 'number', describe: "dpmsolver++'s order, 1 or 2" },
  'num-steps': { type: 'number', describe: 'steps out of T' },
  timesteps: { type: 'string', describe: 'the timesteps themselves, 10,7,3 say' },
} as const satisfies Record<string, Options>

type SamplerArguments = InferredOptionTypes<typeof samplerOptions>

/** What the options say of the sampler and its steps. */
export function samplerChoice(argv: SamplerArguments): SamplerChoice & {
  numSteps: number | undefined
  timesteps: number[] | undefined
} {
  return {
    sampler: argv.sampler,
    variance: argv.variance,
    eta: argv.eta,
    order: argv.order as SamplerChoice['order'],
    numSteps: argv['num-steps'],
    timesteps: argv.timesteps === undefined ? undefined : numberList('--timesteps', argv.timesteps),
  }
}
