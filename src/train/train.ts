/**
 * Training: a request becomes a `Run`, whose steps an engine takes. engines/ has one folder for each
 * engine.
 */
import { InputError, requireInteger } from '../core/errors.ts'
import { checkOptions } from '../core/options.ts'
import { type Description, describeConfig } from '../model/description.ts'
import type { RunConfig } from '../model/run-config.ts'
import type { EngineName } from '../model/run-names.ts'
import type { NamedWeights } from '../model/weights.ts'
import { decodeCells, isScaled } from '../table/encodings/encoding.ts'
import type { LeftOut } from '../table/inference/decision.ts'
import { batchesOf, pairsOf, type TrainingData } from './batches.ts'
import { learnCandidates } from './candidates.ts'
import { closenessOfTrained, type TrainedCloseness } from './closeness.ts'
import type { AmongTables } from './config.ts'
import { type Batch, learningRateAt, type TrainingEngine } from './engine.ts'
import { History, type TrainingHistory } from './history.ts'
import { liveSampler } from './live-samples.ts'
import { correctMargins } from './margins.ts'
import { maxSteps, type ResumeRequest, resumeChecks, type TrainRequest, trainChecks } from './options.ts'
import { dataSizeOf, recipeOf } from './recipes.ts'
import {
  checkpointFiles,
  configText,
  isResumed,
  prepareRun,
  type Run,
  resultWeights,
  trainingSeed,
  writeNewRun,
} from './run.ts'
import type { TrainingRuntime } from './runtime.ts'

/** A trained run, for `exportModel`. */
export interface Trained {
  /** The run folder, or null for a run in memory. */
  readonly run: string | null
  readonly engine: EngineName
  readonly steps: number
  /** Seconds of the steps and of the correction of margins, without the time spent in `onSamples`. */
  readonly seconds: number
  /** Seconds of the steps alone, by step. */
  readonly secondsPerStep: number
  /** Mean loss over the last 1 % of the steps. */
  readonly finalLoss: number
  readonly config: RunConfig
  readonly weights: NamedWeights
  readonly history: TrainingHistory
  /** How close samples are to real rows; only of the recipe `table`, and of 20 rows or more. */
  readonly closeness?: TrainedCloseness | undefined
  /** The columns of the dataset that were left out, and why; unknown of a resumed run. */
  readonly dropped?: readonly LeftOut[] | undefined
}

/** Checks the options of `train`. Throws InputError if one is wrong or unknown. */
export function checkTrainOptions(request: TrainRequest | ResumeRequest): void {
  if (isResumed(request))
    checkOptions<ResumeRequest>('a resumed train', request, { ...resumeChecks, out: trainChecks.out }, [
      'out',
    ])
  else checkOptions<TrainRequest>('train', request, trainChecks, ['dataset'])
}

/** How often the loop pauses for history, progress and signals. */
const reportMilliseconds = 200
const historyMilliseconds = 1000
const checkpointMilliseconds = 3000

/**
 * Training time between samples, as a multiple of the time they take to draw, unless `onSamples` gives a number of
 * steps.
 */
const samplingShare = 9

/** How messages name the number of steps that `onSamples` returned. */
const answered = 'the `steps` that onSamples returned'

/**
 * Trains a noise predictor (Ho et al. 2020, algorithm 1) and, given a folder, writes its run there: config.json,
 * weights.safetensors, history.csv and checkpoint/. The same options, engine and machine give the same bytes. Throws if
 * an option is wrong, the folder already holds a run, the loss is not finite, or this machine lacks the engine.
 */
export async function train(
  request: TrainRequest | ResumeRequest,
  runtime: TrainingRuntime,
  among?: AmongTables,
): Promise<Trained> {
  const run = await prepareRun(request, runtime, among)
  return takeSteps(run)
}

/** Trains a run from its current step to its last. Throws as `train` does. */
export async function takeSteps(run: Run): Promise<Trained> {
  const { config, description, state, threads, observers } = run
  const { network } = description
  const { weightDecay, beta2, ema, batchSize } = config.training
  const options = { network, state, weightDecay, beta2, ema, threads, batchSize }
  const engine = await run.runtime.engines.create(config.engine, options)
  try {
    const data = await run.loadData()
    // only after every check
    if (run.isNew) await writeNewRun(run, data)
    for (const line of run.notes ?? []) observers.onNote?.(line)
    const trained = await trainingLoop(run, engine, data)
    const closeness = await measured(run, trained, data)
    const { dropped } = run
    return { ...trained, ...(closeness && { closeness }), ...(dropped && { dropped }) }
  } finally {
    await engine.dispose()
  }
}

/**
 * Measures how close a table's samples are, keeps it in config.json beside what chooses among candidates, and warns if they
 * are probably bad.
 */
async function measured(run: Run, { config, weights }: Trained, { x_0, x_T }: TrainingData) {
  const { observers, runtime } = run
  const { encoding } = run.description
  const { candidates } = config
  const description = describeConfig(config)
  if (x_T || isScaled(encoding)) return undefined
  const train = { name: 'the training rows', ...decodeCells(encoding, x_0) }
  const closeness = await closenessOfTrained({
    description,
    weights,
    train,
    holdout: await run.loadHeldOut?.(),
    seed: trainingSeed(config),
    training: config.training,
    isShort: config.training.steps < recipeOf('table', dataSizeOf(train)).steps,
    signal: observers.signal,
    onProgress: observers.onWork,
  })
  const written = closeness || candidates ? await runtime.store.read('config') : undefined
  if (written) {
    // what else it holds stays as it is, in its own order
    const json = JSON.parse(new TextDecoder().decode(written))
    await runtime.store.writeTogether({ config: configText({ ...json, candidates, closeness }) })
  }
  if (!closeness) return undefined
  const { onWarning = console.warn } = observers
  if (closeness.doubt !== null) onWarning(closeness.doubt)
  return closeness
}

async function trainingLoop(
  { runtime: { store }, config, description, state: { step: firstStep }, observers }: Run,
  engine: TrainingEngine,
  data: TrainingData,
): Promise<Trained> {
  const { onProgress, onWork, onSamples, signal } = observers
  const { training } = config
  const { network } = description
  const { steps } = training
  const drawStep = batchesIn(config, description, data)
  const history = await History.open(store, firstStep)
  const currentWeights = () => resultWeights(engine.state(), network)
  const save = async (weights = currentWeights()) => {
    await history.flush()
    await store.writeTogether(checkpointFiles(engine.state(), weights))
  }
  const stopIfAborted = async () => {
    if (!signal?.aborted) return
    await save()
    throw signal.reason
  }
  const start = performance.now()
  let reported = start
  let flushed = start
  let saved = start
  const draw = onSamples && liveSampler(config, description, data.x_0)
  /** The step after which the next samples are due, if `onSamples` gave one; otherwise the time. */
  let dueStep: number | undefined
  let dueTime = start
  /** Milliseconds spent in `onSamples`, which may pause a run for hours. */
  let waited = 0
  const giveSamples = async (step: number, weights = currentWeights()) => {
    if (!draw) return
    const begun = performance.now()
    const samples = await draw(step, weights)
    const drawn = performance.now()
    dueTime = drawn + samplingShare * (drawn - begun)
    const next = await unlessAborted(onSamples!(samples), signal)
    waited += performance.now() - drawn
    dueStep = next?.steps === undefined ? undefined : step + requireInteger(answered, next.steps, 1, maxSteps)
  }
  if (firstStep < steps) {
    await giveSamples(firstStep)
    await stopIfAborted()
  }
  let lossSum = 0
  let lossCount = 0
  let batch = drawStep(firstStep)
  for (let step = firstStep; step < steps; step++) {
    const rate = learningRateAt(step, steps, training)
    const pendingLoss = engine.step(batch, rate)
    // draw the next batch while the engine's other threads work
    if (step + 1 < steps) batch = drawStep(step + 1)
    const loss = await pendingLoss
    if (!Number.isFinite(loss))
      throw new InputError(
        `the loss became ${loss} at step ${step + 1}, at a learning rate of ${rate}: lower \`learningRate\`` +
          (store.folder === null ? '' : '; the last good checkpoint is kept'),
        'out-of-range',
      )
    history.add(step + 1, loss, rate)
    lossSum += loss
    lossCount += 1
    // the last step is reported below
    if (step + 1 === steps) break
    const now = performance.now()
    if (now - reported < reportMilliseconds && step + 1 !== dueStep) continue
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
    if (dueStep === undefined ? now >= dueTime : step + 1 === dueStep) await giveSamples(step + 1)
    // let a page's messages and a process's signals in
    await new Promise((resolve) => setTimeout(resolve))
    await stopIfAborted()
    reported = performance.now()
  }
  const secondsOf = (end: number) => (end - start - waited) / 1000
  const secondsPerStep = secondsOf(performance.now()) / Math.max(1, steps - firstStep)
  const uncorrected = currentWeights()
  await save(uncorrected)
  const options = { training, seed: trainingSeed(config), signal, onProgress: onWork }
  const weights = await correctMargins(description, uncorrected, data.x_0, options)
  if (weights !== uncorrected) await save(weights)
  const count = training.candidates
  const candidates = count
    ? await learnCandidates(description, weights, data.x_0, { count, ...options })
    : undefined
  const seconds = secondsOf(performance.now())
  const finalLoss = history.tailLoss(Math.ceil(steps / 100))
  onProgress?.({ step: steps, steps, loss: finalLoss })
  await giveSamples(steps, weights)
  return {
    run: store.folder,
    engine: engine.name,
    steps,
    seconds,
    secondsPerStep,
    finalLoss,
    config: { ...config, ...(candidates && { candidates }) },
    weights,
    history: { steps: history.steps, losses: history.losses, learningRates: history.learningRates },
  }
}

/** Resolves as `answer` does, or to nothing once the signal is aborted, so that a paused run can be stopped. */
function unlessAborted<R>(answer: R, signal: AbortSignal | undefined): Promise<Awaited<R> | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined)
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop)
    Promise.resolve(answer)
      .then(resolve, reject)
      .finally(() => signal?.removeEventListener('abort', stop))
  })
}

/** Returns a function that draws the batch of a step (from 0). */
function batchesIn(
  config: RunConfig,
  { network, blocks, predictionType }: Description,
  { x_0, x_T }: TrainingData,
): (step: number) => Batch {
  const { batchSize, lossWeighting } = config.training
  const seed = trainingSeed(config)
  if (x_T) return pairsOf({ x_T, x_0 }, { network, batchSize, seed })
  return batchesOf({ network, blocks, codes: x_0, predictionType, lossWeighting, batchSize, seed })
}
