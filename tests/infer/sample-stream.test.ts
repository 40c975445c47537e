import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { joinRows } from '../../src/core/points.ts'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import type { Model } from '../../src/infer/model.ts'
import { sample, sampleStream } from '../../src/infer/sample.ts'
import { loadModel } from '../../src/node/load-model.ts'
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

  it('says what makes it, before the first sample', () => {
    const { sampler, timesteps, provider, threads } = sampleStream(model, options)
    expect({ sampler, timesteps, provider, threads }).toMatchObject({
      sampler: { name: 'ddpm' },
      timesteps: [10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
      provider: 'cpu',
      threads: 1,
    })
  })

  it('lets the next call in once its loop is left', async () => {
    for await (const { from } of sampleStream(model, options)) if (from > 0) break
    expect((await sample(model, { count: 5 })).points.count).toBe(5)
  })

  it('lets the next call in when it fails', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    const read = async () => {
      for await (const _ of sampleStream(model, { ...options, signal }));
    }
    await expect(read()).rejects.toThrow('enough')
    expect((await sample(model, { count: 5 })).points.count).toBe(5)
  })

  it('keeps a call that comes in between waiting', async () => {
    const order: string[] = []
    let second: Promise<unknown> | undefined
    for await (const { from } of sampleStream(model, options)) {
      second ??= sample(model, { count: 1 }).then(() => order.push('second'))
      order.push(`${from}`)
    }
    await second
    expect(order).toEqual(['0', '30', '60', '90', 'second'])
  })

  it('refuses bad options at once', () => {
    expect(() => sampleStream(model, { count: 0 })).toThrow(/count is 0/)
  })
})

describe('chunks of many columns and steps', () => {
  const trained = untrainedModel(
    { dim: 64, T: 100 },
    { schedule: { kind: 'karras', sigmaMin: 0.1, sigmaMax: 5, rho: 7 } },
  )

  it.each([
    ['sampler.onnx, whose noise is fed at once', exportSampler, {}, [648, 52]],
    ['model.onnx, which takes it step by step', exportNoisePredictor, {}, [700]],
    ['model.onnx with a trajectory', exportNoisePredictor, { trajectory: true }, [648, 52]],
  ] as const)('hold 16 MB of noise and states at most: %s', async (_, make, asked, sizes) => {
    const wide = await loadModel(await make(trained), { threads: 1 })
    const seen: number[] = []
    for await (const { points } of sampleStream(wide, { count: 700, ...asked })) seen.push(points.count)
    expect(seen).toEqual(sizes)
    await wide.dispose()
  })
})
