import { describe, expect, it } from 'vitest'
import { detectionOf, detectionWork } from '../../src/measure/detection.ts'
import { prepareTables } from '../../src/measure/prepare.ts'
import { fitBins } from '../../src/measure/trees/bins.ts'
import { learnTrees } from '../../src/measure/trees/trees.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'

/** Rows of independent normals, in every third column around another mean. */
function normals(count: number, dim: number, { seed, mean = 0 }: { seed: number; mean?: number }) {
  const noise = standardNormals({ seed, stream: streams.datasets, step: 0, start: 0, count, dim })
  const data = Float64Array.from(noise, (x, k) => x + ((k % dim) % 3 === 0 ? mean : 0))
  return { data, count, dim }
}

/** How well samples around another mean are distinguished, with so many rows of each. */
function detected(rows: number, columns: number, mean: number, rounds?: number) {
  const [samples, against, train] = [1, 2, 3].map((seed) =>
    normals(rows, columns, { seed, mean: seed === 1 ? mean : 0 }),
  )
  const tables = prepareTables({ samples: samples!, against: against!, train: train! }, 0)
  return detectionOf(tables, {}, rounds ? { maxRows: rows, maxRepeats: 1, rounds } : undefined)
}

describe('detection', () => {
  it('finds the areas that it found before leaves too small to split went without histograms', async () => {
    const { auc, null: chance } = await detected(125, 12, 0.5, 100)
    expect([auc, chance]).toEqual([0.659328, 0.498688])
  })

  it('finds nearly the same with a quarter of the rounds', async () => {
    for (const mean of [0, 0.6]) {
      const [all, few] = [await detected(200, 12, mean, 100), await detected(200, 12, mean, 25)]
      expect(Math.abs(all.auc - few.auc)).toBeLessThan(0.05)
      expect(Math.abs(all.null - few.null)).toBeLessThan(0.05)
    }
  })
})

describe('the work of a detection', () => {
  it.each([
    [125, 40, 25],
    [125, 40, 100],
    [500, 20, 25],
    [2000, 6, 25],
  ])(
    'is about what its trees count and look through: %i rows, %i columns, %i rounds',
    async (rows, columns, rounds) => {
      const [a, b] = [1, 2].map((seed) => normals(rows, columns, { seed, mean: seed === 1 ? 0.3 : 0 }))
      // four of five folds are learned from
      const count = (2 * rows * 4) / 5
      const cell = (i: number, d: number) => (i % 2 === 0 ? a! : b!).data[(i >> 1) * columns + d]!
      const features = Array.from({ length: columns }, (_, d) => ({
        cells: Float64Array.from({ length: count }, (_, i) => cell(i, d)),
        isCategory: false,
      }))
      const binned = fitBins(features, count)
      const targets = Float64Array.from({ length: count }, (_, i) => i % 2)
      const { trees } = await learnTrees(binned, targets, { kind: 'binary' }, undefined, rounds)
      const bins = binned.binnings.reduce((sum, binning) => sum + binning.count, 0)
      const nodes = trees.flat().reduce((sum, tree) => sum + tree.nodes.length, 0)
      // each node's bins, and each row's cells at least at the root
      const least = 10 * (nodes * bins + trees.length * count * columns)
      const work = detectionWork({ rows, columns, rounds })
      expect(work / least).toBeGreaterThan(2 / 3)
      expect(work / least).toBeLessThan(2)
    },
  )
})
