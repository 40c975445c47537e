import * as v from 'valibot'
import { lossWeightings } from '../diffusion/prediction.ts'
import { shared } from './schemas.ts'

export const lrDecays = ['none', 'linear', 'cosine'] as const
export type LrDecay = (typeof lrDecays)[number]

export const engineNames = ['onnx', 'simd', 'tensorflow'] as const
export type EngineName = (typeof engineNames)[number]

/** An engine that is no more: its runs go on on `simd`. */
export const formerEngine = 'tfjs-wasm'

const trainingSchema = v.object({
  recipe: v.string(),
  steps: shared.whole,
  batchSize: shared.whole,
  learningRate: shared.finite,
  lrDecay: v.picklist(lrDecays),
  /** Steps in which the rate rises to the learning rate: none without. */
  warmup: v.optional(shared.whole),
  /** The decay of AdamW's second moment: 0.999 without. */
  beta2: v.optional(shared.finite),
  weightDecay: shared.finite,
  lossWeighting: v.optional(v.picklist(lossWeightings), 'none'),
  /** The decay of the exponential moving average of the weights; null for none. */
  ema: v.nullable(shared.finite),
})

export type TrainingConfig = v.InferOutput<typeof trainingSchema>

/** What an export needs: a weights.safetensors of the seed's shape exports with T, schedule and scaler beside it. */
const exportFields = {
  T: shared.T,
  schedule: shared.schedule,
  scaler: v.optional(shared.scaler),
  columns: v.optional(shared.columns),
  integerColumns: v.optional(shared.integerColumns),
  /** Of a table, in place of scaler and integerColumns. */
  encoding: v.optional(shared.encoding),
  /** A student's are its teacher's, which may not know them. */
  dataset: v.optional(shared.dataset),
  seed: v.optional(shared.seed),
  predictionType: v.optional(shared.predictionType, 'epsilon'),
  sampler: v.optional(shared.sampler, { name: 'ddpm', variance: 'fixed_small' }),
  numSteps: shared.numSteps,
  teacher: shared.teacher,
  /** Of a table; other networks are told by their weights. */
  hidden: v.optional(shared.hidden),
  timeEmbedding: v.optional(shared.timeEmbedding),
}

export const exportSchema = v.object(exportFields)

export const runSchema = v.object({
  ...exportFields,
  columns: shared.columns,
  predictionType: shared.predictionType,
  sampler: shared.sampler,
  hidden: shared.hidden,
  timeEmbedding: shared.timeEmbedding,
  /** The share of the dataset's rows that was set aside. */
  holdout: v.optional(shared.finite),
  training: trainingSchema,
  engine: v.pipe(
    v.picklist([...engineNames, formerEngine]),
    v.transform((name): EngineName => (name === formerEngine ? 'simd' : name)),
  ),
})

/** What an export needs of config.json. */
export type ExportConfig = v.InferOutput<typeof exportSchema>

/** config.json as `train` writes it: all that is needed to train the run again. */
export type RunConfig = v.InferOutput<typeof runSchema>
