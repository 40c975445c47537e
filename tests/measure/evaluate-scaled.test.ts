import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import type { WorkProgress } from '../../src/core/work.ts'
import { createSchedule, spacedTimesteps } from '../../src/diffusion/schedule.ts'
import {
  evaluateScaled,
  type IdealProcess,
  idealSamples,
  type ScaledRequest,
} from '../../src/measure/distances/evaluate-scaled.ts'
import {
  halvingSlicedWasserstein2,
  slicedWasserstein2,
} from '../../src/measure/distances/sliced-wasserstein.ts'
import {
  halvings,
  nearestDistances,
  nearestTraining,
  nearThreshold,
  parts,
  toColumns,
} from '../../src/measure/distances/subsets.ts'
import { median } from '../../src/measure/statistics.ts'
import { maxAbsDifference, type Points } from '../../src/numerics/points.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { evaluationNotes, evaluationTable, expectedCoverage } from '../../src/report/terminal.ts'
import { twoMoons } from '../../src/table/datasets/two-moons.ts'
import { processWith } from '../helpers/process.ts'
import { cloud, listed, pairwiseByDefinition, pointsOf, rowsOf, rowsOfPoints } from './oracle.ts'

const named = (points: Points<Float64Array>, name = 'points') => ({ name, points })
const schedule = createSchedule({ kind: 'karras', sigmaMin: 0.02, sigmaMax: 6, rho: 7 }, 50)
const process: IdealProcess = {
  process: processWith(schedule, { name: 'ddpm', variance: 'fixed_small' }, spacedTimesteps(50, 50)),
}
/** Moons at places drawn at random, as real data has them. */
const moons = (count: number, seed: number): Points<Float64Array> => {
  const all = twoMoons.make(5000, 0.05, seed)
  const u = uniforms({ seed, stream: streams.datasets, step: 8, start: 0, count, dim: 1 })
  const rows = [...u].map((x) => Math.floor(x * 5000))
  return pointsOf(rows.map((i) => [...all.data.subarray(2 * i, 2 * i + 2)]))
}

describe('evaluate', () => {
  const [data, training] = [cloud(90, 2, 1), cloud(60, 2, 3)]
  const samples = cloud(70, 2, 2, 0.1)
  const request: ScaledRequest = { data: named(data), samples: named(samples), training: named(training) }
  const rows = rowsOfPoints(data)

  it.each([70, 25])(
    'puts the figures of %d samples next to the medians of 20 halvings, with their ratios',
    async (count) => {
      const samples = cloud(count, 2, 2, 0.1)
      const {
        null: typical,
        ratio,
        ...evaluation
      } = await evaluateScaled({ ...request, samples: named(samples) })
      const halves = halvings(90, count).map((halving) =>
        [parts.real, parts.samples].map((part) => [...rowsOf(halving, part)].map((i) => rows[i]!)),
      ) as [number[][], number[][]][]
      const figures = halves.map(([real, others]) => listed(pairwiseByDefinition(real, others)))
      const expected = figures[0]!.map((_, f) => figures.map((list) => list[f]!))
      expect(listed(evaluation)).toHaveLength(7)
      expect(
        maxAbsDifference(listed(evaluation), listed(pairwiseByDefinition(rows, rowsOfPoints(samples)))),
      ).toBeLessThanOrEqual(1e-9)
      const medianOf = (values: number[]) => {
        const sorted = values.toSorted((a, b) => a - b)
        return (sorted[9]! + sorted[10]!) / 2
      }
      expect(maxAbsDifference(listed(typical), expected.map(medianOf))).toBeLessThanOrEqual(1e-9)
      const sizes = expected.map((values) => medianOf(values.map(Math.abs)))
      const ratios = listed(evaluation).map((value, f) => value / sizes[f]!)
      expect(maxAbsDifference(listed(ratio), ratios)).toBeLessThanOrEqual(1e-6)
      const distances = await halvingSlicedWasserstein2(toColumns(data, 'data'), halvings(90, count))
      expect(typical.slicedWasserstein2).toBe(medianOf(distances))
      expect(evaluation.slicedWasserstein2).toBe(
        await slicedWasserstein2(toColumns(data, 'data'), toColumns(samples, 'samples')),
      )
      expect(ratio.slicedWasserstein2).toBeCloseTo(
        evaluation.slicedWasserstein2 / typical.slicedWasserstein2,
        9,
      )
    },
  )

  it('counts the points that it compares', async () => {
    const { counts } = await evaluateScaled(request)
    expect(counts).toEqual({
      all: [90, 70],
      pairwise: [90, 70],
      halvings: 20,
      halves: [45, 45],
      pairwiseHalves: [45, 45],
      training: 60,
      ideal: null,
    })
  })

  it('gives the same result in every call', async () => {
    expect(await evaluateScaled(request)).toEqual(await evaluateScaled(request))
  })

  it('with quick compares 2000 points in pairs, but all points for the sliced distance, and notes it', async () => {
    const [many, more] = [cloud(4000, 1, 4), cloud(2001, 1, 5)]
    const quick = await evaluateScaled({ data: named(many), samples: named(more), quick: true })
    expect(quick.counts).toMatchObject({
      all: [4000, 2001],
      pairwise: [2000, 2000],
      halves: [2000, 2000],
      pairwiseHalves: [2000, 2000],
    })
    expect(evaluationNotes(quick).join()).toContain(
      '2,000 of the 2,001 samples and 2,000 of the 4,000 points',
    )
    expect(quick.slicedWasserstein2).toBe(
      await slicedWasserstein2(toColumns(many, 'data'), toColumns(more, 'samples')),
    )
    // the same distributions: within some deviations of all points' figures
    expect(Math.abs(quick.energy)).toBeLessThan(0.005)
    expect(quick.coverage).toBeGreaterThan(0.9)
  })

  it.each<[string, Partial<ScaledRequest>, RegExp]>([
    ['too few samples', { samples: named(cloud(11, 2, 1), 's.csv') }, /s\.csv has 11 points: give at/],
    ['too few points of data', { data: named(cloud(5, 2, 1), 'd.csv') }, /d\.csv has 5 points/],
    ['samples of other columns', { samples: named(cloud(90, 3, 1), 's') }, /s has 3 columns, points 2/],
    ['training points of other columns', { training: named(cloud(90, 1, 1), 't') }, /t has 1 column,/],
    [
      'a NaN',
      { samples: named(pointsOf(Array.from({ length: 20 }, (_, i) => [i, i === 3 ? Number.NaN : 0]))) },
      /row 4/,
    ],
    [
      'no training points for the ideal denoiser',
      { training: undefined, ideal: process },
      /needs the training/,
    ],
  ])('refuses %s', async (_, change, message) => {
    const refused = expect(evaluateScaled({ ...request, ...change })).rejects
    await refused.toThrow(InputError)
    await expect(evaluateScaled({ ...request, ...change })).rejects.toThrow(message)
  })

  it('reports its progress, and stops when it is aborted', async () => {
    const seen: WorkProgress[] = []
    await evaluateScaled({ ...request, onProgress: (progress) => seen.push(progress) })
    const last = new Map(seen.map((progress) => [`${progress.stage}, ${progress.unit}`, progress]))
    expect([...last.keys()]).toEqual([
      'sliced distance, directions',
      'pairs, rows',
      'real against real, directions',
      'real against real, rows',
      'nearest training points, rows',
    ])
    for (const { done, count } of last.values()) expect(done).toBe(count)
    for (const stage of ['pairs', 'real against real', 'nearest training points', 'ideal denoiser']) {
      const controller = new AbortController()
      const onProgress = (progress: WorkProgress) => {
        if (progress.stage === stage) controller.abort(new Error(`enough ${stage}`))
      }
      await expect(
        evaluateScaled({ ...request, ideal: process, signal: controller.signal, onProgress }),
      ).rejects.toThrow(`enough ${stage}`)
    }
  })
})

describe('real against real', () => {
  it('gives ratios near 1 to samples of the same distribution', async () => {
    const evaluation = await evaluateScaled({
      data: named(cloud(1500, 2, 1)),
      samples: named(cloud(750, 2, 2)),
    })
    const { ratio, coverage } = evaluation
    expect(ratio.slicedWasserstein2).toBeLessThan(2)
    expect(ratio.energyV).toBeLessThan(3)
    expect(Math.abs(ratio.density - 1)).toBeLessThan(0.1)
    expect(Math.abs(coverage - expectedCoverage(1500, 750))).toBeLessThan(0.03)
    expect(Math.abs(evaluation.null.coverage - expectedCoverage(750, 750))).toBeLessThan(0.03)
  })

  it('gives the ratio 1 if both distances are zero', async () => {
    const constant = pointsOf(Array.from({ length: 30 }, () => [0.5, 0.5]))
    const { ratio } = await evaluateScaled({ data: named(constant), samples: named(constant) })
    expect([ratio.slicedWasserstein2, ratio.energyV]).toEqual([1, 1])
  })
})

describe('the nearest training points', () => {
  it('are those of a search through all points', async () => {
    const [points, training] = [cloud(40, 3, 1), cloud(50, 3, 2)]
    const expected = rowsOfPoints(points).map((p) =>
      Math.min(...rowsOfPoints(training).map((q) => Math.hypot(...p.map((x, d) => x - q[d]!)))),
    )
    const distances = await nearestDistances(toColumns(points, 'points'), toColumns(training, 'training'))
    expect(maxAbsDifference(distances, expected)).toBeLessThanOrEqual(1e-12)
  })

  it('have a threshold that 1 in 100 distances does not exceed', () => {
    const upTo = (count: number) => Float64Array.from({ length: count }, (_, i) => count - i)
    expect(nearThreshold(upTo(1000))).toBe(10)
    expect(nearThreshold(upTo(950))).toBe(10)
    expect(nearThreshold(upTo(12))).toBe(1)
    expect(nearestTraining(upTo(1000), 10)).toEqual({ median: 500.5, closer: 0.009 })
    expect(nearestTraining(upTo(4), 0)).toEqual({ median: 2.5, closer: null })
  })

  it('reveal samples that are copies', async () => {
    const [data, training] = [moons(600, 1), moons(300, 2)]
    const copies = { ...training, data: training.data.map((x) => x + 1e-6) }
    const { nearestTraining: copied } = await evaluateScaled({
      data: named(data),
      samples: named(copies),
      training: named(training),
    })
    expect(copied!.median).toBeLessThan(2e-6)
    expect(copied!.closer).toBe(1)
    expect(copied!.data.median).toBeGreaterThan(0.01)
    expect(copied!.data.closer).toBeLessThan(0.01)
    const { nearestTraining: fresh } = await evaluateScaled({
      data: named(data),
      samples: named(moons(300, 3)),
      training: named(training),
    })
    expect(fresh!.closer).toBeLessThan(0.05)
    expect(fresh!.median / fresh!.data.median).toBeGreaterThan(0.7)
  })

  it('are noted if the data are the training points', async () => {
    const points = named(moons(100, 1))
    const evaluation = await evaluateScaled({ data: points, samples: named(moons(100, 2)), training: points })
    expect(evaluation.nearestTraining).toMatchObject({ closer: null, data: { median: 0, closer: null } })
    expect(evaluationNotes(evaluation).join()).toContain('most points of the data are training points')
    expect(evaluationTable(evaluation)).not.toContain('nearer than')
  })
})

describe('the ideal denoiser of an evaluation', () => {
  const training = moons(200, 4)

  it('draws the same samples in chunks of any size', async () => {
    const all = await idealSamples(process, training, 300, {})
    expect(all.count).toBe(300)
    // each training point twice: the same posterior, and half as many samples together
    const twice = pointsOf(rowsOfPoints(training).flatMap((point) => [point, point]))
    expect(
      maxAbsDifference((await idealSamples(process, twice, 300, {})).data, all.data),
    ).toBeLessThanOrEqual(1e-9)
    const few = await idealSamples(process, training, 30, {})
    expect(maxAbsDifference(few.data, all.data.subarray(0, 60))).toBeLessThanOrEqual(1e-12)
  })

  it('draws samples as near to the training points as the sampler allows', async () => {
    const x_0 = await idealSamples(process, training, 200, {})
    const columns = toColumns(x_0, 'samples')
    const distances = await nearestDistances(columns, toColumns(training, 'training'))
    expect(Math.max(...distances)).toBeLessThan(0.06)
    expect(await slicedWasserstein2(toColumns(training, 'training'), columns)).toBeLessThan(0.1)
  })

  it('has a column in the table, for as many samples', async () => {
    const request = { data: named(moons(300, 1)), samples: named(moons(60, 2)), training: named(training) }
    const evaluation = await evaluateScaled({ ...request, ideal: process })
    const x_0 = named(await idealSamples(process, training, 60, {}))
    const {
      null: _,
      ratio: __,
      counts: ___,
      nearestTraining: near,
      ...expected
    } = await evaluateScaled({ ...request, samples: x_0 })
    const { data: ____, ...ofSamples } = near!
    expect(evaluation.ideal).toEqual({ ...expected, nearestTraining: ofSamples })
    expect(evaluation.counts.ideal).toBe(60)
    expect(evaluationNotes(evaluation).join()).toContain('60 samples of the ideal denoiser')
    expect(evaluationTable(evaluation)).toMatch(/ratio +ideal\n/)
  })

  it('finishes its samples as the model does', async () => {
    const rounding = (points: Points<Float64Array>) => ({ ...points, data: points.data.map(Math.round) })
    const x_0 = await idealSamples({ ...process, finish: rounding }, training, 20, {})
    expect([...x_0.data].every(Number.isInteger)).toBe(true)
  })
})

it('the median is the middle value, or the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, -1, 10, 2])).toBe(3)
})
