import { expect, it } from 'vitest'
import { initialWeights, weightShapes } from '../../src/model/network.ts'
import { pointNetwork } from '../helpers/networks.ts'

const network = pointNetwork({
  dim: 2,
  T: 10,
  hidden: [100, 100, 100, 20],
  timeEmbedding: { kind: 'one_hot_linear' },
})
const inputs: Record<string, number> = {
  t_encoder: 10,
  'model.0': 3,
  'model.2': 100,
  'model.4': 100,
  'model.6': 100,
  'model.8': 20,
}

it("is uniform on +-1 / sqrt(inputs), weights and bias, as PyTorch's", () => {
  for (const [name, { data, shape }] of initialWeights(network, 0)) {
    const bound = 1 / Math.sqrt(inputs[name.replace(/\.\w+$/, '')]!)
    expect(data.every((value) => Math.abs(value) <= bound)).toBe(true)
    if (shape[0] === 100 && shape[1] === 100) {
      const n = data.length
      const mean = data.reduce((sum, value) => sum + value, 0) / n
      const variance = data.reduce((sum, value) => sum + value ** 2, 0) / n
      expect(Math.abs(mean)).toBeLessThan((5 * bound) / Math.sqrt(3 * n))
      expect(Math.abs(variance / (bound ** 2 / 3) - 1)).toBeLessThan(5 * Math.sqrt(0.8 / n))
    }
  }
})

it('is a function of the seed, other for every tensor', () => {
  expect(initialWeights(network, 5)).toEqual(initialWeights(network, 5))
  const firsts = [5, 6].flatMap((seed) =>
    [...initialWeights(network, seed).values()].map(({ data, shape }) => data[0]! * Math.sqrt(shape[1] ?? 1)),
  )
  expect(new Set(firsts).size).toBe(2 * weightShapes(network).length)
})
