import { describe, expect, it } from 'vitest'
import { ddim } from '../../src/diffusion/samplers/ddim.ts'
import { registerSampler } from '../../src/diffusion/samplers/index.ts'
import { decodeElements, encodeElements } from '../../src/infer/elements.ts'
import { standardNormals } from '../../src/numerics/random.ts'
import { draw, labels, tinyNetwork } from './tiny-network.ts'

const ddimConfig = { _class_name: 'DDIMScheduler', clip_sample: false, timestep_spacing: 'trailing' }

describe('the inputs of a network', () => {
  it.each([
    ['a time of int64 for all rows', { time: { dtype: 'int64', shape: [] } }],
    ['a time of int64 in a list of one', { time: { dtype: 'int64', shape: [1] } }],
    ['a time for each row in a column', { time: { shape: ['batch', 1] } }],
    ['a batch that the file fixes', { shape: [2, 2] }],
    ['a batch that the file fixes at more than there are samples', { shape: [8, 2] }],
    ['more than one axis', { shape: ['batch', 1, 2, 1] }],
  ] as const)('may be of %s', async (_, options) => {
    const expected = await draw(tinyNetwork(), ddimConfig)
    const { data, shape } = await draw(tinyNetwork(options as object), ddimConfig)
    expect(data).toEqual(expected.data)
    expect(shape).toEqual([3, ...((options as { shape?: number[] }).shape?.slice(1) ?? [2])])
  })

  it('may be of float16, whose rounding is all that differs', async () => {
    const expected = await draw(tinyNetwork(), ddimConfig)
    const { data } = await draw(tinyNetwork({ type: 'float16', time: { dtype: 'float16' } }), ddimConfig)
    const worst = Math.max(...data.map((value, i) => Math.abs(value - expected.data[i]!)))
    expect(worst).toBeGreaterThan(0)
    expect(worst).toBeLessThan(0.01)
  })

  it('have the same noise for each sample, whatever the count and where they begin', async () => {
    const all = await draw(tinyNetwork(), ddimConfig, { count: 100, seed: 7 })
    const { data } = await draw(tinyNetwork(), ddimConfig, { count: 2, seed: 7, from: 70 })
    expect(data).toEqual(all.data.slice(140, 144))
  })

  it('take further values by number, for each sample, and as a tensor for all of them', async () => {
    const network = tinyNetwork({
      others: [labels(['batch']), { name: 'prompt', shape: ['batch', 2, 3], dtype: 'float32' }],
    })
    const prompt = { data: new Float32Array(6), shape: [1, 2, 3] }
    const given = [
      { labels: 1, prompt },
      { labels: [1, 2, 3], prompt: { data: new Float32Array(18), shape: [3, 2, 3] } },
    ]
    const [first, second] = await Promise.all(given.map((each) => draw(network, ddimConfig, { given: each })))
    expect(first!.data).toEqual(second!.data)
  })
})

describe('float16', () => {
  it('is rounded to the nearest, a tie to the even one', () => {
    const numbers = [
      0,
      -0,
      1,
      -2,
      65504,
      65519,
      65520,
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      2 ** -24,
      2 ** -25,
      1.5 * 2 ** -24,
      0.1,
    ]
    const halves = [
      0,
      -0,
      1,
      -2,
      65504,
      65504,
      Infinity,
      1,
      1 + 2 ** -9,
      2 ** -24,
      0,
      2 ** -23,
      0.0999755859375,
    ]
    const round = (values: number[]) => [
      ...decodeElements(encodeElements('float16', Float32Array.from(values))),
    ]
    expect(round(numbers)).toEqual(halves)
    expect(round([Number.NaN, -Infinity])).toEqual([Number.NaN, -Infinity])
    // every half comes back as it is
    const all = Uint16Array.from({ length: 0x7c01 }, (_, i) => i)
    expect(encodeElements('float16', decodeElements(all))).toEqual(all)
  })
})

describe('a sampler of ours', () => {
  const mine = registerSampler({
    ...ddim,
    name: 'mine',
    parameters: {},
    formula: (schedule) => ddim.formula(schedule, { eta: 0 }),
    isStochastic: () => false,
  })

  it.each([
    'FlowMatchEulerDiscreteScheduler',
    'EDMEulerScheduler',
    'EulerDiscreteScheduler',
    'UniPCMultistepScheduler',
  ])('that a user registered takes its steps on the levels of %s', async (name) => {
    const { data } = await draw(tinyNetwork(), { _class_name: name }, { sampler: mine })
    const { data: own } = await draw(tinyNetwork(), { _class_name: name }, { sampler: 'ddim' })
    expect(data).toEqual(own)
    expect(data.every(Number.isFinite)).toBe(true)
  })
})

describe('x_T', () => {
  it('is of deviation 1, whatever the scheduler begins with', async () => {
    for (const name of ['EulerDiscreteScheduler', 'EDMEulerScheduler', 'FlowMatchEulerDiscreteScheduler']) {
      const points = {
        data: standardNormals({ seed: 0, stream: 0, step: 0, start: 0, count: 3, dim: 2 }),
        count: 3,
        dim: 2,
      }
      const { data } = await draw(tinyNetwork(), { _class_name: name }, { x_T: points })
      expect(data).toEqual((await draw(tinyNetwork(), { _class_name: name })).data)
    }
  })
})
