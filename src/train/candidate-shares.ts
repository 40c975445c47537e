import { mean } from '../measure/statistics.ts'
import {
  binsIn,
  type Candidates,
  oddsIn,
  probabilities,
  type TreeNode,
  treeText,
} from '../model/candidates.ts'
import { exp, log } from '../numerics/elementary.ts'
import { leastRows } from '../table/least-rows.ts'
import { columnCells, type Table } from '../table/table.ts'

/** About so many groups of a number's values, of equal size; a frequent value has a group of its own. */
const groupsOfNumber = 20

/** Names of fewer rows share a group. */
const rowsOfName = 20

/** Rows added to both counts of a group, so that a small one doesn't move its odds far. */
const prior = 10

/** How often each column is corrected, and how much of the log of the ratio: more would fit the draws by chance. */
const rounds = 5
const rate = 0.3

/** Factors of the odds are rounded to powers of exp(1 / 32), so that groups of about the same factor share a leaf. */
const leavesOfLog = 32

/**
 * Corrects the shares of values among the rows that are chosen, which lean to what trees take for real most surely: adds to
 * `candidates` a tree for each column, whose leaves raise the odds of values that are chosen too rarely; a group of one or two rows keeps
 * its odds, so that none follows from these rows. That is iterative proportional fitting (Deming and Stephan 1940) of the chosen rows' columns, stopped early (docs/formulation.md, "Candidates").
 *
 * @param rows - The training rows.
 * @param draws - By candidate, samples that the trees were not learned from; row i of each is of sample i.
 */
export function correctShares(candidates: Candidates, rows: Table, draws: readonly Table[]): Candidates {
  const { count } = draws[0]!
  const width = candidates.features.length
  const oddsOf = oddsIn(candidates, rows.columns)
  const binsOf = binsIn(candidates, rows.columns)
  const odds = draws.map((draw) => oddsOf(columnCells(draw)))
  const drawnBins = draws.map((draw) => binsOf(columnCells(draw)))
  const rowBins = binsOf(columnCells(rows))
  const ofFeature = (bins: Int32Array, f: number) =>
    Int32Array.from({ length: bins.length / width }, (_, i) => bins[i * width + f]!)
  const features = candidates.features.flatMap(({ cuts, bins = [] }, feature) => {
    const counts = new Float64Array(cuts ? cuts.length + 2 : 1 + Math.max(0, ...bins))
    for (const bin of ofFeature(rowBins, feature)) counts[bin]!++
    const groups = cuts
      ? groupsOfNumbers(counts, Math.max(leastRows, rows.count / groupsOfNumber))
      : groupsOfNames(counts)
    const targets = new Float64Array(1 + Math.max(...groups))
    for (const [bin, group] of groups.entries()) targets[group]! += counts[bin]!
    const drawn = drawnBins.map((all) => ofFeature(all, feature).map((bin) => groups[bin]!))
    // all candidates of a sample have its context
    const isGiven = drawn.every((each) => each.every((group, i) => group === drawn[0]![i]))
    return isGiven ? [] : [{ feature, groups, targets, drawn, logs: new Float64Array(targets.length) }]
  })
  const added = prior / rows.count
  const isInTurn = candidates.shared !== undefined
  for (let round = 0; round < rounds; round++)
    for (const { targets, drawn, logs } of features) {
      const shares = chosenShares(odds, drawn, { groups: targets.length, isInTurn })
      const changes = targets.map((target, g) =>
        target > 0 && target < leastRows
          ? 0
          : rate * log((target / rows.count + added) / (shares[g]! + added)),
      )
      for (const [g, change] of changes.entries()) logs[g]! += change
      const factors = changes.map(exp)
      for (const [k, ofDraw] of odds.entries())
        for (let i = 0; i < count; i++) ofDraw[i]! *= factors[drawn[k]![i]!]!
    }
  const trees = features.flatMap(({ feature, groups, logs }) => {
    const leaves = logs.map((each) => Math.round(each * leavesOfLog) / leavesOfLog)
    const byBin = Float64Array.from(groups, (group) => leaves[group]!)
    return new Set(leaves).size > 1 ? [treeOf(feature, byBin)] : []
  })
  const all = [...candidates.trees, ...trees]
  return { ...candidates, trees: isInTurn ? [...all, levelOf(odds)] : all }
}

/**
 * A leaf that makes the mean of the samples' odds 1, as a ratio of densities has: candidates in turn are accepted by their odds, so these need a level.
 */
function levelOf(odds: readonly Float64Array[]): string {
  const value = -log(mean(odds.map(mean)))
  return treeText([{ feature: -1, goesLeft: undefined, left: 0, right: 0, value }])
}

/** The shares of a column's groups among the chosen rows, as expected from the odds. */
function chosenShares(
  odds: readonly Float64Array[],
  drawn: readonly Int32Array[],
  { groups, isInTurn }: { readonly groups: number; readonly isInTurn: boolean },
): Float64Array {
  const count = odds[0]!.length
  const shares = new Float64Array(groups)
  const ofRow = odds.map(() => 0)
  for (let i = 0; i < count; i++) {
    for (const [k, ofDraw] of odds.entries()) ofRow[k] = ofDraw[i]!
    for (const [k, probability] of probabilities(ofRow, isInTurn).entries())
      shares[drawn[k]![i]!]! += probability / count
  }
  return shares
}

/** By bin, its group: a missing value's is 0, and neighbours share one until they have so many rows. */
function groupsOfNumbers(counts: Float64Array, least: number): Int32Array {
  let [group, rows] = [1, 0]
  return Int32Array.from(counts, (count, bin) => {
    if (bin === 0) return 0
    if (rows >= least) [group, rows] = [group + 1, 0]
    rows += count
    return group
  })
}

/** By bin, its group: a missing value's is 0, rare names share 1, and each other name has its own. */
function groupsOfNames(counts: Float64Array): Int32Array {
  let last = 1
  return Int32Array.from(counts, (count, bin) => {
    if (bin === 0) return 0
    return count < rowsOfName ? 1 : ++last
  })
}

/** A tree of one feature with a leaf for each value. */
function treeOf(feature: number, byBin: Float64Array): string {
  const values = [...new Set(byBin)].sort((a, b) => a - b)
  const nodes: TreeNode[] = []
  const grow = (from: number, to: number): number => {
    const place = nodes.length
    nodes.push({ feature, goesLeft: undefined, left: 0, right: 0, value: values[from]! })
    if (to - from > 1) {
      const middle = (from + to) >> 1
      const goesLeft = Uint8Array.from(byBin, (value) => Number(value < values[middle]!))
      nodes[place] = { feature, goesLeft, left: grow(from, middle), right: grow(middle, to), value: 0 }
    }
    return place
  }
  grow(0, values.length)
  return treeText(nodes)
}
