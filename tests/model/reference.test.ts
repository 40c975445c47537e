import { describe, expect, it } from 'vitest'
import { referencePredictor } from '../../src/model/compute/reference.ts'
import { networkOf, parameterCount, postTraits, weightShapes } from '../../src/model/network.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { type GoldenPredictor, golden, namedWeights } from '../helpers/golden.ts'
import { levelsOf } from '../helpers/networks.ts'

const reference = golden<GoldenPredictor>('noise_predictor.json')
const weights = namedWeights(reference.weights)
const network = networkOf(weights, levelsOf(reference.T))

describe('the reference pass', () => {
  it('gives the golden outputs to 1e-10', async () => {
    const { x_t, t, epsilon } = reference.forward
    const points = { data: Float64Array.from(x_t.flat()), count: x_t.length, dim: 2 }
    const output = await referencePredictor(network, weights).predict(points, t)
    expect(maxAbsDifference(output.data, epsilon.flat())).toBeLessThanOrEqual(1e-10)
  })
})

describe('networkOf', () => {
  it('finds the shape of the seed network', () => {
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

  it.each([
    [
      'a missing tensor',
      (w: Map<string, unknown>) => w.delete('model.4.bias'),
      /lack model\.4\.bias \[100\]/,
    ],
    [
      'no layers',
      (w: Map<string, unknown>) => [...w.keys()].forEach((k) => void (k.startsWith('model') && w.delete(k))),
      /lack/,
    ],
    [
      'a tensor too many',
      (w: Map<string, unknown>) => w.set('model.9.weight', w.get('model.0.weight')),
      /hold model\.9\.weight/,
    ],
    [
      'a wrong shape',
      (w: Map<string, unknown>) =>
        w.set('model.2.weight', { shape: [100, 99], data: new Float32Array(9900) }),
      /model\.2\.weight has the shape \[100,99\]/,
    ],
  ])('refuses %s', (_, damage, message) => {
    const damaged = new Map<string, unknown>(weights)
    damage(damaged)
    expect(() => networkOf(damaged as never, levelsOf(10))).toThrow(message)
  })
})
