import { smallModel } from '../export/export-model.ts'
import type { ProviderDefinition } from '../infer/provider.ts'
import { infoOf, reasonOf, type Session, type SessionOptions } from '../infer/session.ts'
import { encodeModelFile } from '../onnx/card-graph.ts'
import {
  type CallsReport,
  compareCalls,
  type GoldenReport,
  type ProcessReport,
  type ProcessRun,
  runGolden,
  runGraph,
  runSteps,
} from './answers.ts'
import { type BisectReport, bisectProvider } from './bisect.ts'
import { distancesOf, type Expected, type SampleDistances } from './expected.ts'
import type { Parity, ToleranceReport } from './parity.ts'

export interface ProviderReport {
  readonly provider: string
  readonly adapter: string | null
  readonly onnxruntime: string | null
  readonly runtime: string | null
  readonly threads: number | null
  readonly tf32: boolean | null
  /** Whether this machine can run it. */
  readonly available: boolean
  /** Why it is unavailable or left out. */
  readonly reason: string | null
  /** Whether it is the reference, which is compared only with itself. */
  readonly judge: boolean
  /** null if this machine can't run it. */
  readonly pass: boolean | null
  /** Maximum over all calls and states, in scaled space; Infinity if one is missing or not finite. */
  readonly maxAbsError: number | null
  readonly tolerance: ToleranceReport
  /** Duration of its part of the comparison; null if it did not run. */
  readonly seconds: number | null
  /** The smallest atol, at the same rtol, that would pass everything. */
  readonly smallestAtol: number | null
  readonly selfTest: GoldenReport | null
  readonly calls: CallsReport | null
  readonly processes: readonly ProcessReport[]
  /** Of the form of the main process with the larger distances. */
  readonly distances: SampleDistances | null
  readonly bisect: readonly BisectReport[]
  /** Problems other than differences, a line each. */
  readonly problems: readonly string[]
}

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

export interface ProviderRequest {
  readonly expected: Expected
  readonly candidate: Candidate
  readonly open: OpenSession
  readonly bounds: ToleranceReport
  readonly bisect: boolean
  readonly signal?: AbortSignal | undefined
  /** Receives each finished part: the calls, and each process in each form. */
  readonly onPart: (part: string) => void
}

/** Compares one provider with the expected values; failures are in the report. Throws the signal's reason. */
export async function compareProvider(request: ProviderRequest): Promise<ProviderReport> {
  const { expected, candidate, open, bounds, signal, onPart } = request
  const { file } = expected
  const start = performance.now()
  const { card, description, isSampler } = file
  const blank = blankReport(candidate, bounds)
  const opened = await openOn(open, encodeModelFile(file), candidate)
  signal?.throwIfAborted()
  if (!('session' in opened))
    return opened.isAvailable
      ? { ...blank, available: true, pass: false, maxAbsError: Infinity, problems: [opened.problem] }
      : { ...blank, reason: opened.problem }

  const { session } = opened
  const problems: string[] = []
  const runs: ProcessRun[] = []
  let selfTest: GoldenReport
  let calls: CallsReport | null = null
  try {
    selfTest = await runGolden(session, card, bounds)
    if (!isSampler) {
      calls = await compareCalls(session, card, expected.calls, bounds, signal)
      onPart('network calls')
    }
    for (const process of expected.processes) {
      const run = isSampler
        ? runGraph(session, description.encoding, process, bounds)
        : runSteps(session, card, process, bounds, signal)
      runs.push(await run)
      onPart(process.name)
    }
  } finally {
    await session.release()
  }
  for (const process of isSampler ? [] : expected.processes) {
    const opened = await openOn(open, process.bytes, candidate)
    if ('session' in opened)
      try {
        runs.push(await runGraph(opened.session, description.encoding, process, bounds))
        onPart(process.name)
      } finally {
        await opened.session.release()
      }
    else problems.push(`${process.name}, sampler.onnx: ${opened.problem}`)
  }
  signal?.throwIfAborted()

  const processes = runs.map(({ report }) => report)
  const openOrThrow = async (bytes: Uint8Array): Promise<Session> => {
    const opened = await openOn(open, bytes, candidate)
    if ('session' in opened) return opened.session
    throw new Error(opened.problem)
  }
  const bisection = { expected, bounds, signal, runsNodes: candidate.runsNodes, open: openOrThrow }
  const parts: Parity[] = [...(calls ? [calls] : []), ...processes]
  if (!selfTest.pass) problems.push("its outputs are not the card's golden vectors")
  return {
    ...blank,
    ...infoOf(session),
    available: true,
    pass: problems.length === 0 && parts.every((part) => part.pass),
    maxAbsError: parts.length === 0 ? null : Math.max(...parts.map(({ maxAbs }) => maxAbs)),
    seconds: (performance.now() - start) / 1000,
    smallestAtol: smallestAtol(calls, processes, bounds),
    selfTest,
    calls,
    processes,
    distances: await furthest(expected, runs, signal),
    bisect: request.bisect ? await bisectProvider(bisection, calls, processes) : [],
    problems,
  }
}

export function blankReport({ provider, tf32 }: OpenOptions, tolerance: ToleranceReport): ProviderReport {
  return {
    provider,
    adapter: null,
    onnxruntime: null,
    runtime: null,
    threads: null,
    tf32: tf32 ?? null,
    available: false,
    reason: null,
    judge: false,
    pass: null,
    maxAbsError: null,
    tolerance,
    seconds: null,
    smallestAtol: null,
    selfTest: null,
    calls: null,
    processes: [],
    distances: null,
    bisect: [],
    problems: [],
  }
}

/** The smallest passing `atol`; a process's tolerance is a fixed multiple of a call's. */
function smallestAtol(
  calls: CallsReport | null,
  processes: readonly ProcessReport[],
  { call, process }: ToleranceReport,
): number {
  const factor = call.atol > 0 ? process.atol / call.atol : 1
  return Math.max(calls?.smallest.atol ?? 0, ...processes.map(({ smallest }) => smallest.atol / factor))
}

/** The distances of the main process's samples, of the form with the larger ones. */
async function furthest(
  { processes, chance, file }: Expected,
  runs: readonly ProcessRun[],
  signal: AbortSignal | undefined,
): Promise<SampleDistances | null> {
  const main = processes.find((process) => process.main)
  if (!main || !chance) return null
  let worst: SampleDistances | null = null
  for (const { report, x_0 } of runs) {
    if (report.sampler !== main.name || !x_0) continue
    const distances = await distancesOf(main.states.at(-1)!, x_0, file.card.dim, signal)
    if (distances && !(worst && distances.slicedWasserstein2 <= worst.slicedWasserstein2))
      worst = { ...distances, samples: main.x_T.count, null: chance }
  }
  return worst
}
