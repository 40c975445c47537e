import { InputError, outOfRange } from '../core/errors.ts'
import { scheduleWarning } from '../diffusion/schedule.ts'
import { type Description, describeConfig } from '../model/description.ts'
import { initialWeights, type Network, parameterCount, weightShapes } from '../model/network.ts'
import { formerEngine, type RunConfig } from '../model/run-config.ts'
import { nameOfStore, type RunFile, type RunStore, runFilePaths } from '../model/run-store.ts'
import { runConfigIn } from '../model/stored-run.ts'
import { type NamedWeights, readSafetensors, type WeightTensor, writeSafetensors } from '../model/weights.ts'
import { describeLeftOut } from '../table/describe.ts'
import { encodeCells, isScaled } from '../table/encodings/encoding.ts'
import { float32Losses } from '../table/encodings/float32-losses.ts'
import { tableToCsv } from '../table/formats/csv-write.ts'
import type { LeftOut } from '../table/inference/decision.ts'
import type { NamedTable } from '../table/table.ts'
import type { TrainingData } from './batches.ts'
import { type AmongTables, resolveConfig, widthWarning } from './config.ts'
import { encodeData, resumedData, tableIn } from './data.ts'
import { type EngineState, flatten, initialState, unflatten } from './engine.ts'
import { requiredForResume } from './history.ts'
import type { ResumeRequest, TrainRequest } from './options.ts'
import type { TrainingRuntime } from './runtime.ts'

export type Observers = Pick<
  TrainRequest,
  'onNote' | 'onWarning' | 'onProgress' | 'onWork' | 'onSamples' | 'signal'
>

/** A run before its next step, with everything its steps need. */
export interface Run {
  readonly config: RunConfig
  readonly description: Description
  readonly state: EngineState
  readonly runtime: TrainingRuntime
  /** The callbacks and the signal of the run's caller. */
  readonly observers: Observers
  /** Whether its files have not been written yet. */
  readonly isNew: boolean
  /** Threads of the engine, which chooses by default. */
  readonly threads: number | undefined
  /** Contents of train.csv and holdout.csv, if rows are held out. */
  readonly tables?: { readonly train: string; readonly holdout: string } | undefined
  /** Notes to give once the run exists. */
  readonly notes?: readonly string[] | undefined
  /** The columns of the dataset that were left out, and why. */
  readonly dropped?: readonly LeftOut[] | undefined
  /** The rows that were held out, if any. */
  loadHeldOut?(): Promise<NamedTable | undefined>
  /** Called once the engine is created. */
  loadData(): Promise<TrainingData>
}

/** Throws InputError if the store already holds a run. */
export async function requireFree(store: RunStore, force = false): Promise<void> {
  if (force) return
  for (const file of Object.keys(runFilePaths) as RunFile[])
    if (await store.read(file))
      throw new InputError(
        `${nameOfStore(store)} already has a run: give another \`out\`, \`resume\` to continue it, or \`force\` to overwrite it`,
        'exists',
      )
}

/** Whether a request continues a run. */
export function isResumed(request: TrainRequest | ResumeRequest | undefined): request is ResumeRequest {
  return (request as Partial<ResumeRequest> | undefined)?.resume === true
}

/** The run that a request of `train` begins or continues. Throws as `train` does. */
export async function prepareRun(
  request: TrainRequest | ResumeRequest,
  runtime: TrainingRuntime,
  among?: AmongTables,
): Promise<Run> {
  return isResumed(request) ? continuedRun(request, runtime) : newRun(request, runtime, among)
}

/**
 * A run of `train` before its first step. Throws InputError if its folder is taken, or an option or the data is wrong.
 */
async function newRun(
  request: TrainRequest,
  runtime: TrainingRuntime,
  among: AmongTables | undefined,
): Promise<Run> {
  await requireFree(runtime.store, request.force)
  const resolved = await resolveConfig(request, runtime.files, among)
  const { config, description, table, holdout, notes, warnings, dropped } = resolved
  const { encoding, schedule } = description
  const losses = isScaled(encoding) ? float32Losses(table) : []
  const data = { x_0: encodeCells(encoding, table) }
  const run = await startRun(request, { config, description }, async () => data, runtime)
  const doubts = [...warnings, ...losses, scheduleWarning(schedule), request.hidden && widthWarning(config)]
  for (const doubt of doubts) if (doubt !== undefined) (request.onWarning ?? console.warn)(doubt)
  // without a listener, the caller should still learn of what is missing
  if (!request.onNote)
    for (const column of dropped ?? []) (request.onWarning ?? console.warn)(describeLeftOut(column))
  const tables = holdout && { train: tableToCsv(table), holdout: tableToCsv(holdout) }
  return { ...run, notes, dropped, tables, loadHeldOut: async () => holdout }
}

interface Resolved {
  readonly config: Omit<RunConfig, 'engine'>
  readonly description: Description
}

/** A run before its first step, with the engine chosen and initial weights. */
export async function startRun(
  request: Pick<TrainRequest, 'engine' | 'threads' | 'onWarning'> & Observers,
  { config, description }: Resolved,
  loadData: () => Promise<TrainingData>,
  runtime: TrainingRuntime,
): Promise<Run> {
  const { network } = description
  const engine = await runtime.engines.choose(request)
  const parameters = flatten(initialWeights(network, trainingSeed(config)), weightShapes(network))
  const state = initialState(parameters, config.training.ema)
  const { threads } = request
  const run = { config: { ...config, engine }, description, state, threads, runtime, loadData }
  return { ...run, isNew: true, observers: observersIn(request) }
}

/**
 * A run from its checkpoint, extended if more steps are requested. Throws InputError if there is no run, a part is
 * missing, or fewer steps are requested than it has.
 */
async function continuedRun(request: Omit<ResumeRequest, 'out'>, runtime: TrainingRuntime): Promise<Run> {
  const { threads, onWarning = console.warn } = request
  const { store } = runtime
  const recorded = await runConfigIn(store)
  const config = extended(recorded, request)
  const description = describeConfig(config)
  const state = await loadCheckpoint(store, parameterCount(description.network))
  // unchanged, in its own order
  const written = JSON.parse(new TextDecoder().decode(await requiredForResume(store, 'config')))
  const hasFormerEngine = written.engine === formerEngine
  if (hasFormerEngine)
    onWarning(
      `the engine ${formerEngine} no longer exists: the run continues on ${config.engine}, with other bits`,
    )
  if (config !== recorded || hasFormerEngine) {
    written.training.steps = config.training.steps
    written.engine = config.engine
    await store.writeTogether({ config: configText(written) })
  }
  const loadData = () => resumedData(store, config, description.encoding)
  const loadHeldOut = () => tableIn(store, 'holdout', description.encoding)
  const run = { config, description, state, threads, runtime, loadData, loadHeldOut }
  return { ...run, isNew: false, observers: observersIn(request) }
}

function observersIn({ onNote, onWarning, onProgress, onWork, onSamples, signal }: Observers): Observers {
  return { onNote, onWarning, onProgress, onWork, onSamples, signal }
}

/** Writes the run's files before the first step; an overwritten run is removed only once all of them are written. */
export async function writeNewRun(run: Run, data: TrainingData): Promise<void> {
  const { config, description, state, tables } = run
  await run.runtime.store.writeTogether({
    config: configText(config),
    ...checkpointFiles(state, resultWeights(state, description.network)),
    data: encodeData(config, data),
    train: tables?.train ?? null,
    holdout: tables?.holdout ?? null,
  })
}

/** The config of a run extended to more steps. */
function extended(
  config: RunConfig,
  { steps = config.training.steps, onWarning = console.warn }: Omit<ResumeRequest, 'out'>,
): RunConfig {
  const { training } = config
  if (steps === training.steps) return config
  if (steps < training.steps)
    throw outOfRange('steps', steps, `give at least ${training.steps}: a resumed run can only grow`)
  if (training.lrDecay !== 'none')
    onWarning(
      `the learning rate now falls to 0 by step ${steps}, not ${training.steps}: the weights will differ from ` +
        `those of an unbroken run of ${steps} steps`,
    )
  return { ...config, training: { ...training, steps } }
}

export function configText(config: RunConfig): string {
  return `${JSON.stringify(config, null, 2)}\n`
}

/** Seed of the initial weights and the batches. A student's `seed` is its teacher's, which regenerates its dataset. */
export function trainingSeed({ teacher, seed = 0 }: Omit<RunConfig, 'engine'>): number {
  return teacher?.seed ?? seed
}

/** The weights to sample with: the moving average, if kept. */
export function resultWeights({ average, parameters }: EngineState, network: Network): NamedWeights {
  return unflatten(average ?? parameters, weightShapes(network))
}

/** The checkpoint's files, and the weights to sample with. */
export function checkpointFiles(state: EngineState, result: NamedWeights) {
  const { parameters, firstMoment, secondMoment, average } = state
  const tensors = new Map<string, WeightTensor>()
  for (const [name, data] of Object.entries({ parameters, firstMoment, secondMoment, average }))
    if (data) tensors.set(name, { shape: [data.length], data })
  return {
    checkpoint: writeSafetensors(tensors, { step: String(state.step) }),
    weights: writeSafetensors(result),
  }
}

/** Loads the checkpoint. Throws InputError if there is none, or it is of another network. */
async function loadCheckpoint(store: RunStore, parameterCount: number): Promise<EngineState> {
  const name = `${nameOfStore(store)}, the checkpoint`
  const { tensors, metadata } = readSafetensors(await requiredForResume(store, 'checkpoint'), name)
  const flat = (part: string) => {
    const data = tensors.get(part)?.data
    if (data?.length !== parameterCount)
      throw new InputError(`${name}: ${part} is not of the network in config.json`, 'bad-model')
    return data
  }
  return {
    parameters: flat('parameters'),
    firstMoment: flat('firstMoment'),
    secondMoment: flat('secondMoment'),
    average: tensors.has('average') ? flat('average') : undefined,
    step: Number(metadata.step),
  }
}
