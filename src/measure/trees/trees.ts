/** Gradient-boosted trees, for telling samples from real rows and for predicting a column. */
import { pause } from '../../core/work.ts'
import type { BinnedRows } from './bins.ts'
import { lossOf, type Task } from './loss.ts'
import { addTree, type Tree, treeGrower } from './tree.ts'

/**
 * Gradient-boosted decision trees on histograms (Friedman 2001; Ke et al., "LightGBM", 2017) without randomness: the
 * same rows give the same scores, bit for bit, in every engine.
 */

export interface Learned {
  /**
   * Scores other rows in the same bins: log-odds of 1 for a binary task, probabilities in an array for each class, or
   * predicted numbers.
   */
  readonly scoresOf: (rows: BinnedRows) => Float64Array[]
}

/** As in scikit-learn's HistGradientBoosting: a rate of 0.1 and 100 rounds. */
const rate = 0.1
const rounds = 100

/** Maximum number of trees: each round grows a tree for each class, so many classes get fewer rounds. */
const maxTrees = 600

/** Minimum rows of a leaf: 20, or fewer with few rows. */
const minRowsOf = (count: number) => Math.min(20, Math.max(2, Math.floor(count / 20)))

/**
 * Learns targets from binned rows. A target is 0 or 1, a class from 0, or any number, depending on the task. Throws the
 * signal's reason.
 */
export async function learnTrees(
  rows: BinnedRows,
  targets: Float64Array,
  task: Task,
  signal?: AbortSignal,
): Promise<Learned> {
  const grow = treeGrower(rows, minRowsOf(rows.count))
  const loss = lossOf(task, targets)
  const scores = loss.starts.map((start) => new Float64Array(rows.count).fill(start))
  const trees: Tree[][] = []
  for (let round = 0; round < Math.min(rounds, Math.ceil(maxTrees / scores.length)); round++) {
    await pause(signal)
    const derivatives = loss.derivativesOf(scores)
    const grown = derivatives.map(({ gradients, hessians }, k) => grow(gradients, hessians, scores[k]!, rate))
    // if no tree splits now, none will later
    if (grown.every(({ nodes }) => nodes.length === 1)) break
    trees.push(grown)
  }
  return {
    scoresOf(others) {
      const result = loss.starts.map((start) => new Float64Array(others.count).fill(start))
      for (const round of trees) for (const [k, tree] of round.entries()) addTree(tree, others, result[k]!)
      return loss.finish(result)
    },
  }
}
