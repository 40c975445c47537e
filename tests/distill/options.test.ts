import { writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkStudentOptions } from '../../src/cli/commands/distill.ts'
import { teacherSamples } from '../../src/cli/measured-samples.ts'
import { type DistillRequest, distill } from '../../src/distill/distill.ts'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { readTrainedRun } from '../../src/node/run-folder.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { folderOf } from '../helpers/folders.ts'
import { expectRejected } from '../helpers/refusals.ts'
import { writeLinearTeacher } from './linear-teacher.ts'

const { at } = folderOf('distill-options')

const run = at('teacher')
const options = { sampler: 'ddim', numSteps: 5, engine: 'onnx', pairs: 50, steps: 2, batchSize: 10 } as const

beforeAll(async () => {
  writeLinearTeacher(run)
  await distill({ ...options, run, out: at('student') })
  await distill({ ...options, run: at('student'), numSteps: 1, out: at('student-of-student') })
  const [teacher, student, second] = await Promise.all(
    ['teacher', 'student', 'student-of-student'].map((name) => readTrainedRun(at(name))),
  )
  const ddim = { sampler: 'ddim', eta: 0 } as const
  for (const [name, bytes] of [
    ['t.onnx', await exportNoisePredictor(teacher!)],
    ['t5.onnx', await exportSampler(teacher!, ddim)],
    ['t2.onnx', await exportSampler(teacher!, { ...ddim, numSteps: 2 })],
    ['s.onnx', await exportNoisePredictor(student!)],
    ['ss.onnx', await exportNoisePredictor(second!)],
  ] as const)
    writeFileSync(at(name), bytes)
})

describe('samples of a student and of its teacher', () => {
  it('are the same for a teacher as a model.onnx and as a sampler.onnx of its steps', async () => {
    const model = await teacherSamples(at('s.onnx'), at('t.onnx'), 20)
    const sampler = await teacherSamples(at('s.onnx'), at('t5.onnx'), 20)
    expect(model.process).toBe('ddim, eta 0, t = 5 4 3 2 1')
    expect([model.warnings, sampler.warnings]).toEqual([[], []])
    expect(maxAbsDifference(model.teacher.data, sampler.teacher.data)).toBeLessThanOrEqual(1e-5)
    expect(sampler.student).toEqual(model.student)
  })

  it('come with a warning if the card names another teacher', async () => {
    expect((await teacherSamples(at('ss.onnx'), at('s.onnx'), 20)).warnings).toEqual([])
    const { warnings } = await teacherSamples(at('ss.onnx'), at('ss.onnx'), 20)
    expect(warnings.join()).toMatch(/ss\.onnx is not the teacher of .*ss\.onnx, student: the SHA-256/)
  })

  it.each<[string, string, RegExp]>([
    ['s.onnx', 'no.onnx', /there is no file .*no\.onnx/],
    ['s.onnx', 'two-moons', /--teacher .* has another set of columns than --model .*: a student and/],
    ['two-moons', 'circles', /has another scaler than --model/],
    ['two-moons-seed', 'two-moons-seed', /^--model .* by ddpm, .* which adds noise: --teacher compares/],
    ['s.onnx', 't2.onnx', /holds ddim, eta 0, t = 5 2, its student learned from .* t = 5 4 3 2 1: give its/],
    ['s.onnx', 's.onnx', /timesteps has 5: give whole numbers from 1 to 1/],
  ])('of %s and %s are refused', async (student, teacher, message) => {
    const path = (name: string) => (name.endsWith('.onnx') ? at(name) : `models/${name}/model.onnx`)
    await expectRejected(() => teacherSamples(path(student), path(teacher), 20), message)
  })
})

describe('distill --resume', () => {
  const check = (more: Partial<DistillRequest> = {}, out = at('student')) =>
    checkStudentOptions(out, { run, out, ...more })

  it('takes the options of the run, and needs no teacher', async () => {
    await expect(check(options)).resolves.toBeUndefined()
    await expect(check({ ...options, run: at('gone') })).resolves.toBeUndefined()
  })

  it.each<[Partial<DistillRequest>, RegExp]>([
    [{ pairs: 9 }, /whose pairs is 50, not 9: leave the option out/],
    [{ numSteps: 4 }, /whose numSteps is 5, not 4/],
    [{ timesteps: [5, 1] }, /whose timesteps is \[5,4,3,2,1\], not \[5,1\]/],
    [{ seed: 3 }, /whose seed is 0, not 3/],
    [{ engine: 'tensorflow' }, /whose engine is "onnx", not "tensorflow"/],
    [{ sampler: 'dpmsolver++' }, /whose teacher was sampled by ddim, eta 0, not dpmsolver\+\+, order 2/],
    [{ provider: 'cpu' }, /leave --provider out/],
    [{ force: true }, /--resume and --force exclude each other/],
    [{ run: at('student') }, /a student of teacher, whose weights differ from those of/],
  ])('refuses %j', async (more, message) => {
    await expectRejected(() => check(more), message)
  })

  it('refuses a run that is no student', async () => {
    await expect(check({}, 'models/two-moons')).rejects.toThrow(
      /is no student: resume it with moonstep train --resume/,
    )
  })
})
