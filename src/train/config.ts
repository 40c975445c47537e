import { InputError, requireInteger } from '../core/errors.ts'
import type { LossWeighting, PredictionType } from '../diffusion/prediction.ts'
import { createSchedule, type ScheduleConfig } from '../diffusion/schedule.ts'
import { sinusoidalWidth, type TimeEmbedding } from '../model/network.ts'
import type { LrDecay, RunConfig } from '../model/run-config.ts'
import type { Dataset } from '../table/datasets/index.ts'
import { fitScaler } from '../table/encoding.ts'
import { type DataOptions, loadTrainingData } from './data.ts'
import { recipeOf } from './recipes.ts'

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

/** The options with the recipe's choices filled in; the engine is chosen for what comes of it. Errors: an option out of range. */
export async function resolveConfig(
  options: TrainingOptions,
): Promise<{ config: Omit<RunConfig, 'engine'>; dataset: Dataset }> {
  const recipeName = options.recipe ?? 'default'
  const recipe = recipeOf(recipeName)
  const seed = requireInteger('seed', options.seed ?? 0, 0, Number.MAX_SAFE_INTEGER)
  const { dataset, source } = await loadTrainingData(options, seed)
  const T = options.T ?? recipe.T
  const schedule = options.schedule ?? recipe.schedule
  createSchedule(schedule, T)
  const hidden = options.hidden ?? recipe.hidden
  for (const width of hidden) requireInteger('a hidden width', width, 1, 10_000)
  const { count } = dataset.points
  const ema = options.ema ?? recipe.ema
  const config = {
    T,
    schedule,
    scaler: fitScaler(dataset.points, dataset.columns),
    columns: dataset.columns,
    integerColumns: dataset.integerColumns,
    dataset: source,
    seed,
    predictionType: options.predictionType ?? recipe.predictionType,
    hidden,
    timeEmbedding: timeEmbeddingOf(options.timeEmbedding ?? recipe.timeEmbedding),
    sampler: recipe.sampler,
    numSteps: Math.min(recipe.numSteps, T),
    training: {
      recipe: recipeName,
      steps: requireInteger('steps', options.steps ?? recipe.steps, 1, 100_000_000),
      batchSize: requireInteger(
        'batch size',
        Math.min(options.batchSize ?? recipe.batchSize ?? count, count),
        1,
        count,
      ),
      learningRate: requireRange('learning rate', options.learningRate ?? recipe.learningRate, 0, 10),
      lrDecay: options.lrDecay ?? recipe.lrDecay,
      lossWeighting: options.lossWeighting ?? recipe.lossWeighting,
      weightDecay: requireRange('weight decay', options.weightDecay ?? recipe.weightDecay, 0, 10),
      ema: ema === null ? null : requireRange('ema', ema, 0, 0.999999),
    },
  }
  return { config, dataset }
}

function timeEmbeddingOf(kind: TimeEmbedding['kind']): TimeEmbedding {
  return kind === 'one_hot_linear' ? { kind } : { kind, width: sinusoidalWidth }
}

/** Errors: a number outside, or none. */
export function requireRange(what: string, value: number, low: number, high: number): number {
  if (!(value >= low && value <= high))
    throw new InputError(`${what} is ${value}: give a number from ${low} to ${high}`)
  return value
}
