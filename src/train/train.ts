import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { InputError } from '../core/errors.ts'
import { writeTogether } from '../core/files.ts'
import type { Points } from '../core/points.ts'
import { createSchedule, scheduleWarning } from '../diffusion/schedule.ts'
import { initialWeights } from '../model/initial-weights.ts'
import { type Network, parameterCount, weightShapes } from '../model/network.ts'
import type { EngineName, RunConfig } from '../model/run-config.ts'
import { readRunConfig, runFiles } from '../model/run-folder.ts'
import { drawBatch } from './batches.ts'
import { checkpointFiles, loadCheckpoint } from './checkpoint.ts'
import { chooseEngine, createEngine } from './choose-engine.ts'
import { resolveConfig, type TrainingOptions } from './config.ts'
import { type EngineState, flatten, type TrainingEngine } from './engine.ts'
import { History } from './history.ts'
import type { CreateStepSession } from './onnx/session.ts'
import { learningRateAt } from './optimizer.ts'
import { initialState } from './state.ts'
import { encodePoints, resumedPoints, scaledPoints } from './training-data.ts'

export interface TrainingProgress {
  readonly step: number
  readonly steps: number
  /** The mean over the steps since the last report. */
  readonly loss: number
}

export interface TrainRequest extends TrainingOptions {
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
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined
  /** Told of what is doubtful but legal; console.warn otherwise. */
  readonly onWarning?: ((message: string) => void) | undefined
  /** Aborting saves a checkpoint, then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export interface ResumeRequest
  extends Pick<TrainRequest, 'out' | 'threads' | 'onProgress' | 'onWarning' | 'signal'> {
  readonly resume: true
}

export interface TrainingResult {
  readonly run: string
  readonly engine: EngineName
  readonly steps: number
  /** Of the training loop alone. */
  readonly seconds: number
  readonly secondsPerStep: number
  /** The mean over the last hundredth of the steps. */
  readonly finalLoss: number
}

/** How often the loop looks up from its work: history, progress, signals. */
const reportMilliseconds = 200
const historyMilliseconds = 1000
const checkpointMilliseconds = 3000

/**
 * Trains a noise predictor and writes its run folder: config.json, weights.safetensors, history.csv and
 * checkpoint/. Ho et al. (2020), algorithm 1. Same options, same engine, same machine: same bytes. The engine `onnx`
 * runs on sessions that `createSession` makes.
 * Errors: an option out of range; a folder that holds a run already; a loss that is no number; an engine
 * that this machine lacks.
 */
export async function train(
  request: TrainRequest | ResumeRequest,
  createSession?: CreateStepSession,
): Promise<TrainingResult> {
  const run = 'resume' in request ? await continuedRun(request.out) : await newRun(request, createSession)
  const { config, state, x_0 } = run
  const network = networkOfConfig(config)
  const { weightDecay, ema } = config.training
  const options = { network, state, weightDecay, ema, threads: request.threads }
  const engine = await createEngine(config.engine, options, createSession)
  try {
    // only now, when all that can be refused was
    if (!('resume' in request)) await startFolder(request.out, run)
    return await trainingLoop(request, config, engine, x_0, state.step)
  } finally {
    await engine.dispose()
  }
}

async function trainingLoop(
  { out, onProgress, signal }: TrainRequest | ResumeRequest,
  config: RunConfig,
  engine: TrainingEngine,
  x_0: Points,
  firstStep: number,
): Promise<TrainingResult> {
  const { steps, learningRate, lrDecay, batchSize } = config.training
  const shapes = weightShapes(networkOfConfig(config))
  const history = await History.open(out, firstStep)
  const source = {
    x_0,
    schedule: createSchedule(config.schedule, config.T),
    predictionType: config.predictionType,
    lossWeighting: config.training.lossWeighting,
    batchSize,
    seed: config.seed,
  }
  const save = async () => {
    await history.flush()
    await writeTogether(checkpointFiles(out, engine.state(), shapes))
  }
  const start = performance.now()
  let reported = start
  let flushed = start
  let saved = start
  let lossSum = 0
  let lossCount = 0
  for (let step = firstStep; step < steps; step++) {
    const rate = learningRateAt(step, steps, learningRate, lrDecay)
    const loss = await engine.step(drawBatch(source, step), rate)
    if (!Number.isFinite(loss))
      throw new InputError(
        `the loss became ${loss} at step ${step + 1}, at a learning rate of ${rate}: lower --learning-rate; ` +
          'the last good checkpoint is kept',
      )
    history.add(step + 1, loss, rate)
    lossSum += loss
    lossCount += 1
    const now = performance.now()
    if (now - reported < reportMilliseconds) continue
    reported = now
    onProgress?.({ step: step + 1, steps, loss: lossSum / lossCount })
    lossSum = 0
    lossCount = 0
    if (now - flushed >= historyMilliseconds) {
      flushed = now
      await history.flush()
    }
    if (now - saved >= checkpointMilliseconds) {
      await save()
      saved = performance.now()
    }
    await setImmediate()
    if (signal?.aborted) {
      await save()
      throw signal.reason
    }
  }
  const seconds = (performance.now() - start) / 1000
  await save()
  const finalLoss = await history.tailLoss(Math.ceil(steps / 100))
  onProgress?.({ step: steps, steps, loss: finalLoss })
  return {
    run: out,
    engine: engine.name,
    steps,
    seconds,
    secondsPerStep: seconds / Math.max(1, steps - firstStep),
    finalLoss,
  }
}

interface StartedRun {
  readonly config: RunConfig
  readonly state: EngineState
  /** The training points, scaled. */
  readonly x_0: Points
}

async function newRun(
  request: TrainRequest,
  createSession: CreateStepSession | undefined,
): Promise<StartedRun> {
  if (!request.out) throw new InputError('out is empty: give a folder for the run')
  if (!request.force && Object.values(runFiles(request.out)).some((file) => existsSync(file)))
    throw new InputError(
      `${request.out} holds a run already: give another --out, --resume to go on with it, or --force to overwrite it`,
    )
  const warn = request.onWarning ?? console.warn
  const { config: resolved, dataset } = await resolveConfig(request)
  const network = networkOfConfig(resolved)
  const { engine: name = 'auto', threads } = request
  const engine = await chooseEngine({ name, network, threads, createSession, warn })
  const config: RunConfig = { ...resolved, engine }
  const doubt = scheduleWarning(createSchedule(config.schedule, config.T))
  if (doubt) warn(doubt)
  const parameters = flatten(initialWeights(network, config.seed), weightShapes(network))
  const state = initialState(parameters, config.training.ema)
  return { config, state, x_0: scaledPoints(dataset, config.scaler) }
}

/** The run's folder as it is before the first step; a forced one is replaced only once all of it could be written. */
async function startFolder(run: string, { config, state, x_0 }: StartedRun): Promise<void> {
  const files = runFiles(run)
  await writeTogether([
    [files.config, `${JSON.stringify(config, null, 2)}\n`],
    ...checkpointFiles(run, state, weightShapes(networkOfConfig(config))),
    ...('file' in config.dataset ? [[files.data, encodePoints(x_0)] as const] : []),
  ])
  if (!('file' in config.dataset)) await rm(files.data, { force: true })
}

async function continuedRun(run: string): Promise<StartedRun> {
  const config = await readRunConfig(run)
  const state = await loadCheckpoint(run, parameterCount(networkOfConfig(config)))
  return { config, state, x_0: await resumedPoints(run, config) }
}

function networkOfConfig({ T, hidden, timeEmbedding, columns }: Omit<RunConfig, 'engine'>): Network {
  return { dim: columns.length, T, hidden, timeEmbedding }
}
