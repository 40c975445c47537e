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
import { type BrokenRanges, beyondIn, binsOfFeature, treeOfRanges } from './candidate-ranges.ts'

/** About so many groups of a number's values, of equal size; a frequent value has a group of its own. */
const groupsOfNumber = 20

/** Names of fewer rows share a group. */
const rowsOfName = 20

/** How often each column is corrected. */
const rounds = 5

/** Factors of the odds are rounded to powers of exp(1 / 32), so that groups of about the same factor share a leaf. */
const leavesOfLog = 32

/** A group of rows of which samples are to have the same share, and the tree that sees to it. */
interface Correction {
  /** The rows of each group. */
  readonly targets: Float64Array
  /** By candidate, the group of each sample. */
  readonly drawn: readonly Int32Array[]
  /** Rows added to both counts of a group, so that a small one doesn't move its odds far. */
  readonly prior: number
  /** How much of the log of the ratio each round corrects: more would fit the draws by chance. */
  readonly rate: number
  /** By group, what its log of the odds has become. */
  readonly logs: Float64Array
  tree(leaves: readonly number[]): string
}

/**
 * Corrects the shares of values among the rows that are chosen, which lean to what trees take for real most surely: adds to
 * `candidates` a tree for each column, whose leaves raise the odds of values that are chosen too rarely; a group of one or two rows keeps
 * its odds, so that none follows from these rows. Numbers beyond the range of their category get the share that they have in rows. That is
 * iterative proportional fitting (Deming and Stephan 1940) of the chosen rows' columns, stopped early (docs/formulation.md, "Candidates").
 *
 * @param rows - The training rows.
 * @param draws - By candidate, samples that the trees were not learned from; row i of each is of sample i.
 * @param broken - The ranges that samples break (candidate-ranges.ts).
 */
export function correctShares(
  candidates: Candidates,
  rows: Table,
  draws: readonly Table[],
  broken: readonly BrokenRanges[] = [],
): Candidates {
  const { count } = draws[0]!
  const width = candidates.features.length
  const oddsOf = oddsIn(candidates, rows.columns)
  const binsOf = binsIn(candidates, rows.columns)
  const odds = draws.map((draw) => oddsOf(columnCells(draw)))
  const sides = {
    rows: binsOf(columnCells(rows)),
    draws: draws.map((draw) => binsOf(columnCells(draw))),
  }
  const ranged = new Set(broken.map(({ number }) => number))
  const corrections = [
    ...candidates.features.flatMap((each, feature) =>
      ranged.has(feature) ? [] : (ofColumn(each, feature, width, sides) ?? []),
    ),
    ...broken.map((ranges) => ofRanges(ranges, candidates.features[ranges.number]!.cuts!, width, sides)),
  ]
  const isInTurn = candidates.shared !== undefined
  for (let round = 0; round < rounds; round++)
    for (const { targets, drawn, logs, prior, rate } of corrections) {
      const shares = chosenShares(odds, drawn, { groups: targets.length, isInTurn })
      const added = prior / rows.count
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
  const trees = corrections.flatMap(({ logs, tree }) => {
    const leaves = Array.from(logs, (each) => Math.round(each * leavesOfLog) / leavesOfLog)
    return new Set(leaves).size > 1 ? [tree(leaves)] : []
  })
  const all = [...candidates.trees, ...trees]
  return { ...candidates, trees: isInTurn ? [...all, levelOf(odds)] : all }
}

/** The bins of all features, of rows and of the samples of each draw. */
interface Sides {
  readonly rows: Int32Array
  readonly draws: readonly Int32Array[]
}

/** The correction of a column's values; undefined if all candidates of a sample have the same. */
function ofColumn(
  { cuts, bins = [] }: Candidates['features'][number],
  feature: number,
  width: number,
  sides: Sides,
): Correction | undefined {
  const own = binsOfFeature(sides.rows, width, feature)
  const counts = new Float64Array(cuts ? cuts.length + 2 : 1 + Math.max(0, ...bins))
  for (const bin of own) counts[bin]!++
  const groups = cuts
    ? groupsOfNumbers(counts, Math.max(leastRows, own.length / groupsOfNumber))
    : groupsOfNames(counts)
  const targets = new Float64Array(1 + Math.max(...groups))
  for (const [bin, group] of groups.entries()) targets[group]! += counts[bin]!
  const drawn = sides.draws.map((all) => binsOfFeature(all, width, feature).map((bin) => groups[bin]!))
  // all candidates of a sample have its context
  if (drawn.every((each) => each.every((group, i) => group === drawn[0]![i]))) return undefined
  return {
    targets,
    drawn,
    prior: 10,
    rate: 0.3,
    logs: new Float64Array(targets.length),
    tree: (leaves) =>
      treeOf(
        feature,
        Float64Array.from(groups, (group) => leaves[group]!),
      ),
  }
}

/** The correction of numbers beyond the range of their category. */
function ofRanges(ranges: BrokenRanges, cuts: readonly number[], width: number, sides: Sides): Correction {
  const isBeyond = beyondIn(ranges, cuts)
  const groupsOf = (bins: Int32Array) => {
    const numbers = binsOfFeature(bins, width, ranges.number)
    return binsOfFeature(bins, width, ranges.category).map((bin, i) => Number(isBeyond(bin, numbers[i]!)))
  }
  const beyond = groupsOf(sides.rows).reduce((sum, group) => sum + group, 0)
  return {
    // one or two rows count as none
    targets: Float64Array.of(sides.rows.length / width - beyond, beyond < leastRows ? 0 : beyond),
    drawn: sides.draws.map(groupsOf),
    prior: 1,
    rate: 0.5,
    logs: new Float64Array(2),
    tree: ([within, ofBeyond]) => treeOfRanges(ranges, cuts, ofBeyond! - within!),
  }
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
