import { expect, it } from 'vitest'
import { sample } from '../../src/infer/sample.ts'
import { exportModel } from '../../src/node/export.ts'
import { loadModel } from '../../src/node/providers.ts'
import { train } from '../../src/node/training.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import type { TrainRequest } from '../../src/train/options.ts'

/** Rows of independent standard normals. */
function normals(dim: number, count: number) {
  const place = { seed: 1, stream: streams.datasets, step: 0, start: 0 }
  return { data: standardNormals({ ...place, count, dim }), count, dim }
}

/** The hidden widths of a training, and its warnings. */
async function widths(dim: number, options: Partial<TrainRequest>) {
  const warnings: string[] = []
  const onWarning = (line: string) => warnings.push(line)
  const { config } = await train({
    dataset: normals(dim, 50),
    steps: 1,
    engine: 'simd',
    onWarning,
    ...options,
  })
  return { hidden: config.hidden, warnings }
}

const narrow = [100, 100, 100, 20]

it.each(['points', 'post'] as const)(
  'the widths of recipe %s grow with the columns, from eleven on',
  async (recipe) => {
    for (const dim of [1, 2, 10])
      expect(await widths(dim, { recipe })).toEqual({ hidden: narrow, warnings: [] })
    expect(await widths(24, { recipe })).toEqual({ hidden: [100, 100, 100, 48], warnings: [] })
    expect(await widths(80, { recipe })).toEqual({ hidden: [160, 160, 160, 160], warnings: [] })
  },
)

it('layers that are too narrow for the columns are warned of in one line', async () => {
  const chosen = { recipe: 'points', hidden: narrow } as const
  expect(await widths(24, chosen)).toEqual({
    hidden: narrow,
    warnings: [
      "a layer of 20 gives an output of rank 20, which can't follow 24 columns: give `hidden` layers of at least 24, ideally 48",
    ],
  })
  expect((await widths(20, chosen)).warnings).toEqual([])
})

/** The deviations of samples of 12 independent columns, of which each has 1. */
async function deviations(options: Partial<TrainRequest>): Promise<number[]> {
  const size = { steps: 800, batchSize: 100, learningRate: 3e-3 }
  const request = { recipe: 'points', engine: 'simd', onWarning: () => {}, ...size, ...options } as const
  const trained = await train({ dataset: normals(12, 500), ...request })
  const { model: bytes } = await exportModel({ run: trained })
  await using model = await loadModel(bytes)
  const { points } = await sample(model, { count: 2000 })
  return Array.from({ length: 12 }, (_, d) => {
    const column = points.data.filter((_, k) => k % 12 === d)
    const mean = column.reduce((sum, x) => sum + x, 0) / column.length
    return Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / column.length)
  })
}

it('samples of 12 independent columns have their deviations, which a last layer of 8 raises by half', async () => {
  const [right, wrong] = [await deviations({}), await deviations({ hidden: [100, 100, 100, 8] })]
  expect(Math.min(...right)).toBeGreaterThan(0.9)
  expect(Math.max(...right)).toBeLessThan(1.15)
  expect(Math.min(...wrong)).toBeGreaterThan(1.5)
})
