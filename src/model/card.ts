import * as v from 'valibot'
import { InputError } from '../core/errors.ts'
import { parseAs, parseJson, shared } from './schemas.ts'

export const cardFormat = 1

/** The key of the card in the ONNX file's metadata_props. */
export const cardKey = 'moonstep.card'

const goldenCallSchema = v.object({
  x_t: shared.numbers,
  t: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  output: shared.numbers,
})

const goldenSampleSchema = v.object({
  x_T: v.array(shared.numbers),
  /** [steps][sample][dim]: row j belongs to the j-th step taken; empty where the process is deterministic. */
  noise: v.array(v.array(shared.numbers)),
  x_0: v.array(shared.numbers),
})

const cardSchema = v.object({
  format: v.literal(cardFormat),
  dim: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  columns: shared.columns,
  integerColumns: shared.integerColumns,
  T: shared.T,
  /** The schedule as it was asked for, with the betas of t = 0..T that came of it. */
  schedule: v.intersect([shared.schedule, v.object({ betas: shared.numbers })]),
  predictionType: shared.predictionType,
  network: v.object({ hidden: shared.hidden, timeEmbedding: shared.timeEmbedding }),
  scaler: shared.scaler,
  dataset: v.nullable(shared.dataset),
  seed: v.nullable(shared.seed),
  /** A student's alone. */
  teacher: shared.teacher,
  /** How the model's makers recommend to sample it. */
  recommended: v.object({ sampler: shared.sampler, timesteps: shared.timesteps }),
  /** The network's outputs for a few inputs, from the float64 reference pass. */
  golden: v.array(goldenCallSchema),
  /** sampler.onnx only: the reverse process that the graph holds. */
  sampler: v.optional(v.intersect([shared.sampler, v.object({ timesteps: shared.timesteps })])),
  goldenSample: v.optional(goldenSampleSchema),
  /** SHA-256 of each initializer's bytes, little-endian. */
  digests: v.record(v.string(), v.string()),
})

/** What a model file says of itself, as JSON in its metadata. */
export type ModelCard = v.InferOutput<typeof cardSchema>
export type GoldenCall = v.InferOutput<typeof goldenCallSchema>
export type GoldenSample = v.InferOutput<typeof goldenSampleSchema>

/** Reads a card. Throws: no JSON, a newer format, a field missing or wrong. */
export function parseCard(json: string, file: string): ModelCard {
  const value = parseJson(json, file, 'its model card')
  const format = (value as { format?: unknown } | null)?.format
  if (typeof format === 'number' && format > cardFormat)
    throw new InputError(
      `${file}: its model card has format ${format}, this moonstep reads ${cardFormat}: update moonstep`,
      'bad-model',
    )
  const card = parseAs(cardSchema, value, `${file}: model card`)
  if (card.columns.length !== card.dim || card.scaler.min.length !== card.dim)
    throw new InputError(
      `${file}: model card: dim is ${card.dim}, but its columns or its scaler are of another number`,
      'bad-model',
    )
  return card
}
