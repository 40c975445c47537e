import { describe, expect, it } from 'vitest'
import { createNetwork, initialWeights, type Network, tableTraits } from '../../src/model/network.ts'
import { levelsOf, pointNetwork } from '../helpers/networks.ts'

/** Networks with the number of inputs of each layer; none of a layer that begins as 0. */
const networks: [string, Network, Record<string, number>][] = [
  [
    'points',
    pointNetwork({ dim: 2, T: 10, hidden: [100, 100, 100, 20], timeEmbedding: { kind: 'one_hot_linear' } }),
    { t_encoder: 10, 'model.0': 3, 'model.2': 100, 'model.4': 100, 'model.6': 100, 'model.8': 20 },
  ],
  [
    'a table of one number and a category of three names',
    createNetwork(
      { ...tableTraits, hidden: [100, 100, 100], time: { kind: 'log_sigma', width: 16 } },
      [
        { start: 0, size: 1 },
        { start: 1, size: 3 },
      ],
      levelsOf(10),
    ),
    // four dimensions, twice, two marks, six waves and the embedding
    { input: 32, 'hidden.0': 100, 'hidden.1': 100, output: Number.POSITIVE_INFINITY },
  ],
]

describe.each(networks)('the initial weights of %s', (_, network, inputs) => {
  it("are uniform within 1 / sqrt(inputs), as PyTorch's are", () => {
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

  it('depend on the seed, and differ between tensors', () => {
    expect(initialWeights(network, 5)).toEqual(initialWeights(network, 5))
    const drawn = Object.values(inputs).filter(Number.isFinite).length
    const firsts = [5, 6].flatMap((seed) =>
      [...initialWeights(network, seed).values()]
        .slice(0, 2 * drawn)
        .map(({ data, shape }) => data[0]! * Math.sqrt(shape[1] ?? 1)),
    )
    expect(new Set(firsts).size).toBe(2 * 2 * drawn)
  })
})
