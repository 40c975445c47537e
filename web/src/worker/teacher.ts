import { InputError } from '../../../src/core/errors.ts'
import type { Process } from '../../../src/diffusion/process.ts'
import { choiceOf } from '../../../src/diffusion/samplers/index.ts'
import { download } from '../../../src/infer/model.ts'
import { type TeacherDistance, teacherDistance } from '../../../src/measure/distances/nearest.ts'
import { digestOfWeights } from '../../../src/model/folded.ts'
import { type Points, toFloat32 } from '../../../src/numerics/points.ts'
import { type ModelFile, readModel } from '../../../src/onnx/read.ts'
import { plainWalk, startPoints } from './process.ts'

export interface NamedModel {
  readonly url: string
  /** Its name in errors. */
  readonly name: string
}

export interface StudentQuestion {
  readonly student: NamedModel
  readonly teacher: NamedModel
  readonly seed: number
  readonly count: number
}

export interface Sampled {
  /** [count, dim], scaled. */
  readonly samples: Points
  readonly sampler: string
  /** The network's evaluations per sample. */
  readonly evaluations: number
}

export interface BesideTeacher {
  readonly student: Sampled
  readonly teacher: Sampled
  /** As in `moonstep evaluate --teacher`. */
  readonly distance: TeacherDistance
}

const files = new Map<string, Promise<ModelFile>>()

/** A model, fetched once unless that failed. */
function fetched({ url, name }: NamedModel): Promise<ModelFile> {
  const known = files.get(url)
  if (known) return known
  const file = download(url).then((bytes) => readModel(bytes, name))
  files.set(url, file)
  file.catch(() => files.delete(url))
  return file
}

/** The student by its card, its teacher with the steps that the student learned from; both from the seed's noise. */
export async function besideTeacher({
  student,
  teacher,
  seed,
  count,
}: StudentQuestion): Promise<BesideTeacher> {
  const [learned, taught] = await Promise.all([fetched(student), fetched(teacher)])
  const named = learned.card.teacher
  if (!named || digestOfWeights(taught.network) !== named.sha256)
    throw new InputError(
      `${teacher.name} is not the teacher that ${student.name} learned from: distil it again`,
      'bad-data',
    )
  const draw = async (file: ModelFile, process: Process): Promise<Sampled> => {
    let x_0 = startPoints(file, seed, count)
    for await (const { x } of plainWalk(file, process, seed, x_0)) x_0 = x
    return { samples: toFloat32(x_0), sampler: process.sampler.name, evaluations: process.stages.length }
  }
  const own = await draw(learned, learned.description.process())
  const learnedFrom = { ...choiceOf(named.sampler), timesteps: named.timesteps }
  const its = await draw(taught, taught.description.process(learnedFrom))
  return {
    student: own,
    teacher: its,
    distance: teacherDistance({ student: own.samples, teacher: its.samples }),
  }
}
