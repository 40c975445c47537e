import { infoOf, type Session } from '../infer/session.ts'
import { bisectProvider } from './bisect.ts'
import { compareCalls } from './calls.ts'
import { type Candidate, type OpenSession, openOn } from './candidates.ts'
import { distancesOf, type Expected } from './expected.ts'
import type { Parity } from './parity.ts'
import { type ProcessRun, runGraph, runSteps } from './processes.ts'
import type { CallsReport, ProcessReport, ProviderReport, ToleranceReport } from './report.ts'
import { runGolden } from './run.ts'
import type { Bounds } from './tolerance.ts'

export interface ProviderRequest {
  readonly expected: Expected
  readonly candidate: Candidate
  readonly open: OpenSession
  readonly bounds: Bounds
  readonly bisect: boolean
  readonly signal?: AbortSignal | undefined
  /** Told of each part that is done: the calls, and each process in each form. */
  readonly onPart: (part: string) => void
}

/** Compares one provider with what is expected. What it does wrong is in the report. Throws the signal's reason. */
export async function compareProvider(request: ProviderRequest): Promise<ProviderReport> {
  const { expected, candidate, open, bounds, signal } = request
  const { file } = expected
  const blank = blankReport(candidate, bounds)
  const opened = await openOn(open, file.bytes, candidate)
  signal?.throwIfAborted()
  if ('unavailable' in opened) return { ...blank, reason: opened.unavailable }
  if ('failure' in opened)
    return {
      ...blank,
      available: true,
      pass: false,
      maxAbsError: Number.POSITIVE_INFINITY,
      problems: [opened.failure],
    }

  const problems: string[] = []
  const runs: ProcessRun[] = []
  const keep = (part: string, run: ProcessRun) => {
    runs.push(run)
    request.onPart(part)
  }
  const { session } = opened
  let own: Awaited<ReturnType<typeof onModel>>
  try {
    own = await onModel(session, request, keep)
  } finally {
    await session.release()
  }
  if (!file.isSampler)
    for (const process of expected.processes) {
      const whole = await openOn(open, process.bytes, candidate)
      if ('session' in whole)
        try {
          keep(process.name, await runGraph(whole.session, file, process, bounds))
        } finally {
          await whole.session.release()
        }
      else
        problems.push(
          `${process.name}, sampler.onnx: ${'failure' in whole ? whole.failure : whole.unavailable}`,
        )
    }
  signal?.throwIfAborted()

  const processes = runs.map(({ report }) => report)
  const parts: Parity[] = [...(own.calls ? [own.calls] : []), ...processes]
  if (own.selfTest && !own.selfTest.pass) problems.push("its outputs are not the card's golden vectors")
  const pass = problems.length === 0 && parts.every((part) => part.pass)
  return {
    ...blank,
    ...infoOf(session),
    available: true,
    pass,
    maxAbsError: largest(parts, ({ maxAbs }) => maxAbs),
    smallestAtol: smallestAtol(own.calls, processes, bounds),
    selfTest: own.selfTest,
    calls: own.calls,
    processes,
    distances: await furthest(expected, runs, signal),
    bisect: request.bisect ? await bisectProvider(request, own.calls, processes) : [],
    problems,
  }
}

/** The self-test, the calls and the processes step by step; of a sampler.onnx its one process. */
async function onModel(
  session: Session,
  { expected: { file, calls, processes }, bounds, signal, onPart }: ProviderRequest,
  keep: (part: string, run: ProcessRun) => void,
) {
  const tested = await runGolden(session, file.card, bounds)
  if (file.isSampler) {
    for (const process of processes) keep(process.name, await runGraph(session, file, process, bounds))
    return { selfTest: tested, calls: null }
  }
  const report = await compareCalls(session, file, calls, bounds, signal)
  onPart('network calls')
  for (const process of processes) keep(process.name, await runSteps(session, file, process, bounds, signal))
  return { selfTest: tested, calls: report }
}

/** What a report says before anything ran. */
export function blankReport({ provider, tf32 }: Candidate, bounds: Bounds): ProviderReport {
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
    tolerance: toleranceReport(bounds),
    smallestAtol: null,
    selfTest: null,
    calls: null,
    processes: [],
    distances: null,
    bisect: [],
    problems: [],
  }
}

export function toleranceReport({ name, call, process }: Bounds): ToleranceReport {
  return { class: name, call, process }
}

function largest<T>(items: readonly T[], of: (item: T) => number): number | null {
  return items.length === 0 ? null : Math.max(...items.map(of))
}

/** So that `atol` with it passes: a process is held to more than a call by a fixed factor. */
function smallestAtol(
  calls: CallsReport | null,
  processes: readonly ProcessReport[],
  { call, process }: Bounds,
): number {
  const factor = call.atol > 0 ? process.atol / call.atol : 1
  return Math.max(calls?.smallest.atol ?? 0, ...processes.map(({ smallest }) => smallest.atol / factor))
}

/** The distances of the main process's samples, of the form whose samples are further off. */
async function furthest(
  { processes, chance, file }: Expected,
  runs: readonly ProcessRun[],
  signal?: AbortSignal,
) {
  const main = processes.find((process) => process.main)
  if (!main || !chance) return null
  let worst: ProviderReport['distances'] = null
  for (const { report, x_0 } of runs) {
    if (report.sampler !== main.name || !x_0) continue
    const distances = await distancesOf(main.states.at(-1)!, x_0, file.card.dim, signal)
    if (distances && !(worst && distances.slicedWasserstein2 <= worst.slicedWasserstein2))
      worst = { ...distances, samples: main.x_T.count, null: chance }
  }
  return worst
}
