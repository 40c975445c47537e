import { leastRows } from './least-rows.ts'

/** What continues after numbers up to 2^53 - 2^40 stays whole with steps of at most this, and numbers that are rounded up to at most this. */
const [longestStep, mostRounded] = [2 ** 32, 2 ** 52]

/** The outermost numbers of rows: what a file holds of them is derived from three rows at either end, and is no single row's. */
export class Outermost {
  readonly #smallest: number[] = []
  readonly #largest: number[] = []

  /** Adds a number that so many rows have. */
  add(number: number, rows = 1): void {
    for (let k = 0; k < Math.min(rows, leastRows); k++) {
      insert(this.#smallest, number, (other) => number < other)
      insert(this.#largest, number, (other) => number > other)
    }
  }

  addAll(numbers: Iterable<number>): this {
    for (const number of numbers) this.add(number)
    return this
  }

  /** The smallest numbers, rising, which are those of rows. */
  get smallest(): readonly number[] {
    return this.#smallest
  }

  /** The largest numbers, falling, which are those of rows. */
  get largest(): readonly number[] {
    return this.#largest
  }

  /** Whether too few rows have a number for anything to be kept of them. */
  get areFew(): boolean {
    return this.#smallest.length < leastRows
  }

  /** The means of the smallest and of the largest numbers. */
  get means(): readonly [number, number] {
    return [meanOf(this.#smallest), meanOf(this.#largest)]
  }

  /**
   * A number after the largest. What counts the rows continues without a gap: it is as far from the largest as the two before are from each
   * other. A largest one that is farther away would be known by that, so that the number is then as far beyond it as the third is below, and
   * rounded up to two digits. 1 of too few numbers.
   */
  get next(): number {
    if (this.areFew) return 1
    const [largest, second, third] = this.#largest as [number, number, number]
    const step = Math.max(1, second - third)
    const far = roundedUp(2 * largest - third)
    const isFar = largest - second > step && far <= mostRounded
    return isFar ? far : largest + Math.min(step, longestStep)
  }
}

/** A whole number, rounded up to two digits. */
function roundedUp(number: number): number {
  const unit = Number(`1e${Math.max(0, String(Math.abs(number)).length - 2)}`)
  return Math.ceil(number / unit) * unit
}

/** Inserts a number into a short sorted list, which the last one then leaves. */
function insert(sorted: number[], number: number, isBefore: (other: number) => boolean): void {
  let at = sorted.length
  while (at > 0 && isBefore(sorted[at - 1]!)) at--
  if (at === leastRows) return
  sorted.splice(at, 0, number)
  if (sorted.length > leastRows) sorted.pop()
}

/** The mean, by differences, so that whole numbers near 2^53 keep their digits. */
export function meanOf(numbers: readonly number[]): number {
  const [first = Number.NaN] = numbers
  return first + numbers.reduce((sum, number) => sum + (number - first), 0) / numbers.length
}
