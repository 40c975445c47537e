import { infoOf } from '../infer/session.ts'
import type { CallsReport, GoldenReport, ProcessReport } from './answers.ts'
import { compareCalls, type ProcessRun, runGolden, runGraph, runSteps } from './answers.ts'
import { type Bisection, type BisectReport, bisectProvider } from './bisect.ts'
import type { SampleDistances } from './expected.ts'
import { distancesOf, type Expected } from './expected.ts'
import type { Parity, ToleranceReport } from './parity.ts'
import { type OpenOptions, openOn } from './sessions.ts'

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

export interface ProviderRequest extends Bisection {
  readonly bisect: boolean
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
  const opened = await openOn(open, file.bytes, candidate)
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
    bisect: request.bisect ? await bisectProvider(request, calls, processes) : [],
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
