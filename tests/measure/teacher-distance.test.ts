import { describe, expect, it } from 'vitest'
import { evaluateScaled } from '../../src/measure/distances/evaluate-scaled.ts'
import { teacherDistance } from '../../src/measure/distances/subsets.ts'
import { evaluationNotes, evaluationTable } from '../../src/report/terminal.ts'
import { cloud, pointsOf } from './oracle.ts'

describe('the distance to the teacher', () => {
  const student = pointsOf([
    [0, 0, 1],
    [1, 1, 1],
    [2, -3, 0],
  ])
  const teacher = pointsOf([
    [3, 4, 1],
    [1, 1, 1],
    [2, -3, 1],
  ])

  it('is the mean and the largest Euclidean distance between rows', () => {
    expect(teacherDistance({ student, teacher })).toEqual({ mean: 2, worst: 5, count: 3 })
  })

  it('is NaN if a coordinate is NaN, in any place', () => {
    for (const k of [0, 4, 8]) {
      const broken = { ...student, data: student.data.with(k, Number.NaN) }
      expect(teacherDistance({ student: broken, teacher })).toEqual({
        mean: Number.NaN,
        worst: Number.NaN,
        count: 3,
      })
    }
  })

  it('refuses sets of different sizes', () => {
    expect(() => teacherDistance({ student, teacher: pointsOf([[1, 2, 3]]) })).toThrow(/\[3, 3\].*\[1, 3\]/)
  })

  it('appears in the evaluation, its table and its notes if a teacher is given', async () => {
    const [data, samples] = [
      { name: 'data', points: cloud(40, 2, 1) },
      { name: 'samples', points: cloud(40, 2, 2) },
    ]
    const pair = { student: pointsOf([[0, 0]]), teacher: pointsOf([[0.3, 0.4]]) }
    const evaluation = await evaluateScaled({ data, samples, teacher: pair })
    expect(evaluation.teacher).toEqual({ mean: 0.5, worst: 0.5, count: 1 })
    const table = evaluationTable(evaluation)
    expect(table).toMatch(/^distance to the teacher, mean +0\.5$/m)
    expect(table).toMatch(/^distance to the teacher, worst +0\.5$/m)
    expect(evaluationNotes(evaluation).join()).toContain(
      'between 1 sample of the student and as many of its teacher',
    )
    const { teacher: _, ...without } = evaluation
    expect(evaluationTable(without)).not.toContain('teacher')
  })
})
