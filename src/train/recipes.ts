import { InputError } from '../core/errors.ts'
import type { ScheduleConfig } from '../diffusion/schedule.ts'
import { seedHidden } from '../model/network.ts'
import type { TrainingConfig } from '../model/run-config.ts'

/** What a recipe chooses where the caller does not; a batch size of null takes all rows. */
export interface Recipe extends Omit<TrainingConfig, 'batchSize' | 'recipe'> {
  readonly T: number
  readonly schedule: ScheduleConfig
  readonly hidden: readonly number[]
  readonly batchSize: number | null
}

/** `seed` is the post's: ten steps, full batches, AdamW at a constant rate. */
const recipes: Record<string, Recipe> = {
  seed: {
    T: 10,
    schedule: { kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power: 3 },
    hidden: seedHidden,
    steps: 5000,
    batchSize: null,
    learningRate: 1e-2,
    lrDecay: 'none',
    weightDecay: 1e-4,
    ema: null,
  },
}

export const recipeNames = Object.keys(recipes)

/** Errors: an unknown name. */
export function recipeOf(name: string): Recipe {
  const found = Object.hasOwn(recipes, name) ? recipes[name] : undefined
  if (!found) throw new InputError(`unknown recipe ${name}: choose from ${recipeNames.join(', ')}`)
  return found
}
