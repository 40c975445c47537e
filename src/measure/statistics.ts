/** What several measures count. */

export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}

/** The median; of an even number of values the mean of the middle two. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort()
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Number of occurrences of each value; NaN is one. */
export function countsOf(values: Float64Array): Map<number, number> {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** How many of the rising values are below x, or not above it. */
export function below(rising: ArrayLike<number>, x: number, orEqual: boolean): number {
  let [low, high] = [0, rising.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (rising[middle]! < x || (orEqual && rising[middle] === x)) low = middle + 1
    else high = middle
  }
  return low
}

export function present(cells: Float64Array): Float64Array {
  return cells.filter((cell) => !Number.isNaN(cell))
}

/** The indices below `count` for which something holds, ascending. */
export function indicesWhere(count: number, holds: (i: number) => boolean): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i).filter(holds)
}
