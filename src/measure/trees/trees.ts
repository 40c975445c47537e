import { pause } from '../../core/work.ts'
import { exp, log } from '../../numerics/elementary.ts'
import { mean } from '../statistics.ts'
import type { BinnedRows } from './bins.ts'
import { addTree, type Tree, treeGrower } from './tree.ts'

/** As in scikit-learn's HistGradientBoosting: 100 rounds at a rate of 0.1. Fewer rounds have a higher rate, to get as far. */
export const defaultRounds = 100
const rateOf = (rounds: number) => 10 / rounds

/** Maximum number of trees: each round grows a tree for each class, so many classes get fewer rounds. */
const maxTrees = 600

/** Minimum rows of a leaf: 20, or fewer with few rows. */
export const minRowsOf = (count: number) => Math.min(20, Math.max(2, Math.floor(count / 20)))

/**
 * Learns targets: 0 or 1, a class from 0, or any number, as the task says, in `rounds` or fewer. Throws the signal's reason.
 */
export async function learnTrees(
  rows: BinnedRows,
  targets: Float64Array,
  task: Task,
  signal?: AbortSignal,
  rounds = defaultRounds,
) {
  const rate = rateOf(rounds)
  const guarded = task.kind === 'binary' ? (task.fewestOfOne ?? 0) : 0
  const isGuarded = guarded > 0 ? targets : new Float64Array(targets.length)
  const grow = treeGrower(rows, { rows: minRowsOf(rows.count), guarded }, isGuarded)
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
    /** By round: a tree for each score. */
    trees,
    /** Scores of other rows in the same bins: log-odds of 1, an array of probabilities for each class, or numbers. */
    scoresOf(others: BinnedRows): Float64Array[] {
      const result = loss.starts.map((start) => new Float64Array(others.count).fill(start))
      for (const round of trees) for (const [k, tree] of round.entries()) addTree(tree, others, result[k]!)
      return loss.finish(result)
    },
  }
}

/**
 * The task: a binary label (0 or 1), of which a leaf that has rows of 1 may have to have several, one of several classes (from 0), or a number.
 */
export type Task =
  | { readonly kind: 'binary'; readonly fewestOfOne?: number }
  | { readonly kind: 'classes'; readonly count: number }
  | { readonly kind: 'number' }

/** First and second derivatives of each row's loss by its score. */
export interface Derivatives {
  readonly gradients: Float64Array
  readonly hessians: Float64Array
}

export interface Loss {
  readonly starts: readonly number[]
  /** Overwrites its previous result. */
  readonly derivativesOf: (scores: readonly Float64Array[]) => readonly Derivatives[]
  /** Converts scores to the caller's form. */
  readonly finish: (scores: Float64Array[]) => Float64Array[]
}

/** Class shares stay this far from 0 and 1, so that their logarithms are finite. */
const minShare = 1e-6

const maxScore = 500
const boundedExp = (x: number) => exp(Math.max(-maxScore, Math.min(maxScore, x)))

export function lossOf(task: Task, targets: Float64Array): Loss {
  if (task.kind === 'binary') return binaryLoss(targets)
  return task.kind === 'classes' ? classesLoss(targets, task.count) : squaredLoss(targets)
}

const derivatives = (count: number): Derivatives => ({
  gradients: new Float64Array(count),
  hessians: new Float64Array(count),
})

function binaryLoss(targets: Float64Array): Loss {
  const share = Math.min(1 - minShare, Math.max(minShare, mean(targets)))
  const result = derivatives(targets.length)
  return {
    starts: [log(share / (1 - share))],
    derivativesOf([scores]) {
      for (let i = 0; i < targets.length; i++) {
        const p = 1 / (1 + boundedExp(-scores![i]!))
        result.gradients[i] = p - targets[i]!
        result.hessians[i] = p * (1 - p)
      }
      return [result]
    },
    finish: (scores) => scores,
  }
}

function classesLoss(targets: Float64Array, count: number): Loss {
  const shares = new Float64Array(count)
  for (const target of targets) shares[target]! += 1 / targets.length
  const all = Array.from({ length: count }, () => derivatives(targets.length))
  return {
    starts: Array.from(shares, (share) => log(Math.max(minShare, share))),
    derivativesOf(scores) {
      const probabilities = softmax(scores)
      for (const [k, { gradients, hessians }] of all.entries())
        for (let i = 0; i < targets.length; i++) {
          const p = probabilities[k]![i]!
          gradients[i] = p - (targets[i] === k ? 1 : 0)
          hessians[i] = p * (1 - p)
        }
      return all
    },
    finish: softmax,
  }
}

/** Squared error of numbers scaled to variance 1, so that L2 regularisation means the same in any unit. */
function squaredLoss(targets: Float64Array): Loss {
  const center = mean(targets)
  const deviation = Math.sqrt(mean(targets.map((target) => (target - center) ** 2))) || 1
  const result = derivatives(targets.length)
  result.hessians.fill(1)
  return {
    starts: [0],
    derivativesOf([scores]) {
      for (let i = 0; i < targets.length; i++)
        result.gradients[i] = scores![i]! - (targets[i]! - center) / deviation
      return [result]
    },
    finish: (scores) => scores.map((all) => all.map((score) => center + score * deviation)),
  }
}

function softmax(scores: readonly Float64Array[]): Float64Array[] {
  const result = scores.map((ofClass) => new Float64Array(ofClass.length))
  for (let i = 0; i < scores[0]!.length; i++) {
    let [largest, sum] = [Number.NEGATIVE_INFINITY, 0]
    for (const ofClass of scores) largest = Math.max(largest, ofClass[i]!)
    for (const [k, ofClass] of scores.entries()) sum += result[k]![i] = boundedExp(ofClass[i]! - largest)
    for (const ofClass of result) ofClass[i]! /= sum
  }
  return result
}
