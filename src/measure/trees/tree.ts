import type { BinnedRows } from './bins.ts'
import { bestSplit, type Fewest, guard, l2, perBin, type Split, type Sums } from './split.ts'

/** A decision tree: node 0 is its root; a node without `goesLeft` is a leaf. */
export interface Tree {
  readonly nodes: readonly TreeNode[]
}

interface TreeNode {
  readonly feature: number
  /** By bin: 1 if a row goes to `left`, otherwise to `right`. */
  readonly goesLeft: Uint8Array | undefined
  readonly left: number
  readonly right: number
  /** A leaf's contribution to a row's score. */
  readonly value: number
}

/** Maximum number of leaves, as in LightGBM and scikit-learn. */
export const maxLeaves = 31

/** A leaf: its rows `begin` to `end` in the order, and its best split with their histogram, if it can be split. */
interface Leaf {
  readonly node: number
  readonly begin: number
  readonly end: number
  readonly best: { readonly split: Split; readonly histogram: Float64Array } | undefined
}

/**
 * Grows trees leaf by leaf (LightGBM, Ke et al. 2017): counts the smaller child, and subtracts it for the other.
 *
 * @param isGuarded - By row, 1 if it must be with `fewest.guarded` of its kind in a leaf; otherwise 0.
 */
export function treeGrower(
  { count, columns, binnings }: BinnedRows,
  fewest: Fewest,
  isGuarded: ArrayLike<number>,
) {
  const offsets = new Int32Array(binnings.length + 1)
  for (const [f, binning] of binnings.entries()) offsets[f + 1] = offsets[f]! + binning.count
  const size = perBin * offsets[binnings.length]!
  const free: Float64Array[] = []
  const order = new Int32Array(count)
  const moved = new Int32Array(count)
  const width = columns.length
  const rowUnits = Float64Array.from({ length: count }, (_, i) => 1 + guard * isGuarded[i]!)
  /** Whether a leaf of so many rows can be split. */
  const isLarge = (rows: number) => rows >= 2 * fewest.rows
  // the bin of each cell, row by row: neighbouring additions then go to different numbers, which is twice as fast
  const places = new Int32Array(count * width)
  for (const [f, column] of columns.entries())
    for (let i = 0; i < count; i++) places[i * width + f] = perBin * (offsets[f]! + column[i]!)

  /** Grows a tree from the loss's derivatives, and adds each leaf's value, times `rate`, to its rows' scores. */
  return (gradients: Float64Array, hessians: Float64Array, scores: Float64Array, rate: number): Tree => {
    const nodes: TreeNode[] = []
    for (let i = 0; i < count; i++) order[i] = i

    function countRows(begin: number, end: number): Float64Array {
      const histogram = free.pop()?.fill(0) ?? new Float64Array(size)
      for (let i = begin; i < end; i++) {
        const row = order[i]!
        const gradient = gradients[row]!
        const hessian = hessians[row]!
        const unit = rowUnits[row]!
        const last = (row + 1) * width
        for (let c = row * width; c < last; c++) {
          const k = places[c]!
          histogram[k]! += gradient
          histogram[k + 1]! += hessian
          histogram[k + 2]! += unit
        }
      }
      return histogram
    }

    function leafOf(begin: number, end: number, sums: Sums, histogram: Float64Array | undefined): Leaf {
      const value = (-rate * sums.gradient) / (sums.hessian + l2)
      const node = nodes.push({ feature: 0, goesLeft: undefined, left: 0, right: 0, value }) - 1
      const split = histogram && isLarge(end - begin) && bestSplit(histogram, offsets, binnings, sums, fewest)
      if (split) return { node, begin, end, best: { split, histogram } }
      if (histogram) free.push(histogram)
      return { node, begin, end, best: undefined }
    }

    /** The histograms of both sides of a leaf, in place of its own; none if neither side is large enough to be split. */
    function divide(histogram: Float64Array, begin: number, middle: number, end: number) {
      const isLeftSmaller = middle - begin <= end - middle
      if (!isLarge(isLeftSmaller ? end - middle : middle - begin)) {
        free.push(histogram)
        return []
      }
      const smaller = isLeftSmaller ? countRows(begin, middle) : countRows(middle, end)
      for (let k = 0; k < size; k++) histogram[k]! -= smaller[k]!
      return isLeftSmaller ? [smaller, histogram] : [histogram, smaller]
    }

    /** Moves the rows that go left to the front, keeping both sides' order; returns where the right side begins. */
    function partition(begin: number, end: number, { feature, goesLeft }: Split): number {
      const column = columns[feature]!
      let [left, right] = [begin, 0]
      for (let i = begin; i < end; i++) {
        const row = order[i]!
        if (goesLeft[column[row]!] === 1) order[left++] = row
        else moved[right++] = row
      }
      order.set(moved.subarray(0, right), left)
      return left
    }

    function splitLeaf(
      { begin, end, node }: Leaf,
      { split, histogram }: NonNullable<Leaf['best']>,
    ): [Leaf, Leaf] {
      const middle = partition(begin, end, split)
      const [ofLeft, ofRight] = divide(histogram, begin, middle, end)
      const left = leafOf(begin, middle, split.left, ofLeft)
      const right = leafOf(middle, end, split.right, ofRight)
      const { feature, goesLeft } = split
      nodes[node] = { feature, goesLeft, left: left.node, right: right.node, value: 0 }
      return [left, right]
    }

    let leaves = [leafOf(0, count, sumsOf(gradients, hessians, rowUnits), countRows(0, count))]
    while (leaves.length < maxLeaves) {
      let most: Leaf | undefined
      for (const leaf of leaves)
        if (leaf.best && leaf.best.split.gain > (most?.best?.split.gain ?? 0)) most = leaf
      if (!most?.best) break
      const children = splitLeaf(most, most.best)
      leaves = [...leaves.filter((leaf) => leaf !== most), ...children]
    }
    for (const { node, begin, end, best } of leaves) {
      const { value } = nodes[node]!
      for (let i = begin; i < end; i++) scores[order[i]!]! += value
      if (best) free.push(best.histogram)
    }
    return { nodes }
  }
}

function sumsOf(gradients: Float64Array, hessians: Float64Array, rowUnits: Float64Array): Sums {
  let [gradient, hessian, rows] = [0, 0, 0]
  // an iterator of entries would leave an array for each row to collect
  for (let i = 0; i < rowUnits.length; i++) {
    gradient += gradients[i]!
    hessian += hessians[i]!
    rows += rowUnits[i]!
  }
  return { gradient, hessian, rows }
}

export function addTree({ nodes }: Tree, { count, columns }: BinnedRows, scores: Float64Array): void {
  for (let i = 0; i < count; i++) {
    let node = nodes[0]!
    while (node.goesLeft)
      node = nodes[node.goesLeft[columns[node.feature]![i]!] === 1 ? node.left : node.right]!
    scores[i]! += node.value
  }
}
