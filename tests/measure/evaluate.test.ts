import { describe, expect, it } from 'vitest'
import { evaluateScaled } from '../../src/measure/distances/evaluate-scaled.ts'
import { type EvaluateOptions, evaluate } from '../../src/measure/evaluate.ts'
import type { Points } from '../../src/numerics/points.ts'
import { tableOf } from '../../src/table/table.ts'
import { expectRejected } from '../helpers/refusals.ts'
import { cloud, pointsOf, rowsOfPoints } from './oracle.ts'

const [data, samples, training] = [cloud(60, 2, 1), cloud(50, 2, 2, 0.2), cloud(40, 2, 3)]
const objects = (points: Points<Float64Array>) => rowsOfPoints(points).map(([x, y]) => ({ x, y }))
const options: EvaluateOptions = {
  samples: objects(samples),
  data: objects(data),
  training: objects(training),
}

describe('evaluate', () => {
  it('gives the distances of the rows scaled by the ranges of the data', async () => {
    const columns = [0, 1].map((d) => rowsOfPoints(data).map((row) => row[d]!))
    const scaled = (points: Points<Float64Array>, name: string) => ({
      name,
      points: pointsOf(
        rowsOfPoints(points).map((row) =>
          row.map((value, d) => {
            const [min, max] = [Math.min(...columns[d]!), Math.max(...columns[d]!)]
            return (2 * (value - min)) / (max - min) - 1
          }),
        ),
      ),
    })
    const expected = await evaluateScaled({
      samples: scaled(samples, 'samples'),
      data: scaled(data, 'data'),
      training: scaled(training, 'training'),
    })
    const evaluation = await evaluate(options)
    expect(evaluation.counts).toEqual(expected.counts)
    expect(evaluation.slicedWasserstein2).toBeCloseTo(expected.slicedWasserstein2, 12)
    expect(evaluation.energyV).toBeCloseTo(expected.energyV, 12)
    expect(evaluation.nearestTraining?.median).toBeCloseTo(expected.nearestTraining!.median, 12)
  })

  it('gives the same for a table, arrays, points and row objects, in any order of the columns', async () => {
    const expected = await evaluate(options)
    const turned = objects(samples).map(({ x, y }) => ({ y, x }))
    for (const same of [tableOf(samples, ['x', 'y']), rowsOfPoints(samples), samples, turned])
      expect(await evaluate({ ...options, samples: same })).toEqual(expected)
  })

  it('does not change with the units of a column', async () => {
    const inMetres = (rows: { x?: number; y?: number }[]) =>
      rows.map(({ x = 0, y = 0 }) => ({ x: 1024 * x, y: y / 64 }))
    const moved = Object.fromEntries(
      Object.entries(options).map(([name, rows]) => [name, inMetres(rows as [])]),
    ) as unknown as EvaluateOptions
    const [a, b] = [await evaluate(options), await evaluate(moved)]
    expect(b.slicedWasserstein2).toBeCloseTo(a.slicedWasserstein2, 12)
  })

  it('stops by its signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(evaluate({ ...options, signal })).rejects.toThrow('enough')
  })

  it.each<[string, object, RegExp]>([
    ['no samples', { samples: undefined }, /samples is missing: give a table/],
    ['a path', { data: 'held-out.csv' }, /data is 'held-out.csv', a string: give a table/],
    ['other columns', { samples: [{ x: 1, z: 2 }] }, /samples has a column z, which data does not have/],
    ['too few rows', { samples: objects(samples).slice(0, 5) }, /samples has 5 points: give at least 12/],
    [
      'a column of one value',
      {
        data: [
          { x: 1, y: 1 },
          { x: 1, y: 2 },
        ],
      },
      /column x has only the value 1/,
    ],
    ['an infinite number', { training: [{ x: 1, y: Infinity }] }, /training, row 1, column y/],
    ['an unknown option', { against: [] }, /unknown option against/],
    ['an option of another type', { quick: 'yes' }, /quick is 'yes', a string/],
  ])('refuses %s', async (_, change, message) => {
    await expectRejected(() => evaluate({ ...options, ...change } as EvaluateOptions), message)
  })
})
