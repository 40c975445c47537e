import { InputError } from '../core/errors.ts'
import { standardNormals, streams } from '../core/random.ts'
import { type Process, type ProcessChoice, processOf } from '../diffusion/process.ts'
import { choiceOf, defaultSampler, describeSampler } from '../diffusion/samplers/index.ts'
import { spacedTimesteps } from '../diffusion/schedule.ts'
import type { Model } from '../infer/model.ts'
import { sample } from '../infer/sample.ts'
import { infoOf, type SessionInfo } from '../infer/session.ts'
import type { ModelCard } from '../model/card.ts'
import type { RunConfig } from '../model/run-config.ts'
import type { Teacher } from '../model/schemas.ts'
import type { Pairs } from '../train/batches.ts'

/** What a caller may choose of a student's training; docs/decisions/0009 says how the rest was chosen. */
export interface StudentOptions {
  readonly steps?: number | undefined
  readonly batchSize?: number | undefined
  readonly learningRate?: number | undefined
}

/** The defaults. */
export const distillation = {
  pairs: 50_000,
  numSteps: 20,
  steps: 10_000,
  batchSize: 1000,
  learningRate: 1e-2,
} as const

/** The largest below 1 in float64. */
const largestBeta = 1 - 2 ** -53

/**
 * The config.json of a student: a model of one timestep, at which x_t is pure noise, that predicts the sample. Its
 * hidden layers, data and columns are its teacher's.
 */
export function studentConfig(
  card: ModelCard,
  teacher: Teacher,
  {
    steps = distillation.steps,
    batchSize = distillation.batchSize,
    learningRate = distillation.learningRate,
  }: StudentOptions,
): Omit<RunConfig, 'engine'> {
  return {
    T: 1,
    schedule: { kind: 'betas', betas: [finalBeta(card.schedule.betas)] },
    scaler: card.scaler,
    columns: card.columns,
    integerColumns: card.integerColumns,
    ...(card.dataset && { dataset: card.dataset }),
    ...(card.seed !== null && { seed: card.seed }),
    predictionType: 'sample',
    hidden: card.network.hidden,
    // of one timestep every embedding is a constant: the smallest will do
    timeEmbedding: { kind: 'one_hot_linear' },
    sampler: { name: 'ddim', eta: 0 },
    numSteps: 1,
    training: {
      recipe: 'distillation',
      steps,
      batchSize: Math.min(batchSize, teacher.pairs),
      learningRate,
      lrDecay: 'cosine',
      lossWeighting: 'none',
      weightDecay: 0,
      ema: null,
    },
    teacher,
  }
}

/** 1 - alphaBar_T: one step of the student's noises as all of the teacher's. */
function finalBeta(betas: readonly number[]): number {
  const alphaBar = betas.reduce((product, beta) => product * (1 - beta), 1)
  // a schedule of a thousand steps may leave less signal than float64 tells from none
  return Math.min(1 - alphaBar, largestBeta)
}

/**
 * How the teacher is sampled: by DPM-Solver++ (2M) in 20 steps, or T where that is less, unless chosen otherwise.
 * Throws InputError on a sampler that takes noise on its way, or on steps or a parameter that there are not.
 */
export function teacherProcess(card: ModelCard, choice: ProcessChoice): Process {
  const numSteps = Math.min(distillation.numSteps, card.T)
  const recommended = { sampler: defaultSampler('dpmsolver++'), timesteps: spacedTimesteps(card.T, numSteps) }
  const process = processOf({ ...card, recommended }, choice)
  if (process.isStochastic)
    throw new InputError(
      `${describeSampler(process.sampler)} takes noise on its way, so that no sample belongs to a start: a student needs ` +
        'dpmsolver++, heun, or ddim with eta 0',
      'conflict',
    )
  return process
}

export interface DrawnPairs {
  readonly pairs: Pairs
  readonly seconds: number
  /** What sampled the teacher. */
  readonly session: SessionInfo
}

/**
 * The pairs [pairs, dim] that a teacher's card field speaks of: x_T of Philox stream 7, and what the teacher makes of
 * it, in scaled space. Throws as `sample` does, and the signal's reason.
 */
export async function drawPairsOf(
  model: Model,
  { sampler, timesteps, pairs: count, seed }: Omit<Teacher, 'name' | 'sha256'>,
  watch: {
    readonly signal?: AbortSignal | undefined
    readonly onProgress?: ((progress: { done: number; count: number }) => void) | undefined
    readonly onWarning?: ((message: string) => void) | undefined
  },
): Promise<DrawnPairs> {
  const { dim } = model.card
  const noise = standardNormals({ seed, stream: streams.pairs, step: 0, start: 0, count, dim })
  const x_T = { data: noise, count, dim }
  const result = await sample(model, { count, x_T, ...choiceOf(sampler), timesteps, ...watch })
  return { pairs: { x_T, x_0: result.x_0 }, seconds: result.seconds, session: infoOf(result) }
}
