import { describe, expect, it } from 'vitest'
import { referencePredictor, timeFeatures } from '../../src/model/compute/reference.ts'
import { inputsOf } from '../../src/model/inputs.ts'
import { networkOf, parameterCount, postTraits, weightShapes } from '../../src/model/network.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { conditionIn, inFloat64, namedWeights } from '../helpers/golden.ts'
import {
  goldenCall,
  goldenTableCall,
  reference,
  referenceTable,
  referenceTableNetwork,
} from '../helpers/models.ts'
import { levelsOf } from '../helpers/networks.ts'

const weights = namedWeights(reference.weights)
const { network } = goldenCall

describe('the reference pass', () => {
  it.each([
    ['points, to 1e-10', goldenCall, 1e-10],
    ['a table, to 1e-6 of weights in float32', goldenTableCall, 1e-6],
  ])("gives PyTorch's outputs for %s", async (_, { trained, x_t, t, condition, output, ...of }, bound) => {
    const { data } = await referencePredictor(of.network, trained.weights).predict(x_t, t, condition)
    expect(maxAbsDifference(data, output.data)).toBeLessThanOrEqual(bound)
  })

  it("has the inputs of PyTorch's network for the rows of a table, to 1e-9", () => {
    const { rows } = timeFeatures(referenceTableNetwork)
    for (const step of referenceTable.steps) {
      const { data, count, dim } = inputsOf(referenceTableNetwork, inFloat64(step.x_t), conditionIn(step))
      for (let i = 0; i < count; i++)
        expect(
          maxAbsDifference([...data.subarray(i * dim, (i + 1) * dim), ...rows[step.t[i]! - 1]!], step.u[i]!),
        ).toBeLessThanOrEqual(1e-9)
    }
  })
})

describe('networkOf', () => {
  it('recognises the network of the post by its weights', () => {
    expect(network).toMatchObject({
      dim: 2,
      T: 10,
      hidden: [100, 100, 100, 20],
      time: { kind: 'one_hot_linear' },
      ...postTraits,
    })
    expect(parameterCount(network)).toBe(22_673)
    expect(weightShapes(network).map(([name]) => name)).toEqual([...weights.keys()])
  })

  type Tensors = Map<string, { shape: number[]; data: Float32Array }>
  it.each<[string, (tensors: Tensors) => unknown, RegExp]>([
    ['a missing tensor', (w) => w.delete('model.4.bias'), /lack model\.4\.bias \[100\]/],
    ['no layers', (w) => [...w.keys()].map((k) => k.startsWith('model') && w.delete(k)), /lack/],
    ['a tensor too many', (w) => w.set('model.9.weight', w.get('model.0.weight')!), /hold model\.9\.weight/],
    [
      'a wrong shape',
      (w) => w.set('model.2.weight', { shape: [100, 99], data: new Float32Array(9900) }),
      /model\.2\.weight has the shape \[100,99\]/,
    ],
  ])('refuses %s', (_, damage, message) => {
    const damaged = new Map(weights) as unknown as Tensors
    damage(damaged)
    expect(() => networkOf(damaged, levelsOf(10))).toThrow(message)
  })
})
