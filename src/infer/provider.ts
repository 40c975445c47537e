import { InputError, requireInteger, unknownName } from '../core/errors.ts'
import type { ModelFile } from '../onnx/read.ts'
import type { Chunk, ChunkModel, ChunkStates } from './chunk.ts'
import { type CreateSession, type Session, type SessionOptions, takingTurns } from './session.ts'

/** A provider runs models. Each is a file and a line in the list of Node (src/node/providers.ts) or of a page. */
export interface ProviderDefinition<N extends string = string> {
  /** Its name in options and results. */
  readonly name: N
  /**
   * Creates a session from an ONNX file's bytes; the first call loads the runtime. It computes the whole graph or
   * throws, and never falls back to another provider. Throws InputError if this machine can't run the provider, or the
   * provider can't run the graph. The feeds `t`, `known` and `known_values` may have a single row for all rows of `x_t`, as the
   * graph's own dimensions `times` and `given` say.
   */
  readonly createSession: CreateSession
  /** Options that only some providers support. */
  readonly takes?: readonly ('deviceId' | 'tf32')[]
  /** Its place in the order of `auto`, lowest first; without one, `auto` does not try it. */
  readonly autoOrder?: number
  /** Whether `moonstep bench` measures it by default. */
  readonly isBenched?: boolean
  /** False if it computes the graph's network as a whole, not node by node. */
  readonly runsNodes?: boolean
  /** Rows to compute at a time, instead of what fits the processor's cache. */
  readonly chunkSize?: number
  /**
   * Returns the name of its GPU if that is software on the processor and so slower than `cpu`; otherwise null. Called
   * before any session, with the bytes of any model.
   */
  readonly softwareGpu?: (bytes: Uint8Array) => Promise<string | null>
  /** Settings that `compare` tries: a label for the report, and the options. */
  readonly settings?: readonly { readonly label: string; readonly tf32?: boolean }[]
}

/**
 * A provider that this package starts, which may use worker threads for large draws. One that is a runtime of others gets no bytes of a
 * stranger, but our own encoding of what was read; one of our own reads the file itself.
 */
export type Provider<N extends string = string> = ProviderDefinition<N> & {
  /** Starts workers for a model's chunks; returns undefined if the session alone is as fast. */
  readonly createWorkers?: (bytes: Uint8Array, model: ChunkModel) => ChunkWorkers | undefined
} & (
    | { readonly encode: (file: ModelFile) => Uint8Array }
    | { readonly runsNodes: false; readonly encode?: never }
  )

/** A skipped provider. */
export interface Skipped {
  readonly provider: string
  readonly reason: string
}

/** Sessions that sample chunks in parallel. */
export interface ChunkWorkers {
  started(): boolean
  /** Counts a draw's operations. Whether workers should take it: once they run, or the total is large enough. */
  takeOn(operations: number): boolean
  /** Number of chunks that keep all of them busy. */
  readonly inFlight: number
  /** Returns the chunk's states, as `sampleChunk` does. Throws the session's errors, or if a worker ended. */
  run(chunk: Chunk): Promise<ChunkStates>
  /** Ends those that have nothing to do, which frees their memory; others start when chunks come. */
  rest(): Promise<void>
  end(): Promise<void>
}

export type Providers<P = Provider> = readonly [P, ...P[]]

export function providerNamed<P extends ProviderDefinition>(
  providers: readonly P[],
  name: string,
  others: readonly string[] = [],
): P {
  const provider = providers.find((each) => each.name === name)
  if (provider) return provider
  const choices = [...providers.map((each) => each.name), ...others].join(' or ')
  throw new InputError(`provider is ${name}: give ${choices}`, 'unknown-name', {
    option: 'provider',
    value: name,
  })
}

/** The providers to measure or compare by default: all but those that compute in software here. */
export async function hardwareProviders<P extends ProviderDefinition>(
  providers: readonly P[],
  bytes: Uint8Array,
  skipped: Skipped[],
): Promise<P[]> {
  const gpus = await Promise.all(providers.map(({ softwareGpu }) => softwareGpu?.(bytes) ?? null))
  return providers.filter(({ name: provider }, i) => {
    const gpu = gpus[i]
    if (gpu)
      skipped.push({ provider, reason: `it runs on ${gpu}, which is software: name it in \`providers\`` })
    return !gpu
  })
}

export function providersNamed(providers: readonly ProviderDefinition[], names: readonly string[]) {
  const all = providers.map(({ name }) => name)
  if (names.length === 0)
    throw new InputError(`no provider is named: choose from ${all.join(', ')}`, 'missing')
  return [...new Set(names)].map((name) => {
    const provider = providers.find((each) => each.name === name)
    if (provider) return provider
    throw unknownName('providers', name, all, { noun: 'provider' })
  })
}

const maxThreads = 1024
const maxDeviceId = 1023

/** Starts a session that runs one call at a time. Throws InputError on an option that is wrong or another's. */
export async function startSession(
  providers: readonly ProviderDefinition[],
  provider: ProviderDefinition,
  bytes: Uint8Array,
  options: SessionOptions,
): Promise<Session> {
  const { threads, deviceId, tf32 } = options
  if (threads !== undefined) requireInteger('threads', threads, 1, maxThreads)
  if (deviceId !== undefined) requireInteger('deviceId', deviceId, 0, maxDeviceId)
  for (const [option, value] of Object.entries({ deviceId, tf32 }) as ['deviceId' | 'tf32', unknown][]) {
    if (value === undefined || provider.takes?.includes(option)) continue
    const takers = providers.filter(({ takes }) => takes?.includes(option)).map(({ name }) => name)
    throw new InputError(
      `${option} is for provider ${takers.join(' or ')}, not ${provider.name}: leave it out`,
      'conflict',
      { option, value },
    )
  }
  const session = await provider.createSession(bytes, options)
  if (session.provider === provider.name) return takingTurns(session)
  await session.release()
  throw new Error(`provider ${provider.name} created a session of provider ${session.provider}`)
}

/** The providers that `auto` tries, in order. */
export function providersOfAuto<P extends ProviderDefinition>(providers: readonly P[]): P[] {
  const tried = providers.filter(({ autoOrder }) => autoOrder !== undefined)
  return tried.sort((a, b) => a.autoOrder! - b.autoOrder!)
}

/** Starts the first provider that works; the reasons of those before it go into `skipped`. Throws if none starts. */
export async function firstOf<P extends ProviderDefinition, R>(
  candidates: readonly P[],
  start: (provider: P) => Promise<R>,
  skipped: Skipped[],
): Promise<R> {
  for (const provider of candidates)
    try {
      return await start(provider)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      skipped.push({ provider: provider.name, reason: error.message })
    }
  const problem = `no provider runs the model: ${skipped.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ')}`
  throw new InputError(problem, 'not-available')
}
