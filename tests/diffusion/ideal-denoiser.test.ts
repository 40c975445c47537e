import { describe, expect, it } from 'vitest'
import { idealDenoiser, posteriorMeans } from '../../src/diffusion/ideal-denoiser.ts'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { cloud, rowsOfPoints } from '../measure/oracle.ts'

const schedule = createSchedule({ kind: 'karras', sigmaMin: 0.02, sigmaMax: 6, rho: 7 }, 50)
const everyT = [1, 2, 10, 25, 40, 50]
const dot = (a: number[], b: number[]) => a.reduce((sum, x, d) => sum + x * b[d]!, 0)

/** log sum_i N(x_t; sqrt(alphaBar) x_i, 1 - alphaBar), but for a constant. */
function logDensity(x: number[], training: number[][], alphaBar: number): number {
  const exponents = training.map((point) => {
    const difference = x.map((value, d) => value - Math.sqrt(alphaBar) * point[d]!)
    return -dot(difference, difference) / (2 * (1 - alphaBar))
  })
  const largest = Math.max(...exponents)
  return largest + Math.log(exponents.reduce((sum, exponent) => sum + Math.exp(exponent - largest), 0))
}

describe('posteriorMeans', () => {
  it.each([1, 2, 3, 10])('agrees with the expanded square in %d dimensions, to 1e-9', (dim) => {
    const training = cloud(200, dim, 1)
    const points = rowsOfPoints(training)
    const mean = posteriorMeans(training)
    for (const alphaBar of everyT.map((t) => schedule.alphaBars[t]!))
      for (const x of rowsOfPoints(cloud(10, dim, 2))) {
        // what of |x - a x_i|^2 depends on i is a^2 |x_i|^2 - 2 a x x_i
        const exponents = points.map(
          (point) =>
            (Math.sqrt(alphaBar) * dot(x, point) - (alphaBar * dot(point, point)) / 2) / (1 - alphaBar),
        )
        const largest = Math.max(...exponents)
        const weights = exponents.map((exponent) => Math.exp(exponent - largest))
        const total = weights.reduce((sum, weight) => sum + weight)
        const expected = x.map(
          (_, d) =>
            dot(
              weights,
              points.map((point) => point[d]!),
            ) / total,
        )
        expect(maxAbsDifference(mean(x, alphaBar), expected)).toBeLessThanOrEqual(1e-9)
      }
  })

  it('gives the single training point exactly, from any place', () => {
    const point = Float32Array.of(0.3, -0.7, 0.1)
    const mean = posteriorMeans({ data: point, count: 1, dim: 3 })
    for (const alphaBar of [1e-9, 0.5, 1 - 1e-12])
      for (const x of [[0, 0, 0], [1e6, -1e6, 3], [...point]])
        expect([...mean(x, alphaBar)]).toEqual([...point])
  })

  it('gives the nearest point far from all points, although their exponentials underflow', () => {
    const mean = posteriorMeans({ data: Float64Array.of(0, 0, 1, 1), count: 2, dim: 2 })
    expect([...mean([900, 900], 0.5)]).toEqual([1, 1])
    expect([...mean([-900, -900], 0.5)]).toEqual([0, 0])
  })

  it('gives NaN for a place that is not finite', () => {
    const mean = posteriorMeans({ data: Float64Array.of(0, 1), count: 2, dim: 1 })
    expect(mean([Number.NaN], 0.5)[0]).toBeNaN()
    expect(mean([Number.POSITIVE_INFINITY], 0.5)[0]).toBeNaN()
  })
})

describe('idealDenoiser', () => {
  const training = cloud(80, 2, 3)
  const predictor = idealDenoiser<Float64Array>(schedule, training)

  it.each(everyT)(
    'predicts -sqrt(1 - alphaBar) times the score of the noised training points, at t = %d',
    async (t) => {
      const alphaBar = schedule.alphaBars[t]!
      const x_t = cloud(12, 2, 4)
      const epsilon = rowsOfPoints(await predictor.predict(x_t, t))
      const h = 1e-4 * Math.sqrt(1 - alphaBar)
      const scores = rowsOfPoints(x_t).map((x) =>
        x.map((_, d) => {
          const at = (step: number) =>
            logDensity(
              x.map((value, e) => value + (e === d ? step : 0)),
              rowsOfPoints(training),
              alphaBar,
            )
          // central differences of two widths: an error of the fourth order
          return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
        }),
      )
      const expected = scores.flat().map((score) => -Math.sqrt(1 - alphaBar) * score)
      // beyond the cloud epsilon is of size |x| / sqrt(1 - alphaBar)
      const size = Math.max(1, ...expected.map(Math.abs))
      expect(maxAbsDifference(epsilon.flat(), expected)).toBeLessThanOrEqual(1e-7 * size)
    },
  )

  it('takes a timestep for each row', async () => {
    const x_t = cloud(3, 2, 4)
    const rows = await Promise.all([50, 7, 1].map((t) => predictor.predict(x_t, t)))
    const mixed = await predictor.predict(x_t, [50, 7, 1])
    expect(rowsOfPoints(mixed)).toEqual(rows.map((points, i) => rowsOfPoints(points)[i]))
  })

  it('keeps the precision of its input', async () => {
    const float32 = { data: Float32Array.from(cloud(3, 2, 4).data), count: 3, dim: 2 }
    const { data } = await idealDenoiser(schedule, training).predict(float32, 20)
    expect(data).toBeInstanceOf(Float32Array)
  })

  it('predicts the added noise exactly for a single training point', async () => {
    const one = { data: Float64Array.of(0.5, -0.25), count: 1, dim: 2 }
    const noise = [1.5, -0.75]
    const alphaBar = schedule.alphaBars[30]!
    const data = Float64Array.from(
      one.data,
      (x, d) => Math.sqrt(alphaBar) * x + Math.sqrt(1 - alphaBar) * noise[d]!,
    )
    const epsilon = await idealDenoiser<Float64Array>(schedule, one).predict({ data, count: 1, dim: 2 }, 30)
    expect(maxAbsDifference(epsilon.data, noise)).toBeLessThanOrEqual(1e-12)
  })
})
