import * as v from 'valibot'
import { InputError } from '../core/errors.ts'
import { type Condition, pointsFromRows } from '../numerics/points.ts'
import { dimensionsOf } from '../table/encodings/encoding.ts'
import { candidatesSchema } from './candidates.ts'
import { parseAs, parseJson } from './parse.ts'
import { shared } from './schemas.ts'

/** The newest format that is read. Cards that fit an older one are written in it. */
export const cardFormat = 4

/** The key of the card in the ONNX file's metadata_props. */
export const cardKey = 'moonstep.card'

const goldenCallSchema = v.object({
  x_t: shared.numbers,
  t: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  output: shared.numbers,
  /** Of a network that takes a condition: which blocks are known, and their values. */
  known: v.optional(shared.numbers),
  values: v.optional(shared.numbers),
})

const goldenSampleSchema = v.object({
  x_T: v.array(shared.numbers),
  /** [steps][sample][dim]: row j belongs to the j-th step taken; empty if the process is deterministic. */
  noise: v.array(v.array(shared.numbers)),
  x_0: v.array(shared.numbers),
  /** Likewise: which blocks of each sample are known, and their values. */
  known: v.optional(v.array(shared.numbers)),
  values: v.optional(v.array(shared.numbers)),
})

const cardSchema = v.object({
  /**
   * 1 for scaled numbers, 2 for a table that has an encoding, 3 if its network has other traits than theirs, 4 for
   * relations of six kinds, and for a table's sampler.onnx whose graph gives x_0 alone: in 2 and 3 it also decodes cells, in float32,
   * which nothing reads.
   */
  format: v.picklist([1, 2, 3, cardFormat]),
  /** The model's dimensions: the number of columns, or the total size of the encoding's blocks. */
  dim: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  columns: shared.columns,
  integerColumns: v.optional(shared.integerColumns),
  numberForms: v.optional(shared.numberForms),
  T: shared.T,
  /** The schedule as requested, with the resulting betas of t = 0..T. */
  schedule: v.intersect([shared.schedule, v.object({ betas: shared.numbers })]),
  predictionType: shared.predictionType,
  network: v.object({ hidden: shared.hidden, timeEmbedding: shared.timeEmbedding, ...shared.traits }),
  scaler: v.optional(shared.scaler),
  encoding: v.optional(shared.encoding),
  /** Categories of which most values occur in one training row each: samples hold them, and so does this file. */
  rareNames: v.optional(shared.rareNames),
  /** Columns of the data that were left out, and why. */
  leftOut: v.optional(shared.leftOut),
  /** How one of several candidates is chosen for each row. */
  candidates: v.optional(candidatesSchema),
  /** Whether a table's samples were good when training ended, and whether they gave anyone away. */
  verdicts: v.optional(shared.verdicts),
  dataset: v.nullable(shared.dataset),
  seed: v.nullable(shared.seed),
  /** Only of a student. */
  teacher: shared.teacher,
  /** The recommended way to sample the model. */
  recommended: v.object({ sampler: shared.sampler, timesteps: shared.timesteps }),
  /** The network's outputs for a few inputs, computed by the float64 reference. */
  golden: v.array(goldenCallSchema),
  /** Only of sampler.onnx: the reverse process in the graph. */
  sampler: v.optional(v.intersect([shared.sampler, v.object({ timesteps: shared.timesteps })])),
  goldenSample: v.optional(goldenSampleSchema),
  /** Only of a table's sampler.onnx: what its graph gives. Cells are decoded from x_0, by moonstep; seeded.onnx has them. */
  outputs: v.optional(v.array(v.string())),
  /** SHA-256 of each initializer's bytes, little-endian. */
  digests: v.record(v.string(), v.string()),
})

/** A model file's description of itself: JSON in its metadata. */
export type ModelCard = v.InferOutput<typeof cardSchema>
export type GoldenCall = v.InferOutput<typeof goldenCallSchema>
export type GoldenSample = v.InferOutput<typeof goldenSampleSchema>

/** The condition of the golden calls, if the network takes one. */
export function goldenCallCondition({ golden }: Pick<ModelCard, 'golden'>): Condition | undefined {
  const [known, values] = [golden.map((call) => call.known), golden.map((call) => call.values)]
  if (!known.every((row) => row !== undefined) || !values.every((row) => row !== undefined)) return undefined
  return goldenCondition({ known, values })
}

/** The condition of the golden samples, if the network takes one. */
export function goldenCondition({
  known,
  values,
}: Pick<GoldenSample, 'known' | 'values'>): Condition | undefined {
  return known && values && { known: pointsFromRows(known), values: pointsFromRows(values) }
}

/** Reads a card. Throws if it is not JSON, has a newer format, or a field is missing or wrong. */
export function parseCard(json: string, file: string): ModelCard {
  const value = parseJson(json, file, 'its model card')
  const format = (value as { format?: unknown } | null)?.format
  if (typeof format === 'number' && format > cardFormat)
    throw new InputError(
      `${file}: its model card has format ${format}, and this moonstep reads up to ${cardFormat}: update moonstep`,
      'bad-model',
    )
  const card = parseAs(cardSchema, value, `${file}: model card`)
  const refuse = (problem: string) => new InputError(`${file}: model card: ${problem}`, 'bad-model')
  const { dim, columns, scaler, encoding } = card
  if (card.format === 1 || (card.format > 2 && !encoding)) {
    if (!scaler) throw refuse('scaler is missing')
    if (columns.length !== dim || scaler.min.length !== dim)
      throw refuse(`dim is ${dim}, but its columns or its scaler are of another number`)
  } else {
    if (!encoding) throw refuse('encoding is missing')
    if (encoding.columns.map(({ name }) => name).join('\n') !== columns.join('\n'))
      throw refuse('its columns are not those of its encoding')
    if (dimensionsOf(encoding) !== dim)
      throw refuse(`dim is ${dim}, its encoding has ${dimensionsOf(encoding)}`)
    if (card.format === 2 && card.network.timeEmbedding.kind !== 'log_sigma')
      throw refuse(`its network embeds t by ${card.network.timeEmbedding.kind}, not by log_sigma`)
  }
  return card
}
