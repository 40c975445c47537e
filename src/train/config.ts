import { requireIntegers } from '../core/errors.ts'
import { anything, integer, type KnownOptions, number, oneOf, text } from '../core/options.ts'
import { maxSeed } from '../core/random.ts'
import {
  type LossWeighting,
  lossWeightings,
  type PredictionType,
  predictionTypes,
} from '../diffusion/prediction.ts'
import { createSchedule, maxT, type ScheduleConfig } from '../diffusion/schedule.ts'
import { sinusoidalWidth, type TimeEmbedding, timeEmbeddingKinds } from '../model/network.ts'
import { type LrDecay, lrDecays, type RunConfig } from '../model/run-config.ts'
import { parseAs, shared } from '../model/schemas.ts'
import { cardEncoding, fitEncoding } from '../table/encoding.ts'
import type { Table } from '../table/table.ts'
import { type DataOptions, loadTrainingData } from './data.ts'
import { defaultRecipe, recipeOf } from './recipes.ts'

/** What a caller may choose of a run; the recipe chooses the rest. */
export interface TrainingOptions extends DataOptions {
  readonly recipe?: string | undefined
  readonly T?: number | undefined
  readonly schedule?: ScheduleConfig | undefined
  /** Widths of the hidden layers. */
  readonly hidden?: readonly number[] | undefined
  readonly timeEmbedding?: TimeEmbedding['kind'] | undefined
  readonly predictionType?: PredictionType | undefined
  readonly lossWeighting?: LossWeighting | undefined
  readonly steps?: number | undefined
  readonly batchSize?: number | undefined
  readonly learningRate?: number | undefined
  readonly lrDecay?: LrDecay | undefined
  readonly weightDecay?: number | undefined
  /** The decay of the weights' exponential moving average, below 1. */
  readonly ema?: number | undefined
  readonly seed?: number | undefined
}

/** What a training's figures may be, of a run and of a student. */
export const trainingRanges = {
  steps: integer(1, 100_000_000),
  batchSize: integer(1, 10_000_000),
  learningRate: number(0, 10),
}

export const trainingChecks: KnownOptions<TrainingOptions> = {
  // the data itself says what it takes
  dataset: anything,
  rows: anything,
  noiseLevel: anything,
  recipe: text,
  T: integer(1, maxT),
  schedule: (option, value) => parseAs(shared.schedule, value, option, 'wrong-type'),
  hidden: (option, value) => requireIntegers(option, value, 1, 10_000),
  timeEmbedding: oneOf(timeEmbeddingKinds),
  predictionType: oneOf(predictionTypes),
  lossWeighting: oneOf(lossWeightings),
  ...trainingRanges,
  lrDecay: oneOf(lrDecays),
  weightDecay: number(0, 10),
  ema: number(0, 0.999999),
  seed: integer(0, maxSeed),
}

/**
 * Checked options with the recipe's choices filled in; the engine is chosen for what comes of it. Throws where the
 * recipe is unknown, or the data or the schedule is wrong.
 */
export async function resolveConfig(
  options: TrainingOptions,
): Promise<{ config: Omit<RunConfig, 'engine'>; table: Table }> {
  const { recipe: name = defaultRecipe, seed = 0 } = options
  const recipe = recipeOf(name)
  const { table, source } = await loadTrainingData(options, seed)
  const { T = recipe.T, schedule = recipe.schedule, ema = recipe.ema } = options
  createSchedule(schedule, T)
  const { count } = table.points
  const config = {
    T,
    schedule,
    ...cardEncoding(fitEncoding(table)),
    ...(source && { dataset: source }),
    seed,
    predictionType: options.predictionType ?? recipe.predictionType,
    hidden: options.hidden ?? recipe.hidden,
    timeEmbedding: timeEmbeddingOf(options.timeEmbedding ?? recipe.timeEmbedding),
    sampler: recipe.sampler,
    numSteps: Math.min(recipe.numSteps, T),
    training: {
      recipe: name,
      steps: options.steps ?? recipe.steps,
      batchSize: Math.min(options.batchSize ?? recipe.batchSize ?? count, count),
      learningRate: options.learningRate ?? recipe.learningRate,
      lrDecay: options.lrDecay ?? recipe.lrDecay,
      lossWeighting: options.lossWeighting ?? recipe.lossWeighting,
      weightDecay: options.weightDecay ?? recipe.weightDecay,
      ema,
    },
  }
  return { config, table }
}

function timeEmbeddingOf(kind: TimeEmbedding['kind']): TimeEmbedding {
  return kind === 'one_hot_linear' ? { kind } : { kind, width: sinusoidalWidth }
}
