import { InputError, requireInteger } from '../core/errors.ts'
import { allFinite } from '../core/points.ts'
import { version } from '../core/version.ts'
import type { Work } from '../core/work.ts'
import { type ProviderDefinition, providersNamed } from '../infer/provider.ts'
import { type Candidate, candidatesOf, type OpenSession, openOn, type SessionChoice } from './candidates.ts'
import { compareFile } from './file.ts'
import { createJudge } from './judge.ts'
import { type Plan, plansOf } from './plans.ts'
import { blankReport, compareProvider, toleranceReport } from './provider.ts'
import { cardDifferences, type Reference, requireSameNetwork } from './reference-weights.ts'
import type { Comparison, ProviderReport } from './report.ts'
import { openSubject, type Subject } from './subject.ts'
import { type Bounds, chooseBounds, type ToleranceChoice } from './tolerance.ts'
import { prepareTrial, type Trial, trialParts } from './trial.ts'

export interface CompareOptions extends ToleranceChoice, SessionChoice, Work {
  /** By default all that this machine has. One that is named and can't run is an error. */
  readonly providers?: readonly string[] | undefined
  /** Whether to name the first node whose output departs. */
  readonly bisect?: boolean | undefined
  /** Samples of the card's process: 1000 by default, fewer where the judge would take long. */
  readonly samples?: number | undefined
  /** Whether to leave out the samplers that the card does not recommend. */
  readonly mainOnly?: boolean | undefined
}

/** What a comparison runs on. */
export interface CompareRuntime {
  readonly providers: readonly ProviderDefinition[]
  readonly open: OpenSession
}

/** Fewer samples say nothing of a distance. */
const leastSamples = 16
const mostSamples = 100_000
const mostThreads = 1024
const mostDevices = 1023

/**
 * Holds providers against the float64 reference: network calls, whole reverse processes step by step and as one
 * graph, and the two sets of samples; and the file against its own card. docs/compare.md says how.
 * Errors: a file that is no moonstep model; options out of range; a reference of another network; a named provider
 * that this machine can't run; the signal's reason.
 */
export async function compareModel(
  bytes: Uint8Array,
  name: string,
  { providers: known, open }: CompareRuntime,
  reference: Reference | undefined,
  options: CompareOptions,
): Promise<Comparison> {
  const { signal, bisect = false } = options
  const bounds = chooseBounds(options)
  const named = options.providers && providersNamed(known, options.providers)
  const { samples = leastSamples, threads = 1, deviceId = 0 } = options
  requireInteger('samples', samples, leastSamples, mostSamples)
  requireInteger('threads', threads, 1, mostThreads)
  requireInteger('deviceId', deviceId, 0, mostDevices)
  const subject = openSubject(bytes, name)
  if (reference) requireSameNetwork(subject, reference)
  const judge = createJudge(subject, reference)
  const card = reference ? cardDifferences(subject, reference) : []
  const plans = plansOf(subject, options)
  const asked = named ?? known
  const candidates = asked.flatMap((provider) => candidatesOf(provider, options))
  if (named) await requireAvailable(candidates, open, subject)
  const progress = new Progress(subject, plans, candidates, options)

  const fileRequest = { subject, judge, card, plans, bounds, bisect, signal }
  const facts = {
    model: name,
    kind: subject.file.isSampler ? ('sampler' as const) : ('noise_predictor' as const),
    judge: { provider: 'reference' as const, weightsOf: judge.weightsOf },
    tolerance: toleranceReport(bounds),
  }
  // weights that are not the exported ones judge nothing
  if (!reference && subject.changed.length > 0) {
    const file = await compareFile({ ...fileRequest, trial: undefined })
    const providers = candidates.map((candidate) => notRun(candidate, bounds))
    return { ...facts, pass: false, file, processes: [], providers }
  }

  const prepared = await prepareTrial(subject, judge, plans, {
    signal,
    onPart: (part) => progress.advance(`reference, ${part}`),
  })
  const { trial } = prepared
  const file = await compareFile({ ...fileRequest, trial })
  const providers: ProviderReport[] = []
  for (const candidate of candidates) {
    const { provider, label, tf32 } = candidate
    const before = providers.at(-1)
    // without TF32 or with it, a missing GPU is missing once
    if (before?.provider === provider && !before.available) continue
    const own = tf32 && isOpen(options) ? chooseBounds({}, 'tf32') : bounds
    const report =
      provider === 'reference'
        ? judgeReport(candidate, trial, bounds)
        : await compareProvider({
            trial,
            candidate,
            open,
            bounds: own,
            bisect,
            signal,
            onPart: (part) => progress.advance(`${label}, ${part}`),
          })
    progress.finish(candidate)
    providers.push(report)
  }
  const ran = providers.filter(({ pass }) => pass !== null)
  if (!named && ran.every((report) => report.judge))
    throw new InputError('this machine runs no provider but the judge: moonstep doctor says what is missing')
  return {
    ...facts,
    pass: file.pass && ran.every(({ pass }) => pass),
    file,
    processes: prepared.plans,
    providers,
  }
}

/** Whether the caller left the tolerance open. */
function isOpen({ tolerance, atol, rtol }: ToleranceChoice): boolean {
  return tolerance === undefined && atol === undefined && rtol === undefined
}

/** The judge's own entry: it differs from itself by nothing, and passes where its numbers are numbers. */
function judgeReport(candidate: Candidate, { calls, processes }: Trial, bounds: Bounds): ProviderReport {
  const finite = [
    ...calls.map(({ expected }) => expected),
    ...processes.flatMap(({ states }) => states),
  ].every(allFinite)
  return {
    ...blankReport(candidate, bounds),
    runtime: `moonstep ${version}, float64`,
    threads: 1,
    available: true,
    judge: true,
    pass: finite,
    maxAbsError: 0,
    smallestAtol: 0,
    problems: finite ? [] : ['its own numbers are not all finite'],
  }
}

function notRun(candidate: Candidate, bounds: Bounds): ProviderReport {
  return { ...blankReport(candidate, bounds), pass: false, reason: "not run: the file's digests differ" }
}

/** Before the judge sets to work. Errors: a provider that this machine can't run. */
async function requireAvailable(
  candidates: readonly Candidate[],
  open: OpenSession,
  { bytes }: Subject,
): Promise<void> {
  for (const candidate of candidates) {
    // one that runs without TF32 is there, with TF32 or not
    if (candidate.provider === 'reference' || candidate.tf32) continue
    const opened = await openOn(open, bytes, candidate)
    if ('session' in opened) await opened.session.release()
    if ('unavailable' in opened) throw new InputError(opened.unavailable)
  }
}

/** Tells how many of all parts are done. */
class Progress {
  readonly #work: Work
  readonly #count: number
  /** When a candidate's parts are done, whether all of them ran or not. */
  readonly #ends = new Map<Candidate, number>()
  #done = 0

  constructor({ file }: Subject, plans: readonly Plan[], candidates: readonly Candidate[], work: Work) {
    let count = trialParts(plans)
    for (const candidate of candidates) {
      if (candidate.provider !== 'reference') count += file.isSampler ? plans.length : 1 + 2 * plans.length
      this.#ends.set(candidate, count)
    }
    this.#count = count
    this.#work = work
  }

  advance(stage: string): void {
    this.#done++
    this.#work.onProgress?.({ stage, unit: 'parts', done: this.#done, count: this.#count })
  }

  finish(candidate: Candidate): void {
    this.#done = this.#ends.get(candidate)!
  }
}
