import { expect, it } from 'vitest'
import { sample } from '../../src/infer/sample.ts'
import { exportModel } from '../../src/node/export.ts'
import { loadModel } from '../../src/node/providers.ts'
import { train } from '../../src/node/training.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'

/** Rows of independent standard normals. */
function normals(dim: number, count = 2000) {
  return {
    data: standardNormals({ seed: 1, stream: streams.datasets, step: 0, start: 0, count, dim }),
    count,
    dim,
  }
}

/** Trains for a moment: what it warned of, and the hidden widths that it took. */
async function widths(dim: number, options: { recipe?: string; hidden?: number[] }) {
  const warnings: string[] = []
  const onWarning = (line: string) => warnings.push(line)
  const { config } = await train({ dataset: normals(dim, 50), steps: 1, onWarning, ...options })
  return { hidden: config.hidden, warnings }
}

it.each(['points', 'post'])('of recipe %s follow the number of columns, from eleven on', async (recipe) => {
  const own = [100, 100, 100, 20]
  for (const dim of [1, 2, 10]) expect(await widths(dim, { recipe })).toEqual({ hidden: own, warnings: [] })
  expect(await widths(24, { recipe })).toEqual({ hidden: [100, 100, 100, 48], warnings: [] })
  expect(await widths(80, { recipe })).toEqual({ hidden: [160, 160, 160, 160], warnings: [] })
})

it('that the caller chose too narrow are warned of in one line', async () => {
  const chosen = { recipe: 'points', hidden: [100, 100, 100, 20] }
  const { hidden, warnings } = await widths(24, chosen)
  expect(hidden).toEqual(chosen.hidden)
  expect(warnings).toEqual([
    "a layer of 20 gives an output of rank 20, which can't follow 24 columns: give `hidden` layers of at least 24, ideally 48",
  ])
  expect((await widths(20, chosen)).warnings).toEqual([])
})

it.each(['points', 'table'])('by recipe %s give 24 independent columns their deviation', async (recipe) => {
  const trained = await train({ dataset: normals(24), recipe, steps: 2500 })
  const { model: bytes } = await exportModel({ run: trained })
  const model = await loadModel(bytes)
  const { points } = await sample(model, { count: 4000 })
  await model.dispose()
  for (let d = 0; d < 24; d++) {
    const column = points.data.filter((_, k) => k % 24 === d)
    const mean = column.reduce((sum, x) => sum + x, 0) / column.length
    const deviation = Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / column.length)
    // with a last layer of 20 they are 1.1 to 2.8
    expect(deviation).toBeGreaterThan(0.9)
    expect(deviation).toBeLessThan(1.15)
  }
})
