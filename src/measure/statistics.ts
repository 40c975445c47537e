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

/** The area under the ROC curve (Mann and Whitney 1947); ties count half. Undefined if a label has no row. */
export function aucOf(scores: Float64Array, labels: ArrayLike<number>): number | undefined {
  const members = scores.filter((_, i) => labels[i] === 1)
  const others = scores.filter((_, i) => labels[i] !== 1)
  const { counts } = tiesOf(members, others)
  if (members.length === 0 || others.length === 0) return undefined
  return areaOf(...counts, members.length, others.length)
}

/**
 * By row, the share of the rows with the other label that its score orders rightly; ties count half. The mean over the rows of a label is the
 * area under the ROC curve, and their variance gives its own (DeLong et al. 1988).
 */
export function placementsOf(scores: Float64Array, labels: ArrayLike<number>): Float64Array {
  const ofLabel = (label: 0 | 1) => scores.filter((_, i) => Number(labels[i] === 1) === label).sort()
  const [others, members] = [ofLabel(0), ofLabel(1)]
  return scores.map((score, i) => {
    const against = labels[i] === 1 ? others : members
    const share = (below(against, score, false) + below(against, score, true)) / (2 * against.length)
    return labels[i] === 1 ? share : 1 - share
  })
}

/** The variance of the mean of values that are drawn independently. */
export function varianceOfMean(values: ArrayLike<number>): number {
  const center = mean(values)
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += (values[i]! - center) ** 2
  return values.length > 1 ? sum / (values.length * (values.length - 1)) : Number.NaN
}

export function hasNaNs(scores: ArrayLike<number>): boolean {
  return Array.from(scores).some(Number.isNaN)
}

/** Throws on NaN. */
export function tiesOf(members: ArrayLike<number>, others: ArrayLike<number>) {
  if (hasNaNs(members) || hasNaNs(others)) throw new Error('a score is NaN')
  const [a, b] = [Float64Array.from(members).sort(), Float64Array.from(others).sort()]
  // of each score, its index among the distinct scores, ascending
  const places = { members: new Int32Array(a.length), others: new Int32Array(b.length) }
  let [i, j, count] = [0, 0, 0]
  for (; i < a.length || j < b.length; count++) {
    const score = j >= b.length || a[i]! <= b[j]! ? a[i]! : b[j]!
    while (a[i] === score) places.members[i++] = count
    while (b[j] === score) places.others[j++] = count
  }
  const counts = [new Int32Array(count), new Int32Array(count)] as const
  for (const place of places.members) counts[0][place]!++
  for (const place of places.others) counts[1][place]!++
  return { ...places, counts }
}

/** Share of pairs in which the member scores higher; ties count half (Mann and Whitney 1947). */
export function areaOf(members: Int32Array, others: Int32Array, n: number, m: number): number {
  let [below, pairs] = [0, 0]
  for (let place = 0; place < members.length; place++) {
    pairs += members[place]! * (2 * below + others[place]!)
    below += others[place]!
  }
  return pairs / (2 * n * m)
}

/** Mean over classes of the one-against-rest AUC (Hand and Till 2001). */
export function macroAuc(probabilities: readonly Float64Array[], classes: Float64Array): number | undefined {
  const areas = probabilities.flatMap((scores, k) => {
    const labels = Uint8Array.from(classes, (c) => (c === k ? 1 : 0))
    return aucOf(scores, labels) ?? []
  })
  return areas.length > 0 ? mean(areas) : undefined
}

/** R²: the share of variance explained; 1 is best, 0 is the mean's score, and below 0 is worse than the mean. */
export function r2Of(predicted: Float64Array, numbers: Float64Array): number | undefined {
  const center = mean(numbers)
  let [error, variance] = [0, 0]
  for (let i = 0; i < numbers.length; i++) {
    error += (numbers[i]! - predicted[i]!) ** 2
    variance += (numbers[i]! - center) ** 2
  }
  return variance > 0 ? 1 - error / variance : undefined
}
