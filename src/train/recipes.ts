import { InputError, nearest } from '../core/errors.ts'
import type { PredictionType } from '../diffusion/prediction.ts'
import type { SamplerConfig } from '../diffusion/samplers/sampler.ts'
import type { ScheduleConfig } from '../diffusion/schedule.ts'
import { seedHidden, type TimeEmbedding } from '../model/network.ts'
import type { TrainingConfig } from '../model/run-config.ts'

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
 * `seed` is the post's: ten steps, full batches, AdamW at a constant rate. `default` comes closer to the data in
 * as many evaluations (docs/quality.md, docs/decisions/0008): noise levels in nearly equal ratios, a network that
 * predicts v, a rate that falls to 0, batches that don't grow with the data, and a solver of order 2.
 */
const recipes: Record<string, Recipe> = {
  default: {
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
  seed: {
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

/** Errors: an unknown name. */
export function recipeOf(name: string): Recipe {
  const found = Object.hasOwn(recipes, name) ? recipes[name] : undefined
  if (!found)
    throw new InputError(
      `unknown recipe ${name}${nearest(name, recipeNames)}: choose from ${recipeNames.join(', ')}`,
    )
  return found
}
