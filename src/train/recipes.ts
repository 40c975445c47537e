import { outOfRange, unknownName } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import type { PredictionType } from '../diffusion/prediction.ts'
import type { SamplerConfig } from '../diffusion/samplers/index.ts'
import type { ScheduleConfig } from '../diffusion/schedule.ts'
import {
  type NetworkTraits,
  postTraits,
  seedHidden,
  type TimeEmbedding,
  tableTraits,
} from '../model/network.ts'
import type { TrainingConfig } from '../model/run-config.ts'
import { power } from '../numerics/elementary.ts'
import { maxWholeCategories } from '../table/encodings/fit-numbers.ts'
import type { Table } from '../table/table.ts'

/** A recipe's defaults; a batch size of null takes all rows. */
export interface Recipe extends Omit<TrainingConfig, 'batchSize' | 'recipe'> {
  /**
   * How it encodes a table: numbers are scaled by their ranges; or columns of any kind, with missing values, are encoded by their
   * values.
   */
  readonly encoding: 'scaled' | 'by value'
  readonly T: number
  readonly schedule: ScheduleConfig
  readonly hidden: readonly number[]
  readonly traits: Omit<NetworkTraits, 'hidden' | 'time'>
  readonly timeEmbedding: TimeEmbedding['kind']
  readonly predictionType: PredictionType
  readonly batchSize: number | null
  readonly sampler: SamplerConfig
  /** Recommended number of steps for sampling. */
  readonly numSteps: number
}

/** The size of the data. */
interface DataSize {
  readonly rows: number
  /** Columns of numbers and dates, except whole numbers with few values, which are learned like categories. */
  readonly numbers: number
}

export function dataSizeOf({ columns, count }: Table): DataSize {
  const hasManyValues = (cells: Float64Array) => {
    const values = new Set<number>()
    for (const cell of cells) {
      if (!Number.isNaN(cell)) values.add(cell)
      if (values.size > maxWholeCategories) return true
    }
    return false
  }
  const numbers = columns.filter(
    ({ kind, cells }) => kind === 'number' || kind === 'date' || (kind === 'integer' && hasManyValues(cells)),
  )
  return { rows: count, numbers: numbers.length }
}

/** What the recipes of points share. */
const ofPoints = {
  encoding: 'scaled',
  hidden: seedHidden,
  traits: postTraits,
  timeEmbedding: 'one_hot_linear',
  steps: 5000,
  learningRate: 1e-2,
  weightDecay: 1e-4,
  lossWeighting: 'none',
  ema: null,
  numSteps: 10,
} satisfies Partial<Recipe>

/**
 * `post` is the recipe of the post "A practical guide to Diffusion models", which Moonstep grew from: ten steps, full
 * batches, AdamW at a constant rate. `points`, for few numeric columns, gets closer to the data with as many
 * evaluations (docs/quality.md, docs/decisions/0008): noise levels in nearly equal ratios, v-prediction, a learning
 * rate that falls to 0, batches of fixed size, and a solver of order 2. `table` accepts any columns (docs/tables.md).
 */
const recipes = {
  points: () => ({
    ...ofPoints,
    T: 17,
    schedule: { kind: 'karras', sigmaMin: 0.04, sigmaMax: 6, rho: 20 },
    predictionType: 'v_prediction',
    batchSize: 1000,
    lrDecay: 'cosine',
    sampler: { name: 'dpmsolver++', order: 2 },
  }),
  post: () => ({
    ...ofPoints,
    T: 10,
    schedule: { kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power: 3 },
    predictionType: 'epsilon',
    batchSize: null,
    lrDecay: 'none',
    sampler: { name: 'ddpm', variance: 'fixed_small' },
  }),
  table: (size) => ({
    encoding: 'by value',
    traits: { ...tableTraits, head: 'bounded' },
    T: 24,
    schedule: { kind: 'karras', sigmaMin: 0.062, sigmaMax: 4, rho: 7 },
    timeEmbedding: 'log_sigma',
    predictionType: 'sample',
    ...lengthFor(size),
    candidates: 4,
    lrDecay: 'cosine',
    warmup: 100,
    beta2: 0.99,
    lossWeighting: 'none',
    ema: null,
    sampler: { name: 'sde-dpmsolver++' },
    numSteps: 8,
  }),
} satisfies Record<string, (size: DataSize) => Recipe>

/** A recipe's name. */
export type RecipeName = keyof typeof recipes

/**
 * How long a table is trained, how, and how wide its network is. Small tables are memorised if trained too long or without weight decay;
 * dependences of numbers take longer to learn than those of names (docs/formulation.md). In their few steps a wide network learns more; in those
 * of a larger table, a narrow one learns as much at half the cost (docs/decisions/0072).
 */
function lengthFor({
  rows,
  numbers,
}: DataSize): Pick<Recipe, 'steps' | 'batchSize' | 'learningRate' | 'weightDecay' | 'hidden'> {
  const isSmall = rows < 3000
  const steps = isSmall
    ? clamp(375 * numbers, 750, 1500) * power(Math.max(1, rows / 1000), growth)
    : clamp(1100 * numbers, 4500, 10_000) * power(rows / 10_000, growth)
  return {
    steps: Math.min(Math.round(steps), 24_000),
    batchSize: 256,
    learningRate: isSmall ? 3e-3 : 4e-3,
    weightDecay: isSmall ? 0.5 : 0,
    hidden: new Array<number>(3).fill(isSmall ? 256 : 160),
  }
}

/** Exponent of the steps' growth with rows. */
const growth = 0.727

function clamp(x: number, min: number, max: number): number {
  return Math.min(Math.max(x, min), max)
}

export const recipeNames = Object.keys(recipes) as RecipeName[]

/** Maximum number of columns of recipe `points`. */
const maxPointColumns = 8

/** The default recipe of a table, and the reason. */
export function recipeFor({ columns, count }: Table): {
  name: RecipeName
  reason: string
} {
  const table = (reason: string) => ({ name: 'table', reason }) as const
  const other = columns.find(({ kind }) => kind !== 'number' && kind !== 'integer')
  if (other) return table(`column ${printable(other.name)} is a ${other.kind}`)
  if (columns.length > maxPointColumns) return table(`there are ${columns.length} columns`)
  for (const { name, cells } of columns) {
    const values = cells.toSorted()
    // NaN comes last
    if (Number.isNaN(values.at(-1))) return table(`column ${printable(name)} has missing values`)
    const least = Math.max(2, Math.ceil(count / 2000))
    for (let i = least - 1; i < count; i++)
      if (values[i] === values[i - least + 1])
        return table(`column ${printable(name)} is ${values[i]} in several rows`)
  }
  return { name: 'points', reason: `${columns.length} columns of numbers` }
}

/** Former names of recipes in runs that still load. */
const formerNames: Readonly<Record<string, string>> = { seed: 'post', default: 'points' }

/** The recipe of that name for data of a size. Throws InputError if the name is unknown or a former one. */
export function recipeOf(name: string, size: DataSize = { rows: 1000, numbers: 2 }): Recipe {
  if (Object.hasOwn(recipes, name)) return recipes[name as RecipeName](size)
  if (Object.hasOwn(formerNames, name))
    throw outOfRange('recipe', name, `it is now called ${formerNames[name]}`)
  throw unknownName('recipe', name, recipeNames)
}

/** The current name of a recipe in a run's config.json. */
export function recordedRecipe(name: string): string {
  return Object.hasOwn(formerNames, name) ? formerNames[name]! : name
}
