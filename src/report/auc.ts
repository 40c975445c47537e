/** How well scores tell, rank or predict: what trees are judged by. */

/**
 * The area under the ROC curve: how often a row of label 1 has a larger score than one of label 0, ties counting half
 * (Mann and Whitney 1947).
 *
 * @param scores - Of each row, larger where label 1 is likelier.
 * @param labels - 0 or 1 of each row.
 * @returns From 0 to 1; undefined where a label has no row.
 * @example
 * aucOf(Float64Array.of(0.1, 0.4, 0.8), [0, 1, 1]) // 1
 */
export function aucOf(scores: Float64Array, labels: ArrayLike<number>): number | undefined {
  const order = Int32Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!)
  let [ones, zeros, wins] = [0, 0, 0]
  for (let i = 0; i < order.length; ) {
    let [own, others] = [0, 0]
    const score = scores[order[i]!]!
    for (; i < order.length && scores[order[i]!] === score; i++)
      if (labels[order[i]!] === 1) own++
      else others++
    wins += own * (zeros + others / 2)
    ones += own
    zeros += others
  }
  return ones > 0 && zeros > 0 ? wins / (ones * zeros) : undefined
}

/** The mean over classes of the area with which a class's probability tells it from the rest (Hand and Till 2001). */
export function macroAuc(probabilities: readonly Float64Array[], classes: Float64Array): number | undefined {
  const areas = probabilities.flatMap((own, k) => {
    const isOwn = Uint8Array.from(classes, (c) => (c === k ? 1 : 0))
    return aucOf(own, isOwn) ?? []
  })
  return areas.length > 0 ? areas.reduce((sum, area) => sum + area, 0) / areas.length : undefined
}

/** The share of the variance that predictions explain: 1 at best, 0 of the mean, below 0 of what is worse. */
export function r2Of(predicted: Float64Array, numbers: Float64Array): number | undefined {
  const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length
  let [error, variance] = [0, 0]
  for (let i = 0; i < numbers.length; i++) {
    error += (numbers[i]! - predicted[i]!) ** 2
    variance += (numbers[i]! - mean) ** 2
  }
  return variance > 0 ? 1 - error / variance : undefined
}
