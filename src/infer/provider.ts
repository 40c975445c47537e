import { InputError, requireInteger, unknownName } from '../core/errors.ts'
import type { Points } from '../core/points.ts'
import type { Chunk, ChunkModel } from './chunk.ts'
import { type CreateSession, type Session, type SessionOptions, takingTurns } from './session.ts'

/** What runs models: a file of its own, and a line in the list of Node (src/node/providers.ts) or of a page. */
export interface ProviderDefinition<N extends string = string> {
  /** What options and results call it. */
  readonly name: N
  /**
   * Makes a session of an ONNX file's bytes, and loads with the first one what it runs on. It computes the whole graph
   * or throws: nothing falls back to another provider. Throws an InputError where this machine can't run the provider,
   * or the provider the graph.
   */
  readonly createSession: CreateSession
  /** Options that only some providers take. */
  readonly takes?: readonly ('deviceId' | 'tf32')[]
  /** Its place among the providers that `auto` tries, the lowest first; `auto` passes over those without one. */
  readonly autoOrder?: number
  /** Whether `moonstep bench` measures it where none is named. */
  readonly isBenched?: boolean
  /** False where it computes the network that the graph holds, and not the graph's nodes one by one. */
  readonly runsNodes?: boolean
  /** Rows that it computes at a time, in place of 2000. */
  readonly chunkSize?: number
  /**
   * Returns the name of the GPU that it has here, where that is only software on the processor and so slower than `cpu`; else
   * null. Asked without a session of its own, with the bytes of any model.
   */
  readonly softwareGpu?: (bytes: Uint8Array) => Promise<string | null>
  /** The settings that `compare` tries, in place of none: what a report calls each, and its options. */
  readonly settings?: readonly { readonly label: string; readonly tf32?: boolean }[]
}

/** A provider of this package, which may have worker threads of its own for large samples. */
export interface Provider<N extends string = string> extends ProviderDefinition<N> {
  /** Starts workers for a model's chunks; returns undefined where the session alone is as fast. */
  readonly createWorkers?: (bytes: Uint8Array, model: ChunkModel) => ChunkWorkers | undefined
}

/** A provider that was passed over. */
export interface Skipped {
  readonly provider: string
  readonly reason: string
}

/** Sessions that sample chunks side by side. */
export interface ChunkWorkers {
  started(): boolean
  /** Counts a draw of so many operations. Whether they should take it: they have started, or all counted come to enough. */
  takeOn(operations: number): boolean
  /** How many chunks keep all of them busy. */
  readonly inFlight: number
  /** The chunk's states, as of `sampleChunk`. Throws the session's errors, or that a worker ended. */
  run(chunk: Chunk): Promise<Points[]>
  /** Ends them; what runs is lost. */
  end(): Promise<void>
}

/** Providers to choose from; the first is the default. */
export type Providers = readonly [Provider, ...Provider[]]

/** The provider of a name. Throws an InputError where there is none; `others` are choices beside the names. */
export function providerNamed(
  providers: readonly Provider[],
  name: string,
  others: readonly string[] = [],
): Provider {
  const found = providers.find((each) => each.name === name)
  if (found) return found
  const choices = [...providers.map((each) => each.name), ...others]
  const about = { option: 'provider', value: name }
  throw new InputError(`provider is ${name}: give ${choices.join(' or ')}`, 'unknown-name', about)
}

/**
 * What is measured or compared where none is named: all but those that compute in software here. Why each of those is
 * left out goes into `skipped`.
 */
export async function hardwareProviders<P extends ProviderDefinition>(
  providers: readonly P[],
  bytes: Uint8Array,
  skipped: Skipped[],
): Promise<P[]> {
  const gpus = await Promise.all(providers.map(({ softwareGpu }) => softwareGpu?.(bytes) ?? null))
  return providers.filter(({ name: provider }, i) => {
    const gpu = gpus[i]
    if (gpu)
      skipped.push({ provider, reason: `it computes on ${gpu}, which is software: name it in \`providers\`` })
    return !gpu
  })
}

/** The providers that are named, each once. Throws an InputError where a name is none's, or none is given. */
export function providersNamed(
  providers: readonly ProviderDefinition[],
  names: readonly string[],
): ProviderDefinition[] {
  const all = providers.map(({ name }) => name)
  if (names.length === 0)
    throw new InputError(`no provider is named: choose from ${all.join(', ')}`, 'missing')
  return [...new Set(names)].map((name) => {
    const found = providers.find((each) => each.name === name)
    if (found) return found
    throw unknownName('providers', name, all, { what: 'provider' })
  })
}

const maxThreads = 1024
const maxDeviceId = 1023

/**
 * Starts a session whose calls wait their turn, and that can be released twice. Throws an InputError where an option is
 * out of range, or is for other providers than this one; and as `createSession` does.
 */
export async function startSession(
  providers: readonly Provider[],
  provider: Provider,
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
  throw new Error(`provider ${provider.name} made a session that says it is ${session.provider}`)
}
