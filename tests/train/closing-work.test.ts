import { describe, expect, it } from 'vitest'
import { type Description, describeConfig } from '../../src/model/description.ts'
import { memoryStore } from '../../src/model/run-store.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import { closingRows, marginSamples } from '../../src/train/closing-work.ts'
import { recipeOf } from '../../src/train/recipes.ts'
import { train } from '../../src/train/train.ts'
import { simdEngines as engines } from '../helpers/engines.ts'
import { petTable } from '../helpers/tables.ts'

/** Rows of independent standard normals. */
function normals(dim: number, count: number) {
  const place = { seed: 1, stream: streams.datasets, step: 0, start: 0 }
  return { data: standardNormals({ ...place, count, dim }), count, dim }
}

const trained = (dim: number, options: { readonly hidden?: number[]; readonly onWork?: () => void } = {}) => {
  const warnings: string[] = []
  const onWarning = (line: string) => warnings.push(line)
  const request = {
    dataset: normals(dim, 30),
    recipe: 'table',
    steps: 1,
    batchSize: 2,
    candidates: 1,
  } as const
  return train({ ...request, onWarning, ...options }, { engines, store: memoryStore() }).then((result) => ({
    ...result,
    warnings,
  }))
}

describe('the work after the last step', () => {
  const training = { ...recipeOf('table'), recipe: 'table', batchSize: 256 }
  let wide: Description

  it('draws all rows after a training of the default length, and fewer after a short one of many columns', async () => {
    wide = describeConfig((await trained(300)).config)
    const small = describeConfig((await trained(5)).config)
    for (const steps of [1, 10, 1500]) expect(closingRows(small, { ...training, steps }, 2000)).toBe(2000)
    const rows = [1, 60, 300, 1500, 24_000].map((steps) => closingRows(wide, { ...training, steps }, 2000))
    expect(rows).toEqual([...rows].sort((a, b) => a - b))
    expect(rows[0]).toBeLessThan(500)
    expect(rows[0]).toBeGreaterThanOrEqual(125)
    expect(rows.at(-1)).toBe(2000)
  })

  it('draws fewer rows if each is one of four candidates', () => {
    const rows = [1, 4].map((count) => {
      const candidates = { count } as Description['candidates']
      return closingRows({ ...wide, candidates }, { ...training, steps: 300 }, 2000)
    })
    expect(rows[1]).toBeLessThan(rows[0]!)
  })

  it('corrects margins by all samples, unless that took longer than the training', () => {
    const many = { rounds: 5, most: 2000 }
    expect(marginSamples(wide, { ...training, steps: 1500 }, many)).toBe(2000)
    expect(marginSamples(wide, { ...training, steps: 1 }, many)).toBeLessThan(2000)
  })

  it('is watched by onWork, stage by stage', async () => {
    const stages: string[] = []
    const onWork = ({ stage, done, count }: { stage: string; done: number; count: number }) => {
      expect(done).toBeLessThanOrEqual(count)
      if (stages.at(-1) !== stage) stages.push(stage)
    }
    const request = {
      recipe: 'table',
      steps: 1,
      hidden: [8, 8],
      onWarning: () => {},
      onNote: () => {},
    } as const
    await train({ ...request, dataset: petTable(60), onWork }, { engines, store: memoryStore() })
    expect(stages).toEqual([
      'correcting shares',
      'learning to choose candidates',
      'drawing samples to compare',
      'trees that distinguish samples from real rows',
    ])
  })
})

describe('the default widths of recipe table', () => {
  it('are 256 for up to 256 columns, grow to 512, and are never warned of', async () => {
    for (const [columns, width] of [
      [20, 256],
      [300, 300],
      [600, 512],
    ] as const) {
      const { config, warnings } = await trained(columns)
      expect(config.hidden).toEqual([width, width, width])
      expect(warnings.filter((line) => line.includes('layer'))).toEqual([])
    }
  })

  it('are warned of where the caller chose narrower ones', async () => {
    const { warnings } = await trained(40, { hidden: [16, 16] })
    expect(warnings).toContainEqual(expect.stringMatching(/^a layer of 16 .* can't follow 40 columns/))
  })
})
