import { requireInteger } from '../core/errors.ts'
import type { ModelCard } from '../model/card.ts'
import type { RunConfig } from '../model/run-config.ts'
import type { Teacher } from '../model/schemas.ts'
import { requireRange } from '../train/config.ts'

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
 * hidden layers, data and columns are its teacher's. Errors: an option out of range.
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
      steps: requireInteger('steps', steps, 1, 100_000_000),
      batchSize: Math.min(requireInteger('batch size', batchSize, 1, 10_000_000), teacher.pairs),
      learningRate: requireRange('learning rate', learningRate, 0, 10),
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
