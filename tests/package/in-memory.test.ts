import { join } from 'node:path'
import { expect, it } from 'vitest'
import { defineSampler, exportModel, loadModel, registerSampler, sample, train } from '../../src/index.ts'
import { folderOf } from '../helpers/folders.ts'

const { folder } = folderOf('memory')

const dataset = Array.from({ length: 40 }, (_, i) => ({ height: 1.5 + 0.01 * i, age: 20 + ((7 * i) % 30) }))
const request = { dataset, recipe: 'points', steps: 20, seed: 3, engine: 'onnx', threads: 1 } as const

it('rows in memory become samples without a file, with the bytes of a run in a folder', async () => {
  const trained = await train(request)
  const bytes = await exportModel({ run: trained, sampler: {} })
  const run = join(folder, 'run')
  await train({ ...request, out: run })
  expect(await exportModel({ run, sampler: {} })).toEqual(bytes)

  await using model = await loadModel(bytes.model, { provider: 'cpu' })
  expect(Object.keys(model).sort()).toEqual(['card', 'dispose', 'info', 'sample', 'sampleStream', 'skipped'])
  expect(model.card.columns).toEqual(['height', 'age'])
  const { points } = await model.sample({ count: 50, seed: 1 })
  expect([points.count, points.dim]).toEqual([50, 2])
  expect(points).toEqual((await sample(model, { count: 50, seed: 1 })).points)
  for (let i = 0; i < 50; i++) expect(Number.isInteger(points.data[2 * i + 1])).toBe(true)
}, 60_000)

it('a model declared with `await using` is disposed of at the end of its block', async () => {
  const { model: bytes } = await exportModel({ run: await train(request) })
  let kept: Awaited<ReturnType<typeof loadModel>>
  {
    await using model = await loadModel(bytes, { provider: 'cpu' })
    kept = model
    await model.sample({ count: 1 })
  }
  await expect(kept.sample({ count: 1 })).rejects.toThrow(/was disposed of: load it again$/)
}, 60_000)

it('a registered sampler of the user can be chosen by its name', async () => {
  const { model: bytes } = await exportModel({ run: await train(request) })
  await using model = await loadModel(bytes, { provider: 'cpu' })
  const options = { count: 20, seed: 2, numSteps: 5 }
  const sampler = 'euler' as 'ddim'
  await expect(model.sample({ ...options, sampler })).rejects.toThrow(/^unknown sampler euler/)
  registerSampler(
    defineSampler({
      name: 'euler',
      parameters: {},
      isStochastic: () => false,
      formula({ alphaBars }) {
        return (t, s) => {
          const x_t = Math.sqrt((1 - alphaBars[s]!) / (1 - alphaBars[t]!))
          return [
            { t, calls: [{ x_t, x_0: Math.sqrt(alphaBars[s]!) - x_t * Math.sqrt(alphaBars[t]!) }], noise: 0 },
          ]
        }
      },
    }),
  )
  const own = await model.sample({ ...options, sampler })
  // Euler's step on the probability flow is DDIM's without noise
  const ddim = await model.sample({ ...options, sampler: 'ddim', eta: 0 })
  expect(own.x_0.data.length).toBe(40)
  for (const [i, value] of own.x_0.data.entries())
    expect(Math.abs(value - ddim.x_0.data[i]!)).toBeLessThan(1e-5)
}, 60_000)
