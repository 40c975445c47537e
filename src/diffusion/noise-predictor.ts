import type { FloatArray, Points } from '../core/points.ts'

/** The seam between the mathematics and whatever evaluates the network. */
export interface NoisePredictor<A extends FloatArray = Float32Array> {
  /** The network's output for x_t [count, dim] at timestep t: one for all rows, or one a row. */
  predict(x_t: Points<A>, t: number | ArrayLike<number>): Promise<Points<A>>
}
