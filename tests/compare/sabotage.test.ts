import { describe, expect, it } from 'vitest'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import type { IModel } from '../helpers/onnx.ts'
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
  ])('passes, and no node departs: %s', async (_, bytes) => {
    for (const right of [undefined, reference]) {
      const comparison = await compareSmall(bytes, { bisect: true, ...(right && { reference: right }) })
      expect(comparison.file).toEqual({
        pass: true,
        selfTest: { pass: true, worst: expect.any(Number) },
        card: [],
        weights: [],
        problems: [],
      })
      expect(comparison.pass).toBe(true)
      expect(onCpu(comparison).bisect.map(({ departure }) => departure)).toEqual(
        bytes === model ? [null, null] : [null],
      )
    }
  })
})

describe('a weight that is changed by 1e-2', () => {
  const changed = (bytes: Uint8Array, name = weight, index = 17) =>
    sabotaged(bytes, (m) => changeNumber(m, name, index, (x) => x + 1e-2))

  it('is caught by its digest before any provider runs', async () => {
    const stale = sabotaged(model, (m) => changeNumber(m, weight, 17, (x) => x + 1e-2), { stale: true })
    for (const right of [undefined, reference]) {
      const comparison = await compareSmall(stale, { bisect: true, ...(right && { reference: right }) })
      expect(comparison).toMatchObject({
        pass: false,
        kind: 'noise_predictor',
        file: { pass: false, selfTest: null },
        processes: [],
      })
      expect(comparison.file.problems).toEqual([
        'the initializer model.4.weight is not what was exported (its digest differs)',
      ])
      expect(onCpu(comparison)).toMatchObject({
        pass: false,
        maxAbsError: null,
        reason: expect.stringMatching(/not run/),
      })
    }
  })

  it.each([
    ['model.onnx', model],
    ['sampler.onnx', sampler],
  ])('is named by the reference if its digest is changed too: %s', async (_, bytes) => {
    const comparison = await compareSmall(changed(bytes), { reference })
    expect(comparison).toMatchObject({
      pass: false,
      file: { pass: false, weights: [{ name: weight, index: 17, elements: 1 }] },
    })
    const [difference] = comparison.file.weights
    expect(difference!.actual - difference!.expected).toBeCloseTo(1e-2, 6)
  })

  it('is caught by the golden vectors if its digest is changed too', async () => {
    for (const bytes of [model, sampler]) {
      // of the last layer: one further back may move the golden outputs by less than float32's tolerance
      const comparison = await compareSmall(changed(bytes, 'model.8.weight', 3))
      expect(comparison).toMatchObject({ pass: false, file: { pass: false, selfTest: { pass: false } } })
      expect(comparison.file.problems.join()).toMatch(
        /do not give the card's golden vectors.*a run folder as the reference to see which/,
      )
      expect(onCpu(comparison)).toMatchObject({ pass: false, selfTest: { pass: false } })
    }
  })

  it('is caught by the reference if it is changed before the export', async () => {
    const name = 'model.8.weight'
    const { shape, data } = smallModel.weights.get(name)!
    const weights = new Map(smallModel.weights).set(name, { shape, data: data.with(3, data[3]! + 1e-2) })
    const wrong = await exportNoisePredictor({ ...smallModel, weights })
    // the file is sound in itself
    expect((await compareSmall(wrong)).pass).toBe(true)
    const comparison = await compareSmall(wrong, { reference, bisect: true })
    expect(comparison.file.problems.join()).toMatch(/model\.8\.weight\[3\] is .*, but .* in the run/)
    expect(comparison.file.weights).toMatchObject([{ name, index: 3 }])
    expect(onCpu(comparison)).toMatchObject({ pass: false, calls: { pass: false } })
    // the backend itself did what the graph says
    expect(onCpu(comparison).bisect[0]!.departure).toBeNull()
  })

  it('is caught by the reference even if the change is too small for any output', async () => {
    const wrong = sabotaged(model, (m) => changeNumber(m, weight, 17, (x) => x + 3e-6))
    const comparison = await compareSmall(wrong, { reference })
    expect(comparison).toMatchObject({ pass: false, file: { pass: false, selfTest: { pass: true } } })
    expect(comparison.file.problems).toHaveLength(1)
  })
})

describe('a NaN', () => {
  it.each([
    ['a weight', weight, 5],
    ['a bias', 'model.0.bias', 3],
  ])('in %s is caught', async (_, name, index) => {
    const nan = sabotaged(model, (m) => changeNumber(m, name, index, () => Number.NaN))
    const comparison = await compareSmall(nan, { reference })
    expect(comparison.pass).toBe(false)
    expect(comparison.file.weights).toMatchObject([{ name, index, actual: Number.NaN }])
    expect(onCpu(comparison)).toMatchObject({ pass: false, maxAbsError: Number.POSITIVE_INFINITY })
    expect(onCpu(comparison).calls!.nan.actual).toBeGreaterThan(0)
  })
})

describe('a graph that differs from the exported one is refused at the first node that differs', () => {
  const shapeOf = (m: IModel) => m.graph!.output![0]!.type!.tensorType!.shape!
  const weightOf = (m: IModel) => m.graph!.initializer!.find(({ name }) => name === 'model.6.weight')!
  const shiftTimesteps = (m: IModel) => {
    for (let i = 0; i < 10; i++) changeNumber(m, 'timesteps', i, (x) => x - 1)
  }
  const ofModel: [string, (m: IModel) => unknown, string][] = [
    [
      'NaN in the timesteps',
      (m) => changeNumber(m, 'timesteps', 2, () => Number.NaN),
      '(Sub) takes timesteps with NaN at 2',
    ],
    ['shifted timesteps', shiftTimesteps, '(Sub) takes timesteps with 0 at 0, not 1'],
    [
      'a swapped op',
      (m) => Object.assign(nodeNamed(m, 'model.4/LeakyRelu'), { opType: 'Relu', attribute: [] }),
      'the node model.4/LeakyRelu (LeakyRelu) is missing: the node model.4/LeakyRelu (Relu)',
    ],
    [
      'a changed attribute',
      (m) => Object.assign(nodeNamed(m, 'model.4/LeakyRelu').attribute![0]!, { f: 0.02 }),
      'the node model.4/LeakyRelu (LeakyRelu) has alpha 0.0199',
    ],
    [
      'swapped inputs',
      (m) => nodeNamed(m, 'time/Sub_1').input!.reverse(),
      'takes the constant one, not what time/Abs',
    ],
    [
      'a weight of another shape',
      (m) => Object.assign(weightOf(m), { dims: [8, 6] }),
      'model.6.weight of the shape [8,6]',
    ],
    [
      'an output of another shape',
      (m) => shapeOf(m).dim!.splice(1, 1, { dimValue: 3 }),
      'output epsilon is float32 [batch,3], not float32 [batch,2]',
    ],
  ]
  const ofSampler: typeof ofModel = [
    ['NaN in a coefficient', (m) => changeNumber(m, 'shifts.shares', 3, () => Number.NaN), ' with NaN at'],
    [
      'a swapped op of a step',
      (m) => Object.assign(nodeNamed(m, 'step_2/Add'), { opType: 'Sub' }),
      'the node step_2/Add (Add) is missing: ',
    ],
    [
      'a changed coefficient of the noise',
      (m) => changeNumber(m, 'noise.coefficients', 3, (x) => 1.01 * x),
      'the node noise/Mul (Mul) takes noise.coefficients with ',
    ],
    [
      'a changed coefficient of a step',
      (m) => {
        const attributes = nodeNamed(m, 'step_3/model.8/Gemm').attribute!
        attributes.find(({ name }) => name === 'alpha')!.f! *= 1.01
      },
      'the node step_3/model.8/Gemm (Gemm) has alpha',
    ],
    [
      "another step's bias",
      (m) => nodeNamed(m, 'step_4/model.0/Gemm').input!.splice(2, 1, 'model.0.bias.t_7'),
      'the node step_4/model.0/Gemm (Gemm) takes model.0.bias.t_6 with',
    ],
  ]
  const cases = [
    ...ofModel.map((each) => [...each, model] as const),
    ...ofSampler.map((each) => [...each, sampler] as const),
  ]
  it.each(cases)('%s', async (_, edit, message, bytes) => {
    const comparison = await compareSmall(sabotaged(bytes, edit), { bisect: true })
    expect(comparison).toMatchObject({ pass: false, file: { pass: false, selfTest: null } })
    expect(comparison.kind).toBe(bytes === sampler ? 'sampler' : 'noise_predictor')
    expect(comparison.file.problems).toHaveLength(1)
    expect(comparison.file.problems[0]).toContain(message)
    expect(onCpu(comparison)).toMatchObject({ pass: false, processes: [] })
  })
})

describe('a card that differs from the reference', () => {
  it('fails with its schedule and its scaler', async () => {
    const other = { ...reference, betas: reference.betas.with(3, 0.5), scaler: { min: [0, 0], max: [1, 1] } }
    const comparison = await compareSmall(model, { reference: other })
    expect(comparison.pass).toBe(false)
    expect(comparison.file.card.join()).toMatch(/beta_3 on the card is .*, in the run 0\.5.*scaler's min/)
  })

  it('is an error if its network differs', async () => {
    const weights = new Map(reference.weights).set('model.8.bias', { shape: [3], data: new Float32Array(3) })
    await expect(compareSmall(model, { reference: { ...reference, weights } })).rejects.toThrow(
      /the reference the run has another network than the model/,
    )
    await expect(compareSmall(model, { reference: { ...reference, betas: [0, 0.1] } })).rejects.toThrow(
      /has T = 1, the model 10/,
    )
  })
})
