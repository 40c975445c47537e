import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { digestOf } from '../../src/core/bytes.ts'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { type DistillRequest, distill } from '../../src/distill/distill.ts'
import { sample } from '../../src/infer/sample.ts'
import { referencePredictor } from '../../src/model/compute/reference.ts'
import { initialWeights, networkOf } from '../../src/model/network.ts'
import { readSafetensors } from '../../src/model/weights.ts'
import { exportModel } from '../../src/node/export.ts'
import { loadModel } from '../../src/node/providers.ts'
import { readTrainedRun, runFiles } from '../../src/node/run-folder.ts'
import { train } from '../../src/node/training.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import { slowClock } from '../helpers/engines.ts'
import { folderOf } from '../helpers/folders.ts'
import { levelsOf } from '../helpers/networks.ts'
import { expectRejected } from '../helpers/refusals.ts'
import { betas, linearMap, mapped, writeLinearTeacher } from './linear-teacher.ts'

const { folder, at } = folderOf('distill')

const ddim = { sampler: 'ddim', numSteps: 5, threads: 1, engine: 'onnx' } as const
const pairsOf = (run: string) => {
  const { tensors } = readSafetensors(readFileSync(runFiles(run).data))
  return { x_T: tensors.get('x_T')!, x_0: tensors.get('x_0')! }
}
const normals = (stream: number, seed: number, count: number) =>
  standardNormals({ seed, stream: stream as 0, step: 0, start: 0, count, dim: 2 })

beforeAll(() => writeLinearTeacher(at('teacher')))

describe('a student', () => {
  const options = { ...ddim, run: at('teacher'), pairs: 2000, steps: 800, batchSize: 200, seed: 9 }
  const alphaBar = betas.reduce((product, beta) => product * (1 - beta), 1)
  beforeAll(async () => {
    const result = await distill({ ...options, out: at('student') })
    expect(result).toMatchObject({ run: at('student'), engine: 'onnx', steps: 800 })
    expect(result.drawing).toMatchObject({ provider: 'cpu', seconds: expect.any(Number) })
    await exportModel({ run: at('student'), out: at('s.onnx'), samplerOut: at('s-sampler.onnx') })
  })

  it('learns from pairs of noise of stream 7 and what its teacher makes of it, in closed form', () => {
    const { x_T, x_0 } = pairsOf(at('student'))
    expect([x_T.shape, x_0.shape]).toEqual([
      [2000, 2],
      [2000, 2],
    ])
    expect(x_T.data).toEqual(normals(7, 9, 2000))
    expect(maxAbsDifference(x_0.data, mapped(linearMap([5, 4, 3, 2, 1]), x_T.data))).toBeLessThanOrEqual(2e-6)
  })

  it('is sampled from other noise than it learned from', () => {
    expect(new Set(Object.values(streams)).size).toBe(Object.keys(streams).length)
    const { x_T } = pairsOf(at('student'))
    const rows = (data: Float32Array) =>
      Array.from({ length: 2000 }, (_, i) => `${data[2 * i]} ${data[2 * i + 1]}`)
    const sampled = new Set(rows(normals(streams.x_T, 9, 2000)))
    expect(rows(x_T.data).some((row) => sampled.has(row))).toBe(false)
  })

  it('is a model of one timestep with the teacher on its card', async () => {
    const teacher = {
      name: 'teacher',
      sha256: digestOf(readFileSync(runFiles(at('teacher')).weights)),
      sampler: { name: 'ddim', eta: 0 },
      timesteps: [5, 4, 3, 2, 1],
      pairs: 2000,
      seed: 9,
    }
    const { config } = await readTrainedRun(at('student'))
    expect(config).toMatchObject({
      T: 1,
      predictionType: 'sample',
      scaler: { min: [-3, 0], max: [5, 1] },
      columns: ['x0', 'x1'],
      numSteps: 1,
      teacher,
    })
    expect(config.dataset).toBeUndefined()
    expect(config.seed).toBeUndefined()
    for (const file of ['s.onnx', 's-sampler.onnx']) {
      await using model = await loadModel(at(file))
      const { card } = model
      expect(card).toMatchObject({
        T: 1,
        predictionType: 'sample',
        network: { hidden: [12] },
        dataset: null,
        seed: null,
        recommended: { sampler: { name: 'ddim', eta: 0 }, timesteps: [1] },
        teacher,
      })
      expect(card.schedule.betas[1]).toBeCloseTo(1 - alphaBar, 12)
      expect(JSON.stringify(card)).not.toContain(folder)
    }
  })

  it('gives the samples of the float64 network in one evaluation, from both files', async () => {
    const { config, weights } = await readTrainedRun(at('student'))
    const x_T = normals(streams.x_T, 0, 500)
    const reference = referencePredictor(networkOf(weights, levelsOf(config.T)), weights)
    const { data } = await reference.predict({ data: Float64Array.from(x_T), count: 500, dim: 2 }, 1)
    for (const file of ['s.onnx', 's-sampler.onnx']) {
      await using model = await loadModel(at(file))
      const { x_0, timesteps } = await sample(model, { count: 500 })
      expect(timesteps).toEqual([1])
      expect(maxAbsDifference(x_0.data, data)).toBeLessThanOrEqual(2e-6)
    }
  })

  it('is near to its teacher on other noise', async () => {
    await using model = await loadModel(at('s.onnx'))
    const { x_0 } = await sample(model, { count: 1000 })
    const exact = mapped(linearMap([5, 4, 3, 2, 1]), normals(streams.x_T, 0, 1000))
    const squares = (values: readonly number[]) => values.reduce((sum, x) => sum + x * x, 0)
    const error = Math.sqrt(squares(exact.map((x, k) => x - x_0.data[k]!)) / squares(exact))
    expect(error).toBeLessThanOrEqual(0.03)
  })
})

describe('a student takes over', () => {
  it('the columns and the data with its seed, beside a seed of its own', async () => {
    const dataset = { file: 'people.csv', rows: 90, sha256: 'ab' }
    const more = { columns: ['age', 'height'], integerColumns: ['age'], dataset, seed: 4 }
    writeLinearTeacher(at('csv-teacher'), more)
    await distill({ ...ddim, run: at('csv-teacher'), seed: 2, pairs: 8, steps: 1, learningRate: 0 })
    const { config, weights } = await readTrainedRun(at('csv-teacher-student'))
    expect(config).toMatchObject({ ...more, teacher: { name: 'csv-teacher', seed: 2 } })
    // at a rate of 0 the weights stay the initial ones
    expect(weights).toEqual(initialWeights(networkOf(weights, levelsOf(1)), 2))
  })

  it('the noise of a schedule, even if it leaves no signal in float64', async () => {
    const schedule = { kind: 'betas', betas: new Array(200).fill(0.9) }
    writeLinearTeacher(at('steep'), { schedule }, 200)
    await distill({ ...ddim, run: at('steep'), numSteps: 2, pairs: 8, steps: 1 })
    const { config } = await readTrainedRun(at('steep-student'))
    expect(createSchedule(config.schedule, 1).alphaBars[1]).toBeGreaterThan(0)
  })

  it.each([
    ['twenty steps', 50, 20],
    ['all steps', 5, 5],
  ])('%s of DPM-Solver++ (2M) by default, with T = %i', async (_, T, numSteps) => {
    const run = at(`default-${T}`)
    writeLinearTeacher(run, { schedule: { kind: 'linear', betaStart: 0.05, betaEnd: 0.2 } }, T)
    const { teacher } = await distill({ run, pairs: 4, steps: 1, engine: 'onnx', onWarning: () => {} })
    expect(teacher.sampler).toEqual({ name: 'dpmsolver++', order: 2 })
    expect([teacher.timesteps.length, teacher.timesteps[0], teacher.timesteps.at(-1)]).toEqual([
      numSteps,
      T,
      T === 50 ? 2 : 1,
    ])
  })
})

it('a stopped student continues to the bits of an unbroken run, without its teacher', async () => {
  writeLinearTeacher(at('gone'))
  const request = { ...ddim, run: at('gone'), pairs: 300, steps: 40, batchSize: 64, seed: 3 }
  await distill({ ...request, out: at('whole') })
  slowClock()
  const stop = new AbortController()
  const onProgress = () => stop.abort(new Error('stopped'))
  const broken = distill({ ...request, out: at('broken'), signal: stop.signal, onProgress })
  await expect(broken).rejects.toThrow('stopped')
  vi.restoreAllMocks()
  rmSync(at('gone'), { recursive: true })
  const { tensors, metadata } = readSafetensors(readFileSync(runFiles(at('broken')).checkpoint))
  expect([tensors.size, Number(metadata.step) > 0, Number(metadata.step) < 40]).toEqual([3, true, true])
  await train({ resume: true, out: at('broken'), threads: 1 })
  for (const [file, path] of Object.entries(runFiles(at('broken'))).filter(([, path]) => existsSync(path)))
    expect(readFileSync(path).equals(readFileSync(runFiles(at('whole'))[file as 'config']))).toBe(true)
})

it('a student is not continued from the pairs of another', async () => {
  await distill({ ...ddim, run: at('teacher'), out: at('torn'), pairs: 8, steps: 1 })
  const other = { ...ddim, run: at('teacher'), out: at('other'), pairs: 9, steps: 1 }
  await distill(other)
  writeFileSync(runFiles(at('torn')).data, readFileSync(runFiles(at('other')).data))
  await expect(train({ resume: true, out: at('torn') })).rejects.toThrow(
    /is not of the pairs in config\.json/,
  )
  rmSync(runFiles(at('torn')).data)
  await expect(train({ resume: true, out: at('torn') })).rejects.toThrow(/no checkpoint.data\.safetensors/)
})

it('distill writes nothing if it is stopped while it draws pairs', async () => {
  const stop = new AbortController()
  const onPairs = () => stop.abort(new Error('stop'))
  const request = { ...ddim, run: at('teacher'), out: at('early'), pairs: 10_000, signal: stop.signal }
  await expect(distill({ ...request, onPairs })).rejects.toThrow('stop')
  expect(existsSync(at('early'))).toBe(false)
})

describe('distill refuses in one line, and writes nothing', () => {
  it.each<[Partial<DistillRequest>, RegExp]>([
    [{ sampler: 'ddpm' }, /^ddpm, variance fixed_small adds noise.*ddim, eta 0, or dpmsolver\+\+, or heun$/],
    [{ sampler: 'ddim', eta: 0.5 }, /^ddim, eta 0\.5 adds noise/],
    [{ sampler: 'dpmsolver++', eta: 0 }, /dpmsolver\+\+ has no eta/],
    [{ numSteps: 6 }, /numSteps is 6: give a whole number from 1 to 5/],
    [{ numSteps: undefined, timesteps: [5, 6] }, /timesteps has 6/],
    [{ numSteps: 2, timesteps: [5, 2] }, /not both/],
    [{ pairs: 0 }, /pairs is 0/],
    [{ steps: 0 }, /steps is 0/],
    [{ batchSize: 0.5 }, /batchSize is 0\.5/],
    [{ learningRate: Number.NaN }, /learningRate is NaN/],
    [{ seed: -1 }, /seed is -1/],
    [{ out: at('teacher') }, /the teacher's own folder/],
    [{ out: `${folder}/./teacher/`, force: true }, /the teacher's own folder/],
    [{ out: '' }, /out is empty/],
    [{ run: at('nowhere') }, /nowhere is no run folder: it has no config\.json/],
    [{ provider: 'gpu' as 'cpu' }, /provider is gpu: give cpu/],
  ])('with %j', async (options, message) => {
    const before = readdirSync(folder).sort()
    await expectRejected(
      () => distill({ ...ddim, run: at('teacher'), out: at('never'), ...options }),
      message,
    )
    expect(readdirSync(folder).sort()).toEqual(before)
    expect(readdirSync(at('teacher')).sort()).toEqual(['config.json', 'weights.safetensors'])
  })

  it('to overwrite a folder with a run, unless it is forced', async () => {
    const request = { ...ddim, run: at('teacher'), out: at('taken'), pairs: 8, steps: 1 }
    await distill(request)
    const before = readFileSync(runFiles(at('taken')).weights)
    await expect(distill({ ...request, seed: 1 })).rejects.toThrow(/already has a run.*`force`/)
    expect(readFileSync(runFiles(at('taken')).weights).equals(before)).toBe(true)
    await distill({ ...request, seed: 1, force: true })
    expect(readFileSync(runFiles(at('taken')).weights).equals(before)).toBe(false)
  })
})
