import type { InferredOptionTypes } from 'yargs'
import { InputError } from '../core/errors.ts'
import { type ProcessChoice, processChoiceOf } from '../diffusion/process.ts'
import { samplerNames, samplerParameters } from '../diffusion/samplers/index.ts'
import type { ParameterSpec } from '../diffusion/samplers/sampler.ts'
import type { Model, SampleOptions } from '../infer/model.ts'
import type { SessionInfo } from '../infer/session.ts'
import { loadModel } from '../node/load-model.ts'
import { nodeProviders } from '../node/providers.ts'
import { type CommandOption, namedInApi, numberList, positiveInteger, wholeNumber } from './command.ts'
import { interruptible, note } from './output.ts'
import { waitFor } from './progress.ts'

/** Where a model runs. */
export const providerOptions = {
  provider: {
    choices: [...nodeProviders.map(({ name }) => name), 'auto'],
    default: nodeProviders[0].name,
    describe: 'what runs the graph',
  },
  'device-id': { ...wholeNumber, describe: 'index of the GPU, for provider cuda [default: 0]' },
  threads: { ...positiveInteger, describe: 'CPU threads [default: all cores; 1 in a browser]' },
  'self-test': {
    type: 'boolean',
    default: true,
    describe: "run the card's golden vectors first; --no-self-test skips them",
  },
} as const

export type ProviderArguments = InferredOptionTypes<typeof providerOptions>

/** Loads a model on the chosen provider and notes what `auto` skipped. Throws as `loadModel` does. */
export async function loadOn(path: string, argv: ProviderArguments): Promise<Model> {
  const model = await loadModel(path, namedInApi(providerOptions, argv))
  for (const { provider, reason } of model.skipped) note(`not on ${provider}: ${reason}`)
  return model
}

/** Loads the model for `body`, and disposes of it after that; an interrupt aborts the signal. */
export function withModel<R>(
  argv: ProviderArguments & { readonly model: string },
  body: (model: Model, signal: AbortSignal) => Promise<R>,
): Promise<R> {
  return interruptible(async (signal) => {
    const model = await waitFor('loading the model', () => loadOn(argv.model, argv))
    return body(model, signal).finally(() => model.dispose())
  })
}

/** 'webgpu (llvmpipe)': a provider and its GPU, if any. */
export function describeProvider({ provider, adapter, tf32 }: SessionInfo): string {
  const details = [adapter, tf32 ? 'TF32' : null].filter(Boolean).join(', ')
  return details ? `${provider} (${details})` : provider
}

/** A sampler's parameter as an option. */
function parameterOption(spec: ParameterSpec): CommandOption {
  const describe = `${spec.describe} [default: ${spec.default}]`
  if (!('choices' in spec))
    return { type: 'number', takes: `a number from ${spec.min} to ${spec.max}`, describe }
  const isText = spec.choices.every((choice) => typeof choice === 'string')
  return isText
    ? { choices: spec.choices, describe }
    : { type: 'number', takes: spec.choices.join(' or '), describe }
}

/** Options of the reverse process, for `sample`, `export` and `distill`. */
export const samplerOptions: Readonly<Record<'sampler' | 'num-steps' | 'timesteps', CommandOption>> = {
  sampler: { choices: samplerNames(), describe: "the reverse process [default: the model's own]" },
  ...Object.fromEntries([...samplerParameters()].map(([name, spec]) => [name, parameterOption(spec)])),
  'num-steps': { ...positiveInteger, describe: "steps out of T [default: the model's own]" },
  timesteps: {
    type: 'string',
    describe: 'explicit timesteps, such as 10,7,3 [default: spaced by --num-steps]',
  },
}

/** The sampler and its steps from the options. */
export function processChoice(argv: object): ProcessChoice {
  const { timesteps } = argv as { readonly timesteps?: string }
  return {
    // yargs also sets numSteps for --num-steps
    ...processChoiceOf(argv),
    timesteps: numberList('--timesteps', timesteps),
  }
}

/**
 * ['sex=female'] as values by column, split at the first =, since a value may contain one. An empty value is a missing
 * cell.
 */
export function givenOf(pairs: readonly string[] | undefined): SampleOptions['given'] {
  if (pairs === undefined) return undefined
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1)
        throw new InputError(`--given ${pair}: give a column and its value, such as sex=female`, 'wrong-type')
      const value = pair.slice(at + 1)
      return [pair.slice(0, at).trim(), value.trim() === '' ? null : value]
    }),
  )
}
