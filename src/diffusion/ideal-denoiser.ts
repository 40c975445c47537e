import { allocate, columnOf, type FloatArray, type Points } from '../numerics/points.ts'
import type { NoisePredictor } from './process.ts'
import type { Schedule } from './schedule.ts'

/** A weight below e^-42, 6e-19 of the largest, is lost in float64 when added to it. */
const negligible = -42

/**
 * The network that minimises a training set's loss, in closed form: it predicts the noise
 *
 *     epsilon = (x_t - sqrt(alphaBar) E[x_0 | x_t]) / sqrt(1 - alphaBar)
 *
 * where x_0 is one of the equally likely training points. Computed in float64 for any precision of x_t. `x_0` is [rows,
 * dim] in scaled space, as in training. A call costs (rows of x_t) (rows of x_0) exponentials. Karras et al.,
 * "Elucidating the design space of diffusion-based generative models" (2022), appendix B.3.
 */
export function idealDenoiser<A extends FloatArray = Float32Array>(
  schedule: Schedule,
  x_0: Points<FloatArray>,
): NoisePredictor<A> {
  const mean = posteriorMeans(x_0)
  return {
    async predict(x_t, t): Promise<Points<A>> {
      const { data, count, dim } = x_t
      const epsilon = allocate(data, data.length)
      for (let i = 0; i < count; i++) {
        const alphaBar = schedule.alphaBars[typeof t === 'number' ? t : t[i]!]!
        const row = data.subarray(i * dim, (i + 1) * dim)
        const x = mean(row, alphaBar)
        for (let d = 0; d < dim; d++)
          epsilon[i * dim + d] = (row[d]! - Math.sqrt(alphaBar) * x[d]!) / Math.sqrt(1 - alphaBar)
      }
      return { data: epsilon, count, dim }
    },
  }
}

/**
 * E[x_0 | x_t] = sum_i w_i x_i over the training points x_i, with w_i proportional to exp(-|x_t - sqrt(alphaBar) x_i|^2
 * / (2 (1 - alphaBar))) and of sum 1. The returned function takes a point x_t [dim] and alphaBar below 1; each call
 * reuses the result array.
 */
export function posteriorMeans(x_0: Points<FloatArray>) {
  const { count, dim } = x_0
  // column by column, because the loops over all points take the time
  const columns = Array.from({ length: dim }, (_, d) => columnOf(x_0, d))
  const weights = new Float64Array(count)
  const mean = new Float64Array(dim)
  return (x_t: ArrayLike<number>, alphaBar: number): Float64Array => {
    const signal = Math.sqrt(alphaBar)
    weights.fill(0)
    for (let d = 0; d < dim; d++) addSquares(weights, x_t[d]!, signal, columns[d]!)
    const total = toWeights(weights, -1 / (2 * (1 - alphaBar)))
    for (let d = 0; d < dim; d++) mean[d] = dot(weights, columns[d]!) / total
    return mean
  }
}

/** Adds (x - signal column)^2 to the squared distances. */
function addSquares(squares: Float64Array, x: number, signal: number, column: Float64Array): void {
  for (let i = 0; i < squares.length; i++) {
    const difference = x - signal * column[i]!
    squares[i]! += difference * difference
  }
}

/** Turns squared distances into weights, 1 for the nearest point, and returns their sum. */
function toWeights(squares: Float64Array, factor: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < squares.length; i++) if (squares[i]! < least) least = squares[i]!
  let total = 0
  for (let i = 0; i < squares.length; i++) {
    const exponent = factor * (squares[i]! - least)
    squares[i] = exponent < negligible ? 0 : Math.exp(exponent)
    total += squares[i]!
  }
  return total
}

function dot(weights: Float64Array, column: Float64Array): number {
  let sum = 0
  for (let i = 0; i < weights.length; i++) sum += weights[i]! * column[i]!
  return sum
}
