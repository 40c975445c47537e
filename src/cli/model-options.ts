import type { InferredOptionTypes, Options } from 'yargs'
import { type SamplerChoice, samplerNames, varianceNames } from '../diffusion/samplers/index.ts'
import type { Model } from '../infer/model.ts'
import type { SessionInfo } from '../infer/session.ts'
import { loadModel, type NodeLoadOptions } from '../node/load-model.ts'
import { nodeProviders } from '../node/providers.ts'
import { numberList } from './command.ts'
import { note } from './output.ts'

/** Where a model runs. */
export const providerOptions = {
  provider: {
    choices: [...nodeProviders.map(({ name }) => name), 'auto'],
    default: nodeProviders[0].name,
    describe: 'where the graph runs',
  },
  'device-id': { type: 'number', describe: 'which GPU, of provider cuda [default: 0]' },
  threads: { type: 'number', describe: 'threads on the processor [default: all cores; 1 in a browser]' },
  'self-test': {
    type: 'boolean',
    default: true,
    describe: "run the card's golden vectors first; --no-self-test leaves it out",
  },
} as const

export type ProviderArguments = InferredOptionTypes<typeof providerOptions>

export function loadOptionsOf(argv: ProviderArguments): NodeLoadOptions {
  return {
    provider: argv.provider,
    deviceId: argv['device-id'],
    threads: argv.threads,
    selfTest: argv['self-test'],
  }
}

/** Loads a model where the options say, and notes what `auto` passed over. Errors: those of `loadModel`. */
export async function loadOn(path: string, options: NodeLoadOptions): Promise<Model> {
  const model = await loadModel(path, options)
  for (const { provider, reason } of model.skipped) note(`not on ${provider}: ${reason}`)
  return model
}

/** 'webgpu (llvmpipe)': a provider, and the GPU that it has if any. */
export function describeProvider({ provider, adapter, tf32 }: SessionInfo): string {
  const details = [adapter, tf32 ? 'TF32' : null].filter(Boolean).join(', ')
  return details ? `${provider} (${details})` : provider
}

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
