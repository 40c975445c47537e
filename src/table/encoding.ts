import { InputError } from '../core/errors.ts'
import { columnRanges, type FloatArray, type Points, scaleColumns } from '../core/points.ts'

/** Linear scaling of each column's [min, max] to [-1, 1]. It travels with the model. */
export interface Scaler {
  readonly min: readonly number[]
  readonly max: readonly number[]
}

/** The scaler of the data's own ranges. Errors: a column of a single value has no range. */
export function fitScaler(data: Points<FloatArray>, columns: readonly string[]): Scaler {
  const { min, max } = columnRanges(data)
  for (let d = 0; d < data.dim; d++)
    if (!(max[d]! > min[d]!))
      throw new InputError(
        `column ${columns[d]} has the one value ${min[d]}: leave it out, it cannot be scaled`,
      )
  return { min, max }
}

/** Data units to scaled space. */
export function scale<A extends FloatArray>(points: Points<A>, { min, max }: Scaler): Points<A> {
  const factors = min.map((low, d) => 2 / (max[d]! - low))
  return scaleColumns(
    points,
    factors,
    min.map((low, d) => -1 - low * factors[d]!),
  )
}

/** The factor and the shift, per column, that take scaled space to data units. */
export function unscaling({ min, max }: Scaler): { factors: number[]; shifts: number[] } {
  return {
    factors: min.map((low, d) => (max[d]! - low) / 2),
    shifts: min.map((low, d) => (max[d]! + low) / 2),
  }
}

/** Scaled space to data units. */
export function unscale<A extends FloatArray>(points: Points<A>, scaler: Scaler): Points<A> {
  const { factors, shifts } = unscaling(scaler)
  return scaleColumns(points, factors, shifts)
}
