import { median } from '../../src/measure/statistics.ts'
import type { Workbench } from './measure.ts'
import { type Row, reportedDraws, trainingSeeds } from './targets.ts'

/** The steps that `distill` samples its teacher in by default: all T = 17. */
const teacherSteps = ['--sampler', 'dpmsolver++', '--num-steps', '17']
const teacherCommand = 'train --dataset moons.csv'

/**
 * Students of the models that `targetRows` trained by the default recipe, in one evaluation, each beside its teacher on
 * the same noise.
 */
export async function studentRows(bench: Workbench, log: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = []
  for (const draw of reportedDraws) {
    const [students, teachers]: [number[], number[]] = [[], []]
    for (const seed of trainingSeeds) {
      const teacher = `default-${draw}-${seed}`
      const student = bench.distill(`student-${draw}-${seed}`, teacher, '--seed', String(seed))
      students.push(await bench.distance(student, draw))
      teachers.push(await bench.distance(teacher, draw, ...teacherSteps))
    }
    const row = (what: string, command: string, values: number[], target?: number): Row => ({
      what,
      command,
      draw,
      values,
      median: median(values),
      target,
    })
    const distilled = `${teacherCommand}, distill`
    const ratios = students.map((distance, i) => distance / teachers[i]!)
    rows.push(
      row('its student, 1 evaluation', `${distilled}, sample`, students, 0.012),
      row('the teacher, 17 evaluations', `${teacherCommand}, sample ${teacherSteps.join(' ')}`, teachers),
      row('student error / teacher error', `${distilled}, sample`, ratios, 1.1),
    )
    for (const { what, values } of rows.slice(-3))
      log(`${what}, draw ${draw}: ${values.map((v) => v.toFixed(4)).join(' ')}`)
  }
  return rows
}
