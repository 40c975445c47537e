import * as v from 'valibot'
import { lossWeightings } from '../diffusion/prediction.ts'
import { candidatesSchema } from './candidates.ts'
import { type EngineName, engineNames, lrDecays } from './run-names.ts'
import { shared } from './schemas.ts'

/** A former engine, whose runs resume on `simd`. */
export const formerEngine = 'tfjs-wasm'

const trainingSchema = v.object({
  recipe: v.string(),
  steps: shared.whole,
  batchSize: shared.whole,
  learningRate: shared.finite,
  lrDecay: v.picklist(lrDecays),
  /** Steps in which the rate rises to the learning rate. Default: none. */
  warmup: v.optional(shared.whole),
  /** Decay of AdamW's second moment. Default: 0.999. */
  beta2: v.optional(shared.finite),
  weightDecay: shared.finite,
  /** Of a table: candidates of each row. Default: one. */
  candidates: v.optional(shared.whole),
  lossWeighting: v.optional(v.picklist(lossWeightings), 'none'),
  /** Decay of the weights' exponential moving average; null for none. */
  ema: v.nullable(shared.finite),
})

export type TrainingConfig = v.InferOutput<typeof trainingSchema>

const likeness = { shapes: shared.finite, trends: v.nullable(shared.finite), detection: shared.finite }

const closenessSchema = v.object({
  ...likeness,
  against: v.picklist(['holdout', 'train']),
  rows: shared.whole,
  compared: v.optional(shared.whole),
  copied: v.optional(shared.finite),
  real: v.object(likeness),
  doubt: v.nullable(v.string()),
})

/**
 * The fields an export needs: a weights.safetensors of the post's shape exports with T, schedule and scaler beside it.
 */
const exportFields = {
  T: shared.T,
  schedule: shared.schedule,
  scaler: v.optional(shared.scaler),
  columns: v.optional(shared.columns),
  integerColumns: v.optional(shared.integerColumns),
  numberForms: v.optional(shared.numberForms),
  /** Of a table, instead of scaler and integerColumns. */
  encoding: v.optional(shared.encoding),
  /** A student's dataset and seed are its teacher's, whose file may lack them. */
  dataset: v.optional(shared.dataset),
  seed: v.optional(shared.seed),
  predictionType: v.optional(shared.predictionType, 'epsilon'),
  sampler: v.optional(shared.sampler, { name: 'ddpm', variance: 'fixed_small' }),
  numSteps: shared.numSteps,
  teacher: shared.teacher,
  /** Of a table; other networks are recognised by their weights. */
  hidden: v.optional(shared.hidden),
  timeEmbedding: v.optional(shared.timeEmbedding),
  /** Traits of a network that no model of format 1 or 2 has. */
  network: v.optional(v.object(shared.traits)),
  /** How close a table's samples were to real rows when training ended. */
  closeness: v.optional(closenessSchema),
  /** Whether they were good, and whether they gave anyone away. */
  verdicts: v.optional(shared.verdicts),
  /** Of a table: categories of which most values occur in one training row each, which the caller allowed. */
  rareNames: v.optional(shared.rareNames),
  /** Columns of the data that were left out, and why. */
  leftOut: v.optional(shared.leftOut),
  /** How one of several candidates is chosen for each row. */
  candidates: v.optional(candidatesSchema),
}

export const exportSchema = v.object(exportFields)

export const runSchema = v.object({
  ...exportFields,
  columns: shared.columns,
  predictionType: shared.predictionType,
  sampler: shared.sampler,
  hidden: shared.hidden,
  timeEmbedding: shared.timeEmbedding,
  /** Shares of the dataset's rows that were kept aside, to judge and to choose. */
  holdout: v.optional(shared.finite),
  validation: v.optional(shared.finite),
  training: trainingSchema,
  engine: v.pipe(
    v.picklist([...engineNames, formerEngine]),
    v.transform((name): EngineName => (name === formerEngine ? 'simd' : name)),
  ),
})

/** What an export needs of config.json. */
export type ExportConfig = v.InferOutput<typeof exportSchema>

/** config.json as `train` writes it: everything needed to train the run again. */
export type RunConfig = v.InferOutput<typeof runSchema>
