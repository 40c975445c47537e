import { digestOf } from '../../../src/core/bytes.ts'
import { InputError } from '../../../src/core/errors.ts'
import type { Process } from '../../../src/diffusion/process.ts'
import { choiceOf } from '../../../src/diffusion/samplers/index.ts'
import { type TeacherDistance, teacherDistance } from '../../../src/measure/distances/subsets.ts'
import { type Points, toFloat32 } from '../../../src/numerics/points.ts'
import type { CommittedModel } from '../committed-model.ts'
import { fetchRun, type PointsModel } from './points-model.ts'
import { plainReverseProcess, startPoints } from './process.ts'

export interface StudentQuestion {
  readonly student: CommittedModel
  readonly teacher: CommittedModel
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

export interface TeacherComparison {
  readonly student: Sampled
  readonly teacher: Sampled
  /** As in `moonstep evaluate --teacher`. */
  readonly distance: TeacherDistance
}

interface Fetched {
  readonly model: PointsModel
  /** The SHA-256 of its weights.safetensors, by which a student names its teacher. */
  readonly sha256: string
}

const runs = new Map<string, Promise<Fetched>>()

/** A run's model, fetched once unless that failed. */
function fetched(run: CommittedModel): Promise<Fetched> {
  const before = runs.get(run.name)
  if (before) return before
  const fetching = fetchRun(run).then(({ model, file }) => ({ model, sha256: digestOf(file) }))
  runs.set(run.name, fetching)
  fetching.catch(() => runs.delete(run.name))
  return fetching
}

/** The student as it recommends, its teacher with the steps that the student learned from; both from the seed's noise. */
export async function compareWithTeacher({
  student,
  teacher,
  seed,
  count,
}: StudentQuestion): Promise<TeacherComparison> {
  const [learned, taught] = await Promise.all([fetched(student), fetched(teacher)])
  const named = student.config.teacher
  if (taught.sha256 !== named?.sha256)
    throw new InputError(
      `the model ${teacher.label} is not the teacher that ${student.label} learned from: distil it again`,
      'bad-data',
    )
  const draw = async (model: PointsModel, process: Process): Promise<Sampled> => {
    let x_0 = startPoints(model, seed, count)
    for await (const { x } of plainReverseProcess(model, process, seed, x_0)) x_0 = x
    return { samples: toFloat32(x_0), sampler: process.sampler.name, evaluations: process.stages.length }
  }
  const ofStudent = await draw(learned.model, learned.model.description.process())
  const learnedFrom = { ...choiceOf(named.sampler), timesteps: named.timesteps }
  const its = await draw(taught.model, taught.model.description.process(learnedFrom))
  return {
    student: ofStudent,
    teacher: its,
    distance: teacherDistance({ student: ofStudent.samples, teacher: its.samples }),
  }
}
