/** Parity: whether all providers compute the same from a model file, and whether it is its reference's. */
import { InputError } from '../core/errors.ts'
import {
  abortSignal,
  callback,
  checkOptions,
  flag,
  integer,
  list,
  number,
  type OptionChecks,
  oneOf,
  text,
} from '../core/options.ts'
import { version } from '../core/version.ts'
import type { Work } from '../core/work.ts'
import { smallModel } from '../export/export-model.ts'
import { type ModelSource, readSource } from '../infer/model.ts'
import {
  hardwareProviders,
  type ProviderDefinition,
  providersNamed,
  type Skipped,
} from '../infer/provider.ts'
import type { ModelCard } from '../model/card.ts'
import { createNodeSession, nodeProviders, readNamed } from '../node/providers.ts'
import { allFinite } from '../numerics/points.ts'
import { encodeModelFile } from '../onnx/card-graph.ts'
import { ChangedModelError, type ModelFile, readModel } from '../onnx/read.ts'
import { processCases } from './cases.ts'
import { answersOf, type CaseReport, type Expected } from './expected.ts'
import { chooseBounds, type ToleranceChoice, type ToleranceReport, toleranceNames } from './parity.ts'
import {
  blankReport,
  type Candidate,
  candidatesOf,
  compareProvider,
  type OpenSession,
  openOn,
  type ProviderReport,
  type SessionChoice,
} from './provider.ts'
import {
  compareFile,
  type FileReport,
  predictorOf,
  type Reference,
  readReference,
  requireSameNetwork,
} from './reference.ts'

/** The result of `compare`. Numbers that are not finite are null in JSON. */
export interface Comparison {
  /** Whether the file and every provider that ran passed. */
  readonly pass: boolean
  readonly model: string
  readonly kind: 'noise_predictor' | 'sampler'
  /** The reference that providers are compared with. */
  readonly judge: {
    readonly provider: 'reference'
    /** The source of its weights; null for the model's own. */
    readonly weightsOf: string | null
  }
  readonly tolerance: ToleranceReport
  /** The check of the file itself. */
  readonly file: FileReport
  /** The processes compared, and why one was not. */
  readonly processes: readonly CaseReport[]
  readonly providers: readonly ProviderReport[]
}

export interface CompareOptions extends ToleranceChoice, SessionChoice, Work {
  /** Default: all that run in hardware here. A named provider that can't run is an error. */
  readonly providers?: readonly string[] | undefined
  /** Whether to name the first node whose output is wrong. */
  readonly bisect?: boolean | undefined
  /** Samples of the card's process. Default: 1000, or fewer if the reference would take long. */
  readonly samples?: number | undefined
  /** Whether to compare only the sampler that the card recommends. */
  readonly mainOnly?: boolean | undefined
}

export interface NodeCompareOptions extends CompareOptions {
  /** A run folder or another model.onnx with the right weights, instead of the model's own. */
  readonly reference?: string | undefined
}

export interface CompareRuntime {
  readonly providers: readonly ProviderDefinition[]
  readonly open: OpenSession
}

const compareChecks: OptionChecks<NodeCompareOptions> = {
  providers: list('names'),
  reference: text,
  tolerance: oneOf(toleranceNames),
  atol: number(0),
  rtol: number(0),
  bisect: flag,
  mainOnly: flag,
  samples: integer(16, 100_000),
  threads: integer(1, 1024),
  deviceId: integer(0, 1023),
  signal: abortSignal,
  onProgress: callback,
}

/**
 * Compares this machine's providers on a model with the float64 reference (docs/compare.md): network calls, whole
 * reverse processes, and the samples; and the file with its own card.
 *
 * @param source - A path, a `file:` or `http:` URL, the bytes or a Blob of a model.onnx or sampler.onnx.
 * @param options - The providers, tolerances and what to compare.
 * @returns The verdict, and the differences of each provider.
 * @throws InputError if the source can't be read or is no Moonstep model, options are out of range, the reference has
 * another network, or a named provider can't run here; the signal's reason once it is aborted.
 * @example
 * const { pass, providers } = await compare('model.onnx', { providers: ['cpu', 'webgpu'] })
 */
export async function compare(source: ModelSource, options: NodeCompareOptions = {}): Promise<Comparison> {
  const { bytes, name } = await readSource(source, readNamed)
  const right = options.reference === undefined ? undefined : await readReference(options.reference)
  return compareModel(bytes, name, { providers: nodeProviders, open: createNodeSession }, right, options)
}

/** Compares as `compare` does, on any providers. */
export async function compareModel(
  bytes: Uint8Array,
  name: string,
  { providers: allProviders, open }: CompareRuntime,
  reference: Reference | undefined,
  options: CompareOptions,
): Promise<Comparison> {
  checkOptions('compare', options, compareChecks)
  const { signal, bisect = false } = options
  const bounds = chooseBounds(options)
  // the caller chose no tolerance
  const isOpen = [options.tolerance, options.atol, options.rtol].every((value) => value === undefined)
  const named = options.providers && providersNamed(allProviders, options.providers)
  const leftOut: Skipped[] = []
  const chosen = named ?? (await hardwareProviders(allProviders, await smallModel(), leftOut))
  const candidates = chosen.flatMap((provider) => candidatesOf(provider, options))
  const judge = { provider: 'reference' as const, weightsOf: reference?.name ?? null }
  const facts = { model: name, judge, tolerance: bounds }
  let read: ModelFile
  try {
    read = readModel(bytes, name)
  } catch (error) {
    if (!(error instanceof ChangedModelError)) throw error
    const { card, change } = error
    const file = { pass: false, selfTest: null, card: [], weights: [], problems: [change] }
    const reason = 'not run: the file is not what was exported'
    const providers = candidates.map((each) => ({ ...blankReport(each, bounds), pass: false, reason }))
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
  const onPart = (part: string) => advance(`reference, ${part}`)
  const expected = await answersOf(predictorOf(read, reference), read, cases, { signal, onPart })
  const providers: ProviderReport[] = []
  for (const candidate of candidates) {
    const { provider, label, tf32 } = candidate
    if (provider === 'reference') {
      providers.push(reportOfReference(candidate, expected, bounds))
      continue
    }
    // report a missing GPU once, not for each TF32 setting
    const before = providers.at(-1)
    if (before?.provider === provider && !before.available) continue
    // whether or not all parts of those before it ran
    done = partsOfReference + compared.indexOf(candidate) * partsOfProvider
    const request = {
      ...{ expected, candidate, open, bisect, signal },
      bounds: tf32 && isOpen ? chooseBounds({}, 'tf32') : bounds,
      onPart: (part: string) => advance(`${label}, ${part}`),
    }
    providers.push(await compareProvider(request))
  }
  for (const { provider, reason } of leftOut) providers.push({ ...blankReport({ provider }, bounds), reason })
  // in registration order, or as named
  const order = (named ?? allProviders).map(({ name }) => name)
  providers.sort((a, b) => order.indexOf(a.provider) - order.indexOf(b.provider))
  const ran = providers.filter(({ pass }) => pass !== null)
  const alone = 'this machine runs only the reference: moonstep doctor says what is missing'
  if (!named && ran.every((report) => report.judge)) throw new InputError(alone, 'not-available')
  const pass = file.pass && ran.every((report) => report.pass)
  return { ...facts, kind: kindOf(read.card), pass, file, processes: expected.cases, providers }
}

function kindOf({ sampler }: ModelCard): Comparison['kind'] {
  return sampler ? 'sampler' : 'noise_predictor'
}

/** The reference's own entry: its differences are 0, and it passes if its numbers are finite. */
function reportOfReference(
  candidate: Candidate,
  { calls, processes }: Expected,
  bounds: ToleranceReport,
): ProviderReport {
  const all = [...calls.map(({ expected }) => expected), ...processes.flatMap(({ states }) => states)]
  const finite = all.every(allFinite)
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

/** Called before the reference computes. Throws InputError if this machine can't run a provider. */
async function requireAvailable(
  candidates: readonly Candidate[],
  open: OpenSession,
  file: ModelFile,
): Promise<void> {
  const bytes = encodeModelFile(file)
  for (const candidate of candidates) {
    // a provider that runs without TF32 is available
    if (candidate.provider === 'reference' || candidate.tf32) continue
    const opened = await openOn(open, bytes, candidate)
    if ('session' in opened) await opened.session.release()
    else if (!opened.isAvailable) throw new InputError(opened.problem, 'not-available')
  }
}
