import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { predictionTypes } from '../../src/diffusion/prediction.ts'
import { exportNoisePredictor, exportSampler, type SamplerExport } from '../../src/export/export-model.ts'
import { feedsOfBatch } from '../../src/infer/measure.ts'
import { internalsOf, type Model, type SampleOptions } from '../../src/infer/model.ts'
import { selfTest } from '../../src/infer/open-model.ts'
import { sample } from '../../src/infer/sample.ts'
import { type SessionInfo, sessionPredictor } from '../../src/infer/session.ts'
import { referencePredictor } from '../../src/model/compute/reference.ts'
import { networkOf } from '../../src/model/network.ts'
import { createNodeSession, loadModel } from '../../src/node/load-model.ts'
import type { NodeProvider } from '../../src/node/providers.ts'
import { maxAbsDifference, type Points, pointsFromRows } from '../../src/numerics/points.ts'
import { standardNormals } from '../../src/numerics/random.ts'
import { readModel } from '../../src/onnx/read.ts'
import { encodingOf, toDataUnits } from '../../src/table/encodings/encoding.ts'
import {
  type GeneralSteps,
  golden,
  type HeunSteps,
  type OtherSamplers,
  type SdeSteps,
} from '../helpers/golden.ts'
import { reference, referenceModel, untrainedModel } from '../helpers/models.ts'
import { levelsOf } from '../helpers/networks.ts'
import { spoiledModel } from './spoiled.ts'
import { tableSuite } from './table-suite.ts'

export interface Expected {
  readonly provider: NodeProvider
  readonly threads?: number
  /** What the session must say of itself. */
  readonly info: { readonly [K in keyof Omit<SessionInfo, 'provider'>]: unknown }
  /** The largest batch that is tried. */
  readonly largest?: number
  /** How far float32 may be from the golden numbers: one network call, a whole process. TF32 is coarser. */
  readonly tolerances?: { readonly call: number; readonly sample: number }
}

const general = golden<GeneralSteps>('general_steps.json')
const others = golden<OtherSamplers>('samplers.json')
const heun = golden<HeunSteps>('heun.json')
const sde = golden<SdeSteps>('sde_dpm_solver.json')
const some = general.ddpm_fixed_small_strided.timesteps

const given = (rows: number[][][], start: number[][]): SampleOptions => ({
  count: start.length,
  x_T: pointsFromRows(start),
  ...(rows.length > 0 ? { noise: rows.map(pointsFromRows) } : {}),
  trajectory: true,
})
const strided = given(general.noise.slice(0, some.length), general.x_T)
const noiseless = given([], general.x_T)

/** Every sampler under the noise of the golden files. */
const processes: [string, SampleOptions, SamplerExport, number[][][]][] = [
  [
    'ddpm fixed_small, all steps',
    given(
      Array.from({ length: 10 }, (_, j) => reference.ddpm.noise[10 - j]!),
      reference.ddpm.x_T,
    ),
    {},
    reference.ddpm.trajectory,
  ],
  [
    'ddpm fixed_large, all steps',
    given(general.noise, general.x_T),
    { sampler: 'ddpm', variance: 'fixed_large' },
    general.ddpm_fixed_large.trajectory,
  ],
  ['ddpm fixed_small, strided', strided, { timesteps: some }, general.ddpm_fixed_small_strided.trajectory],
  ['ddim', noiseless, { sampler: 'ddim', eta: 0, timesteps: some }, general.ddim_strided.trajectory],
  [
    'ddim eta 0.5',
    strided,
    { sampler: 'ddim', eta: 0.5, timesteps: some },
    general.ddim_half_eta_strided.trajectory,
  ],
  [
    'dpmsolver++ of order 1',
    given([], others.x_T),
    { sampler: 'dpmsolver++', order: 1, numSteps: 5 },
    others['dpmsolver++_1_5'].trajectory,
  ],
  [
    'dpmsolver++ 2M',
    given([], others.x_T),
    { sampler: 'dpmsolver++', numSteps: 5 },
    others['dpmsolver++_2m_5'].trajectory,
  ],
  ['heun, all steps', given([], heun.x_T), { sampler: 'heun' }, heun.heun_10.trajectory],
  [
    'heun, strided',
    given([], heun.x_T),
    { sampler: 'heun', timesteps: heun.heun_strided.timesteps },
    heun.heun_strided.trajectory,
  ],
  [
    'sde-dpmsolver++, all steps',
    given(general.noise, general.x_T),
    { sampler: 'sde-dpmsolver++' },
    sde.sde_10.trajectory,
  ],
  [
    'sde-dpmsolver++, strided',
    given(general.noise.slice(0, sde.sde_strided.timesteps.length), general.x_T),
    { sampler: 'sde-dpmsolver++', timesteps: sde.sde_strided.timesteps },
    sde.sde_strided.trajectory,
  ],
]

function worstState(states: readonly Points[] | undefined, expected: number[][][]): number {
  expect(states).toHaveLength(expected.length)
  return Math.max(...states!.map((state, k) => maxAbsDifference(state.data, expected[k]!.flat())))
}

/** What every provider must do; each file that calls it is a process of its own. */
export function conformance({ provider, threads, info, largest = 1000, tolerances }: Expected): void {
  const { call: callTolerance, sample: sampleTolerance } = tolerances ?? { call: 1e-5, sample: 1e-4 }
  const load = (bytes: Uint8Array) => loadModel(bytes, { provider, threads })
  const using = async <R>(bytes: Uint8Array, body: (model: Model) => Promise<R>): Promise<R> => {
    const model = await load(bytes)
    try {
      return await body(model)
    } finally {
      await model.dispose()
    }
  }
  let bytes: Uint8Array
  let graphBytes: Uint8Array
  let model: Model
  let graph: Model

  beforeAll(async () => {
    bytes = await exportNoisePredictor(referenceModel)
    graphBytes = await exportSampler(referenceModel, { trajectory: true })
    model = await load(bytes)
    graph = await load(graphBytes)
  }, 120_000)
  afterAll(async () => {
    await model?.dispose()
    await graph?.dispose()
  })

  it('says what it is', async () => {
    for (const each of [model, graph]) {
      expect(each.info).toMatchObject({ provider, ...info })
      expect(Object.keys(each.info).sort()).toEqual(
        ['adapter', 'onnxruntime', 'provider', 'runtime', 'tf32', 'threads'].sort(),
      )
    }
    expect(await sample(model, { count: 1 })).toMatchObject({ provider, ...info })
    expect(model.skipped).toEqual([])
  })

  it('gives the golden outputs of one call', async () => {
    const { x_t, t, epsilon } = reference.forward
    const output = await sessionPredictor(internalsOf(model).session, 'epsilon').predict(
      pointsFromRows(x_t),
      t,
    )
    expect(maxAbsDifference(output.data, epsilon.flat())).toBeLessThanOrEqual(callTolerance)
  })

  it.each(processes)(
    'follows the golden path of %s, on both graph forms',
    async (_, options, choice, path) => {
      expect(
        worstState((await sample(model, { ...options, ...choice })).trajectory, path),
      ).toBeLessThanOrEqual(sampleTolerance)
      const whole = await exportSampler(referenceModel, { ...choice, trajectory: true })
      const states = await using(whole, async (each) => (await sample(each, options)).trajectory)
      expect(worstState(states, path)).toBeLessThanOrEqual(sampleTolerance)
    },
    120_000,
  )

  it.each(
    predictionTypes.flatMap((predictionType) =>
      ([{ kind: 'one_hot_linear' }, { kind: 'sinusoidal_mlp', width: 16 }] as const).map(
        (timeEmbedding) => [predictionType, timeEmbedding] as const,
      ),
    ),
  )('gives the reference pass at every t: %s, %j', async (predictionType, timeEmbedding) => {
    const trained = untrainedModel({ T: 50, timeEmbedding }, { predictionType })
    const t = Array.from({ length: 50 }, (_, i) => i + 1)
    const x_t = standardNormals({ seed: 8, stream: 0, step: 0, start: 0, count: 50, dim: 2 })
    const exact = { data: Float64Array.from(x_t), count: 50, dim: 2 }
    const expected = await referencePredictor(
      networkOf(trained.weights, levelsOf(50)),
      trained.weights,
    ).predict(exact, t)
    const output = await using(await exportNoisePredictor(trained), (each) =>
      sessionPredictor(internalsOf(each).session, predictionType).predict(
        { data: x_t, count: 50, dim: 2 },
        t,
      ),
    )
    expect(maxAbsDifference(output.data, expected.data)).toBeLessThanOrEqual(callTolerance)
  })

  it.each([
    ['one column', untrainedModel({ dim: 1, T: 3 })],
    ['one timestep', untrainedModel({ dim: 2, T: 1 })],
    ['seven columns, no hidden layer', untrainedModel({ dim: 7, T: 20, hidden: [] })],
  ])('passes the self-test of a model of %s, in both forms', async (_, trained) => {
    for (const each of [await exportNoisePredictor(trained), await exportSampler(trained)])
      expect(
        await using(each, (loaded) => selfTest(readModel(each), internalsOf(loaded).session)),
      ).toMatchObject({ pass: true })
  })

  it(`takes batches of 1, 2, 7 and ${largest}, in any order, sample by sample the same`, async () => {
    const { x_T, trajectory: path } = reference.ddpm
    const options = given(
      Array.from({ length: 10 }, (_, j) => reference.ddpm.noise[10 - j]!),
      x_T,
    )
    for (const each of [model, graph]) {
      const whole = await sample(each, { count: largest, seed: 4, chunkSize: largest })
      for (const count of [7, 1, 2]) {
        const few = await sample(each, { count, seed: 4, chunkSize: count })
        const difference = maxAbsDifference(few.x_0.data, whole.x_0.data.subarray(0, 2 * count))
        // a GPU adds a larger batch up in another order
        expect(difference).toBeLessThanOrEqual(sampleTolerance)
      }
      expect(worstState((await sample(each, options)).trajectory, path)).toBeLessThanOrEqual(sampleTolerance)
    }
  }, 120_000)

  it('gives the same bits twice', async () => {
    for (const each of [model, graph]) {
      const [a, b] = [
        await sample(each, { count: 100, seed: 9 }),
        await sample(each, { count: 100, seed: 9 }),
      ]
      expect(a.points).toEqual(b.points)
    }
  })

  it('takes two calls at once, through `sample` and straight to the session', async () => {
    const seeds = [1, 2, 3]
    for (const each of [model, graph]) {
      const together = await Promise.all(seeds.map((seed) => sample(each, { count: 20, seed })))
      for (const [i, seed] of seeds.entries())
        expect(together[i]!.points).toEqual((await sample(each, { count: 20, seed })).points)
    }
    const predictor = sessionPredictor(internalsOf(model).session, 'epsilon')
    const { x_t, epsilon } = reference.forward
    const calls = reference.forward.t.map((t, i) => predictor.predict(pointsFromRows([x_t[i]!]), [t]))
    for (const [i, { data }] of (await Promise.all(calls)).entries())
      expect(maxAbsDifference(data, epsilon[i]!)).toBeLessThanOrEqual(callTolerance)
  })

  it('gives several outputs by their names, in whatever order they are asked for', async () => {
    const feeds = feedsOfBatch(internalsOf(graph).file, 5)
    const names = ['trajectory', 'samples', 'x_0']
    const outputs = await internalsOf(graph).session.run(feeds, names)
    expect(Object.keys(outputs)).toEqual(names)
    const { x_0, samples, trajectory } = outputs
    expect([x_0!.length, samples!.length, trajectory!.length]).toEqual([10, 10, 110])
    expect(maxAbsDifference(trajectory!.subarray(0, 10), feeds.x_T!.data)).toBe(0)
    expect(maxAbsDifference(trajectory!.subarray(100), x_0!)).toBe(0)
    const unscaled = toDataUnits(encodingOf(graph.card), { data: x_0!, count: 5, dim: 2 })
    expect(maxAbsDifference(samples!, unscaled.data)).toBeLessThanOrEqual(1e-5)
    await expect(internalsOf(graph).session.run(feeds, ['nothing'])).rejects.toThrow(/^[^\n]+$/)
  })

  it('leaves the feeds as they were', async () => {
    const x_t = new Float32Array([0.25, -0.5])
    const t = new Float32Array([3])
    await internalsOf(model).session.run({ x_t: { data: x_t, dims: [1, 2] }, t: { data: t, dims: [1, 1] } }, [
      'epsilon',
    ])
    expect([...x_t, ...t]).toEqual([0.25, -0.5, 3])
  })

  describe('a session of its own', () => {
    it('is released twice, after what runs on it, and says in one line when it is used after that', async () => {
      const session = await createNodeSession(bytes, { provider, threads })
      const feeds = {
        x_t: { data: new Float32Array(2), dims: [1, 2] },
        t: { data: new Float32Array([1]), dims: [1, 1] },
      }
      const running = session.run(feeds, ['epsilon'])
      await Promise.all([session.release(), session.release()])
      await session.release()
      expect((await running).epsilon).toHaveLength(2)
      await expect(session.run(feeds, ['epsilon'])).rejects.toThrow(
        /^the session was released: load the model again$/,
      )
    })

    it('refuses bytes that are no model, in one line', async () => {
      await expect(createNodeSession(new Uint8Array([1, 2, 3]), { provider })).rejects.toThrow(/^[^\n]+$/)
      await expect(load(bytes.slice(0, -100))).rejects.toThrow(/^[^\n]+$/)
    })

    it('fails in one line without a feed, and goes on', async () => {
      const feeds = { x_t: { data: new Float32Array(2), dims: [1, 2] } }
      await expect(internalsOf(model).session.run(feeds, ['epsilon'])).rejects.toThrow(/^[^\n]+$/)
      expect((await sample(model, { count: 2 })).points.count).toBe(2)
    })
  })

  it('refuses a model that fails its self-test, unless told', async () => {
    const by = Math.max(1e-2, 100 * sampleTolerance)
    for (const spoiled of [spoiledModel(bytes, by), spoiledModel(graphBytes, by)]) {
      await expect(load(spoiled)).rejects.toThrow(new RegExp(`fails its self-test on ${provider}: [^\n]+$`))
      const unchecked = await loadModel(spoiled, { provider, threads, selfTest: false })
      expect(await selfTest(readModel(spoiled), internalsOf(unchecked).session)).toMatchObject({
        pass: false,
      })
      await unchecked.dispose()
    }
  })

  tableSuite(load, sampleTolerance)
}
