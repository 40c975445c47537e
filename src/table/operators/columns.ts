/** The interpreters of `Operators` that compute: on columns, and on single numbers. */
import { upperBound } from '../../numerics/bounds.ts'
import type { Computation, Numbers, Operators } from './operators.ts'

/** Computes on columns of so many rows. A result may be shared, and must not be written to. */
export class NumberColumns implements Operators<Float64Array> {
  readonly #count: number
  readonly #indexOf: (row: number) => number
  readonly #constants = new Map<number, Float64Array>()

  /** @param indexOf - A row's sample index among those of its seed. Default: the row's own index. */
  constructor(count: number, indexOf: (row: number) => number = (row) => row) {
    this.#count = count
    this.#indexOf = indexOf
  }

  number(value: number) {
    const column = this.#constants.get(value) ?? new Float64Array(this.#count).fill(value)
    this.#constants.set(value, column)
    return column
  }

  // each with a loop of its own, which is several times as fast as one that calls a function for each row
  add(a: Float64Array, b: Float64Array) {
    const result = new Float64Array(this.#count)
    for (let i = 0; i < result.length; i++) result[i] = a[i]! + b[i]!
    return result
  }

  subtract(a: Float64Array, b: Float64Array) {
    const result = new Float64Array(this.#count)
    for (let i = 0; i < result.length; i++) result[i] = a[i]! - b[i]!
    return result
  }

  multiply(a: Float64Array, b: Float64Array) {
    const result = new Float64Array(this.#count)
    for (let i = 0; i < result.length; i++) result[i] = a[i]! * b[i]!
    return result
  }

  divide(a: Float64Array, b: Float64Array) {
    const result = new Float64Array(this.#count)
    for (let i = 0; i < result.length; i++) result[i] = a[i]! / b[i]!
    return result
  }

  floor(a: Float64Array) {
    const result = new Float64Array(this.#count)
    for (let i = 0; i < result.length; i++) result[i] = Math.floor(a[i]!)
    return result
  }

  round(a: Float64Array) {
    const result = new Float64Array(this.#count)
    for (let i = 0; i < result.length; i++) result[i] = Math.round(a[i]!) + 0
    return result
  }

  min(a: Float64Array, b: Float64Array) {
    const result = new Float64Array(this.#count)
    for (let i = 0; i < result.length; i++) result[i] = Math.min(a[i]!, b[i]!)
    return result
  }

  max(a: Float64Array, b: Float64Array) {
    const result = new Float64Array(this.#count)
    for (let i = 0; i < result.length; i++) result[i] = Math.max(a[i]!, b[i]!)
    return result
  }

  isAtLeast(a: Float64Array, b: Float64Array) {
    const result = new Float64Array(this.#count)
    for (let i = 0; i < result.length; i++) result[i] = a[i]! >= b[i]! ? 1 : 0
    return result
  }

  isMissing(a: Float64Array) {
    const result = new Float64Array(this.#count)
    for (let i = 0; i < result.length; i++) result[i] = Number.isNaN(a[i]!) ? 1 : 0
    return result
  }

  select(condition: Float64Array, a: Float64Array, b: Float64Array) {
    const result = new Float64Array(this.#count)
    for (let i = 0; i < result.length; i++) result[i] = condition[i] === 1 ? a[i]! : b[i]!
    return result
  }

  lookUp(numbers: Numbers, index: Float64Array) {
    const result = new Float64Array(this.#count)
    for (let i = 0; i < result.length; i++) result[i] = numbers[index[i]!] ?? Number.NaN
    return result
  }

  countReached(bounds: Numbers, value: Float64Array) {
    const result = new Float64Array(this.#count)
    for (let i = 0; i < result.length; i++) result[i] = upperBound(bounds, value[i]!)
    return result
  }

  sampleIndex() {
    return Float64Array.from({ length: this.#count }, (_, i) => this.#indexOf(i))
  }
}

/** Computes on the numbers of a single row. */
const oneRow: Operators<number> = {
  number: (value) => value,
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  floor: Math.floor,
  round: (a) => Math.round(a) + 0,
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  isAtLeast: (a, b) => (a >= b ? 1 : 0),
  isMissing: (a) => (Number.isNaN(a) ? 1 : 0),
  select: (condition, a, b) => (condition === 1 ? a : b),
  lookUp: (numbers, index) => numbers[index] ?? Number.NaN,
  countReached: upperBound,
  sampleIndex: () => 0,
}

/** What a computation gives for a single row. */
export function computeRow(compute: Computation, row: readonly number[]): number {
  return compute(oneRow, row)
}

/** Rows that are computed together: their columns fit a processor's cache. */
const batchRows = 2048

/** Calls a function for each batch of rows, from one up to another. */
export function inBatches(count: number, each: (from: number, to: number) => void): void {
  for (let from = 0; from < count; from += batchRows) each(from, Math.min(from + batchRows, count))
}
