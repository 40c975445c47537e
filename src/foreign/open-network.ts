/** Networks that others trained: sampled from their ONNX file and diffusers' scheduler_config.json. */
import { InputError } from '../core/errors.ts'
import type { ValueInfo } from '../infer/elements.ts'
import type { LoadOptions } from '../infer/model.ts'
import {
  firstOf,
  type ProviderDefinition,
  type Providers,
  providerNamed,
  providersOfAuto,
  type Skipped,
  startSession,
} from '../infer/provider.ts'
import { asyncDispose, infoOf, type SessionInfo, Uses } from '../infer/session.ts'
import { signatureOf } from './inputs.ts'
import { namingOperator } from './operators.ts'
import { samplingPlanOf } from './process.ts'
import {
  type NetworkSampleOptions,
  type NetworkSamples,
  type OpenNetwork,
  type SchedulerConfig,
  sampleNetwork,
} from './sample.ts'

/**
 * A network that others trained, and its scheduler. It shares samplers, random numbers and providers with our own models,
 * and has none of the guarantees of their reader: no card, no digests, no self-test.
 */
export interface NetworkModel {
  /** What its scheduler's config says. */
  readonly scheduler: SchedulerConfig
  /** What it takes in addition to the state and the time. */
  readonly inputs: readonly ValueInfo[]
  /** The axes of a sample; a name where the file leaves one free. */
  readonly shape: readonly (number | string)[]
  /** What runs it. */
  readonly info: SessionInfo
  /** Providers that `auto` skipped; empty if one was named. */
  readonly skipped: readonly Skipped[]
  /**
   * Draws samples, the same for the same seed.
   *
   * @throws InputError if an option is out of range or the scheduler's config asks for what we do not follow; the signal's
   * reason once it is aborted.
   */
  sample(options: NetworkSampleOptions): Promise<NetworkSamples>
  /** Releases the session once running calls of `sample` have ended; a second call does nothing. */
  dispose(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** The files of a network. */
export interface NetworkFiles {
  readonly bytes: Uint8Array
  /** For messages. */
  readonly name: string
  readonly scheduler: SchedulerConfig
  /** The axes of a sample, if the folder's config says so. */
  readonly shape?: readonly number[] | undefined
}

export type NetworkOptions<P extends string = string> = Omit<LoadOptions<P>, 'selfTest' | 'withoutFaker'>

const internals = new WeakMap<NetworkModel, OpenNetwork>()

/** The session of a network and its inputs, for `compare` and `bench`. */
export function networkOf(model: NetworkModel): OpenNetwork {
  return internals.get(model)!
}

/** Opens a network on a provider. Throws InputError if the provider or we can't run it. */
export async function openFiles(
  { bytes, name, scheduler, shape: axes }: NetworkFiles,
  providers: Providers<ProviderDefinition>,
  { provider: wanted = providers[0].name, ...options }: NetworkOptions,
): Promise<NetworkModel> {
  // an unknown scheduler or setting is refused before the network is loaded
  samplingPlanOf(scheduler)
  const able = providers.filter(({ runsNodes }) => runsNodes !== false)
  if (wanted !== 'auto') requireAble(providerNamed(providers, wanted, ['auto']), able)
  const skipped: Skipped[] = []
  const start = (provider: ProviderDefinition) =>
    startSession(providers, provider, bytes, { ...options, isForeign: true }).catch(async (error) => {
      throw await namingOperator(error, { provider: provider.name, name, bytes })
    })
  const session =
    wanted === 'auto'
      ? await firstOf(providersOfAuto(able), start, skipped)
      : await start(providerNamed(able, wanted))
  try {
    const signature = signatureOf(session, name)
    const isFixed = signature.shape.every((size) => typeof size === 'number')
    const shape = isFixed ? undefined : axes
    const network: OpenNetwork = { session, signature, scheduler, name, shape }
    const uses = new Uses()
    const dispose = () => uses.close(() => session.release(), `${name} was disposed of: open it again`)
    const model: NetworkModel = {
      scheduler,
      inputs: signature.others,
      shape: shape ?? signature.shape,
      info: infoOf(session),
      skipped,
      async sample(of) {
        const end = uses.begin()
        return sampleNetwork(network, of).finally(end)
      },
      dispose,
      [asyncDispose]: dispose,
    }
    internals.set(model, network)
    return model
  } catch (error) {
    await session.release()
    throw error
  }
}

function requireAble(provider: ProviderDefinition, able: readonly ProviderDefinition[]): void {
  if (able.includes(provider)) return
  const others = able.map(({ name }) => name).join(', ')
  throw new InputError(
    `provider is ${provider.name}, which computes Moonstep's own networks alone: give ${others}`,
    'conflict',
    {
      option: 'provider',
      value: provider.name,
    },
  )
}
