/** Where a number is among rising ones. */

/** The index of the first of the rising numbers that is above x; 0 for NaN. */
export function upperBound(rising: ArrayLike<number>, x: number): number {
  let [low, high] = [0, rising.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (rising[middle]! <= x) low = middle + 1
    else high = middle
  }
  return low
}

/** Where a number is as near to one of the rising values as to the next. */
export function midpoints(values: readonly number[]): number[] {
  return values.slice(1).map((value, k) => values[k]! + (value - values[k]!) / 2)
}
