import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportSampler } from '../../src/export/export-model.ts'
import type { Model } from '../../src/infer/model.ts'
import { type Points, sliceRows } from '../../src/numerics/points.ts'
import { untrainedModel } from '../helpers/models.ts'

// Node's workers read no TypeScript: they are tested as users get them
const built = new URL('../../dist/index.js', import.meta.url)
const { loadModel, sample }: typeof import('../../src/index.ts') = await import(built.href)
const { internalsOf }: typeof import('../../src/infer/model.ts') = await import(
  new URL('../../dist/infer/model.js', import.meta.url).href
)

const file = (name: string) =>
  fileURLToPath(new URL(`../../models/two-moons-seed/${name}.onnx`, import.meta.url))

/** Enough for the workers to start. */
const many = 60_000

describe.each(['model', 'sampler'])('workers of %s.onnx', (name) => {
  let model: Model
  let alone: Model
  beforeAll(async () => {
    model = await loadModel(file(name), { threads: 2 })
    alone = await loadModel(file(name), { threads: 1 })
    expect(internalsOf(alone).workers).toBe(undefined)
  })
  afterAll(() => Promise.all([model.dispose(), alone.dispose()]))

  it('start when there is enough work, give the bits of one thread, and leave the main thread free', async () => {
    await sample(model, { count: 5000 })
    expect(internalsOf(model).workers?.started()).toBe(false)
    let ticks = 0
    const timer = setInterval(() => ticks++, 1)
    const { x_0, threads } = await sample(model, { count: many, seed: 5 })
    clearInterval(timer)
    expect(internalsOf(model).workers?.started()).toBe(true)
    expect(threads).toBe(2)
    expect(ticks).toBeGreaterThan(many / 2000)
    expect(x_0.data).toEqual((await sample(alone, { count: many, seed: 5 })).x_0.data)
  }, 120_000)

  it('use the given start points and noise', async () => {
    const drawn = await sample(alone, { count: 5000, seed: 2 })
    const values = (seed: number): Points => ({
      data: Float32Array.from({ length: 10_000 }, (_, i) => Math.sin(i * seed)),
      count: 5000,
      dim: 2,
    })
    const own = { count: 5000, x_T: values(1), noise: Array.from({ length: 10 }, (_, j) => values(j + 2)) }
    const [a, b] = [await sample(model, own), await sample(alone, own)]
    expect(a.x_0.data).toEqual(b.x_0.data)
    expect(a.x_0.data).not.toEqual(drawn.x_0.data)
  })

  it('stop at an AbortSignal, and work in the next call', async () => {
    const controller = new AbortController()
    const onProgress = () => controller.abort(new Error('enough'))
    await expect(sample(model, { count: many, signal: controller.signal, onProgress })).rejects.toThrow(
      'enough',
    )
    const few = await sample(model, { count: 3000, seed: 5 })
    expect(few.x_0.data).toEqual(sliceRows((await sample(alone, { count: 3000, seed: 5 })).x_0, 0, 3000).data)
  })

  it('pass on an error, and work in the next call', async () => {
    const short = { data: new Float32Array(3), count: 2, dim: 2 }
    const failing = internalsOf(model).workers!.run({
      process: internalsOf(model).file.description.process(),
      ranges: [{ seed: 0, from: 0, count: 2 }],
      count: 2,
      dim: 2,
      sharedSteps: 0,
      x_T: short,
    })
    await expect(failing).rejects.toThrow(/provider cpu|size|length|dims/i)
    expect((await sample(model, { count: 3000 })).points.count).toBe(3000)
  })
})

it('workers rest where they have nothing to do, and start again for the same bits', async () => {
  const model = await loadModel(file('sampler'), { threads: 2 })
  const workers = internalsOf(model).workers!
  const first = (await sample(model, { count: many, seed: 4 })).x_0.data
  await workers.rest()
  expect(workers.started()).toBe(false)
  const again = sample(model, { count: many, seed: 4 })
  await workers.rest()
  expect((await again).x_0.data).toEqual(first)
  expect(workers.started()).toBe(true)
  await model.dispose()
})

it('workers start when several draws add up to enough work', async () => {
  const model = await loadModel(file('sampler'), { threads: 2 })
  const draw = async () => (await sample(model, { count: 10_000, seed: 3 })).x_0.data
  const first = await draw()
  for (let i = 0; i < 3; i++) await draw()
  expect(internalsOf(model).workers!.started()).toBe(false)
  expect(await draw()).toEqual(first)
  expect(internalsOf(model).workers!.started()).toBe(true)
  await model.dispose()
})

it('workers start for noise alone, if there is much of it', async () => {
  const trained = untrainedModel({ dim: 512, T: 10 })
  const started = async (bytes: Uint8Array) => {
    const model = await loadModel(bytes, { threads: 2 })
    await sample(model, { count: 4000 })
    const answer = internalsOf(model).workers!.started()
    await model.dispose()
    return answer
  }
  expect(await started(await exportSampler(trained))).toBe(true)
  expect(await started(await exportSampler(trained, { sampler: 'ddim' }))).toBe(false)
})

describe('a process with workers', () => {
  const run = (end: string) => {
    const script = `
      import { loadModel, sample } from ${JSON.stringify(built.href)}
      const model = await loadModel(${JSON.stringify(file('sampler'))}, { threads: 2 })
      const { points } = await sample(model, { count: ${many} })
      console.log(points.count)
      ${end}`
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 60_000,
    })
    return [status, stdout, stderr]
  }

  it('ends by itself, with or without disposing of the model', () => {
    expect(run('')).toEqual([0, `${many}\n`, ''])
    expect(run('await model.dispose()')).toEqual([0, `${many}\n`, ''])
  })

  it('reports a disposed model as it does without workers', () => {
    const [status, stdout, stderr] = run(
      `await model.dispose(); await sample(model, { count: ${many} }).catch(({ message }) => console.log(message))`,
    )
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/sampler\.onnx was disposed of: load it again\n$/)
  })
})
