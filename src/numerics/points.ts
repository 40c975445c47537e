/**
 * Arrays of rows, random numbers, elementary functions with the same bits everywhere, WASM kernels and a worker pool.
 */

/** float32 for models, float64 for the reference. */
export type FloatArray = Float32Array | Float64Array

/** `count` points of `dim` coordinates, row by row: coordinate d of point i is `data[i * dim + d]`. */
export interface Points<A extends FloatArray = Float32Array> {
  readonly data: A
  readonly count: number
  readonly dim: number
}

/** The known values of each row, as inputs of a network of tables. */
export interface Condition<A extends FloatArray = Float32Array> {
  /** [count, blocks]: 1 for a known block, 0 for one to draw. */
  readonly known: Points<A>
  /** [count, dim]: the values of known blocks; other elements are ignored. */
  readonly values: Points<A>
}

export interface Term<A extends FloatArray> {
  readonly coefficient: number
  readonly points: Points<A>
}

/** A new array of the same kind. */
export function allocate<A extends FloatArray>(like: A, length: number): A {
  return new (like.constructor as new (length: number) => A)(length)
}

/** Points from rows of numbers. */
export function pointsFromRows(rows: readonly (readonly number[])[]): Points {
  const dim = rows[0]?.length ?? 0
  return { data: Float32Array.from(rows.flat()), count: rows.length, dim }
}

/** Converts points to float64. */
export function toFloat64({ data, count, dim }: Points<FloatArray>): Points<Float64Array> {
  return { data: Float64Array.from(data), count, dim }
}

/** Converts points to float32. */
export function toFloat32({ data, count, dim }: Points<FloatArray>): Points {
  return { data: data instanceof Float32Array ? data : Float32Array.from(data), count, dim }
}

/** Rows `start` (included) to `end` (excluded), a view on the same memory. */
export function sliceRows<A extends FloatArray>(
  { data, dim }: Points<A>,
  start: number,
  end: number,
): Points<A> {
  return { data: data.subarray(start * dim, end * dim) as A, count: end - start, dim }
}

/** Concatenates rows. */
export function joinRows<A extends FloatArray>(parts: readonly Points<A>[]): Points<A> {
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  const { dim = 0, data: like = new Float32Array() as FloatArray as A } = parts[0] ?? {}
  const data = allocate(like, count * dim)
  let at = 0
  for (const part of parts) {
    data.set(part.data, at)
    at += part.data.length
  }
  return { data, count, dim }
}

/** sum_k coefficient_k points_k, each element summed in float64 and rounded once. */
export function linearCombination<A extends FloatArray>(terms: readonly [Term<A>, ...Term<A>[]]): Points<A> {
  const { data: first, count, dim } = terms[0].points
  const result = allocate(first, first.length)
  const coefficients = terms.map((term) => term.coefficient)
  const arrays = terms.map((term) => term.points.data)
  for (let i = 0; i < result.length; i++) {
    let sum = 0
    for (let k = 0; k < arrays.length; k++) sum += coefficients[k]! * arrays[k]![i]!
    result[i] = sum
  }
  return { data: result, count, dim }
}

/** Row i is a[t] x[i] + b[t] y[i], where t = at[i]. */
export function combineRows(
  at: ArrayLike<number>,
  a: ArrayLike<number>,
  x: Points,
  b: ArrayLike<number>,
  y: Points,
): Points {
  const { count, dim } = x
  const data = new Float32Array(count * dim)
  for (let i = 0; i < count; i++) {
    const [ofX, ofY] = [a[at[i]!]!, b[at[i]!]!]
    for (let k = i * dim; k < (i + 1) * dim; k++) data[k] = ofX * x.data[k]! + ofY * y.data[k]!
  }
  return { data, count, dim }
}

/**
 * Column d of the result is scale[d] x + shift[d], computed in float64 and rounded to the precision of the points or of
 * `result`.
 */
export function scaleColumns<A extends FloatArray, B extends FloatArray = A>(
  { data, count, dim }: Points<A>,
  scale: readonly number[],
  shift: readonly number[],
  result: B = allocate(data, data.length) as FloatArray as B,
): Points<B> {
  for (let i = 0, k = 0; i < count; i++)
    for (let d = 0; d < dim; d++, k++) result[k] = data[k]! * scale[d]! + shift[d]!
  return { data: result, count, dim }
}

/** Each column's smallest and largest value. */
export function columnRanges({ data, count, dim }: Points<FloatArray>): { min: number[]; max: number[] } {
  const min = new Array<number>(dim).fill(Number.POSITIVE_INFINITY)
  const max = new Array<number>(dim).fill(Number.NEGATIVE_INFINITY)
  for (let i = 0, k = 0; i < count; i++)
    for (let d = 0; d < dim; d++, k++) {
      min[d] = Math.min(min[d]!, data[k]!)
      max[d] = Math.max(max[d]!, data[k]!)
    }
  return { min, max }
}

/** The rows `indices`, in that order. */
export function gatherRows<A extends FloatArray>(
  { data, dim }: Points<A>,
  indices: ArrayLike<number>,
): Points<A> {
  const result = allocate(data, indices.length * dim)
  for (let i = 0; i < indices.length; i++)
    result.set(data.subarray(indices[i]! * dim, (indices[i]! + 1) * dim), i * dim)
  return { data: result, count: indices.length, dim }
}

/** The columns `order`, in that order. */
export function gatherColumns<A extends FloatArray>(
  { data, count, dim }: Points<A>,
  order: readonly number[],
): Points<A> {
  const width = order.length
  const result = allocate(data, count * width)
  for (let i = 0; i < count; i++)
    for (let d = 0; d < width; d++) result[i * width + d] = data[i * dim + order[d]!]!
  return { data: result, count, dim: width }
}

/** A column's numbers, in float64. */
export function columnOf({ data, count, dim }: Points<FloatArray>, d: number): Float64Array {
  const column = new Float64Array(count)
  for (let i = 0; i < count; i++) column[i] = data[i * dim + d]!
  return column
}

/** Whether no element is NaN or infinite. */
export function allFinite(data: FloatArray): boolean {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false
  return true
}

/** max |a - b|; NaN, which meets no bound, if an element is NaN or the lengths differ. */
export function maxAbsDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.NaN
  let worst = 0
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!)
    if (!(difference <= worst)) worst = difference
    if (Number.isNaN(worst)) return worst
  }
  return worst
}
