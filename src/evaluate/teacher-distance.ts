import { InputError } from '../core/errors.ts'
import type { FloatArray, Points } from '../core/points.ts'

/** A student's samples and its teacher's, row by row of the same noise; both in scaled space. */
export interface SampledPairs {
  readonly student: Points<FloatArray>
  readonly teacher: Points<FloatArray>
}

/** Euclidean distances between a student's samples and its teacher's, in scaled space. */
export interface TeacherDistance {
  readonly mean: number
  readonly worst: number
  readonly count: number
}

/** NaN where a coordinate is. Errors: sets of different sizes. */
export function teacherDistance({ student, teacher }: SampledPairs): TeacherDistance {
  const { count, dim } = student
  if (teacher.count !== count || teacher.dim !== dim)
    throw new InputError(
      `the student's samples are [${count}, ${dim}], the teacher's [${teacher.count}, ${teacher.dim}]: give as many of both`,
    )
  let [sum, worst] = [0, 0]
  for (let i = 0; i < count; i++) {
    let squares = 0
    for (let k = i * dim; k < (i + 1) * dim; k++) squares += (student.data[k]! - teacher.data[k]!) ** 2
    const distance = Math.sqrt(squares)
    sum += distance
    worst = Math.max(worst, distance)
  }
  return { mean: sum / count, worst, count }
}
