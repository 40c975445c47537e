import { afterAll, describe, expect, it } from 'vitest'
import { predictionTypes } from '../../src/diffusion/prediction.ts'
import {
  exportNoisePredictor,
  exportSampler,
  type SamplerExport,
  type TrainedModel,
} from '../../src/export/export-model.ts'
import { internalsOf, type Model, type SampleOptions } from '../../src/infer/model.ts'
import { sample } from '../../src/infer/sample.ts'
import { loadModel } from '../../src/node/providers.ts'
import { maxAbsDifference, pointsFromRows, sliceRows } from '../../src/numerics/points.ts'
import { bitsOf } from '../helpers/bits.ts'
import { exactPaths } from '../helpers/golden-paths.ts'
import { reference, referenceModel, untrainedModel } from '../helpers/models.ts'

const open: Model[] = []
const load = async (bytes: Uint8Array, threads = 2): Promise<Model> => {
  const model = await loadModel(bytes, { threads })
  open.push(model)
  return model
}
const sampler = async (options: SamplerExport, threads?: number) =>
  load(await exportSampler(referenceModel, options), threads)
const bytes = await exportNoisePredictor(referenceModel)
const model = await load(bytes)
const graph = await sampler({ trajectory: true })

afterAll(() => Promise.all(open.map((each) => each.dispose())))

const { x_T, noise } = exactPaths[0]

const samplers = [
  { name: 'ddpm', variance: 'fixed_large' },
  { name: 'ddim', eta: 0.5 },
  { name: 'dpmsolver++', order: 2 },
] as const

describe('both forms of a graph', () => {
  it.each([
    ['one column', untrainedModel({ dim: 1, T: 3 })],
    ['one timestep', untrainedModel({ dim: 2, T: 1 })],
    ['seven columns, no hidden layer', untrainedModel({ dim: 7, T: 20, hidden: [] })],
    ['64 columns', untrainedModel({ dim: 64, T: 4, hidden: [32] })],
    ...predictionTypes.map((predictionType, k): [string, TrainedModel] => {
      const sampler = samplers[k]!
      return [
        `${predictionType}, ${sampler.name}, sinusoidal_mlp`,
        untrainedModel(
          { T: 12, timeEmbedding: { kind: 'sinusoidal_mlp', width: 16 } },
          { predictionType, sampler },
        ),
      ]
    }),
  ])('give the same states for a model of %s', async (_, trained) => {
    const a = await load(await exportNoisePredictor(trained))
    const b = await load(await exportSampler(trained, { trajectory: true }))
    for (const count of [1, 17]) {
      const options = { count, seed: 5, trajectory: true }
      const [x, y] = [await sample(a, options), await sample(b, options)]
      for (const { trajectory } of [x, y]) expect(trajectory).toHaveLength(trained.config.T + 1)
      // an untrained network's states grow to hundreds: float32's error is relative to them
      const largest = Math.max(
        1,
        ...x.trajectory!.map(({ data }) => maxAbsDifference(data, new Float32Array(data.length))),
      )
      for (const [k, { data }] of y.trajectory!.entries())
        expect(maxAbsDifference(x.trajectory![k]!.data, data) / largest).toBeLessThanOrEqual(1e-5)
    }
  })

  it('give samples in the units of the data', async () => {
    const { points: samples, x_0 } = await sample(model, { count: 100 })
    const { min, max } = reference.scaler
    const expected = x_0.data.map((value, k) => ((value + 1) / 2) * (max[k % 2]! - min[k % 2]!) + min[k % 2]!)
    expect(maxAbsDifference(samples.data, expected)).toBeLessThanOrEqual(1e-6)
  })

  it('have the samples of `sample` as the output `samples` of a graph', async () => {
    const start = pointsFromRows(x_T)
    const { x_0, points: samples } = await sample(graph, {
      count: 16,
      x_T: start,
      noise: noise.map(pointsFromRows),
    })
    const rows = Float32Array.from(noise.flat(2))
    const outputs = await internalsOf(graph).session.run(
      { x_T: { data: start.data, dims: [16, 2] }, noise: { data: rows, dims: [10, 16, 2] } },
      ['x_0', 'samples'],
    )
    expect(outputs.x_0).toEqual(x_0.data)
    expect(maxAbsDifference(outputs.samples!, samples.data)).toBeLessThanOrEqual(1e-6)
  })
})

describe.each([
  ['model.onnx', model],
  ['sampler.onnx', graph],
])('samples of %s', (_, each) => {
  it('do not depend on the chunk size', async () => {
    const whole = await sample(each, { count: 1000, seed: 4, chunkSize: 1000 })
    for (const chunkSize of [1, 2, 7, 333]) {
      const count = chunkSize < 7 ? 60 : 1000
      const chunked = await sample(each, { count, seed: 4, chunkSize })
      expect(bitsOf(chunked.x_0.data)).toBe(bitsOf(sliceRows(whole.x_0, 0, count).data))
    }
  })

  it('do not depend on the threads', async () => {
    const one = await load(each === model ? bytes : await exportSampler(referenceModel), 1)
    const a = await sample(one, { count: 5000, seed: 4 })
    const b = await sample(each, { count: 5000, seed: 4 })
    expect(bitsOf(a.x_0.data)).toBe(bitsOf(b.x_0.data))
    expect([a.threads, b.threads]).toEqual([1, 2])
  })

  it('differ by seed', async () => {
    const [a, b] = [await sample(each, { count: 10, seed: 1 }), await sample(each, { count: 10, seed: 2 })]
    expect(maxAbsDifference(a.x_0.data, b.x_0.data)).toBeGreaterThan(0.1)
  })

  it('can be stopped, and the model used again', async () => {
    const stop = new AbortController()
    const onProgress = () => stop.abort(new Error('enough'))
    await expect(
      sample(each, { count: 100, chunkSize: 10, signal: stop.signal, onProgress }),
    ).rejects.toThrow('enough')
    expect((await sample(each, { count: 3 })).points.count).toBe(3)
  })

  it.each<[Partial<SampleOptions>, RegExp]>([
    [{ count: 0 }, /count is 0/],
    [{ count: -3 }, /count is -3/],
    [{ count: 1e99 }, /count is 1e\+99/],
    [{ seed: -1 }, /seed is -1/],
    [{ numSteps: 11 }, /11|holds ddpm/],
    [{ numSteps: 2, timesteps: [10, 1] }, /not both/],
    [{ x_T: pointsFromRows([[1, 2]]) }, /x_T is \[1, 2\]: give \[10, 2\]/],
    [{ noise: [pointsFromRows([[1, 2]])] }, /noise is for 1 step: give it for 10/],
  ])('are refused with %j', async (options, message) => {
    await expect((async () => sample(each, { count: 10, ...options }))()).rejects.toThrow(message)
  })
})

describe('sampler.onnx', () => {
  it.each<Partial<SampleOptions>>([
    { numSteps: 5 },
    { variance: 'fixed_large' },
    { timesteps: [10, 5, 1] },
    { sampler: 'dpmsolver++' },
  ])('refuses a process that it does not hold: %j', async (options) => {
    await expect((async () => sample(graph, { count: 1, ...options }))()).rejects.toThrow(
      /holds ddpm, variance fixed_small/,
    )
  })

  it('takes the options of the process that it holds', async () => {
    expect((await sample(graph, { count: 2, sampler: 'ddpm', numSteps: 10 })).points.count).toBe(2)
  })

  it('without a trajectory says how to export one', async () => {
    const plain = await sampler({})
    await expect((async () => sample(plain, { count: 1, trajectory: true }))()).rejects.toThrow(
      /export it with `trajectory`/,
    )
  })
})

describe('a model', () => {
  it('with samples beyond float32 is refused', async () => {
    const betas = new Array<number>(25).fill(0.999)
    const schedule = { kind: 'betas', betas } as const
    const steep = await load(
      await exportNoisePredictor(untrainedModel({ dim: 1, T: 25, hidden: [] }, { schedule })),
    )
    await expect(sample(steep, { count: 10 })).rejects.toThrow(/overflow float32/)
  })

  it('can be disposed of twice, and waits for a running call', async () => {
    const own = await loadModel(bytes)
    const running = sample(own, { count: 2000 })
    await Promise.all([own.dispose(), own.dispose()])
    expect((await running).points.count).toBe(2000)
  })

  it('can be loaded from a path, a URL, bytes or a Blob', async () => {
    const url = new URL('../../models/two-moons-seed/model.onnx', import.meta.url)
    for (const source of [url, url.pathname, url.href, new Blob([bytes as Uint8Array<ArrayBuffer>])])
      await (await loadModel(source)).dispose()
    await expect(loadModel('nowhere.onnx')).rejects.toThrow(/there is no file nowhere\.onnx/)
  })
})

describe('onStep', () => {
  it.each([
    ['model.onnx', model],
    ['sampler.onnx', graph],
  ])('gets every state of every chunk of %s, one after the other', async (_, each) => {
    const { trajectory } = await sample(each, { count: 5, seed: 3, trajectory: true })
    const states: string[] = []
    let waiting = 0
    await sample(each, {
      count: 5,
      seed: 3,
      chunkSize: 3,
      async onStep({ step, t, from, x }) {
        expect(waiting++).toBe(0)
        states.push(`${from} ${step} ${t}`)
        expect(maxAbsDifference(x.data, sliceRows(trajectory![step]!, from, from + x.count).data)).toBe(0)
        await new Promise((resolve) => setTimeout(resolve, 5))
        waiting--
      },
    })
    const steps = Array.from({ length: 11 }, (_, step) => `${step} ${10 - step}`)
    expect(states).toEqual([...steps.map((each) => `0 ${each}`), ...steps.map((each) => `3 ${each}`)])
  })

  it('gets the end alone if the graph has no trajectory', async () => {
    const states: number[] = []
    await sample(await sampler({}), { count: 2, onStep: ({ step, t }) => void states.push(step, t) })
    expect(states).toEqual([10, 0])
  })
})
