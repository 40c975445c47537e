/**
 * Training: a request becomes a `Run`, whose steps an engine takes. engines/ has one folder for each
 * engine.
 */
import { InputError } from '../core/errors.ts'
import { checkOptions } from '../core/options.ts'
import { describeConfig } from '../model/description.ts'
import { decodeCells } from '../table/encodings/decode.ts'
import { isScaled } from '../table/encodings/encoding.ts'
import { batchesOf, pairsOf, type TrainingData } from './batches.ts'
import { closingMeasures } from './closeness.ts'
import { Course, type Trained } from './course.ts'
import { learningRateAt, type TrainingEngine } from './engine.ts'
import { withLikeNames } from './like-names.ts'
import { withinMinutes } from './minutes.ts'
import {
  type AmongTables,
  type ResumeRequest,
  resumeChecks,
  type TrainRequest,
  trainChecks,
} from './options.ts'
import { dataSizeOf, recipeOf } from './recipes.ts'
import { continuedRun } from './resume.ts'
import { configText, newRun, type Run, writeNewRun } from './run.ts'
import type { TrainingRuntime } from './runtime.ts'

export type { Trained } from './course.ts'

/** Whether a request continues a run. */
function isResumed(request: TrainRequest | ResumeRequest | undefined): request is ResumeRequest {
  return (request as Partial<ResumeRequest> | undefined)?.resume === true
}

/** Checks the options of `train`. Throws InputError if one is wrong or unknown. */
export function checkTrainOptions(request: TrainRequest | ResumeRequest): void {
  const ofResumed = { ...resumeChecks, out: trainChecks.out }
  if (isResumed(request)) checkOptions<ResumeRequest>('a resumed train', request, ofResumed, ['out'])
  else checkOptions<TrainRequest>('train', request, trainChecks, ['dataset'])
}

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
  const start = performance.now()
  if (isResumed(request)) return takeSteps(await continuedRun(request, runtime), among !== undefined)
  const run = await newRun(request, runtime, among)
  const { minutes } = request
  const left = () => 60 * minutes! - (performance.now() - start) / 1000
  return takeSteps(minutes === undefined ? run : await inTime(run, minutes, left), among !== undefined)
}

/** A run of as many of its steps as fit in some minutes. */
async function inTime(run: Run, minutes: number, left: () => number): Promise<Run> {
  const engine = await engineOf(run)
  try {
    const { drawStep } = batchesFor(run, await run.loadData())
    return await withinMinutes(run, minutes, left, engine, drawStep)
  } finally {
    await engine.dispose()
  }
}

function engineOf({ config, description, state, threads, runtime }: Run): Promise<TrainingEngine> {
  const { weightDecay, beta2, ema, batchSize } = config.training
  const { network } = description
  const options = { network, state, weightDecay, beta2, ema, threads, batchSize }
  return runtime.engines.create(config.engine, options)
}

/** Trains a run from its current step to its last; one of several tables is not judged by itself. Throws as `train` does. */
export async function takeSteps(run: Run, isAmongTables = false): Promise<Trained> {
  const { observers } = run
  const engine = await engineOf(run)
  try {
    const data = await run.loadData()
    // only after every check
    if (run.isNew) await writeNewRun(run, data)
    for (const line of run.notes ?? []) observers.onNote?.(line)
    const trained = await trainingLoop(run, engine, data)
    const closing = await measured(run, trained, data, isAmongTables)
    const { dropped } = run
    // as in config.json, so that both export the same bytes
    const config = { ...trained.config, ...closing }
    return { ...trained, config, ...closing, ...(dropped && { dropped }) }
  } finally {
    await engine.dispose()
  }
}

/** The codes that a run learns from, and its batches. */
function batchesFor({ config, description, seed }: Run, data: TrainingData) {
  const { encoding } = description
  // a student's pairs are points, not codes
  const isOfCodes = !data.x_T && !isScaled(encoding)
  const codes = isOfCodes ? withLikeNames(encoding, data.x_0, seed) : data.x_0
  const source = { ...description, ...config.training, seed, codes }
  return { codes, drawStep: data.x_T ? pairsOf(data.x_T, source) : batchesOf(source) }
}

/** Takes a run's steps, from its current one to its last. */
async function trainingLoop(run: Run, engine: TrainingEngine, data: TrainingData): Promise<Trained> {
  const { training } = run.config
  const { steps } = training
  const { store } = run.runtime
  const first = run.state.step
  const { codes, drawStep } = batchesFor(run, data)
  const course = new Course(run, engine, codes)
  await course.begin()
  let batch = drawStep(first)
  for (let step = first; step < steps; step++) {
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
    course.history.add(step + 1, loss, rate)
    // the last step is reported at the end
    if (step + 1 < steps) await course.after(step + 1)
  }
  return course.end()
}

/**
 * Measures how close a table's samples are and what they reveal, keeps it in config.json next to what chooses among candidates, and
 * warns if they are probably bad.
 */
async function measured(
  run: Run,
  { config, weights }: Trained,
  { x_0, x_T }: TrainingData,
  isAmongTables: boolean,
) {
  const { observers, runtime } = run
  const { encoding } = run.description
  const { candidates } = config
  const description = describeConfig(config)
  if (x_T || isScaled(encoding)) return undefined
  const { train: rows, holdout } = (await run.loadRows?.()) ?? {}
  const train = rows ?? { name: 'the training rows', ...decodeCells(encoding, x_0) }
  const closing = await closingMeasures({
    description,
    weights,
    train,
    holdout,
    seed: run.seed,
    training: config.training,
    isAmongTables,
    isShort: config.training.steps < recipeOf('table', dataSizeOf(train)).steps,
    signal: observers.signal,
    onProgress: observers.onWork,
  })
  const written = closing || candidates ? await runtime.store.read('config') : undefined
  if (written) {
    // what else it holds stays as it is, in its own order
    const json = JSON.parse(new TextDecoder().decode(written))
    await runtime.store.writeTogether({ config: configText({ ...json, candidates, ...closing }) })
  }
  const doubt = closing?.closeness?.doubt ?? null
  if (doubt !== null) (observers.onWarning ?? console.warn)(doubt)
  return closing
}
