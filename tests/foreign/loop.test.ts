import { describe, expect, it } from 'vitest'
import digitsConfig from '../../models/digits/scheduler/scheduler_config.json' with { type: 'json' }
import type { NetworkSampleOptions } from '../../src/foreign/sample.ts'
import { exportNetwork, openNetwork } from '../../src/node/network.ts'
import { createNodeSession } from '../../src/node/providers.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { type Stream, standardNormals, streams } from '../../src/numerics/random.ts'
import { tinyNetwork } from './tiny-network.ts'

const [count, numSteps] = [3, 6]
const thresholds = { thresholding: true, dynamic_thresholding_ratio: 0.7, sample_max_value: 2 }

/** The feeds of a loop: the noise that `sample` draws itself, and what is given. */
function feedsOf(
  inputs: readonly { name: string; type: string; shape: readonly (number | string)[] }[],
  axes: readonly number[],
  values: Record<string, number>,
) {
  const dim = axes.reduce((product, size) => product * size, 1)
  const normals = (stream: Stream, step: number) =>
    standardNormals({ seed: 0, stream, step, start: 0, count, dim })
  return Object.fromEntries(
    inputs.map(({ name, type, shape }) => {
      if (name === 'x_T') return [name, { data: normals(streams.x_T, 0), dims: [count, ...axes] }]
      if (name === 'noise') {
        const steps = Number(shape[0])
        const all = Array.from({ length: steps }, (_, j) => [...normals(streams.reverseNoise, j)]).flat()
        return [name, { data: Float32Array.from(all), dims: [steps, count, ...axes] }]
      }
      const dims = shape.length === 0 ? [] : [count]
      return [name, { data: new Float32Array(dims[0] ?? 1).fill(values[name]!), dims, type: type as 'int64' }]
    }),
  )
}

describe('the process around a network as a Loop', () => {
  const digits = 'models/digits/unet/model.onnx'
  it.each<[string, object, boolean]>([
    ['DDIM, x_0 clipped, with guidance', { _class_name: 'DDIMScheduler' }, true],
    ['x_0 thresholded', { _class_name: 'DDIMScheduler', ...thresholds }, false],
    ['DDPM, which takes noise', { _class_name: 'DDPMScheduler' }, false],
    ['two calls a step', { _class_name: 'HeunDiscreteScheduler', beta_schedule: 'linear' }, false],
    [
      'calls that are kept, karras sigmas',
      { _class_name: 'DPMSolverMultistepScheduler', use_karras_sigmas: true },
      true,
    ],
    ['UniPC of order 3', { _class_name: 'UniPCMultistepScheduler', solver_order: 3 }, false],
  ])('gives the samples of sample: %s', async (_, settings, isGuided) => {
    const scheduler = { ...digitsConfig, ...settings }
    const guided: Partial<NetworkSampleOptions> = isGuided
      ? { without: { class_labels: 10 }, guidance: 2 }
      : {}
    const bytes = await exportNetwork(
      { network: digits, scheduler },
      { numSteps, without: isGuided ? ['class_labels'] : [] },
    )
    await using network = await openNetwork({ network: digits, scheduler })
    const { data } = await network.sample({ count, numSteps, given: { class_labels: 4 }, ...guided })
    const session = await createNodeSession(bytes, { provider: 'cpu', isForeign: true })
    const feeds = feedsOf(session.inputs!, [1, 8, 8], {
      given_class_labels: 4,
      without_class_labels: 10,
      guidance: 2,
    })
    const { x_0 } = await session.run(feeds, ['x_0'])
    await session.release()
    expect(maxAbsDifference(x_0!, data)).toBeLessThan(1e-4)
  })

  it.each([
    ['int64 for all rows', { dtype: 'int64', shape: [] }],
    ['int64 in a list of one', { dtype: 'int64', shape: [1] }],
    ['float16 in a column', { dtype: 'float16', shape: ['batch', 1] }],
  ] as const)('tells the network the time as it takes it: %s', async (_, time) => {
    const source = { network: tinyNetwork({ time }), scheduler: { _class_name: 'DDIMScheduler' } }
    await using network = await openNetwork(source)
    const { data } = await network.sample({ count, numSteps })
    const session = await createNodeSession(await exportNetwork(source, { numSteps }), {
      provider: 'cpu',
      isForeign: true,
    })
    const { x_0 } = await session.run(feedsOf(session.inputs!, [2], {}), ['x_0'])
    await session.release()
    expect(maxAbsDifference(x_0!, data)).toBeLessThan(1e-5)
  })

  it('is a few kilobytes larger than the network, and the same bytes each time', async () => {
    const source = { network: digits, scheduler: digitsConfig }
    const [few, many] = [
      await exportNetwork(source, { numSteps: 5 }),
      await exportNetwork(source, { numSteps: 50 }),
    ]
    expect(many.length - few.length).toBeLessThan(3000)
    expect(await exportNetwork(source, { numSteps: 5 })).toEqual(few)
  })
})
