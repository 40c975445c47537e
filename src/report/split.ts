import { type Binning, missingBin } from './bins.ts'

/**
 * The best way to split the rows of a node in two, from histograms of their gradients: the gain of Chen and Guestrin,
 * "XGBoost" (2016), equation 7, and the subsets of categories of LightGBM (Ke et al. 2017), after Fisher (1958).
 */

/** Sums over rows: of first and second derivatives of the loss, and their number. */
export interface Sums {
  readonly gradient: number
  readonly hessian: number
  readonly rows: number
}

export interface Split {
  readonly gain: number
  readonly feature: number
  /** By bin: 1 where its rows go left. */
  readonly goesLeft: Uint8Array
  readonly left: Sums
  readonly right: Sums
}

/** Numbers that a histogram has for each bin: gradient, hessian, rows. */
export const perBin = 3

/** Added to the hessian of a leaf: it draws small leaves towards 0. */
export const l2 = 1

/** Up to so many categories each may well be a side of its own; more of them are smoothed, as LightGBM does. */
const fewCategories = 4
const categorySmoothing = 10
const categoryL2 = 10

/** Less is rounding. */
const minGain = 1e-7
const minHessian = 1e-3

/** A split that is not yet written out. */
interface Found {
  readonly gain: number
  readonly left: Sums
  readonly goesLeft: () => Uint8Array
}

/** What a leaf adds to the loss, negated and doubled. */
const score = (gradient: number, hessian: number, penalty: number) =>
  (gradient * gradient) / (hessian + penalty)

/**
 * The split of the largest gain, the first of equal ones; undefined where no split gains or leaves `minRows` on each side.
 * `offsets[f]` is where the histogram of feature `f` begins, in bins.
 */
export function bestSplit(
  histogram: Float64Array,
  offsets: Int32Array,
  binnings: readonly Binning[],
  node: Sums,
  minRows: number,
): Split | undefined {
  let [best, feature]: [Found | undefined, number] = [undefined, 0]
  for (const [f, { count, isCategory }] of binnings.entries()) {
    const from = perBin * offsets[f]!
    const find = isCategory ? bestSubset : bestCut
    const found = find(histogram, from, count, node, minRows)
    if (found && found.gain > (best?.gain ?? minGain)) [best, feature] = [found, f]
  }
  if (!best) return undefined
  const { gain, left } = best
  const right = {
    gradient: node.gradient - left.gradient,
    hessian: node.hessian - left.hessian,
    rows: node.rows - left.rows,
  }
  return { gain, feature, goesLeft: best.goesLeft(), left, right }
}

/** The best cut between two bins of a number; missing values go to the side where they gain more, or to the larger one. */
function bestCut(
  bins: Float64Array,
  from: number,
  count: number,
  node: Sums,
  minRows: number,
): Found | undefined {
  const whole = score(node.gradient, node.hessian, l2)
  const missing = bins[from + perBin * missingBin + 2]!
  const [allG, allH, all] = [node.gradient, node.hessian, node.rows]
  let gain = 0
  let cut = -1
  let isMissingLeft = false
  let leftGradient = 0
  let leftHessian = 0
  let leftRows = 0
  for (let side = missing > 0 ? 1 : 0; side >= 0; side--) {
    // on side 1 missing values go left
    let g = side === 1 ? bins[from]! : 0
    let h = side === 1 ? bins[from + 1]! : 0
    let n = side === 1 ? missing : 0
    for (let bin = 1 - side; bin < count - 1; bin++) {
      if (bin > 0) {
        const k = from + perBin * bin
        const own = bins[k + 2]!
        if (own === 0) continue
        g += bins[k]!
        h += bins[k + 1]!
        n += own
      }
      if (n < minRows) continue
      if (all - n < minRows) break
      if (h < minHessian || allH - h < minHessian) continue
      const rest = allG - g
      const own = (g * g) / (h + l2) + (rest * rest) / (allH - h + l2) - whole
      if (own <= gain) continue
      gain = own
      cut = bin
      isMissingLeft = side === 1
      leftGradient = g
      leftHessian = h
      leftRows = n
    }
  }
  if (cut < 0) return undefined
  return {
    gain,
    left: { gradient: leftGradient, hessian: leftHessian, rows: leftRows },
    goesLeft: () => {
      const goesLeft = new Uint8Array(count).fill(1, 1, cut + 1)
      goesLeft[missingBin] = (missing > 0 ? isMissingLeft : leftRows > all - leftRows) ? 1 : 0
      return goesLeft
    },
  }
}

/**
 * The best subset of a column's categories, a missing value being one more: the beginning of their order by mean gradient.
 * Categories of the same mean stay together, so that the order in which they are listed decides nothing.
 */
function bestSubset(
  bins: Float64Array,
  from: number,
  count: number,
  node: Sums,
  minRows: number,
): Found | undefined {
  const present: number[] = []
  for (let bin = 0; bin < count; bin++) if (bins[from + perBin * bin + 2]! > 0) present.push(bin)
  if (present.length < 2) return undefined
  const isFew = present.length <= fewCategories
  const [smoothing, penalty] = isFew ? [0, l2] : [categorySmoothing, l2 + categoryL2]
  const mean = (bin: number) =>
    bins[from + perBin * bin]! / (bins[from + perBin * bin + 1]! + smoothing + minHessian)
  const order = present.map((bin) => ({ bin, mean: mean(bin) })).sort((a, b) => a.mean - b.mean)
  const whole = score(node.gradient, node.hessian, penalty)
  let [gain, length, g, h, n] = [0, 0, 0, 0, 0]
  let left: Sums = { gradient: 0, hessian: 0, rows: 0 }
  for (let i = 0; i < order.length - 1; i++) {
    const { bin } = order[i]!
    g += bins[from + perBin * bin]!
    h += bins[from + perBin * bin + 1]!
    n += bins[from + perBin * bin + 2]!
    if (order[i + 1]!.mean === order[i]!.mean || n < minRows) continue
    if (node.rows - n < minRows) break
    if (h < minHessian || node.hessian - h < minHessian) continue
    const own = score(g, h, penalty) + score(node.gradient - g, node.hessian - h, penalty) - whole
    if (own > gain) [gain, length, left] = [own, i + 1, { gradient: g, hessian: h, rows: n }]
  }
  if (length === 0) return undefined
  return {
    gain,
    left,
    goesLeft: () => {
      // categories that the node lacks go with the larger side
      const goesLeft = new Uint8Array(count).fill(left.rows > node.rows - left.rows ? 1 : 0)
      for (const [i, { bin }] of order.entries()) goesLeft[bin] = i < length ? 1 : 0
      return goesLeft
    },
  }
}
