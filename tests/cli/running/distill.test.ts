import { existsSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { runFiles } from '../../../src/node/run-folder.ts'
import { readNpy } from '../../../src/table/formats/npy.ts'
import { writeLinearTeacher } from '../../distill/linear-teacher.ts'
import { moonstep, moonstepKilled, succeeds } from '../../helpers/cli.ts'
import { folderOf } from '../../helpers/folders.ts'
import { words } from '../../helpers/words.ts'

const { at } = folderOf('distill-cli')

const teacher = at('teacher')
const student = at('teacher-student')
const small = words`--pairs 500 --steps 40 --batch-size 64 --engine onnx --threads 1`
const ddim = words`--sampler ddim --num-steps 5`

beforeAll(async () => {
  writeLinearTeacher(teacher)
  const { status, stdout, stderr } = await moonstep`distill ${teacher} ${ddim} ${small} --json`
  expect(status).toBe(0)
  expect(stderr).toMatch(/trained 40 steps on onnx/)
  expect(stderr).toMatch(/its teacher teacher drew 500 pairs in 5 steps on cpu/)
  expect(JSON.parse(stdout)).toMatchObject({
    run: student,
    engine: 'onnx',
    steps: 40,
    finalLoss: expect.any(Number),
    teacher: { name: 'teacher', pairs: 500, seed: 0, timesteps: [5, 4, 3, 2, 1] },
    drawing: { provider: 'cpu', adapter: null, seconds: expect.any(Number) },
  })
  for (const [run, name] of [
    [teacher, 't'],
    [student, 's'],
  ] as const) {
    const sampler = words`--sampler-out ${at(`${name}-sampler.onnx`)} --sampler ddim --eta 0`
    expect((await moonstep`export ${run} --out ${at(`${name}.onnx`)} ${sampler}`).status).toBe(0)
  }
})

describe('a distilled student', () => {
  it('names its teacher in info', async () => {
    const { stdout } = await moonstep`info ${at('s.onnx')}`
    expect(stdout).toMatch(/^teacher +teacher: 500 pairs, seed 0, by ddim, eta 0, t = 5 4 3 2 1$/m)
    expect(stdout).toMatch(/^recommended +ddim, eta 0, t = 1$/m)
    const { card } = JSON.parse((await moonstep`info ${at('s-sampler.onnx')} --json`).stdout)
    expect(card.teacher).toMatchObject({ name: 'teacher', pairs: 500 })
    expect((await moonstep`info ${at('t.onnx')}`).stdout).not.toMatch(/^teacher/m)
  })

  it('is as far from its teacher as evaluate --teacher reports', async () => {
    const drawn = async (file: string, ...options: string[]) => {
      const args = words`-n 300 --out ${at('samples.npy')} ${options}`
      await succeeds`sample ${at(file)} ${args}`
      return readNpy(readFileSync(at('samples.npy')), 'samples.npy').data
    }
    const theirs = await drawn('t.onnx', ...ddim)
    const ours = await drawn('s.onnx')
    // the scaler's ranges are 8 and 1: a half of that is one unit in scaled space
    const distances = Array.from({ length: 300 }, (_, i) =>
      Math.hypot((ours[2 * i]! - theirs[2 * i]!) / 4, (ours[2 * i + 1]! - theirs[2 * i + 1]!) / 0.5),
    )
    const mean = distances.reduce((sum, distance) => sum + distance, 0) / 300
    const paths = words`${at('samples.npy')} --against ${at('samples.npy')} --model ${at('s.onnx')}`
    for (const file of ['t.onnx', 't-sampler.onnx']) {
      const { status, stdout, stderr } = await moonstep`evaluate ${paths} --teacher ${at(file)} --json`
      expect([status, stderr]).toEqual([0, expect.not.stringContaining('warning')])
      const { teacher: found, notes } = JSON.parse(stdout)
      expect(found.count).toBe(300)
      expect(Math.abs(found.mean - mean)).toBeLessThanOrEqual(1e-5 * mean)
      expect(Math.abs(found.worst - Math.max(...distances))).toBeLessThanOrEqual(1e-5 * found.worst)
      expect(notes.join()).toContain('the teacher is sampled by ddim, eta 0, t = 5 4 3 2 1.')
    }
  })
})

describe('distill', () => {
  it('refuses a stochastic teacher in one line, exit 2', async () => {
    const args = words`distill ${teacher} --out ${at('never')} --sampler ddim --eta 0.5`
    const { status, stdout, stderr } = await moonstep(...args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(
      /^moonstep: ddim, eta 0\.5 adds noise[^\n]*ddim, eta 0, or dpmsolver\+\+, or heun\n$/,
    )
    expect(existsSync(at('never'))).toBe(false)
  })

  it('ends with 143 on SIGTERM, and goes on with --resume to the bits of an unbroken run', async () => {
    const long = words`${ddim} ${small} --steps 3000`
    await succeeds`distill ${teacher} --out ${at('whole')} ${long}`
    const started = () => existsSync(runFiles(at('broken')).history)
    const args = words`distill ${teacher} --out ${at('broken')} ${long}`
    const { status, stderr } = await moonstepKilled('SIGTERM', started, ...args)
    expect([status, stderr]).toEqual([143, expect.stringContaining('stopped by SIGTERM')])
    const resume = words`distill ${teacher} --out ${at('broken')} --resume --threads 1`
    const refused = await moonstep`${resume} --pairs 9`
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringMatching(/whose pairs is 500, not 9/)])
    await succeeds(...resume)
    for (const file of ['weights', 'history', 'checkpoint'] as const)
      expect(
        readFileSync(runFiles(at('broken'))[file]).equals(readFileSync(runFiles(at('whole'))[file])),
      ).toBe(true)
  })
})
