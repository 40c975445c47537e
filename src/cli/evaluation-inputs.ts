import { InputError } from '../core/errors.ts'
import { readInput } from '../core/files.ts'
import { describeProcess, processOf } from '../diffusion/process.ts'
import { choiceOf, describeSampler, deterministicSamplers } from '../diffusion/samplers/index.ts'
import { scaleTables } from '../evaluate/evaluate.ts'
import { type IdealProcess, pairwiseLimits, type ScaledRequest } from '../evaluate/evaluate-scaled.ts'
import type { SampledPairs } from '../evaluate/nearest.ts'
import { internalsOf } from '../infer/model.ts'
import { sample } from '../infer/sample.ts'
import type { ModelCard } from '../model/card.ts'
import { digestOfWeights } from '../model/folded.ts'
import { loadModel } from '../node/load-model.ts'
import { readModel } from '../onnx/read.ts'
import { isDatasetName, makeDataset } from '../table/datasets/index.ts'
import { decode, encode, encodingOf } from '../table/encoding.ts'
import { readTable, type TableFile } from '../table/files.ts'
import type { NamedTable } from '../table/table.ts'

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
  readonly request: Pick<ScaledRequest, 'samples' | 'data' | 'training' | 'ideal' | 'teacher'>
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
 * ranges. Errors: those of `readTable`, `readModel`, `matchColumns` and `teacherSamples`; `ideal` without a model or
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
    throw new InputError('--ideal needs the schedule and the sampler of a model: give --model', 'missing')
  if (teacher !== undefined && model === undefined)
    throw new InputError('--teacher is held against its student: give --model', 'missing')
  const card = model === undefined ? undefined : await readCard(model)
  const data = await readTable('against', against)
  const drawn = await readTable('samples', samples)
  const given = train === undefined ? undefined : await readTable('train', train)
  const trained = given ?? rebuilt(card)
  if (ideal && !trained)
    throw new InputError(
      `--ideal needs the training points, and ${model} was trained on no built-in dataset: give --train`,
      'missing',
    )
  const scaler = card && model !== undefined ? { name: model, ...encodingOf(card) } : undefined
  const count = Math.min(drawn.points.count, pairwiseLimits[quick ? 'quick' : 'full'])
  const taught =
    teacher !== undefined && model !== undefined ? await teacherSamples(model, teacher, count) : undefined
  return {
    request: {
      ...scaleTables({ samples: drawn, data, training: trained }, scaler),
      ideal: ideal && card ? idealProcess(card) : undefined,
      teacher: taught,
    },
    scaledBy: model ?? against,
    training: trained?.name ?? null,
    process: ideal && card ? describeProcess(processOf(card)) : null,
    teaching: taught?.process ?? null,
    warnings: [...(given ? otherFile(given, card) : []), ...(taught?.warnings ?? [])],
  }
}

async function readCard(path: string): Promise<ModelCard> {
  const bytes = await readInput(path, 'give a model.onnx or sampler.onnx', 'model')
  return readModel(bytes, path).card
}

/** The built-in dataset that a model was trained on, made again. */
function rebuilt(card: ModelCard | undefined): NamedTable | undefined {
  const { dataset = null, seed = null } = card ?? {}
  if (!dataset || !('name' in dataset) || seed === null || !isDatasetName(dataset.name)) return undefined
  const { name, rows, noiseLevel } = dataset
  return {
    name: `${name}, ${rows} rows, noise ${noiseLevel}, seed ${seed}, made again from the model's card`,
    ...makeDataset(dataset, seed),
  }
}

/** A warning where --train is another file than the card names. */
function otherFile({ name, sha256 }: TableFile, card: ModelCard | undefined): string[] {
  const dataset = card?.dataset
  if (!dataset || !('sha256' in dataset) || dataset.sha256 === sha256) return []
  return [`${name} is not the file that the model was trained on, ${dataset.file}: their SHA-256 differ`]
}

/** The ideal denoiser predicts the noise, whatever the model's network predicts. */
function idealProcess(card: ModelCard): IdealProcess {
  const encoding = encodingOf(card)
  return {
    process: processOf({ ...card, predictionType: 'epsilon' }),
    // columns of whole numbers are rounded, as `sample` rounds them
    finish: encoding.columns.some(({ kind }) => kind === 'integer')
      ? (x_0) => encode(encoding, decode(encoding, x_0))
      : undefined,
  }
}

export interface TeacherSamples extends SampledPairs {
  /** How the teacher was sampled. */
  readonly process: string
  readonly warnings: readonly string[]
}

/**
 * `count` samples of a student and of its teacher, in scaled space, from the noise that `sample` draws with seed 0; on
 * provider cpu. The student as it recommends; the teacher as the student's card names it, or else as it recommends.
 * Errors: other columns or another scaler; a process that takes noise; a sampler.onnx that holds another one.
 */
export async function teacherSamples(
  student: string,
  teacher: string,
  count: number,
): Promise<TeacherSamples> {
  const [learned, taught] = [await loadModel(student), await loadModel(teacher)]
  try {
    const [card, other] = [learned.card, taught.card]
    for (const part of ['columns', 'scaler'] as const)
      if (JSON.stringify(card[part]) !== JSON.stringify(other[part]))
        throw new InputError(
          `--teacher ${teacher} has another ${part === 'scaler' ? 'scaler' : 'set of columns'} than --model ${student}: a student has its teacher's`,
          'conflict',
        )
    const taughtBy = card.teacher ?? processOf(other)
    if (taught.card.sampler && describeProcess(processOf(other)) !== describeProcess(taughtBy))
      throw new InputError(
        `--teacher ${teacher} holds ${describeProcess(processOf(other))}, its student learned from ${describeProcess(taughtBy)}: give its model.onnx`,
        'conflict',
      )
    const choice = { ...choiceOf(taughtBy.sampler), timesteps: taughtBy.timesteps }
    for (const [option, path, { sampler, isStochastic }] of [
      ['--model', student, processOf(card)],
      ['--teacher', teacher, processOf(other, choice)],
    ] as const)
      if (isStochastic)
        throw new InputError(
          `${option} ${path} is sampled by ${describeSampler(sampler)}, which takes noise on its way: ` +
            `--teacher compares samples of the same start, of ${deterministicSamplers()}`,
          'conflict',
        )
    const [own, its] = [
      await sample(learned, { count, onWarning: () => {} }),
      await sample(taught, { count, ...choice, onWarning: () => {} }),
    ]
    const found = digestOfWeights(internalsOf(taught).file.network)
    const named = card.teacher?.sha256
    const strange = named !== undefined && found !== undefined && found !== named
    return {
      student: own.x_0,
      teacher: its.x_0,
      process: describeProcess(taughtBy),
      warnings: strange
        ? [
            `${teacher} is not the teacher that ${student} names, ${card.teacher?.name}: their weights' SHA-256 differ`,
          ]
        : [],
    }
  } finally {
    await learned.dispose()
    await taught.dispose()
  }
}
