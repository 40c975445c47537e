import { outOfRange, unknownName } from '../core/errors.ts'
import type { PredictionType } from '../diffusion/prediction.ts'
import type { SamplerConfig } from '../diffusion/samplers/index.ts'
import { createSchedule, type ScheduleConfig } from '../diffusion/schedule.ts'
import { seedHidden, sinusoidalWidth, type TimeEmbedding } from '../model/network.ts'
import type { RunConfig, TrainingConfig } from '../model/run-config.ts'
import { cardEncoding, fitEncoding } from '../table/encoding.ts'
import type { Table } from '../table/table.ts'
import { loadTrainingData } from './data.ts'
import type { TrainRequest } from './options.ts'

/** What a recipe chooses where the caller does not; a batch size of null takes all rows. */
export interface Recipe extends Omit<TrainingConfig, 'batchSize' | 'recipe'> {
  readonly T: number
  readonly schedule: ScheduleConfig
  readonly hidden: readonly number[]
  readonly timeEmbedding: TimeEmbedding['kind']
  readonly predictionType: PredictionType
  readonly batchSize: number | null
  readonly sampler: SamplerConfig
  /** Recommended for sampling. */
  readonly numSteps: number
}

/**
 * `post` is that of the post "A practical guide to Diffusion models", which Moonstep grew from: ten steps, full batches,
 * AdamW at a constant rate. `points`, the default, comes closer to the data in as many evaluations (docs/quality.md,
 * docs/decisions/0008): noise levels in nearly equal ratios, a network that predicts v, a rate that falls to 0, batches
 * that don't grow with the data, and a solver of order 2.
 */
const recipes: Record<string, Recipe> = {
  points: {
    T: 17,
    schedule: { kind: 'karras', sigmaMin: 0.04, sigmaMax: 6, rho: 20 },
    hidden: seedHidden,
    timeEmbedding: 'one_hot_linear',
    predictionType: 'v_prediction',
    steps: 5000,
    batchSize: 1000,
    learningRate: 1e-2,
    lrDecay: 'cosine',
    weightDecay: 1e-4,
    lossWeighting: 'none',
    ema: null,
    sampler: { name: 'dpmsolver++', order: 2 },
    numSteps: 10,
  },
  post: {
    T: 10,
    schedule: { kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power: 3 },
    hidden: seedHidden,
    timeEmbedding: 'one_hot_linear',
    predictionType: 'epsilon',
    steps: 5000,
    batchSize: null,
    learningRate: 1e-2,
    lrDecay: 'none',
    weightDecay: 1e-4,
    lossWeighting: 'none',
    ema: null,
    sampler: { name: 'ddpm', variance: 'fixed_small' },
    numSteps: 10,
  },
}

export const recipeNames = Object.keys(recipes)
export const defaultRecipe = 'points'

/** What recipes were called when runs that still load were trained. */
const formerNames: Readonly<Record<string, string>> = { seed: 'post', default: 'points' }

/** Throws where the name is unknown, or a former one. */
export function recipeOf(name: string): Recipe {
  const found = Object.hasOwn(recipes, name) ? recipes[name] : undefined
  if (found) return found
  if (Object.hasOwn(formerNames, name))
    throw outOfRange('recipe', name, `it is called ${formerNames[name]} now`)
  throw unknownName('recipe', name, recipeNames)
}

/** Today's name of a recipe that a run's config.json names. */
export function recordedRecipe(name: string): string {
  return Object.hasOwn(formerNames, name) ? formerNames[name]! : name
}

/**
 * Checked options with the recipe's choices filled in; the engine is chosen for what comes of it. Throws where the
 * recipe is unknown, or the data or the schedule is wrong.
 */
export async function resolveConfig(
  options: TrainRequest,
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
    hidden: options.hidden ?? widthsFor(recipe.hidden, table.columns.length),
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

/** Units of a layer for each column, so that the network can follow them all. */
const unitsPerColumn = 2

/** A recipe's widths, each raised to what so many columns need: those of up to ten columns are the recipe's own. */
function widthsFor(hidden: readonly number[], columns: number): number[] {
  return hidden.map((width) => Math.max(width, unitsPerColumn * columns))
}

/** What is doubtful about a network for its table, or nothing: samples of one that is too narrow are garbage. */
export function widthWarning({ hidden, columns }: Pick<RunConfig, 'hidden' | 'columns'>): string | undefined {
  const narrowest = Math.min(...hidden)
  if (narrowest >= columns.length) return undefined
  return (
    `a layer of ${narrowest} gives an output of rank ${narrowest}, which can't follow ${columns.length} columns: give \`hidden\` ` +
    `layers of at least ${columns.length}, better ${unitsPerColumn * columns.length}`
  )
}

function timeEmbeddingOf(kind: TimeEmbedding['kind']): TimeEmbedding {
  return kind === 'one_hot_linear' ? { kind } : { kind, width: sinusoidalWidth }
}
