import { describe, expect, it } from 'vitest'
import type { OpenSession } from '../../src/compare/provider.ts'
import { InputError } from '../../src/core/errors.ts'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { createNodeSession } from '../../src/node/providers.ts'
import { decodeModel, encodeModel } from '../helpers/onnx.ts'
import {
  as,
  changeNumber,
  compareSmall,
  lying,
  lyingAbout,
  miscomputing,
  nodeNamed,
  onCpu,
  smallModel,
} from './helpers.ts'

const model = await exportNoisePredictor(smallModel)
const sampler = await exportSampler(smallModel, { trajectory: true })
const plain = await exportSampler(smallModel)

/** The file is right in each of these: it is the provider that is wrong. */
async function compareWith(open: OpenSession, bytes = model, bisect = false) {
  const comparison = await compareSmall(bytes, { open, bisect })
  expect(comparison.file).toMatchObject({ pass: true, problems: [] })
  return { comparison, cpu: onCpu(comparison) }
}

describe('a backend that is wrong', () => {
  it('in one element of one batch size is caught, with the element', async () => {
    const { comparison, cpu } = await compareWith(
      lying((outputs, feeds) => {
        const { epsilon } = outputs
        if (epsilon && feeds.t!.data.length === 1000 && feeds.t!.data[0] === 6) epsilon[1234]! += 1e-3
        return outputs
      }),
    )
    expect(comparison.pass).toBe(false)
    expect(cpu.calls).toMatchObject({
      pass: false,
      at: { call: 'batch 1000, t = 6', row: 617, column: 0 },
      problems: [],
    })
    expect(cpu.maxAbsError).toBeGreaterThan(9e-4)
    const { worst } = cpu.calls!
    expect(worst!.actual - worst!.expected).toBeCloseTo(1e-3, 5)
  })

  it('within the tolerance passes, with the share of the tolerance', async () => {
    const { comparison, cpu } = await compareWith(lyingAbout((epsilon) => epsilon.map((x) => x + 6e-6)))
    expect(comparison.pass).toBe(true)
    expect(cpu.calls!.smallest.factor).toBeGreaterThan(0.3)
    expect(cpu.calls!.smallest.factor).toBeLessThan(1)
  })

  it('by a bias that adds up over the steps is caught by the process', async () => {
    // rtol 1e-4 lets this through for outputs of size 1 or 2: it is the process that shows it
    const { cpu } = await compareWith(lyingAbout((epsilon) => epsilon.map((x) => x * (1 + 9e-5))))
    expect(cpu.calls!.pass).toBe(true)
    expect(cpu.processes.find(({ form }) => form === 'model.onnx')!.pass).toBe(false)
  })

  it('from a timestep on is caught, with the first step past tolerance', async () => {
    const { cpu } = await compareWith(
      lying((outputs, feeds) => {
        // one row a call: the calls of the comparison hold a whole batch of a t too, so rows of the process are told by count
        if (outputs.epsilon && feeds.t!.data.length === 32 && feeds.t!.data[0] === 4)
          outputs.epsilon = outputs.epsilon.map((x) => x + 0.01)
        return outputs
      }),
    )
    expect(cpu.calls!.pass).toBe(true)
    const steps = cpu.processes.find(({ form }) => form === 'model.onnx')!
    // x_T is state 0, and the step from t = 4 is the seventh
    expect(steps).toMatchObject({ pass: false, firstPast: 7 })
    expect(steps.curve.slice(0, 7).every((x) => x! < 1e-5)).toBe(true)
    expect(cpu.processes.find(({ form }) => form === 'sampler.onnx')!.pass).toBe(true)
  })

  it.each<[string, (epsilon: Float32Array) => unknown, RegExp, object]>([
    ['with a NaN', (e) => e.with(0, Number.NaN), /^$/, { nan: { actual: 41, expected: 0 } }],
    ['with an Infinity', (e) => e.with(0, Number.POSITIVE_INFINITY), /^$/, { inf: { actual: 41 } }],
    ['too short', (e) => e.slice(1), /output epsilon has 7 numbers for the shape \[4,2\]/, { misshapen: 41 }],
    ['too long', (e) => Float32Array.from([...e, 0]), /has 9 numbers for/, { misshapen: 41 }],
    ['in float64', (e) => Float64Array.from(e), /output epsilon is float64, not float32/, { missing: 41 }],
    ['without the output', () => undefined, /its output epsilon is missing/, { missing: 41 }],
  ])('%s fails whatever the tolerance', async (_, change, problem, counts) => {
    const open = lyingAbout(change)
    const comparison = await compareSmall(model, { open, atol: 1e9, rtol: 1e9 })
    const { calls, pass, processes } = onCpu(comparison)
    expect([comparison.pass, pass, calls!.pass, processes[0]!.pass]).toEqual([false, false, false, false])
    expect(calls!.problems.join()).toMatch(problem)
    expect(calls).toMatchObject(counts)
  })

  it('in one output of sampler.onnx is caught', async () => {
    const cases: [keyof Record<string, string>, (outputs: Record<string, Float32Array>) => void, RegExp][] = [
      ['trajectory', ({ trajectory }) => void (trajectory![5 * 64 + 3]! += 0.01), /^$/],
      ['x_0', ({ x_0 }) => void (x_0![3]! += 0.01), /x_0 is not the trajectory's last state/],
      ['samples', ({ samples }) => void (samples![3]! += 0.01), /output samples has .* in row 1, column 1/],
      ['missing', (outputs) => void delete outputs.trajectory, /its output trajectory is missing/],
    ]
    for (const [kind, change, problem] of cases) {
      const { cpu } = await compareWith(
        lying((outputs) => {
          const copy = Object.fromEntries(Object.entries(outputs).map(([name, data]) => [name, data.slice()]))
          change(copy)
          return copy
        }),
        sampler,
      )
      expect([kind, cpu.pass]).toEqual([kind, false])
      expect(cpu.processes[0]!.problems.join()).toMatch(problem)
      if (kind === 'trajectory')
        expect(cpu.processes[0]).toMatchObject({ firstPast: 5, at: { state: 5, row: 1, column: 1 } })
    }
  })

  it('in a sampler.onnx without a trajectory is caught in x_0', async () => {
    const { cpu } = await compareWith(
      lying(({ x_0, ...rest }) => ({ ...rest, ...(x_0 && { x_0: x_0.map((x) => x + 0.01) }) })),
      plain,
    )
    expect(cpu.processes[0]).toMatchObject({ pass: false, firstPast: 10 })
    expect(cpu.processes[0]!.curve.slice(0, 10)).toEqual(new Array(10).fill(null))
  })

  it('is measured beside the distance of two sets of right samples', async () => {
    const shifted = (by: number) => lyingAbout((epsilon) => epsilon.map((x) => x + by))
    const [right, little, much] = await Promise.all(
      [0, 1e-4, 1].map(
        async (by) => onCpu(await compareSmall(model, { open: shifted(by), samples: 200 })).distances!,
      ),
    )
    for (const distances of [right!, little!, much!]) {
      expect(distances.samples).toBe(200)
      expect(distances.null.slicedWasserstein2).toBeGreaterThan(0.05)
      expect(distances.null).toEqual(right!.null)
    }
    expect(right!.slicedWasserstein2).toBeLessThan(1e-5 * right!.null.slicedWasserstein2)
    expect(little!.slicedWasserstein2).toBeLessThan(0.01 * right!.null.slicedWasserstein2)
    expect(little!.slicedWasserstein2).toBeGreaterThan(10 * right!.slicedWasserstein2)
    expect(much!.slicedWasserstein2).toBeGreaterThan(right!.null.slicedWasserstein2)
    expect(much!.energyV).toBeGreaterThan(right!.null.energyV)
  })

  it('about its provider is caught', async () => {
    const { cpu } = await compareWith(async (bytes, options) => ({
      ...(await createNodeSession(bytes, options)),
      provider: 'webgpu',
    }))
    expect(cpu).toMatchObject({
      pass: false,
      available: true,
      problems: ['requested on cpu, it runs on webgpu'],
    })
  })

  it('since it fails to run is caught', async () => {
    const { cpu } = await compareWith(async (bytes, options) => ({
      ...(await createNodeSession(bytes, options)),
      run: async () => {
        throw new Error('device lost\n  at a stack')
      },
    }))
    expect(cpu).toMatchObject({ pass: false, maxAbsError: Number.POSITIVE_INFINITY })
    expect(cpu.calls!.problems).toEqual(['golden and 40 more: it fails to run: device lost'])
    expect(cpu.processes[0]!.problems).toEqual(['step 1: it fails to run: device lost'])
  })

  it('since it loads only small models fails, and is not called unavailable', async () => {
    const open: OpenSession = async (bytes, options) => {
      if (bytes.length > 3000)
        throw new InputError('provider cpu can’t run the model: out of memory', 'bad-model')
      return createNodeSession(bytes, options)
    }
    const { cpu } = await compareWith(open)
    expect(cpu).toMatchObject({
      available: true,
      pass: false,
      problems: [expect.stringMatching(/out of memory/)],
    })
  })
})

describe('a bisection names', () => {
  it.each<[string, Parameters<typeof miscomputing>[0], string]>([
    [
      'a changed slope',
      (m) => void (nodeNamed(m, 'model.6/LeakyRelu').attribute![0]!.f = 0.02),
      'model.6/LeakyRelu',
    ],
    ['a missing bias', (m) => void nodeNamed(m, 'model.2/Gemm').input!.pop(), 'model.2/Gemm'],
    ['a changed weight', (m) => changeNumber(m, 'model.0.weight', 7, (x) => x + 0.1), 'model.0/Gemm'],
    ['a t that is off by one', (m) => changeNumber(m, 'one', 0, () => 2), 'time/Sub_1'],
    ['columns in the wrong order', (m) => void nodeNamed(m, 'Concat').input!.reverse(), 'Concat'],
  ])('the node with %s in model.onnx', async (_, edit, node) => {
    const open: OpenSession = (bytes, options) =>
      decodeModel(bytes).graph!.input![0]!.name === 'x_t' && bytes.length > 3000
        ? miscomputing(edit)(bytes, options)
        : createNodeSession(bytes, options)
    const { cpu } = await compareWith(open, model, true)
    expect(cpu.pass).toBe(false)
    expect(cpu.bisect).toMatchObject([
      { graph: 'model.onnx', nodes: 15, departure: { node, exposed: 'together', itself: true } },
    ])
  })

  it('the node that takes the noise of another step in sampler.onnx', async () => {
    const open: OpenSession = (bytes, options) =>
      decodeModel(bytes).graph!.input![0]!.name === 'x_T'
        ? miscomputing((m) => void (nodeNamed(m, 'step_5/Gather').input![1] = 'step_4.index'))(bytes, options)
        : createNodeSession(bytes, options)
    const { cpu } = await compareWith(open, model, true)
    expect(cpu.calls!.pass).toBe(true)
    expect(cpu.processes.map(({ form, pass }) => [form, pass])).toEqual([
      ['model.onnx', true],
      ['sampler.onnx', false],
    ])
    expect(cpu.bisect).toMatchObject([
      { graph: 'sampler.onnx', departure: { node: 'step_5/Gather', op: 'Gather', itself: true } },
    ])
  })

  it('the node that is wrong only while nodes are fused, as tensors are requested alone', async () => {
    // wrong from model.4/Gemm on, but right as soon as two tensors inside are asked for
    const order = decodeModel(model).graph!.node!.map(({ output }) => output![0]!)
    const from = order.indexOf('model.4/Gemm')
    const open: OpenSession = async (bytes, options) => {
      const session = await createNodeSession(bytes, options)
      return {
        ...session,
        async run(feeds, outputs) {
          const results = await session.run(feeds, outputs)
          if (outputs.length > 2 || !feeds.x_t) return results
          return Object.fromEntries(
            Object.entries(results).map(([name, data]) => [
              name,
              order.indexOf(name) >= from ? data.map((x) => x + 0.1) : data,
            ]),
          )
        },
      }
    }
    const { cpu } = await compareWith(open, model, true)
    expect(cpu.bisect).toMatchObject([
      { graph: 'model.onnx', departure: { node: 'model.4/Gemm', exposed: 'alone', itself: null } },
    ])
  })

  it('a node as right in itself if its inputs have drifted', async () => {
    // each layer a little off: the sum of it departs first at a node that is right on its own inputs
    const open = miscomputing((m) => {
      for (const layer of ['model.0', 'model.2', 'model.4', 'model.6'])
        for (let i = 0; i < 6; i++) changeNumber(m, `${layer}.bias`, i, (x) => x + 6e-6)
    })
    const request = async (bytes: Uint8Array, options: Parameters<OpenSession>[1]) =>
      decodeModel(bytes).graph!.initializer!.some(({ name }) => name === 'model.6.bias')
        ? open(bytes, options)
        : createNodeSession(bytes, options)
    const { cpu } = await compareWith(request, model, true)
    expect(cpu.pass).toBe(false)
    expect(cpu.bisect[0]!.departure).toMatchObject({ exposed: 'together', itself: false })
  })

  it('no node if the tensors can’t be requested', async () => {
    const open: OpenSession = async (bytes, options) => {
      if (decodeModel(bytes).graph!.output!.length > 3) throw new InputError('too many outputs', 'bad-model')
      return lyingAbout((epsilon) => epsilon.map((x) => x + 1))(bytes, options)
    }
    const { cpu } = await compareWith(open, model, true)
    expect(cpu.bisect).toMatchObject([
      { departure: null, problem: "its tensors can't be requested: too many outputs" },
    ])
  })
})

it('a bisection names no node of a provider that computes layers', async () => {
  const { providers } = await compareSmall(model, {
    providers: ['tensorflow'],
    bisect: true,
    open: as('tensorflow', 'cpu'),
  })
  expect(providers[0]!.bisect).toMatchObject([
    { departure: null, problem: expect.stringMatching(/layers of the network/) },
  ])
})

it('a session gets the bytes of the model', async () => {
  const seen: Uint8Array[] = []
  await compareSmall(model, {
    open: async (bytes, options) => {
      seen.push(bytes)
      return createNodeSession(bytes, options)
    },
  })
  expect(Buffer.from(seen[0]!).equals(model)).toBe(true)
  expect(Buffer.from(encodeModel(decodeModel(seen[0]!))).equals(model)).toBe(true)
})
