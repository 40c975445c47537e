import { smallModel } from '../export/small-model.ts'
import type { ProviderDefinition } from '../infer/provider.ts'
import { reasonOf, type Session, type SessionOptions } from '../infer/session.ts'

export interface OpenOptions extends SessionOptions {
  readonly provider: string
}

/** Makes a session on a provider. Errors: a provider that this machine can't run. */
export type OpenSession = (bytes: Uint8Array, options: OpenOptions) => Promise<Session>

/** A provider to compare, in one of its settings. */
export interface Candidate extends OpenOptions {
  /** 'cuda, TF32' say. */
  readonly label: string
  /** Whether it computes the graph's nodes, so that one of them can be named. */
  readonly runsNodes: boolean
}

/** What a caller may set of the sessions. */
export interface SessionChoice {
  readonly threads?: number | undefined
  readonly deviceId?: number | undefined
}

/** A provider in each of the settings that it is compared in. */
export function candidatesOf(
  { name: provider, takes, runsNodes = true, settings = [{ label: provider }] }: ProviderDefinition,
  { threads, deviceId }: SessionChoice,
): Candidate[] {
  const device = takes?.includes('deviceId') ? { deviceId } : {}
  return settings.map((setting) => ({ provider, runsNodes, threads, ...device, ...setting }))
}

/** A session of the model, why this machine can't run the provider, or why it can't run this model. */
export type Opened =
  | { readonly session: Session }
  | { readonly unavailable: string }
  | { readonly failure: string }

/** A session of a model. Where there is none, a small model tells whether the machine or the model is the reason. */
export async function openOn(open: OpenSession, bytes: Uint8Array, candidate: Candidate): Promise<Opened> {
  const { label: _, runsNodes: __, ...options } = candidate
  try {
    const session = await open(bytes, options)
    const other = otherThanAsked(session, candidate)
    if (!other) return { session }
    await session.release()
    return other
  } catch (error) {
    const reason = reasonOf(error)
    try {
      await (await open(await smallModel(), options)).release()
    } catch {
      return { unavailable: reason }
    }
    return { failure: reason }
  }
}

/** A session says what runs it: another provider, or TF32 where none was asked for, is not what is compared. */
function otherThanAsked({ provider, tf32 }: Session, candidate: Candidate): Opened | undefined {
  if (provider !== candidate.provider)
    return { failure: `asked for ${candidate.provider}, it runs on ${provider}` }
  if (candidate.tf32 === true && tf32 === false) return { unavailable: 'this GPU has no TF32' }
  if (candidate.tf32 === false && tf32 !== false) return { failure: "TF32 can't be turned off" }
  return undefined
}
