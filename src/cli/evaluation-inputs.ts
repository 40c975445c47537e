import { readFile } from 'node:fs/promises'
import { InputError, messageOf } from '../core/errors.ts'
import { nearestFile } from '../core/files.ts'
import type { FloatArray, Points } from '../core/points.ts'
import { datasetNames, makeDataset } from '../data/datasets.ts'
import { type PointsFile, readPoints } from '../data/read-points.ts'
import { fitScaler, scale, unscale } from '../data/scaler.ts'
import { createSchedule } from '../diffusion/schedule.ts'
import { type EvaluationRequest, type NamedPoints, pairwiseLimits } from '../evaluate/evaluate.ts'
import type { Process } from '../evaluate/ideal-samples.ts'
import { matchColumns, type WithColumns } from '../evaluate/match-columns.ts'
import { describeSteps, type ModelCard, stepsOf } from '../model/card.ts'
import { digestOf } from '../model/digest.ts'
import { readModel } from '../onnx/read.ts'
import { teacherSamples } from './teacher-samples.ts'

/** Where the points of an evaluation come from. */
export interface EvaluationPaths {
  readonly samples: string
  readonly against: string
  readonly model?: string | undefined
  readonly train?: string | undefined
  readonly ideal?: boolean | undefined
  /** A model.onnx or sampler.onnx that `model` learned from. */
  readonly teacher?: string | undefined
  readonly quick?: boolean | undefined
}

export interface EvaluationInputs {
  readonly request: Pick<EvaluationRequest, 'samples' | 'data' | 'training' | 'ideal' | 'teacher'>
  /** The file whose ranges scale all points. */
  readonly scaledBy: string
  /** What the training points are, null where they are not known. */
  readonly training: string | null
  /** How the ideal denoiser is sampled. */
  readonly process: string | null
  /** How the teacher is sampled. */
  readonly teaching: string | null
  readonly warnings: readonly string[]
}

/**
 * Reads what an evaluation takes, puts columns in one order and scales them, by the model's scaler or the data's
 * ranges. Errors: those of `readPoints`, `readModel`, `matchColumns` and `teacherSamples`; `ideal` without a model or
 * its training points; `teacher` without a model.
 */
export async function readInputs({
  samples,
  against,
  model,
  train,
  ideal,
  teacher,
  quick,
}: EvaluationPaths): Promise<EvaluationInputs> {
  if (ideal && model === undefined)
    throw new InputError('--ideal needs the schedule and the sampler of a model: give --model')
  if (teacher !== undefined && model === undefined)
    throw new InputError('--teacher is held against its student: give --model')
  const card = model === undefined ? undefined : await readCard(model)
  const data = await readPoints('--against', against)
  const drawn = await readPoints('SAMPLES', samples)
  const given = train === undefined ? undefined : await readPoints('--train', train)
  const trained = given ?? rebuilt(card)
  if (ideal && !trained)
    throw new InputError(
      `--ideal needs the training points, and ${model} was trained on no built-in dataset: give --train`,
    )
  const reference: WithColumns =
    card && model !== undefined
      ? { file: model, dim: card.dim, columns: card.columns }
      : { ...data, dim: data.points.dim }
  const ordered = matchColumns(data, reference)
  const scaler =
    card?.scaler ??
    fitScaler(ordered, data.columns ?? Array.from({ length: reference.dim }, (_, d) => `${d + 1}`))
  const scaled = (file: Omit<PointsFile, 'bytes'>): NamedPoints => ({
    name: file.file,
    points: scale(toFloat64(matchColumns(file, reference)), scaler),
  })
  const count = Math.min(drawn.points.count, pairwiseLimits[quick ? 'quick' : 'full'])
  const taught =
    teacher !== undefined && model !== undefined ? await teacherSamples(model, teacher, count) : undefined
  return {
    request: {
      samples: scaled(drawn),
      data: scaled(data),
      training: trained && scaled(trained),
      ideal: ideal && card ? processOf(card) : undefined,
      teacher: taught,
    },
    scaledBy: model ?? against,
    training: trained?.file ?? null,
    process: ideal && card ? describeSteps(stepsOf(card)) : null,
    teaching: taught?.process ?? null,
    warnings: [...(given ? otherFile(given, card) : []), ...(taught?.warnings ?? [])],
  }
}

async function readCard(path: string): Promise<ModelCard> {
  const bytes = await readFile(path).catch(async (error: NodeJS.ErrnoException) => {
    throw new InputError(
      error.code === 'ENOENT'
        ? `--model ${path}: there is no such file${await nearestFile(path)}: give a model.onnx or sampler.onnx`
        : `--model ${path}: cannot read it: ${messageOf(error)}`,
    )
  })
  return readModel(bytes, path).card
}

/** The built-in dataset that a model was trained on, made again. */
function rebuilt(card: ModelCard | undefined): Omit<PointsFile, 'bytes'> | undefined {
  const { dataset = null, seed = null } = card ?? {}
  if (!dataset || !('name' in dataset) || seed === null || !datasetNames.includes(dataset.name))
    return undefined
  const { name, rows, noiseLevel } = dataset
  return {
    file: `${name}, ${rows} rows, noise ${noiseLevel}, seed ${seed}, made again from the model's card`,
    ...makeDataset(dataset, seed),
  }
}

/** A warning where --train is another file than the card names. */
function otherFile({ file, bytes }: PointsFile, card: ModelCard | undefined): string[] {
  const dataset = card?.dataset
  if (!dataset || !('sha256' in dataset) || dataset.sha256 === digestOf(bytes)) return []
  return [`${file} is not the file that the model was trained on, ${dataset.file}: their SHA-256 differ`]
}

function processOf(card: ModelCard): Process {
  return {
    schedule: createSchedule({ kind: 'betas', betas: card.schedule.betas }, card.T),
    ...stepsOf(card),
    finish: (x_0) => roundWholeColumns(x_0, card),
  }
}

/** Columns of whole numbers rounded, as `sample` rounds them in data units. */
function roundWholeColumns(x_0: Points<Float64Array>, card: ModelCard): Points<Float64Array> {
  const whole = card.columns.map((name) => card.integerColumns.includes(name))
  if (!whole.includes(true)) return x_0
  const { data, count, dim } = unscale(x_0, card.scaler)
  return scale({ data: data.map((x, k) => (whole[k % dim] ? Math.round(x) : x)), count, dim }, card.scaler)
}

function toFloat64({ data, count, dim }: Points<FloatArray>): Points<Float64Array> {
  return { data: Float64Array.from(data), count, dim }
}
