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
import { sessionPredictor } from '../../src/infer/session.ts'
import { referencePredictor } from '../../src/model/compute/reference.ts'
import { networkOf } from '../../src/model/network.ts'
import { loadModel } from '../../src/node/load-model.ts'
import { maxAbsDifference, type Points, pointsFromRows, sliceRows } from '../../src/numerics/points.ts'
import { standardNormals } from '../../src/numerics/random.ts'
import { type GeneralSteps, golden, type OtherSamplers } from '../helpers/golden.ts'
import { reference, referenceModel, untrainedModel } from '../helpers/models.ts'
import { levelsOf } from '../helpers/networks.ts'

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

const points = (rows: number[][]): Points => pointsFromRows(rows)

function worstState(states: readonly Points[] | undefined, expected: number[][][]): number {
  expect(states).toHaveLength(expected.length)
  return Math.max(...states!.map((state, k) => maxAbsDifference(state.data, expected[k]!.flat())))
}

describe('model.onnx on onnxruntime', () => {
  it('gives the golden outputs to 1e-5', async () => {
    const { x_t, t, epsilon } = reference.forward
    const output = await sessionPredictor(internalsOf(model).session, 'epsilon').predict(points(x_t), t)
    expect(maxAbsDifference(output.data, epsilon.flat())).toBeLessThanOrEqual(1e-5)
  })
})

const general = golden<GeneralSteps>('general_steps.json')
const others = golden<OtherSamplers>('samplers.json')
const { x_T, noise, trajectory } = reference.ddpm
const every = Array.from({ length: 10 }, (_, j) => 10 - j)
const some = general.ddpm_fixed_small_strided.timesteps
const given = (rows: number[][][], start: number[][]): SampleOptions => ({
  count: start.length,
  x_T: points(start),
  noise: rows.map(points),
  trajectory: true,
})

/** Deterministic samplers take no noise. */
const without = ({ noise: _, ...rest }: SampleOptions): SampleOptions => rest

describe('the golden trajectories, every step to 1e-4', () => {
  const seedNoise = every.map((t) => noise[t]!)
  const cases: [string, SampleOptions, SamplerExport, number[][][]][] = [
    ['the seed’s', given(seedNoise, x_T), {}, trajectory],
    [
      'ddpm fixed_large',
      { ...given(general.noise, general.x_T), variance: 'fixed_large' },
      { sampler: 'ddpm', variance: 'fixed_large' },
      general.ddpm_fixed_large.trajectory,
    ],
    [
      'ddpm fixed_small, strided',
      { ...given(general.noise.slice(0, some.length), general.x_T), timesteps: some },
      { timesteps: some },
      general.ddpm_fixed_small_strided.trajectory,
    ],
    [
      'ddpm fixed_large, strided',
      {
        ...given(general.noise.slice(0, some.length), general.x_T),
        timesteps: some,
        variance: 'fixed_large',
      },
      { timesteps: some, sampler: 'ddpm', variance: 'fixed_large' },
      general.ddpm_fixed_large_strided.trajectory,
    ],
    ...(
      [
        ['ddim_strided', 0],
        ['ddim_half_eta_strided', 0.5],
        ['ddim_full_eta_strided', 1],
      ] as const
    ).map(([name, eta]): (typeof cases)[number] => {
      const choice = { sampler: 'ddim', eta, timesteps: some } as const
      const rows = general.noise.slice(0, some.length)
      const options = { ...given(rows, general.x_T), ...choice }
      return [name, eta === 0 ? without(options) : options, choice, general[name].trajectory]
    }),
    ...(
      [
        ['ddim_10', { sampler: 'ddim', numSteps: 10 }],
        ['ddim_5', { sampler: 'ddim', numSteps: 5 }],
        ['dpmsolver++_1_5', { sampler: 'dpmsolver++', order: 1, numSteps: 5 }],
        ['dpmsolver++_2m_5', { sampler: 'dpmsolver++', numSteps: 5 }],
      ] as const
    ).map(([name, choice]): (typeof cases)[number] => [
      `diffusers' ${name}`,
      { ...without(given([], others.x_T)), ...choice },
      choice,
      others[name].trajectory,
    ]),
  ]

  it.each(cases)('%s, step by step on model.onnx', async (_, options, __, expected) => {
    expect(worstState((await sample(model, options)).trajectory, expected)).toBeLessThanOrEqual(1e-4)
  })

  it.each(cases)('%s, in one run of sampler.onnx', async (_, options, exported, expected) => {
    const whole = await sampler({ ...exported, trajectory: true })
    expect(worstState((await sample(whole, options)).trajectory, expected)).toBeLessThanOrEqual(1e-4)
  })
})

describe('model.onnx of other kinds', () => {
  it.each(
    predictionTypes.flatMap((predictionType) =>
      ([{ kind: 'one_hot_linear' }, { kind: 'sinusoidal_mlp', width: 32 }] as const).map(
        (timeEmbedding) => [predictionType, timeEmbedding] as const,
      ),
    ),
  )('%s, %j gives the reference pass at every t to 1e-5', async (predictionType, timeEmbedding) => {
    const trained = untrainedModel({ T: 200, timeEmbedding }, { predictionType })
    const { session } = internalsOf(await load(await exportNoisePredictor(trained)))
    const t = Array.from({ length: 200 }, (_, i) => i + 1)
    const x_t = standardNormals({ seed: 8, stream: 0, step: 0, start: 0, count: 200, dim: 2 })
    const network = networkOf(trained.weights, levelsOf(200))
    expect(network.time).toEqual(timeEmbedding)
    const ours = await sessionPredictor(session, predictionType).predict({ data: x_t, count: 200, dim: 2 }, t)
    const exact = { data: Float64Array.from(x_t), count: 200, dim: 2 }
    const expected = await referencePredictor(network, trained.weights).predict(exact, t)
    expect(maxAbsDifference(ours.data, expected.data)).toBeLessThanOrEqual(1e-5)
  })
})

describe('both forms', () => {
  it('give the same samples for the same seed to 1e-4 in scaled space', async () => {
    for (const seed of [0, 1, 2 ** 40]) {
      const options = { count: 3000, seed }
      const [a, b] = [await sample(model, options), await sample(graph, options)]
      expect(maxAbsDifference(a.x_0.data, b.x_0.data)).toBeLessThanOrEqual(1e-4)
    }
  })

  it.each([
    ['one column', untrainedModel({ dim: 1, T: 3 })],
    ['one timestep', untrainedModel({ dim: 2, T: 1 })],
    ['seven columns, no hidden layer', untrainedModel({ dim: 7, T: 20, hidden: [] })],
    ['64 columns', untrainedModel({ dim: 64, T: 4, hidden: [32] })],
    ...predictionTypes.flatMap((predictionType) =>
      (
        [
          { name: 'ddpm', variance: 'fixed_large' },
          { name: 'ddim', eta: 0.5 },
          { name: 'dpmsolver++', order: 2 },
        ] as const
      ).map((sampler): [string, TrainedModel] => [
        `${predictionType}, ${sampler.name}, sinusoidal_mlp`,
        untrainedModel(
          { T: 12, timeEmbedding: { kind: 'sinusoidal_mlp', width: 16 } },
          { predictionType, sampler },
        ),
      ]),
    ),
  ])('agree on a model of %s', async (_, trained) => {
    const a = await load(await exportNoisePredictor(trained))
    const b = await load(await exportSampler(trained, { trajectory: true }))
    for (const count of [1, 17]) {
      const options = { count, seed: 5, trajectory: true }
      const [x, y] = [await sample(a, options), await sample(b, options)]
      expect(x.trajectory).toHaveLength(trained.config.T + 1)
      // an untrained network's states grow to hundreds: float32's error is relative to them
      const largest = Math.max(
        1,
        ...x.trajectory!.map(({ data }) => maxAbsDifference(data, new Float32Array(data.length))),
      )
      const difference = worstState(
        x.trajectory,
        y.trajectory!.map(({ data }) => [Array.from(data)]),
      )
      expect(difference / largest).toBeLessThanOrEqual(1e-5)
    }
  })

  it('give samples in data units within the scaler’s reach', async () => {
    const { points: samples, x_0 } = await sample(model, { count: 100 })
    const { min, max } = reference.scaler
    const expected = x_0.data.map((value, k) => ((value + 1) / 2) * (max[k % 2]! - min[k % 2]!) + min[k % 2]!)
    expect(maxAbsDifference(samples.data, expected)).toBeLessThanOrEqual(1e-6)
  })

  it('the graph’s own `samples` are the ones that it gives', async () => {
    const { x_0, points: samples } = await sample(
      graph,
      given(
        every.map((t) => noise[t]!),
        x_T,
      ),
    )
    const rows = Float32Array.from(every.flatMap((t) => noise[t]!.flat()))
    const outputs = await internalsOf(graph).session.run(
      { x_T: { data: points(x_T).data, dims: [16, 2] }, noise: { data: rows, dims: [10, 16, 2] } },
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
  it('are the same bits twice', async () => {
    expect((await sample(each, { count: 500, seed: 9 })).points).toEqual(
      (await sample(each, { count: 500, seed: 9 })).points,
    )
  })

  it('do not depend on the chunk size', async () => {
    const whole = await sample(each, { count: 1000, seed: 4, chunkSize: 1000 })
    for (const chunkSize of [1, 2, 7, 333]) {
      const count = chunkSize < 7 ? 60 : 1000
      const chunked = await sample(each, { count, seed: 4, chunkSize })
      expect(chunked.x_0.data).toEqual(sliceRows(whole.x_0, 0, count).data)
    }
  })

  it('do not depend on the threads', async () => {
    const one = await load(each === model ? bytes : await exportSampler(referenceModel), 1)
    const a = await sample(one, { count: 5000, seed: 4 })
    const b = await sample(each, { count: 5000, seed: 4 })
    expect(a.x_0.data).toEqual(b.x_0.data)
    expect([a.threads, b.threads]).toEqual([1, 2])
  })

  it('do not depend on how many are drawn', async () => {
    const many = await sample(each, { count: 900, seed: 2 })
    const few = await sample(each, { count: 10, seed: 2 })
    expect(few.x_0.data).toEqual(sliceRows(many.x_0, 0, 10).data)
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

  it('of calls at once wait their turn and are right', async () => {
    const alone = await Promise.all([1, 2, 3].map((seed) => sample(each, { count: 50, seed })))
    for (const [i, result] of alone.entries())
      expect(result.x_0.data).toEqual((await sample(each, { count: 50, seed: i + 1 })).x_0.data)
  })

  it.each<[Partial<SampleOptions>, RegExp]>([
    [{ count: 0 }, /count is 0/],
    [{ count: -3 }, /count is -3/],
    [{ count: 1e99 }, /count is 1e\+99/],
    [{ seed: -1 }, /seed is -1/],
    [{ numSteps: 11 }, /11|holds ddpm/],
    [{ numSteps: 2, timesteps: [10, 1] }, /not both/],
    [{ x_T: points([[1, 2]]) }, /x_T is \[1, 2\]: give \[10, 2\]/],
    [{ noise: [points([[1, 2]])] }, /noise is for 1 step: give it for 10/],
  ])('with %j are refused', async (options, message) => {
    await expect((async () => sample(each, { count: 10, ...options }))()).rejects.toThrow(message)
  })
})

describe('sampler.onnx', () => {
  it.each<Partial<SampleOptions>>([
    { numSteps: 5 },
    { variance: 'fixed_large' },
    { timesteps: [10, 5, 1] },
    { sampler: 'dpmsolver++' },
  ])('refuses another process than it holds: %j', async (options) => {
    await expect((async () => sample(graph, { count: 1, ...options }))()).rejects.toThrow(
      /holds ddpm, variance fixed_small/,
    )
  })

  it('takes the options that it holds', async () => {
    expect((await sample(graph, { count: 2, sampler: 'ddpm', numSteps: 10 })).points.count).toBe(2)
  })

  it('without a trajectory output says how to get one', async () => {
    const plain = await sampler({})
    await expect((async () => sample(plain, { count: 1, trajectory: true }))()).rejects.toThrow(
      /export it with `trajectory`/,
    )
  })
})

describe('a model', () => {
  it('whose samples overflow float32 says so', async () => {
    const betas = new Array<number>(25).fill(0.999)
    const schedule = { kind: 'betas', betas } as const
    const steep = await load(
      await exportNoisePredictor(untrainedModel({ dim: 1, T: 25, hidden: [] }, { schedule })),
    )
    await expect(sample(steep, { count: 10 })).rejects.toThrow(/overflow float32/)
  })

  it('can be disposed of twice, after what runs on it', async () => {
    const own = await loadModel(bytes)
    const running = sample(own, { count: 2000 })
    await Promise.all([own.dispose(), own.dispose()])
    expect((await running).points.count).toBe(2000)
  })

  it('that fails its self-test is refused', async () => {
    // a graph whose golden vectors are another model's
    const other = await exportNoisePredictor(untrainedModel({ T: 10, hidden: [100, 100, 100, 20] }))
    const { decodeModel, encodeModel } = await import('../helpers/onnx.ts')
    const { cardKey, parseCard } = await import('../../src/model/card.ts')
    const proto = decodeModel(bytes)
    const entry = proto.metadataProps!.find(({ key }) => key === cardKey)!
    const foreign = decodeModel(other).metadataProps!.find(({ key }) => key === cardKey)!
    entry.value = JSON.stringify({
      ...JSON.parse(entry.value!),
      golden: parseCard(foreign.value!, 'b').golden,
    })
    await expect(loadModel(encodeModel(proto))).rejects.toThrow(/fails its self-test on cpu/)
    const unchecked = await loadModel(encodeModel(proto), { selfTest: false })
    await unchecked.dispose()
  })

  it('comes from a path, a URL, bytes or a Blob', async () => {
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
  ])('tells of every state of every chunk of %s, and is waited for', async (_, each) => {
    const { trajectory } = await sample(each, { count: 5, seed: 3, trajectory: true })
    const told: string[] = []
    let waiting = 0
    await sample(each, {
      count: 5,
      seed: 3,
      chunkSize: 3,
      async onStep({ step, t, from, x }) {
        expect(waiting++).toBe(0)
        told.push(`${from} ${step} ${t}`)
        expect(maxAbsDifference(x.data, sliceRows(trajectory![step]!, from, from + x.count).data)).toBe(0)
        await new Promise((resolve) => setTimeout(resolve, 20))
        waiting--
      },
    })
    const steps = Array.from({ length: 11 }, (_, step) => `${step} ${10 - step}`)
    expect(told).toEqual([...steps.map((each) => `0 ${each}`), ...steps.map((each) => `3 ${each}`)])
  })

  it('tells of the end alone where the graph gives no trajectory', async () => {
    const told: number[] = []
    await sample(await sampler({}), { count: 2, onStep: ({ step, t }) => void told.push(step, t) })
    expect(told).toEqual([10, 0])
  })
})
