/**
 * What cells are computed with: a column's encoding and a relation say once how a cell comes about, and an interpreter does it.
 * `NumberColumns` computes on columns, and `ExactOperators` in src/onnx/build writes a graph, with the same bits.
 */

/** Operators on columns of float64, NaN for a missing cell: what is computed from one is missing, unless it says otherwise. */
export interface Operators<V> {
  /** The same number in every row. */
  number(value: number): V
  add(a: V, b: V): V
  subtract(a: V, b: V): V
  multiply(a: V, b: V): V
  divide(a: V, b: V): V
  floor(a: V): V
  /** The nearest whole number, of two the upper; never -0. */
  round(a: V): V
  min(a: V, b: V): V
  max(a: V, b: V): V
  /** 1 where `a` is at least `b`, otherwise 0, also where one of them is missing. */
  isAtLeast(a: V, b: V): V
  /** 1 where `a` is missing, otherwise 0. */
  isMissing(a: V): V
  /** `a` where the condition is 1, `b` where it is 0. */
  select(condition: V, a: V, b: V): V
  /** The number at each index, a whole number that there is. */
  lookUp(numbers: Numbers, index: V): V
  /** How many of the rising bounds each value reaches; none where it is missing. */
  countReached(bounds: Numbers, value: V): V
  /** The index of each row's sample among those of its seed. */
  sampleIndex(): V
}

export type Numbers = readonly number[] | Float64Array

/** What computes a column from others, with any interpreter's operators. */
export type Computation = <V>(ops: Operators<V>, columns: readonly V[]) => V

/** Cells kept between two numbers. */
export function clamped<V>(ops: Operators<V>, value: V, least: number, most: number): V {
  return ops.min(ops.max(value, ops.number(least)), ops.number(most))
}

/** 1 where all conditions are 1. */
export function all<V>(ops: Operators<V>, conditions: readonly V[]): V {
  return conditions.reduce((a, b) => ops.min(a, b))
}

/** 1 where one of the conditions is 1. */
export function any<V>(ops: Operators<V>, conditions: readonly V[]): V {
  return conditions.reduce((a, b) => ops.max(a, b))
}

/** What is left of a number without the multiple of another below it. */
export function modulo<V>(ops: Operators<V>, value: V, divisor: number): V {
  return ops.subtract(value, ops.multiply(quotient(ops, value, divisor), ops.number(divisor)))
}

/** How often a divisor is in a number, as a whole number. */
export function quotient<V>(ops: Operators<V>, value: V, divisor: number): V {
  return ops.floor(ops.divide(value, ops.number(divisor)))
}

/** plus + factors[0] columns[0] + factors[1] columns[1] + ..., added in this order. */
export function linear<V>(ops: Operators<V>, factors: Numbers, columns: readonly V[], plus: number): V {
  return columns.reduce(
    (sum, column, k) => ops.add(sum, ops.multiply(ops.number(factors[k]!), column)),
    ops.number(plus),
  )
}
