import * as v from 'valibot'
import { messageOf } from '../core/errors.ts'
import { predictionTypes } from '../diffusion/prediction.ts'
import { checkSampler, type SamplerConfig } from '../diffusion/samplers/index.ts'
import { maxT } from '../diffusion/schedule.ts'
import { encodedColumnSchema } from '../table/encodings/index.ts'
import { numberFormSchema } from '../table/encodings/kind.ts'
import { areRelated, relationSchema } from '../table/relations/index.ts'
import { ruleSchema } from '../table/rules/index.ts'
import { type HeadName, headNames } from './heads/index.ts'
import { activationNames, type TimeEmbedding } from './network.ts'
import { scheduleSchema } from './schedule-schema.ts'

const finite = v.pipe(v.number(), v.finite())
const wholeFrom = (low: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(low))

const arrayOf = <S extends v.GenericSchema>(item: S) => v.pipe(v.array(item), v.readonly())
const someOf = <S extends v.GenericSchema>(item: S) => v.pipe(v.array(item), v.minLength(1), v.readonly())

/** A sampler's name with its own parameters; any other key is dropped (a card lists parameters it lacks as null). */
const samplerSchema: v.GenericSchema<unknown, SamplerConfig> = v.pipe(
  v.looseObject({ name: v.string() }),
  v.rawTransform(({ dataset, addIssue, NEVER }): SamplerConfig => {
    try {
      return checkSampler(dataset.value as SamplerConfig)
    } catch (error) {
      addIssue({ message: messageOf(error) })
      return NEVER
    }
  }),
)

const timeEmbeddingSchema = v.variant('kind', [
  v.object({ kind: v.literal('one_hot_linear') }),
  v.object({
    kind: v.picklist(['sinusoidal_mlp', 'log_sigma']),
    width: v.pipe(wholeFrom(2), v.multipleOf(2, 'width must be even')),
  }),
]) satisfies v.GenericSchema<unknown, TimeEmbedding>

/** The traits of a network that formats 1 and 2 take for granted. */
const traits = {
  activation: v.optional(v.picklist(activationNames)),
  residual: v.optional(v.boolean()),
  takesCondition: v.optional(v.boolean()),
  head: v.optional(v.picklist(headNames) as v.GenericSchema<unknown, HeadName>),
}

const timestepsSchema = someOf(wholeFrom(1))

/** The teacher of a student, and the pairs the student learned from. */
const teacherSchema = v.object({
  /** Name of the run folder. */
  name: v.string(),
  /** SHA-256 of its weights.safetensors. */
  sha256: v.string(),
  sampler: samplerSchema,
  timesteps: timestepsSchema,
  /** Number of pairs of noise and sample. */
  pairs: wholeFrom(1),
  /** Seed of the pairs' noise, the student's initial weights and its batches. */
  seed: wholeFrom(0),
})

export type Teacher = v.InferOutput<typeof teacherSchema>

const share = v.nullable(finite)

/** Whether a table's samples were good when training ended, and whether they gave anyone away: `Verdicts`. */
const verdictsSchema = v.object({
  rows: v.object({
    grade: v.nullable(v.picklist(['good', 'fair', 'poor'])),
    auc: share,
    real: share,
    low: share,
    high: share,
  }),
  people: v.object({
    grade: v.nullable(v.picklist(['none', 'slight', 'clear'])),
    auc: share,
    low: share,
    high: share,
  }),
})

/** The parts that config.json and the model card share. */
export const shared = {
  T: v.pipe(wholeFrom(1), v.maxValue(maxT)),
  schedule: scheduleSchema,
  scaler: v.pipe(
    v.object({ min: someOf(finite), max: arrayOf(finite), leastRows: v.optional(wholeFrom(1)) }),
    v.check(
      ({ min, max }) => min.length === max.length && min.every((low, d) => low < max[d]!),
      'each min must lie below its max',
    ),
  ),
  columns: someOf(v.string()),
  /** Of format 2, instead of scaler and integerColumns. */
  encoding: v.pipe(
    v.object({
      columns: someOf(encodedColumnSchema),
      relations: v.optional(arrayOf(relationSchema)),
      rules: v.optional(arrayOf(ruleSchema)),
      context: v.optional(arrayOf(v.string())),
      leastRows: v.optional(wholeFrom(1)),
    }),
    v.check(
      ({ columns, relations = [] }) => areRelated(columns, relations),
      'each relation must be between columns, and each derived column must have one',
    ),
  ),
  dataset: v.union([
    v.object({ name: v.string(), rows: wholeFrom(2), noiseLevel: finite }),
    v.object({ file: v.string(), rows: wholeFrom(2), sha256: v.string() }),
  ]),
  /** The columns whose samples are rounded to whole numbers. */
  integerColumns: arrayOf(v.string()),
  /** How the numbers of each column are written in text; null for plain decimals. */
  numberForms: arrayOf(v.nullable(numberFormSchema)),
  /** Categories of which most values occur in one training row each. */
  rareNames: arrayOf(v.object({ column: v.string(), names: wholeFrom(1), single: wholeFrom(1) })),
  /** Columns of the data that were left out, and why, without any of their cells. */
  leftOut: arrayOf(v.object({ name: v.string(), reason: v.string() })),
  verdicts: verdictsSchema,
  seed: wholeFrom(0),
  predictionType: v.picklist(predictionTypes),
  sampler: samplerSchema,
  timesteps: timestepsSchema,
  teacher: v.optional(teacherSchema),
  /** Recommended number of steps out of T. Default: all. */
  numSteps: v.optional(wholeFrom(1)),
  hidden: arrayOf(wholeFrom(1)),
  timeEmbedding: timeEmbeddingSchema,
  traits,
  finite,
  numbers: arrayOf(finite),
  whole: wholeFrom(0),
}
