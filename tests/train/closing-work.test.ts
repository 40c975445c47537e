import { describe, expect, it } from 'vitest'
import { type Description, describeConfig } from '../../src/model/description.ts'
import { memoryStore } from '../../src/model/run-store.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import { closingComparison, samplesForRows, samplesWithinWork } from '../../src/train/closing-work.ts'
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
    // too few rows for a comparison, which takes seconds for hundreds of columns
    dataset: normals(dim, 19),
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
  let small: Description

  it('compares all rows by all rounds of trees after a training of the default length', async () => {
    wide = describeConfig((await trained(300)).config)
    small = describeConfig((await trained(5)).config)
    const all = { rows: 2000, sets: 1, rounds: 100 }
    expect(closingComparison(small, { ...training, steps: 1500 }, 2000)).toEqual(all)
    expect(closingComparison(wide, { ...training, steps: 24_000 }, 2000)).toEqual(all)
    // more cost more than they tell
    expect(closingComparison(small, { ...training, steps: 24_000 }, 9000).rows).toBe(5000)
  })

  it('compares few rows with several sets of samples', () => {
    const setsOf = (rows: number) => closingComparison(small, { ...training, steps: 1500 }, rows)
    expect([60, 250, 500, 900, 2000].map(setsOf)).toEqual([
      { rows: 60, sets: 8, rounds: 100 },
      { rows: 250, sets: 8, rounds: 100 },
      { rows: 500, sets: 4, rounds: 100 },
      { rows: 900, sets: 2, rounds: 100 },
      { rows: 2000, sets: 1, rounds: 100 },
    ])
    const sets = [1, 100, 400, 1600].map((steps) => closingComparison(wide, { ...training, steps }, 60).sets)
    expect(sets).toEqual([...sets].sort((a, b) => a - b))
    expect(sets[0]).toBeLessThan(8)
  })

  it('compares by fewer rounds, and then fewer rows, the shorter a training of many columns is', () => {
    const choices = [1, 60, 300, 1500, 6000, 24_000].map((steps) =>
      closingComparison(wide, { ...training, steps }, 2000),
    )
    const rows = choices.map((choice) => choice.rows)
    expect(rows).toEqual([...rows].sort((a, b) => a - b))
    expect(choices[0]).toEqual({ rows: 62, sets: 1, rounds: 25 })
    for (const { rounds } of choices) expect([25, 50, 100]).toContain(rounds)
    // with as many rows, a longer training has no fewer rounds
    for (const [k, { rows, rounds }] of choices.entries())
      if (choices[k + 1]?.rows === rows) expect(choices[k + 1]!.rounds).toBeGreaterThanOrEqual(rounds)
  })

  it('draws fewer rows if each is one of four candidates', () => {
    const rows = [1, 4].map((count) => {
      const candidates = { count } as Description['candidates']
      return closingComparison({ ...wide, candidates }, { ...training, steps: 300 }, 2000).rows
    })
    expect(rows[1]).toBeLessThan(rows[0]!)
  })

  it('draws all samples, unless that took longer than the training', () => {
    const many = { draws: 5, most: 2000 }
    expect(samplesWithinWork(wide, { ...training, steps: 1500 }, many)).toBe(2000)
    expect(samplesWithinWork(wide, { ...training, steps: 30 }, many)).toBeLessThan(1000)
    expect(samplesWithinWork(wide, { ...training, steps: 1 }, many)).toBeGreaterThanOrEqual(125)
  })

  it('draws a few times as many samples as there are rows, but neither very few nor very many', () => {
    const three = { times: 3, most: 2000 }
    expect([30, 300, 3000].map((rows) => samplesForRows(rows, three))).toEqual([500, 900, 2000])
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
      'counting values',
      'looking for what holds in all rows',
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
