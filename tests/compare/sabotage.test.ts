import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import {
  changeNumber,
  compareSmall,
  nodeNamed,
  onCpu,
  referenceOf,
  sabotaged,
  smallModel,
} from './helpers.ts'

const model = await exportNoisePredictor(smallModel)
const sampler = await exportSampler(smallModel, { trajectory: true })
const reference = referenceOf(smallModel)
const weight = 'model.4.weight'

describe('a right file', () => {
  it.each([
    ['model.onnx', model],
    ['sampler.onnx', sampler],
  ])('%s passes, and no node departs', async (_, bytes) => {
    for (const judge of [undefined, reference]) {
      const comparison = await compareSmall(bytes, { bisect: true, ...(judge && { reference: judge }) })
      expect(comparison.file).toMatchObject({ pass: true, changed: [], departure: null, problems: [] })
      expect(comparison.pass).toBe(true)
      expect(onCpu(comparison).bisect.map(({ departure }) => departure)).toEqual(
        bytes === model ? [null, null] : [null],
      )
    }
  })
})

describe('one weight changed by 1e-2', () => {
  const changed = (bytes: Uint8Array, stale = false, name = weight, index = 17) =>
    sabotaged(bytes, (m) => changeNumber(m, name, index, (x) => x + 1e-2), { stale })

  it('is caught by its digest, and nothing is judged by such weights', async () => {
    const comparison = await compareSmall(changed(model, true), { bisect: true })
    expect(comparison).toMatchObject({
      pass: false,
      file: { pass: false, changed: [weight], selfTest: null },
    })
    expect(comparison.file.problems[0]).toMatch(/initializer model\.4\.weight is not what was exported/)
    expect(onCpu(comparison)).toMatchObject({
      pass: false,
      maxAbsError: null,
      reason: expect.stringMatching(/not run/),
    })
    expect(comparison.file.problems.at(-1)).toMatch(/give --reference RUN/)
  })

  it.each([
    ['model.onnx', model, 'model.4/Gemm'],
    ['sampler.onnx', sampler, 'step_0/model.4/Gemm'],
  ])(
    'of %s is located by --bisect where there is a reference, with stale digests and with own',
    async (_, bytes, node) => {
      for (const stale of [true, false]) {
        const comparison = await compareSmall(changed(bytes, stale), { bisect: true, reference })
        expect(comparison).toMatchObject({
          pass: false,
          file: { pass: false, changed: stale ? [weight] : [] },
        })
        const { departure } = comparison.file
        expect(departure).toMatchObject({ node, op: 'Gemm', status: 'same' })
        expect(departure!.constants).toMatchObject([{ name: weight, index: 17, elements: 1 }])
        const [{ actual, expected }] = departure!.constants as unknown as [
          { actual: number; expected: number },
        ]
        expect(actual - expected).toBeCloseTo(1e-2, 6)
      }
    },
  )

  it('with its own digests is caught by the golden vectors', async () => {
    for (const bytes of [model, sampler]) {
      // of the last layer: one further back may move the golden outputs by less than float32's tolerance
      const wrong = changed(bytes, false, 'model.8.weight', 3)
      const comparison = await compareSmall(wrong, { bisect: true })
      expect(comparison).toMatchObject({ pass: false, file: { pass: false, changed: [] } })
      expect(comparison.file.selfTest!.pass).toBe(false)
      expect(comparison.file.problems.join()).toMatch(
        /do not give the card's golden vectors.*--reference RUN/,
      )
      expect(onCpu(comparison)).toMatchObject({ pass: false, selfTest: { pass: false } })
    }
  })

  it('before an export that believed it is caught by the reference', async () => {
    const name = 'model.8.weight'
    const { shape, data } = smallModel.weights.get(name)!
    const weights = new Map(smallModel.weights).set(name, { shape, data: data.with(3, data[3]! + 1e-2) })
    const wrong = await exportNoisePredictor({ ...smallModel, weights })
    // the file is sound in itself
    expect((await compareSmall(wrong)).pass).toBe(true)
    const comparison = await compareSmall(wrong, { reference, bisect: true })
    expect(comparison.file.problems.join()).toMatch(/model\.8\.weight\[3\] is .*, by the run it is /)
    expect(comparison.file.departure).toMatchObject({ node: 'model.8/Gemm', constants: [{ name, index: 3 }] })
    expect(comparison.file.graph!.pass).toBe(false)
    expect(onCpu(comparison)).toMatchObject({ pass: false, calls: { pass: false } })
    // the backend itself did what the graph says
    expect(onCpu(comparison).bisect[0]!.departure).toBeNull()
  })

  it('too small to be seen in any output is caught by the reference', async () => {
    const wrong = sabotaged(model, (m) => changeNumber(m, weight, 17, (x) => x + 3e-6))
    const comparison = await compareSmall(wrong, { reference })
    expect(comparison).toMatchObject({ pass: false, file: { pass: false, graph: { pass: true } } })
    expect(comparison.file.problems).toHaveLength(1)
  })
})

describe('one NaN', () => {
  it.each([
    ['a weight', weight, 5],
    ['a bias', 'model.0.bias', 3],
    ['the timesteps', 'timesteps', 2],
  ])('in %s is caught and located', async (_, name, index) => {
    const comparison = await compareSmall(
      sabotaged(model, (m) => changeNumber(m, name, index, () => Number.NaN)),
      { bisect: true },
    )
    expect(comparison.pass).toBe(false)
    expect(comparison.file.problems.join()).toContain(`the constant ${name} holds NaN at ${index}`)
    const { departure } = comparison.file
    expect(departure!.constants).toMatchObject([{ name, index, actual: Number.NaN }])
    expect(departure!.inputs).toContain(name)
    expect(onCpu(comparison)).toMatchObject({ pass: false, maxAbsError: Number.POSITIVE_INFINITY })
    expect(onCpu(comparison).calls!.nan.actual).toBeGreaterThan(0)
  })

  it('in sampler.onnx is caught and located', async () => {
    const comparison = await compareSmall(
      sabotaged(sampler, (m) => changeNumber(m, 'shifts.shares', 3, () => Number.NaN)),
      { bisect: true },
    )
    expect(comparison.pass).toBe(false)
    expect(comparison.file.departure).toMatchObject({
      op: 'Mul',
      constants: [{ name: 'shifts.shares', index: 3 }],
    })
    expect(onCpu(comparison).processes[0]!).toMatchObject({ pass: false, firstPast: 4 })
  })
})

describe('one wrong shape', () => {
  it.each<[string, Uint8Array, (m: Parameters<Parameters<typeof sabotaged>[1]>[0]) => void, RegExp]>([
    [
      'of a weight',
      model,
      (m) => void (m.graph!.initializer!.find(({ name }) => name === 'model.6.weight')!.dims = [8, 6]),
      /inner dimensions differ/,
    ],
    [
      'of an output',
      model,
      (m) => void (m.graph!.output![0]!.type!.tensorType!.shape!.dim![1] = { dimValue: 3 }),
      /declared float32\[batch,3\], inference gives float32\[batch,2\]/,
    ],
    [
      'of a bias that broadcasts',
      model,
      (m) => void (m.graph!.initializer!.find(({ name }) => name === 'model.0.bias')!.dims = [1, 12]),
      /the card's network needs model\.0\.bias \[12\], the graph has \[1,12\]/,
    ],
  ])('%s is refused in one line that names it', async (_, bytes, edit, message) => {
    const refused = compareSmall(sabotaged(bytes, edit))
    await expect(refused).rejects.toThrow(message)
    await expect(refused).rejects.toBeInstanceOf(InputError)
  })
})

describe('one op swapped', () => {
  it.each<[string, Uint8Array, string, string, string]>([
    ['model.onnx', model, 'model.4/LeakyRelu', 'LeakyRelu', 'Relu'],
    ['sampler.onnx', sampler, 'step_2/Add', 'Add', 'Sub'],
    ['sampler.onnx, in the network', sampler, 'step_7/model.6/LeakyRelu', 'LeakyRelu', 'Abs'],
  ])('in %s is caught and located', async (_, bytes, name, from, to) => {
    for (const judge of [undefined, reference]) {
      const swapped = sabotaged(bytes, (m) => {
        const node = nodeNamed(m, name)
        expect(node.opType).toBe(from)
        node.opType = to
        node.attribute = []
      })
      const comparison = await compareSmall(swapped, { bisect: true, ...(judge && { reference: judge }) })
      expect(comparison.pass).toBe(false)
      expect(comparison.file.graph!.pass).toBe(false)
      expect(comparison.file.departure).toMatchObject({
        node: name,
        op: to,
        status: 'another',
        should: { op: from },
      })
      const cpu = onCpu(comparison)
      expect(cpu.pass).toBe(false)
      if (bytes === sampler) expect(cpu.processes[0]!.firstPast).toBe(Number(/step_(\d)/.exec(name)![1]) + 1)
    }
  })

  it('by its attribute alone is caught and located', async () => {
    const swapped = sabotaged(model, (m) => {
      nodeNamed(m, 'model.4/LeakyRelu').attribute![0]!.f = 0.02
    })
    const comparison = await compareSmall(swapped, { bisect: true })
    expect(comparison).toMatchObject({
      pass: false,
      file: { departure: { node: 'model.4/LeakyRelu', status: 'another' } },
    })
  })

  it('by its inputs alone is caught and located', async () => {
    // t - timesteps and timesteps - t have the same |.|: only what uses their sign tells, so the second Sub is turned
    const swapped = sabotaged(model, (m) => void nodeNamed(m, 'time/Sub_1').input!.reverse())
    const comparison = await compareSmall(swapped, { bisect: true })
    expect(comparison).toMatchObject({
      pass: false,
      file: { graph: { pass: false }, departure: { node: 'time/Sub_1', status: 'another' } },
    })
  })

  it('where the network stays the same is told by --bisect, and passes', async () => {
    const swapped = sabotaged(model, (m) => void nodeNamed(m, 'time/Sub').input!.reverse())
    const comparison = await compareSmall(swapped, { bisect: true })
    expect(comparison).toMatchObject({
      pass: true,
      file: { departure: { node: 'time/Sub', status: 'another' } },
    })
  })
})

describe('a graph that computes the same in another way', () => {
  it('passes, and --bisect tells the node', async () => {
    const swapped = sabotaged(sampler, (m) => void nodeNamed(m, 'step_2/Add').input!.reverse())
    const comparison = await compareSmall(swapped, { bisect: true })
    expect(comparison).toMatchObject({
      pass: true,
      file: { departure: { node: 'step_2/Add', status: 'another', worst: null } },
    })
  })
})

describe('one coefficient of a step changed', () => {
  const stepOff = {
    pass: false,
    file: { graph: { pass: false, firstPast: 4 } },
    providers: [{ pass: false, processes: [{ firstPast: 4 }] }],
  }

  it.each([
    ['shifts.shares', 3],
    ['noise.coefficients', 3],
  ])('%s is caught by the card, without a reference, and located', async (name, index) => {
    const wrong = sabotaged(sampler, (m) => changeNumber(m, name, index, (x) => 1.01 * x))
    const comparison = await compareSmall(wrong, { bisect: true })
    expect(comparison).toMatchObject(stepOff)
    expect(comparison.file.departure).toMatchObject({ op: 'Mul', constants: [{ name, index }] })
    expect(comparison.file.problems.join()).toContain(`${name}[${index}] is `)
    expect(comparison.file.problems.join()).toMatch(/, by its card it is/)
  })

  it.each([
    ['alpha', 0],
    ['beta', 1],
  ])("the last layer's %s is caught by the card, without a reference, and located", async (name, which) => {
    const node = 'step_3/model.8/Gemm'
    const wrong = sabotaged(sampler, (m) => {
      const attribute = nodeNamed(m, node).attribute!.filter(({ f }) => f)[which]!
      expect(attribute.name).toBe(name)
      attribute.f! *= 1.01
    })
    const comparison = await compareSmall(wrong, { bisect: true })
    expect(comparison).toMatchObject(stepOff)
    expect(comparison.file.departure).toMatchObject({ node, op: 'Gemm', status: 'another' })
  })
})

describe('the time embedding off by one', () => {
  const shifted = sabotaged(model, (m) => {
    for (let i = 0; i < 10; i++) changeNumber(m, 'timesteps', i, (x) => x - 1)
  })

  it('is caught and located, with a reference and without', async () => {
    for (const judge of [undefined, reference]) {
      const comparison = await compareSmall(shifted, { bisect: true, ...(judge && { reference: judge }) })
      expect(comparison).toMatchObject({ pass: false, file: { pass: false, graph: { pass: false } } })
      expect(comparison.file.departure).toMatchObject({
        op: 'Sub',
        constants: [{ name: 'timesteps', elements: 10 }],
      })
      expect(onCpu(comparison)).toMatchObject({ pass: false, calls: { pass: false } })
    }
  })

  it('in one step of sampler.onnx is caught and located', async () => {
    const swapped = sabotaged(sampler, (m) => {
      nodeNamed(m, 'step_4/model.0/Gemm').input![2] = 'model.0.bias.t_7'
    })
    const comparison = await compareSmall(swapped, { bisect: true })
    expect(comparison).toMatchObject({
      pass: false,
      file: { departure: { node: 'step_4/model.0/Gemm', status: 'another' } },
      providers: [{ pass: false, processes: [{ firstPast: 5 }] }],
    })
  })
})

describe('a card that is not the reference’s', () => {
  it('is told: the schedule and the scaler', async () => {
    const other = { ...reference, betas: reference.betas.with(3, 0.5), scaler: { min: [0, 0], max: [1, 1] } }
    const comparison = await compareSmall(model, { reference: other })
    expect(comparison.pass).toBe(false)
    expect(comparison.file.card.join()).toMatch(/beta_3 on the card is .*, in the run 0\.5.*scaler's min/)
  })

  it('of another network is an error', async () => {
    const weights = new Map(reference.weights).set('model.8.bias', { shape: [3], data: new Float32Array(3) })
    await expect(compareSmall(model, { reference: { ...reference, weights } })).rejects.toThrow(
      /--reference the run is of another network than the model/,
    )
    await expect(compareSmall(model, { reference: { ...reference, betas: [0, 0.1] } })).rejects.toThrow(
      /has T = 1, the model 10/,
    )
  })
})
