import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import type { Model } from '../../src/infer/model.ts'
import { sample, sampleStream } from '../../src/infer/sample.ts'
import { loadModel } from '../../src/node/providers.ts'
import { joinRows, sliceRows } from '../../src/numerics/points.ts'
import { untrainedModel } from '../helpers/models.ts'

const options = { count: 100, seed: 3, chunkSize: 30 }

describe.each(['model', 'sampler'])('a stream of samples of %s.onnx', (name) => {
  let model: Model
  beforeAll(async () => {
    model = await loadModel(readFileSync(`models/two-moons-seed/${name}.onnx`), { threads: 1 })
  })
  afterAll(() => model.dispose())

  it('gives the samples of `sample`, chunk by chunk', async () => {
    const chunks = []
    for await (const chunk of sampleStream(model, options)) chunks.push(chunk)
    const whole = await sample(model, options)
    expect(chunks.map(({ from, points }) => [from, points.count])).toEqual([
      [0, 30],
      [30, 30],
      [60, 30],
      [90, 10],
    ])
    expect(joinRows(chunks.map(({ points }) => points))).toEqual(whole.points)
    expect(joinRows(chunks.map(({ x_0 }) => x_0))).toEqual(whole.x_0)
    for (const { trajectory } of chunks) expect(trajectory).toBe(undefined)
  })

  it('names its sampler, timesteps and provider before the first sample', () => {
    const { sampler, timesteps, provider, threads } = sampleStream(model, options)
    expect({ sampler, timesteps, provider, threads }).toMatchObject({
      sampler: { name: 'ddpm' },
      timesteps: [10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
      provider: 'cpu',
      threads: 1,
    })
  })

  it('frees the model for the next call if its loop is left', async () => {
    for await (const { from } of sampleStream(model, options)) if (from > 0) break
    expect((await sample(model, { count: 5 })).points.count).toBe(5)
  })

  it('frees the model for the next call if it fails', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    const read = async () => {
      for await (const _ of sampleStream(model, { ...options, signal }));
    }
    await expect(read()).rejects.toThrow('enough')
    expect((await sample(model, { count: 5 })).points.count).toBe(5)
  })

  it('lets other calls and streams of the model run within its loop', async () => {
    const whole = (await sample(model, options)).points
    const alone = (await sample(model, { count: 7, seed: 9 })).points
    const [outer, inner] = [sampleStream(model, options), sampleStream(model, { ...options, seed: 4 })]
    const other = inner[Symbol.asyncIterator]()
    const seen = []
    for await (const { points } of outer) {
      seen.push(points)
      expect((await sample(model, { count: 7, seed: 9 })).points).toEqual(alone)
      expect((await other.next()).done).toBe(false)
    }
    expect(joinRows(seen)).toEqual(whole)
    expect((await other.next()).done).toBe(true)
  })

  it('begins at any index up to 2^53', async () => {
    const { points, x_0 } = await sample(model, options)
    const later = await sample(model, { ...options, from: 20, count: 80 })
    expect(later.points).toEqual(sliceRows(points, 20, 100))
    expect((await sample(model, { ...options, from: 60, count: 3 })).x_0).toEqual(sliceRows(x_0, 60, 63))
    const last = []
    const far = { count: 50, chunkSize: 30, from: 2 ** 53 - 50 }
    for await (const { from } of sampleStream(model, far)) last.push(from)
    expect(last).toEqual([2 ** 53 - 50, 2 ** 53 - 20])
    expect(() => sampleStream(model, { count: 51, from: 2 ** 53 - 50 })).toThrow(/at most 50 from sample/)
  })

  it('takes a count that is too large for memory', async () => {
    for await (const { points } of sampleStream(model, { count: 2 ** 53 - 1, chunkSize: 10 })) {
      expect(points).toEqual((await sample(model, { count: 10 })).points)
      break
    }
    await expect(sample(model, { count: 2 ** 53 - 1 })).rejects.toThrow(/from 1 to 100000000/)
  })

  it('refuses wrong options before the first sample', () => {
    expect(() => sampleStream(model, { count: 0 })).toThrow(/count is 0/)
  })
})

it('a stream fails in one line if its model is disposed of meanwhile', async () => {
  const model = await loadModel(readFileSync('models/two-moons-seed/sampler.onnx'), { threads: 1 })
  const read = async () => {
    for await (const { from } of sampleStream(model, options)) if (from === 30) await model.dispose()
  }
  await expect(read()).rejects.toThrow(/was disposed of: load it again/)
})

describe('chunks of many columns and steps', () => {
  const trained = untrainedModel(
    { dim: 64, T: 100 },
    { schedule: { kind: 'karras', sigmaMin: 0.1, sigmaMax: 5, rho: 7 } },
  )

  it.each([
    ['sampler.onnx, with the noise of all steps', exportSampler, {}, [648, 52]],
    ['model.onnx, with the noise of one step', exportNoisePredictor, {}, [700]],
    ['model.onnx with a trajectory', exportNoisePredictor, { trajectory: true }, [648, 52]],
  ] as const)('have at most 16 MB of noise and states: %s', async (_, make, asked, sizes) => {
    await using wide = await loadModel(await make(trained), { threads: 1 })
    const seen: number[] = []
    for await (const { points } of sampleStream(wide, { count: 700, ...asked })) seen.push(points.count)
    expect(seen).toEqual(sizes)
  })
})
