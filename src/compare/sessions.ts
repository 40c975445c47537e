import { smallModel } from '../export/export-model.ts'
import type { ProviderDefinition } from '../infer/provider.ts'
import { reasonOf, type Session, type SessionOptions, type Tensor } from '../infer/session.ts'
import { elementCount } from '../model/weights.ts'

/** Sessions on the providers to compare, and their answers, checked. */

export interface OpenOptions extends SessionOptions {
  readonly provider: string
}

/** Makes a session on a provider. Throws: a provider that this machine can't run. */
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
  | { readonly isAvailable: boolean; readonly problem: string }

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
    const problem = reasonOf(error)
    try {
      await (await open(await smallModel(), options)).release()
    } catch {
      return { isAvailable: false, problem }
    }
    return { isAvailable: true, problem }
  }
}

/** A session says what runs it: another provider, or TF32 where none was asked for, is not what is compared. */
function otherThanAsked({ provider, tf32 }: Session, asked: Candidate): Opened | undefined {
  if (provider !== asked.provider)
    return { isAvailable: true, problem: `asked for ${asked.provider}, it runs on ${provider}` }
  if (asked.tf32 === true && tf32 === false) return { isAvailable: false, problem: 'this GPU has no TF32' }
  if (asked.tf32 === false && tf32 !== false)
    return { isAvailable: true, problem: "TF32 can't be turned off" }
  return undefined
}

/** What a session was asked for, checked for what a list of numbers would hide. */
export interface Outputs {
  /** The tensors that are there, and of float32. */
  readonly tensors: Readonly<Record<string, Float32Array>>
  /** What is wrong with the outputs, or that the run failed: a line each. */
  readonly problems: readonly string[]
  /** Whether the run failed. */
  readonly failed: boolean
}

/** Runs a session; a failure is a result, not an error. `shapes` are of the outputs to ask for. */
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
