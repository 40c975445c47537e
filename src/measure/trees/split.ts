import { type Binning, missingBin } from './bins.ts'

/** Best splits from histograms: XGBoost's gain (2016, equation 7), LightGBM's subsets (2017), after Fisher (1958). */

/** Sums over rows of the loss's first and second derivatives, and the number of rows, of which the fraction counts the guarded ones. */
export interface Sums {
  readonly gradient: number
  readonly hessian: number
  readonly rows: number
}

/**
 * Added to 1 for a row that must not be alone, or with too few of its kind, on a side of a split. A row is then counted in the same addition
 * with or without guarded rows, and sums are exact for up to 2^26 rows.
 */
export const guard = 2 ** -26

/** The fewest rows of a side of a split, and the fewest guarded ones, unless it has none. */
export interface Fewest {
  readonly rows: number
  readonly guarded: number
}

export interface Split {
  readonly gain: number
  readonly feature: number
  readonly goesLeft: Uint8Array
  readonly left: Sums
  readonly right: Sums
}

/** Numbers in a histogram for each bin: gradient, hessian, rows. */
export const perBin = 3

/** L2 regularisation, added to a leaf's hessian: it shrinks small leaves towards 0. */
export const l2 = 1

/** With more categories than this, splits are smoothed, as in LightGBM. */
const fewCategories = 4
const categorySmoothing = 10
const categoryL2 = 10

/** Smaller gains are rounding errors. */
const minGain = 1e-7
const minHessian = 1e-3

interface Candidate {
  readonly gain: number
  readonly left: Sums
  readonly goesLeft: () => Uint8Array
}

/** A leaf's reduction of the loss, doubled. */
const score = (gradient: number, hessian: number, penalty: number) =>
  (gradient * gradient) / (hessian + penalty)

/** The split of the largest gain, the first on a tie. `offsets[f]` begins feature f's histogram, in bins. */
export function bestSplit(
  histogram: Float64Array,
  offsets: Int32Array,
  binnings: readonly Binning[],
  node: Sums,
  fewest: Fewest,
): Split | undefined {
  let [best, feature]: [Candidate | undefined, number] = [undefined, 0]
  for (const [f, { count, isCategory }] of binnings.entries()) {
    const from = perBin * offsets[f]!
    const find = isCategory ? bestSubset : bestCut
    const candidate = find(histogram, from, count, node, fewest)
    if (candidate && candidate.gain > (best?.gain ?? minGain)) [best, feature] = [candidate, f]
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

/** Whether a side of a split has guarded rows, but too few of them; `left` and `all` are numbers of rows with their fractions. */
function isRevealing(left: number, all: number, { guarded }: Fewest): boolean {
  const isFew = (rows: number) => rows % 1 > 0 && rows % 1 < guarded * guard
  return isFew(left) || isFew(all - left)
}

/** The best cut between two bins of a number; missing values go to the side with more gain, or to the larger one. */
function bestCut(bins: Float64Array, from: number, count: number, node: Sums, fewest: Fewest) {
  const nodeScore = score(node.gradient, node.hessian, l2)
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
        const rows = bins[k + 2]!
        if (rows === 0) continue
        g += bins[k]!
        h += bins[k + 1]!
        n += rows
      }
      if (n < fewest.rows) continue
      if (all - n < fewest.rows) break
      if (h < minHessian || allH - h < minHessian) continue
      const rest = allG - g
      const cutGain = (g * g) / (h + l2) + (rest * rest) / (allH - h + l2) - nodeScore
      if (cutGain <= gain || isRevealing(n, all, fewest)) continue
      gain = cutGain
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

/** Room of `bestSubset`, which is called for each name's column of each node: the bins in order, and their means. */
let [inOrder, meansInOrder] = [new Int32Array(0), new Float64Array(0)]

/** Fills the room with the bins that have rows, by their mean gradient, equal ones by their number. */
function orderBins(bins: Float64Array, from: number, count: number, smoothing: number): void {
  let length = 0
  for (let bin = 0; bin < count; bin++) {
    const k = from + perBin * bin
    if (!(bins[k + 2]! > 0)) continue
    const mean = bins[k]! / (bins[k + 1]! + smoothing + minHessian)
    let place = length++
    for (; place > 0 && meansInOrder[place - 1]! > mean; place--) {
      meansInOrder[place] = meansInOrder[place - 1]!
      inOrder[place] = inOrder[place - 1]!
    }
    meansInOrder[place] = mean
    inOrder[place] = bin
  }
}

/** The best subset of categories, missing as one more: a prefix of their order by mean gradient. */
function bestSubset(bins: Float64Array, from: number, count: number, node: Sums, fewest: Fewest) {
  if (inOrder.length < count) [inOrder, meansInOrder] = [new Int32Array(count), new Float64Array(count)]
  let present = 0
  for (let bin = 0; bin < count; bin++) if (bins[from + perBin * bin + 2]! > 0) present++
  if (present < 2) return undefined
  const isFew = present <= fewCategories
  const [smoothing, penalty] = isFew ? [0, l2] : [categorySmoothing, l2 + categoryL2]
  orderBins(bins, from, count, smoothing)
  const nodeScore = score(node.gradient, node.hessian, penalty)
  let [gain, length, g, h, n] = [0, 0, 0, 0, 0]
  let left: Sums = { gradient: 0, hessian: 0, rows: 0 }
  for (let i = 0; i < present - 1; i++) {
    const k = from + perBin * inOrder[i]!
    g += bins[k]!
    h += bins[k + 1]!
    n += bins[k + 2]!
    if (meansInOrder[i + 1] === meansInOrder[i] || n < fewest.rows) continue
    if (node.rows - n < fewest.rows) break
    if (h < minHessian || node.hessian - h < minHessian) continue
    const subsetGain = score(g, h, penalty) + score(node.gradient - g, node.hessian - h, penalty) - nodeScore
    if (subsetGain > gain && !isRevealing(n, node.rows, fewest))
      [gain, length, left] = [subsetGain, i + 1, { gradient: g, hessian: h, rows: n }]
  }
  if (length === 0) return undefined
  const order = inOrder.slice(0, present)
  return {
    gain,
    left,
    goesLeft: () => {
      // categories absent from the node go to the larger side
      const goesLeft = new Uint8Array(count).fill(left.rows > node.rows - left.rows ? 1 : 0)
      for (let i = 0; i < present; i++) goesLeft[order[i]!] = i < length ? 1 : 0
      return goesLeft
    },
  }
}
