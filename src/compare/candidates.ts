import { InputError, nearest } from '../core/errors.ts'
import { smallModel } from '../export/small-model.ts'
import { type ExecutionProvider, reasonOf, type Session } from '../infer/session.ts'

export interface OpenOptions {
  readonly provider: ExecutionProvider
  readonly threads?: number | undefined
  /** Of cuda. */
  readonly deviceId?: number | undefined
  /** Of cuda: whether TF32 is allowed. */
  readonly tf32?: boolean | undefined
}

/** Makes a session on a provider. Errors: a provider that this machine can't run. */
export type OpenSession = (bytes: Uint8Array, options: OpenOptions) => Promise<Session>

/** A provider to compare, in one of its settings. */
export interface Candidate extends OpenOptions {
  /** 'cuda, TF32' say. */
  readonly label: string
}

/** What a caller may set of the sessions. */
export interface SessionChoice {
  readonly threads?: number | undefined
  readonly deviceId?: number | undefined
}

/** The providers that are named, each once. Errors: a name that is none. */
export function requireNames(
  names: readonly string[],
  known: readonly ExecutionProvider[],
): ExecutionProvider[] {
  if (names.length === 0) throw new InputError(`no provider is named: choose from ${known.join(', ')}`)
  for (const name of names)
    if (!(known as readonly string[]).includes(name))
      throw new InputError(`unknown provider ${name}${nearest(name, known)}: choose from ${known.join(', ')}`)
  return [...new Set(names)] as ExecutionProvider[]
}

/** cuda's matrix products may round to TF32, as CUDA has it by default: it is compared without and with. */
export function candidatesOf(provider: ExecutionProvider, { threads, deviceId }: SessionChoice): Candidate[] {
  if (provider !== 'cuda') return [{ label: provider, provider, threads }]
  return [
    { label: 'cuda', provider, threads, deviceId, tf32: false },
    { label: 'cuda, TF32', provider, threads, deviceId, tf32: true },
  ]
}

/** A session of the model, why this machine can't run the provider, or why it can't run this model. */
export type Opened =
  | { readonly session: Session }
  | { readonly unavailable: string }
  | { readonly failure: string }

/** A session of a model. Where there is none, a small model tells whether the machine or the model is the reason. */
export async function openOn(open: OpenSession, bytes: Uint8Array, candidate: Candidate): Promise<Opened> {
  const { label: _, ...options } = candidate
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
