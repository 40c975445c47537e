/** Distillation: a student network that samples in one evaluation, trained on its teacher's samples. */
import { basename, resolve } from 'node:path'
import { InputError } from '../core/errors.ts'
import { anything, callback, checkOptions, integer, type OptionChecks, text } from '../core/options.ts'
import { chooseProcess, type Process, type ProcessChoice, processChoiceOf } from '../diffusion/process.ts'
import {
  choiceOf,
  defaultSampler,
  describeSampler,
  deterministicSamplers,
  samplerChecks,
} from '../diffusion/samplers/index.ts'
import { spacedTimesteps } from '../diffusion/schedule.ts'
import { exportNoisePredictor } from '../export/export-model.ts'
import { internalsOf } from '../infer/model.ts'
import { sample } from '../infer/sample.ts'
import { infoOf, type SessionInfo } from '../infer/session.ts'
import type { ModelCard } from '../model/card.ts'
import { type Description, describeConfig } from '../model/description.ts'
import { digestOfWeights } from '../model/folded.ts'
import type { RunConfig } from '../model/run-config.ts'
import type { Teacher } from '../model/schemas.ts'
import { loadModel, type NodeLoadOptions } from '../node/providers.ts'
import { readTrainedRun } from '../node/run-folder.ts'
import { whileLocked } from '../node/run-lock.ts'
import { runtimeFor } from '../node/training.ts'
import { standardNormals, streams } from '../numerics/random.ts'
import { type TrainRequest, trainChecks } from '../train/options.ts'
import { requireFree, startRun } from '../train/run.ts'
import type { TrainingRuntime } from '../train/runtime.ts'
import { type Trained, takeSteps } from '../train/train.ts'

export interface DistillRequest
  extends ProcessChoice,
    Pick<TrainRequest, 'steps' | 'batchSize' | 'learningRate' | 'force' | 'engine' | 'threads'>,
    Pick<TrainRequest, 'onWarning' | 'onProgress' | 'signal'> {
  /** The teacher's run folder. */
  readonly run: string
  /** The student's run folder. Default: the teacher's name with `-student` appended. */
  readonly out?: string | undefined
  /** Number of pairs of noise and sample. Default: 50,000. */
  readonly pairs?: number | undefined
  /** Seed of the pairs' noise, the initial weights and the batches. Default: 0. */
  readonly seed?: number | undefined
  /** Provider that samples the teacher. Default: `cpu`. */
  readonly provider?: NodeLoadOptions['provider']
  readonly onPairs?: ((progress: { done: number; count: number }) => void) | undefined
}

const { out, force, engine, threads, onWarning, onProgress, signal } = trainChecks
const { seed, steps, batchSize, learningRate } = trainChecks

const distillChecks = (): OptionChecks<DistillRequest> => ({
  ...{ out, force, engine, threads, onWarning, onProgress, signal },
  ...{ seed, steps, batchSize, learningRate },
  run: text,
  pairs: integer(1, 10_000_000),
  // checked by the sampler and the sessions
  ...samplerChecks(),
  numSteps: anything,
  timesteps: anything,
  provider: anything,
  onPairs: callback,
})

export interface DistillResult extends Trained {
  readonly teacher: Teacher
  /** What drew the pairs, and how long that took. */
  readonly drawing: SessionInfo & { readonly seconds: number }
}

/** Defaults; docs/decisions/0009 explains how they were chosen. */
export const distillation = {
  pairs: 50_000,
  numSteps: 20,
  steps: 10_000,
  batchSize: 1000,
  learningRate: 1e-2,
} as const

export function studentFolder(run: string): string {
  return `${run.replace(/[/\\]+$/, '')}-student`
}

/**
 * Trains a student that samples in one evaluation, from pairs of noise and sample drawn by a teacher (Luhman and Luhman
 * 2021, "Knowledge distillation in iterative generative models for improved sampling speed"), and writes an ordinary run
 * folder, which `train` resumes without the teacher. The same options, engine and machine give the same bytes.
 *
 * @param request - The teacher's run folder, how to sample it, and the options of the training.
 * @returns The result of `train`, the teacher as named on the student's card, and what drew the pairs.
 * @throws InputError as `train` does, and if the sampler adds noise or this machine lacks the provider; the signal's
 * reason once it is aborted.
 * @example
 * const { run } = await distill({ run: 'runs/moons', sampler: 'ddim', numSteps: 10 })
 */
export async function distill(request: DistillRequest): Promise<DistillResult> {
  checkOptions('distill', request, distillChecks(), ['run'])
  const { run, out = studentFolder(run) } = request
  if (resolve(out) === resolve(run))
    throw new InputError(`out is the teacher's own folder, ${run}: give the student another one`, 'conflict')
  const runtime = runtimeFor(out)
  return whileLocked(out, () => trainStudent(request, runtime))
}

async function trainStudent(request: DistillRequest, runtime: TrainingRuntime): Promise<DistillResult> {
  const { run, pairs = distillation.pairs, seed = 0 } = request
  await requireFree(runtime.store, request.force)
  const trained = await readTrainedRun(run)
  const { provider, threads } = request
  const model = await loadModel(await exportNoisePredictor(trained), { provider, threads })
  try {
    const { file } = internalsOf(model)
    if (file.description.network.takesCondition)
      throw new InputError(
        `${run} is the run of a table, whose sampler adds noise at every step: a student sees only the noise that sampling ` +
          'begins with. Sample the run with fewer steps instead',
        'conflict',
      )
    const sha256 = digestOfWeights(file.network)!
    const { sampler, timesteps } = teacherProcess(file.description, processChoiceOf(request))
    const teacher: Teacher = { name: basename(resolve(run)), sha256, sampler, timesteps, pairs, seed }
    let drawing: DistillResult['drawing'] | undefined
    const loadData = async () => {
      // the start points [pairs, dim] and the teacher's samples of them, in scaled space
      const { dim } = model.card
      const noise = standardNormals({ seed, stream: streams.pairs, step: 0, start: 0, count: pairs, dim })
      const x_T = { data: noise, count: pairs, dim }
      const { signal, onPairs: onProgress, onWarning } = request
      const choice = { ...choiceOf(sampler), timesteps, signal, onProgress, onWarning }
      const result = await sample(model, { count: pairs, x_T, ...choice })
      await model.dispose()
      drawing = { ...infoOf(result), seconds: result.seconds }
      return { x_T, x_0: result.x_0 }
    }
    const config = studentConfig(model.card, teacher, request)
    const student = await startRun(
      request,
      { config, description: describeConfig(config) },
      loadData,
      runtime,
    )
    return { ...(await takeSteps(student)), teacher, drawing: drawing! }
  } finally {
    await model.dispose()
  }
}

/**
 * The teacher's process: by default DPM-Solver++ (2M) in 20 steps, or T if that is less. Throws InputError if the
 * sampler adds noise, or if the steps or a parameter don't exist.
 */
function teacherProcess(description: Description, choice: ProcessChoice): Process {
  const { T } = description.network
  const numSteps = Math.min(distillation.numSteps, T)
  const recommended = { sampler: defaultSampler('dpmsolver++'), timesteps: spacedTimesteps(T, numSteps) }
  const { schedule, predictionType } = description
  const process = chooseProcess({ schedule, predictionType, recommended }, choice)
  if (process.isStochastic)
    throw new InputError(
      `${describeSampler(process.sampler)} adds noise, so that a start has no single sample: a student needs ` +
        deterministicSamplers(),
      'conflict',
    )
  return process
}

/**
 * The config.json of a student: a model of one timestep, where x_t is pure noise, that predicts the sample. It has the
 * hidden layers, data and columns of its teacher.
 */
function studentConfig(
  card: ModelCard,
  teacher: Teacher,
  { steps, batchSize, learningRate }: DistillRequest,
): Omit<RunConfig, 'engine'> {
  return {
    T: 1,
    schedule: { kind: 'betas', betas: [finalBeta(card.schedule.betas)] },
    scaler: card.scaler,
    columns: card.columns,
    integerColumns: card.integerColumns,
    ...(card.numberForms && { numberForms: card.numberForms }),
    ...(card.dataset && { dataset: card.dataset }),
    ...(card.seed !== null && { seed: card.seed }),
    predictionType: 'sample',
    hidden: card.network.hidden,
    // with one timestep every embedding is constant, so the smallest will do
    timeEmbedding: { kind: 'one_hot_linear' },
    sampler: { name: 'ddim', eta: 0 },
    numSteps: 1,
    training: {
      recipe: 'distillation',
      steps: steps ?? distillation.steps,
      batchSize: Math.min(batchSize ?? distillation.batchSize, teacher.pairs),
      learningRate: learningRate ?? distillation.learningRate,
      lrDecay: 'cosine',
      lossWeighting: 'none',
      weightDecay: 0,
      ema: null,
    },
    teacher,
  }
}

/** 1 - alphaBar_T: the student's one step adds as much noise as all of the teacher's. */
function finalBeta(betas: readonly number[]): number {
  const alphaBar = betas.reduce((product, beta) => product * (1 - beta), 1)
  // after a thousand steps the remaining signal may be below float64's resolution
  return Math.min(1 - alphaBar, 1 - 2 ** -53)
}
