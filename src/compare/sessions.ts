import { smallModel } from '../export/export-model.ts'
import type { ProviderDefinition } from '../infer/provider.ts'
import { reasonOf, type Session, type SessionOptions, type Tensor } from '../infer/session.ts'
import { elementCount } from '../model/weights.ts'

/** Opens sessions on the providers to compare, and checks their outputs. */

export interface OpenOptions extends SessionOptions {
  readonly provider: string
}

/** Creates a session on a provider. Throws if this machine can't run it. */
export type OpenSession = (bytes: Uint8Array, options: OpenOptions) => Promise<Session>

/** A provider to compare, in one of its settings. */
export interface Candidate extends OpenOptions {
  /** Such as 'cuda, TF32'. */
  readonly label: string
  /** Whether it computes the graph node by node, so that a wrong one can be named. */
  readonly runsNodes: boolean
}

export interface SessionChoice {
  readonly threads?: number | undefined
  readonly deviceId?: number | undefined
}

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
  | { readonly isAvailable: boolean; readonly problem: string }

/** Opens a session of a model. If that fails, a small model shows whether the machine or the model is the reason. */
export async function openOn(open: OpenSession, bytes: Uint8Array, candidate: Candidate): Promise<Opened> {
  const { label: _, runsNodes: __, ...options } = candidate
  try {
    const session = await open(bytes, options)
    const other = otherThanRequested(session, candidate)
    if (!other) return { session }
    await session.release()
    return other
  } catch (error) {
    const problem = reasonOf(error)
    try {
      await (await open(await smallModel(), options)).release()
    } catch {
      return { isAvailable: false, problem }
    }
    return { isAvailable: true, problem }
  }
}

/** Why a session does not run as requested: another provider, or another TF32 setting. */
function otherThanRequested({ provider, tf32 }: Session, candidate: Candidate): Opened | undefined {
  if (provider !== candidate.provider)
    return { isAvailable: true, problem: `requested on ${candidate.provider}, it runs on ${provider}` }
  if (candidate.tf32 === true && tf32 === false)
    return { isAvailable: false, problem: 'this GPU has no TF32' }
  if (candidate.tf32 === false && tf32 !== false)
    return { isAvailable: true, problem: "TF32 can't be turned off" }
  return undefined
}

export interface Outputs {
  readonly tensors: Readonly<Record<string, Float32Array>>
  /** Problems of the outputs or of the run, a line each. */
  readonly problems: readonly string[]
  readonly failed: boolean
}

/** Runs a session; a failure is a result, not an error. `shapes` are of the requested outputs. */
export async function runChecked(
  session: Session,
  feeds: Readonly<Record<string, Tensor>>,
  shapes: Readonly<Record<string, readonly number[]>>,
): Promise<Outputs> {
  let results: Readonly<Record<string, unknown>>
  try {
    results = await session.run(feeds, Object.keys(shapes))
  } catch (error) {
    return { tensors: {}, problems: [`it fails to run: ${reasonOf(error)}`], failed: true }
  }
  const tensors: Record<string, Float32Array> = {}
  const problems: string[] = []
  for (const [name, shape] of Object.entries(shapes)) {
    const value = results[name]
    if (value instanceof Float32Array) tensors[name] = value
    const problem = problemOf(value, shape)
    if (problem) problems.push(`its output ${name} ${problem}`)
  }
  return { tensors, problems, failed: false }
}

function problemOf(value: unknown, shape: readonly number[]): string | undefined {
  if (value === undefined) return 'is missing'
  if (!(value instanceof Float32Array)) return `is ${typeOf(value)}, not float32`
  if (value.length === elementCount(shape)) return undefined
  return `has ${value.length} numbers for the shape [${shape}]`
}

/** 'float64' of a Float64Array. */
function typeOf(value: unknown): string {
  const name = (value as object | null)?.constructor?.name ?? typeof value
  return name.replace(
    /^(Float|Int|Uint)(\d+)Array$/,
    (_, kind: string, bits) => `${kind.toLowerCase()}${bits}`,
  )
}
