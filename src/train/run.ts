import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { InputError } from '../core/errors.ts'
import { writeTogether } from '../core/files.ts'
import { callback, flag, integer, type KnownOptions, oneOf, text } from '../core/options.ts'
import { createSchedule, scheduleWarning } from '../diffusion/schedule.ts'
import { initialWeights, type Network, parameterCount, weightShapes } from '../model/network.ts'
import { type EngineName, engineNames, type RunConfig } from '../model/run-config.ts'
import { readRunConfig, runFiles } from '../model/run-folder.ts'
import { readSafetensors, writeSafetensors } from '../model/safetensors.ts'
import type { WeightTensor } from '../model/weights.ts'
import { resolveConfig, type TrainingOptions } from './config.ts'
import { encodeData, resumedData, scaledPoints, type TrainingData } from './data.ts'
import { type EngineState, flatten, initialState, unflatten } from './engine.ts'
import { chooseEngine } from './engines/choose.ts'
import type { StepRuntime } from './engines/onnx/session.ts'

/** Where a run goes, and what trains it. */
export interface RunRequest {
  /** The run folder to write. */
  readonly out: string
  /** Overwrite a run that is there. */
  readonly force?: boolean | undefined
  /**
   * `onnx` is onnxruntime, `tensorflow` TensorFlow's own library (tfjs-node), `tfjs-wasm` tfjs in WASM; `auto`, the
   * default, takes the first that works on this machine: the fastest.
   */
  readonly engine?: EngineName | 'auto' | undefined
  /** Threads of the engine; its own choice otherwise. */
  readonly threads?: number | undefined
  /** Told of what is doubtful but legal; console.warn otherwise. */
  readonly onWarning?: ((message: string) => void) | undefined
}

export const runChecks: KnownOptions<RunRequest> = {
  out: text,
  force: flag,
  engine: oneOf([...engineNames, 'auto']),
  threads: integer(1, 1024),
  onWarning: callback,
}

/** A run before its next step. */
export interface StartedRun {
  readonly config: RunConfig
  readonly state: EngineState
  /** Whether its folder is yet to be written. */
  readonly isNew: boolean
  /** Asked once the engine stands. */
  loadData(): Promise<TrainingData>
}

/** Errors: no folder, or one that holds a run already. */
export function requireFreeFolder({ out, force }: Pick<RunRequest, 'out' | 'force'>): void {
  if (!out)
    throw new InputError('out is empty: give a folder for the run', 'missing', { option: 'out', value: out })
  if (!force && Object.values(runFiles(out)).some((file) => existsSync(file)))
    throw new InputError(
      `${out} holds a run already: give another \`out\`, \`resume\` to go on with it, or \`force\` to overwrite it`,
      'exists',
    )
}

/** A run of `train` before its first step. Errors: its folder is taken; an option out of range; bad data. */
export async function newRun(
  request: TrainingOptions & RunRequest,
  runtime: StepRuntime | undefined,
): Promise<StartedRun> {
  requireFreeFolder(request)
  const { config, dataset } = await resolveConfig(request)
  const data = { x_0: scaledPoints(dataset, config.scaler) }
  const started = await startRun(request, config, async () => data, runtime)
  const doubt = scheduleWarning(createSchedule(config.schedule, config.T))
  if (doubt) (request.onWarning ?? console.warn)(doubt)
  return started
}

/** A run before its first step: the engine is chosen, the weights are initial ones. */
export async function startRun(
  { engine: name = 'auto', threads, onWarning: warn = console.warn }: RunRequest,
  resolved: Omit<RunConfig, 'engine'>,
  loadData: () => Promise<TrainingData>,
  runtime: StepRuntime | undefined,
): Promise<StartedRun> {
  const network = networkOfConfig(resolved)
  const engine = await chooseEngine({ name, network, threads, runtime, warn })
  const parameters = flatten(initialWeights(network, trainingSeed(resolved)), weightShapes(network))
  const state = initialState(parameters, resolved.training.ema)
  return { config: { ...resolved, engine }, state, isNew: true, loadData }
}

/** A run as its checkpoint has it. Errors: no run, or one that lacks a part. */
export async function continuedRun(run: string): Promise<StartedRun> {
  const config = await readRunConfig(run)
  const state = await loadCheckpoint(run, parameterCount(networkOfConfig(config)))
  return { config, state, isNew: false, loadData: () => resumedData(run, config) }
}

/** The run's folder as it is before the first step; a forced one is replaced only once all of it could be written. */
export async function startFolder(
  run: string,
  { config, state }: StartedRun,
  data: TrainingData,
): Promise<void> {
  const files = runFiles(run)
  const encoded = encodeData(config, data)
  await writeTogether([
    [files.config, `${JSON.stringify(config, null, 2)}\n`],
    ...checkpointFiles(run, state, weightShapes(networkOfConfig(config))),
    ...(encoded ? [[files.data, encoded] as const] : []),
  ])
  if (!encoded) await rm(files.data, { force: true })
}

export function networkOfConfig({ T, hidden, timeEmbedding, columns }: Omit<RunConfig, 'engine'>): Network {
  return { dim: columns.length, T, hidden, timeEmbedding }
}

/** Of the initial weights and the batches. A student's `seed` is its teacher's, which its dataset is made by. */
export function trainingSeed({ teacher, seed = 0 }: Omit<RunConfig, 'engine'>): number {
  return teacher?.seed ?? seed
}

/** The weights that a run is sampled with: the moving average where one is kept. */
export function resultWeights(state: EngineState, shapes: readonly [string, readonly number[]][]) {
  return unflatten(state.average ?? state.parameters, shapes)
}

/** What `resume` needs, and the weights: by path, to be written together. */
export function checkpointFiles(
  run: string,
  state: EngineState,
  shapes: readonly [string, readonly number[]][],
): [path: string, content: Uint8Array][] {
  const { parameters, firstMoment, secondMoment, average } = state
  const tensors = new Map<string, WeightTensor>()
  for (const [name, data] of Object.entries({ parameters, firstMoment, secondMoment, average }))
    if (data) tensors.set(name, { shape: [data.length], data })
  const files = runFiles(run)
  return [
    [files.checkpoint, writeSafetensors(tensors, { step: String(state.step) })],
    [files.weights, writeSafetensors(resultWeights(state, shapes))],
  ]
}

/** Errors: no checkpoint, or one of another network. */
export async function loadCheckpoint(run: string, parameterCount: number): Promise<EngineState> {
  const { checkpoint } = runFiles(run)
  const bytes = await readFile(checkpoint).catch(() => {
    throw new InputError(`${run} has no checkpoint to resume from: train it anew with \`force\``, 'bad-model')
  })
  const { tensors, metadata } = readSafetensors(bytes, checkpoint)
  const flat = (name: string) => {
    const data = tensors.get(name)?.data
    if (data?.length !== parameterCount)
      throw new InputError(`${checkpoint}: ${name} is not of the network in config.json`, 'bad-model')
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
