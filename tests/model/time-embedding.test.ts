import { expect, it } from 'vitest'
import { timeFeatures } from '../../src/model/compute/reference.ts'
import { initialWeights, networkOf, type TimeEmbedding, weightShapes } from '../../src/model/network.ts'
import { levelsOf, pointNetwork } from '../helpers/networks.ts'

const network = (timeEmbedding: TimeEmbedding, T: number) =>
  pointNetwork({ dim: 2, T, hidden: [8], timeEmbedding })

it('the one-hot embedding has the rows of the identity matrix', () => {
  const { size, rows } = timeFeatures(network({ kind: 'one_hot_linear' }, 3))
  expect(size).toBe(3)
  expect(rows.map((row) => [...row])).toEqual([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ])
})

it('sinusoids are sines, then cosines, of t over wavelengths from 1 to 10000^(1 - 2 / width)', () => {
  const { size, rows } = timeFeatures(network({ kind: 'sinusoidal_mlp', width: 4 }, 1000))
  expect(size).toBe(4)
  for (const t of [1, 7, 1000]) {
    const expected = [Math.sin(t), Math.sin(t / 100), Math.cos(t), Math.cos(t / 100)]
    for (const [k, value] of expected.entries()) expect(rows[t - 1]![k]).toBeCloseTo(value, 9)
  }
})

it('the embedding is recognised by its weights, and an odd number of sinusoids is refused', () => {
  const even = network({ kind: 'sinusoidal_mlp', width: 6 }, 5)
  const weights = initialWeights(even, 0)
  expect(networkOf(weights, levelsOf(5))).toEqual(even)
  expect(weightShapes(even).slice(0, 5)).toEqual([
    ['t_encoder.0.weight', [6, 6]],
    ['t_encoder.0.bias', [6]],
    ['t_encoder.2.weight', [6, 6]],
    ['t_encoder.2.bias', [6]],
    ['model.0.weight', [8, 8]],
  ])
  const odd = initialWeights(network({ kind: 'sinusoidal_mlp', width: 5 }, 5), 0)
  expect(() => networkOf(odd, levelsOf(5))).toThrow(/takes 5 sinusoids: the number must be even/)
})
