import { setImmediate } from 'node:timers/promises'
import { InputError } from '../core/errors.ts'
import { writeTogether } from '../core/files.ts'
import { abortSignal, callback, checkOptions, flag, type KnownOptions } from '../core/options.ts'
import { createSchedule } from '../diffusion/schedule.ts'
import { weightShapes } from '../model/network.ts'
import type { EngineName, RunConfig } from '../model/run-config.ts'
import { drawBatch, drawPairs } from './batches.ts'
import { type TrainingOptions, trainingChecks } from './config.ts'
import type { TrainingData } from './data.ts'
import type { Batch, TrainingEngine } from './engine.ts'
import { createEngine } from './engines/choose.ts'
import type { StepRuntime } from './engines/onnx/session.ts'
import { History } from './history.ts'
import { learningRateAt } from './optimizer.ts'
import {
  checkpointFiles,
  continuedRun,
  networkOfConfig,
  newRun,
  type RunRequest,
  runChecks,
  type StartedRun,
  startFolder,
  trainingSeed,
} from './run.ts'

export interface TrainingProgress {
  readonly step: number
  readonly steps: number
  /** The mean over the steps since the last report. */
  readonly loss: number
}

/** What a caller sees of the steps, and how it stops them. */
export interface Observation {
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined
  /** Aborting saves a checkpoint, then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export interface TrainRequest extends TrainingOptions, RunRequest, Observation {}

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

export const observationChecks: KnownOptions<Observation> = { onProgress: callback, signal: abortSignal }

const trainChecks: KnownOptions<TrainRequest & { resume: boolean }> = {
  ...trainingChecks,
  ...runChecks,
  ...observationChecks,
  resume: flag,
}

const { out, threads, onWarning, resume } = trainChecks
const resumeChecks: KnownOptions<ResumeRequest> = { out, threads, onWarning, resume, ...observationChecks }

function isResumed(request: TrainRequest | ResumeRequest | undefined): request is ResumeRequest {
  return (request as Partial<ResumeRequest> | undefined)?.resume === true
}

/** How often the loop looks up from its work: history, progress, signals. */
const reportMilliseconds = 200
const historyMilliseconds = 1000
const checkpointMilliseconds = 3000

/**
 * Trains a noise predictor and writes its run folder: config.json, weights.safetensors, history.csv and
 * checkpoint/. Ho et al. (2020), algorithm 1. Same options, same engine, same machine: same bytes. The engine `onnx`
 * runs on sessions and threads of `runtime`.
 * Errors: an option out of range; a folder that holds a run already; a loss that is no number; an engine
 * that this machine lacks.
 */
export async function train(
  request: TrainRequest | ResumeRequest,
  runtime?: StepRuntime,
): Promise<TrainingResult> {
  const isNew = !isResumed(request)
  if (isNew) checkOptions<TrainRequest>('train', request, trainChecks, ['out'])
  else checkOptions<ResumeRequest>('a resumed train', request, resumeChecks, ['out'])
  const run = isNew ? await newRun(request, runtime) : await continuedRun(request.out)
  return takeSteps(request, run, runtime)
}

/** Trains a run to its last step, from where it stands. Errors: those of `train`. */
export async function takeSteps(
  request: Observation & Pick<RunRequest, 'out' | 'threads'>,
  run: StartedRun,
  runtime?: StepRuntime,
): Promise<TrainingResult> {
  const { config, state } = run
  const { weightDecay, ema, batchSize } = config.training
  const { threads } = request
  const options = { network: networkOfConfig(config), state, weightDecay, ema, threads, batchSize }
  const engine = await createEngine(config.engine, options, runtime)
  try {
    const data = await run.loadData()
    // only now, when all that can be refused was
    if (run.isNew) await startFolder(request.out, run, data)
    return await trainingLoop(request, config, engine, data, state.step)
  } finally {
    await engine.dispose()
  }
}

async function trainingLoop(
  { out, onProgress, signal }: Observation & Pick<RunRequest, 'out'>,
  config: RunConfig,
  engine: TrainingEngine,
  data: TrainingData,
  firstStep: number,
): Promise<TrainingResult> {
  const { steps, learningRate, lrDecay } = config.training
  const shapes = weightShapes(networkOfConfig(config))
  const history = await History.open(out, firstStep)
  const drawStep = batchesOf(config, data)
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
  let batch = drawStep(firstStep)
  for (let step = firstStep; step < steps; step++) {
    const rate = learningRateAt(step, steps, learningRate, lrDecay)
    const taken = engine.step(batch, rate)
    // the next one is drawn while an engine's other threads are at work
    if (step + 1 < steps) batch = drawStep(step + 1)
    const loss = await taken
    if (!Number.isFinite(loss))
      throw new InputError(
        `the loss became ${loss} at step ${step + 1}, at a learning rate of ${rate}: lower \`learningRate\`; ` +
          'the last good checkpoint is kept',
        'out-of-range',
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

/** The batch of a step (from 0). */
function batchesOf(config: RunConfig, { x_0, x_T }: TrainingData): (step: number) => Batch {
  const { batchSize, lossWeighting } = config.training
  const seed = trainingSeed(config)
  if (x_T) return (step) => drawPairs({ x_T, x_0 }, { batchSize, seed, step })
  const schedule = createSchedule(config.schedule, config.T)
  const source = { x_0, schedule, predictionType: config.predictionType, lossWeighting, batchSize, seed }
  return (step) => drawBatch(source, step)
}
