import type { InferredOptionTypes } from 'yargs'
import type { LoadOptions, Model } from '../infer/model.ts'
import { loadModel } from '../infer/node.ts'
import { providerNames, type SessionInfo } from '../infer/session.ts'
import '../providers.ts'
import { note } from './output.ts'

/** Where a model runs. */
export const providerOptions = {
  provider: {
    choices: [...providerNames, 'auto'] as const,
    default: 'cpu',
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

export function loadOptionsOf(argv: ProviderArguments): LoadOptions {
  return {
    provider: argv.provider as LoadOptions['provider'],
    deviceId: argv['device-id'],
    threads: argv.threads,
    selfTest: argv['self-test'],
  }
}

/** Loads a model where the options say, and notes what `auto` passed over. Errors: those of `loadModel`. */
export async function loadOn(path: string, options: LoadOptions): Promise<Model> {
  const model = await loadModel(path, options)
  for (const { provider, reason } of model.skipped) note(`not on ${provider}: ${reason}`)
  return model
}

/** 'webgpu (llvmpipe)': a provider, and the GPU that it has if any. */
export function describeProvider({ provider, adapter, tf32 }: SessionInfo): string {
  const details = [adapter, tf32 ? 'TF32' : null].filter(Boolean).join(', ')
  return details ? `${provider} (${details})` : provider
}
