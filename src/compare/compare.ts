import { InputError } from '../core/errors.ts'
import {
  abortSignal,
  callback,
  checkOptions,
  flag,
  integer,
  type KnownOptions,
  list,
  number,
  oneOf,
  text,
} from '../core/options.ts'
import { allFinite } from '../core/points.ts'
import { version } from '../core/version.ts'
import type { Work } from '../core/work.ts'
import { smallModel } from '../export/export-model.ts'
import {
  hardwareProviders,
  type ProviderDefinition,
  providersNamed,
  type Skipped,
} from '../infer/provider.ts'
import { type ModelSource, readSource } from '../infer/source.ts'
import type { ModelCard } from '../model/card.ts'
import { createNodeSession, readNamed } from '../node/load-model.ts'
import { nodeProviders } from '../node/providers.ts'
import { ChangedModelError, type ModelFile, readModel } from '../onnx/read.ts'
import { processCases } from './cases.ts'
import { answersOf, type Expected } from './expected.ts'
import { chooseBounds, type ToleranceChoice, type ToleranceReport, toleranceNames } from './parity.ts'
import { blankReport, compareProvider } from './provider.ts'
import { compareFile, predictorOf, type Reference, readReference, requireSameNetwork } from './reference.ts'
import type { Comparison, ProviderReport } from './report.ts'
import { type Candidate, candidatesOf, type OpenSession, openOn, type SessionChoice } from './sessions.ts'

export interface CompareOptions extends ToleranceChoice, SessionChoice, Work {
  /** By default all providers of this machine in hardware. One that is named and can't run is an error. */
  readonly providers?: readonly string[] | undefined
  /** Whether to name the first node whose output a provider gets wrong. */
  readonly bisect?: boolean | undefined
  /** Samples of the card's process: 1000 by default, fewer where the reference would take long. */
  readonly samples?: number | undefined
  /** Whether to leave out the samplers that the card does not recommend. */
  readonly mainOnly?: boolean | undefined
}

export interface NodeCompareOptions extends CompareOptions {
  /** A run folder, or another model.onnx, whose weights are the right ones in place of the model's own. */
  readonly reference?: string | undefined
}

/** What a comparison runs on. */
export interface CompareRuntime {
  readonly providers: readonly ProviderDefinition[]
  readonly open: OpenSession
}

/** Fewer samples say nothing of a distance. */
const minSamples = 16
const maxSamples = 100_000
const maxThreads = 1024
const maxDeviceId = 1023

const compareChecks: KnownOptions<NodeCompareOptions> = {
  providers: list('names'),
  reference: text,
  tolerance: oneOf(toleranceNames),
  atol: number(0),
  rtol: number(0),
  bisect: flag,
  mainOnly: flag,
  samples: integer(minSamples, maxSamples),
  threads: integer(1, maxThreads),
  deviceId: integer(0, maxDeviceId),
  signal: abortSignal,
  onProgress: callback,
}

/**
 * Compares what this machine runs a model.onnx or sampler.onnx with: `compareModel` with the providers of Node. The
 * model comes from a path, a `file:` or `http:` URL, its bytes or a Blob. Throws an InputError where there is no such
 * file, or no answer, and where `compareModel` does.
 */
export async function compare(source: ModelSource, options: NodeCompareOptions = {}): Promise<Comparison> {
  const { bytes, name } = await readSource(source, readNamed)
  const right = options.reference === undefined ? undefined : await readReference(options.reference)
  return compareModel(bytes, name, { providers: nodeProviders, open: createNodeSession }, right, options)
}

/**
 * Compares providers with the float64 reference: network calls, whole reverse processes step by step and as one graph,
 * and the two sets of samples; and the file with its own card. docs/compare.md says how. Throws an InputError where
 * the file is no moonstep model, options are out of range, the reference is of another network, or this machine can't
 * run a provider that is named; and the signal's reason.
 */
export async function compareModel(
  bytes: Uint8Array,
  name: string,
  { providers: known, open }: CompareRuntime,
  reference: Reference | undefined,
  options: CompareOptions,
): Promise<Comparison> {
  checkOptions('compare', options, compareChecks)
  const { signal, bisect = false } = options
  const bounds = chooseBounds(options)
  const named = options.providers && providersNamed(known, options.providers)
  const leftOut: Skipped[] = []
  const chosen = named ?? (await hardwareProviders(known, await smallModel(), leftOut))
  const candidates = chosen.flatMap((provider) => candidatesOf(provider, options))
  const facts = {
    model: name,
    judge: { provider: 'reference' as const, weightsOf: reference?.name ?? null },
    tolerance: bounds,
  }
  let read: ModelFile
  try {
    read = readModel(bytes, name)
  } catch (error) {
    if (!(error instanceof ChangedModelError)) throw error
    const { card, change } = error
    const file = { pass: false, selfTest: null, card: [], weights: [], problems: [change] }
    const providers = candidates.map((candidate) => notRun(candidate, bounds))
    return { ...facts, kind: kindOf(card), pass: false, file, processes: [], providers }
  }
  if (reference) requireSameNetwork(read, name, reference)
  if (named) await requireAvailable(candidates, open, read)
  const cases = processCases(read, options)
  const compared = candidates.filter(({ provider }) => provider !== 'reference')
  const partsOfReference = cases.length + 2
  const partsOfProvider = read.isSampler ? cases.length : 1 + 2 * cases.length
  const count = partsOfReference + compared.length * partsOfProvider
  let done = 0
  const advance = (stage: string) => {
    done++
    options.onProgress?.({ stage, unit: 'parts', done, count })
  }
  const file = await compareFile(read, reference, bounds)
  const expected = await answersOf(predictorOf(read, reference), read, cases, {
    signal,
    onPart: (part) => advance(`reference, ${part}`),
  })
  const providers: ProviderReport[] = []
  for (const candidate of candidates) {
    const { provider, label, tf32 } = candidate
    if (provider === 'reference') {
      providers.push(ownReport(candidate, expected, bounds))
      continue
    }
    // without TF32 or with it, a missing GPU is missing once
    const before = providers.at(-1)
    if (before?.provider === provider && !before.available) continue
    // whether all parts of those before it ran or not
    done = partsOfReference + compared.indexOf(candidate) * partsOfProvider
    const own = tf32 && isOpen(options) ? chooseBounds({}, 'tf32') : bounds
    const onPart = (part: string) => advance(`${label}, ${part}`)
    providers.push(await compareProvider({ expected, candidate, open, bounds: own, bisect, signal, onPart }))
  }
  for (const { provider, reason } of leftOut) {
    const candidate = { provider, label: provider, runsNodes: true }
    providers.push({ ...blankReport(candidate, bounds), reason })
  }
  // as they are known, or as they were named
  const order = (named ?? known).map(({ name }) => name)
  providers.sort((a, b) => order.indexOf(a.provider) - order.indexOf(b.provider))
  const ran = providers.filter(({ pass }) => pass !== null)
  if (!named && ran.every((report) => report.judge))
    throw new InputError(
      'this machine runs no provider but the reference: moonstep doctor says what is missing',
      'not-available',
    )
  const pass = file.pass && ran.every((report) => report.pass)
  return { ...facts, kind: kindOf(read.card), pass, file, processes: expected.cases, providers }
}

function kindOf({ sampler }: ModelCard): Comparison['kind'] {
  return sampler ? 'sampler' : 'noise_predictor'
}

/** Whether the caller left the tolerance open. */
function isOpen({ tolerance, atol, rtol }: ToleranceChoice): boolean {
  return tolerance === undefined && atol === undefined && rtol === undefined
}

/** The reference's own entry: it differs from itself by nothing, and passes where its numbers are numbers. */
function ownReport(
  candidate: Candidate,
  { calls, processes }: Expected,
  bounds: ToleranceReport,
): ProviderReport {
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

function notRun(candidate: Candidate, bounds: ToleranceReport): ProviderReport {
  const reason = 'not run: the file is not what was exported'
  return { ...blankReport(candidate, bounds), pass: false, reason }
}

/** Before the reference sets to work. Throws an InputError where this machine can't run a provider. */
async function requireAvailable(
  candidates: readonly Candidate[],
  open: OpenSession,
  { bytes }: ModelFile,
): Promise<void> {
  for (const candidate of candidates) {
    // one that runs without TF32 is there, with TF32 or not
    if (candidate.provider === 'reference' || candidate.tf32) continue
    const opened = await openOn(open, bytes, candidate)
    if ('session' in opened) await opened.session.release()
    else if (!opened.isAvailable) throw new InputError(opened.problem, 'not-available')
  }
}
