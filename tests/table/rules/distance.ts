/** The largest difference between two samples' shares below a number: Kolmogorov and Smirnov's distance. */
export function distanceOf(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [a, b].map((each) => Float64Array.from(each).sort())
  const shareUpTo = (all: Float64Array, cell: number) => {
    let [low, high] = [0, all.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (all[middle]! <= cell) low = middle + 1
      else high = middle
    }
    return low / all.length
  }
  return Math.max(...[...x!, ...y!].map((cell) => Math.abs(shareUpTo(x!, cell) - shareUpTo(y!, cell))))
}
