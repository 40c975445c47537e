import * as v from 'valibot'
import type { SamplingPlan } from '../diffusion/process.ts'
import { upperBound } from '../numerics/bounds.ts'
import { exp } from '../numerics/elementary.ts'
import type { FloatArray } from '../numerics/points.ts'
import type { HeldPart } from '../table/held.ts'
import type { Column } from '../table/table.ts'

const whole = v.pipe(v.number(), v.safeInteger())
const wholes = v.pipe(v.array(whole), v.readonly())

/** The most candidates of a row. */
export const maxCandidates = 16

export const candidatesSchema = v.object({
  count: v.pipe(whole, v.minValue(2), v.maxValue(maxCandidates)),
  shared: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1))),
  features: v.pipe(
    v.array(
      v.object({
        column: v.string(),
        cuts: v.optional(v.pipe(v.array(v.pipe(v.number(), v.finite())), v.readonly())),
        bins: v.optional(wholes),
      }),
    ),
    v.readonly(),
  ),
  trees: v.pipe(v.array(v.string()), v.readonly()),
})

/**
 * How one of several candidates is chosen for each row: by the odds, as boosted trees see them, that it is a training row and
 * not a sample (docs/formulation.md, "Candidates").
 */
export interface Candidates {
  /** Candidates of each row. */
  readonly count: number
  /**
   * The share of the steps, the first ones, that a row's candidates have in common. They are drawn in turn until one is accepted, and one of
   * all is taken if none is. Without it all are drawn, each from noise of its own, and one of them is taken.
   */
  readonly shared?: number | undefined
  /** What the trees see: a number's bins are between its `cuts`, rising; a name's bin is in `bins`, by its index. Bin 0 is a missing value. */
  readonly features: readonly {
    readonly column: string
    readonly cuts?: readonly number[] | undefined
    readonly bins?: readonly number[] | undefined
  }[]
  /**
   * A tree each, its nodes separated by spaces: a leaf is its part of the log of the odds, in 1024ths. Another node is
   * `feature:set:left:right`, where the bins of the set go left; `set` is in hexadecimal, bin 0 its lowest bit.
   */
  readonly trees: readonly string[]
}

/** Steps between the noise of two candidates: more than any process has. */
export const candidateSteps = 2 ** 20

/** Parts of 1 in which the log of the odds is counted, so that its sum is exact in any order. */
export const oddsUnit = 1024

/** The log of the odds is kept within 8, which is this in its unit. */
export const mostScore = 8 * oddsUnit

/** Factors of the odds: exp(k / 8) for k from -64 to 64 ... */
export const coarseOdds = Float64Array.from({ length: 129 }, (_, k) => exp(k / 8 - 8))
/** ... and exp(j / 1024) for j from 0 to 127. */
export const fineOdds = Float64Array.from({ length: oddsUnit / 8 }, (_, j) => exp(j / oddsUnit))

/** The odds of a score, as a product of two factors, so that graphs compute the same bits. */
export function oddsOf(score: number): number {
  const from = Math.min(Math.max(score, -mostScore), mostScore) + mostScore
  const k = Math.floor(from / fineOdds.length)
  return coarseOdds[k]! * fineOdds[from - k * fineOdds.length]!
}

/** What the trees hold of the rows that they were learned from: where numbers are cut, which names go together, and their leaves. */
export function heldByTrees(candidates: Candidates): HeldPart[] {
  const { features } = candidates
  const used = features.filter(({ cuts, bins = [] }) => (cuts ?? bins).length > 0)
  const leaves = candidateTrees(candidates).reduce(
    (sum, { feature }) => sum + feature.filter((each) => each < 0).length,
    0,
  )
  return [
    ...used.map(({ column, cuts, bins = [] }): HeldPart => {
      if (cuts) return { columns: [column], count: cuts.length, noun: ['cut of trees', 'cuts of trees'] }
      return {
        columns: [column],
        count: bins.length,
        noun: ['name that trees group', 'names that trees group'],
      }
    }),
    {
      columns: features.map(({ column }) => column),
      count: leaves,
      noun: ['leaf of trees', 'leaves of trees'],
    },
  ]
}

/** A node of a tree that is learned. */
export interface TreeNode {
  readonly feature: number
  /** By bin; undefined for a leaf. */
  readonly goesLeft: Uint8Array | undefined
  readonly left: number
  readonly right: number
  readonly value: number
}

/** A tree as text. */
export function treeText(nodes: readonly TreeNode[]): string {
  return nodes
    .map(({ feature, goesLeft, left, right, value }) =>
      goesLeft ? `${feature}:${hexOf(goesLeft)}:${left}:${right}` : String(Math.round(value * oddsUnit) + 0),
    )
    .join(' ')
}

function hexOf(goesLeft: Uint8Array): string {
  const digits: string[] = []
  for (let k = 0; k < goesLeft.length; k += 4)
    digits.unshift([0, 1, 2, 3].reduce((sum, j) => sum + (goesLeft[k + j] ?? 0) * 2 ** j, 0).toString(16))
  return digits.join('')
}

/** Trees, the nodes of each in arrays, which rows walk faster than objects. A leaf's feature is -1. */
export function candidateTrees({ trees }: Candidates) {
  return trees.map((text) => {
    const nodes = text.split(' ').map((node) => node.split(':'))
    const each = (of: (node: string[]) => number) => Int32Array.from(nodes, of)
    return {
      feature: each(([feature, set]) => (set ? Number(feature) : -1)),
      /** By node and bin. */
      goesLeft: nodes.map(([, set = '']) => bitsOf(set)),
      left: each(([, , left = 0]) => Number(left)),
      right: each(([, , , right = 0]) => Number(right)),
      value: each(([value, set]) => (set ? 0 : Number(value))),
    }
  })
}

function bitsOf(set: string): Uint8Array {
  return Uint8Array.from({ length: 4 * set.length }, (_, k) => {
    const digit = Number.parseInt(set.at(-1 - (k >> 2))!, 16)
    return (digit >> (k & 3)) & 1
  })
}

/** Returns a function from the columns of rows to the bin of each feature, row by row. */
export function binsIn(
  { features }: Pick<Candidates, 'features'>,
  columns: readonly Column[],
): (cells: readonly Float64Array[]) => Int32Array {
  const at = features.map(({ column }) => columns.findIndex(({ name }) => name === column))
  return (cells) => {
    const count = cells[0]!.length
    const bins = new Int32Array(count * features.length)
    for (const [f, { cuts, bins: ofNames = [] }] of features.entries()) {
      const binOf = (cell: number) => (cuts ? 1 + upperBound(cuts, cell) : ofNames[cell]!)
      for (const [i, cell] of cells[at[f]!]!.entries())
        bins[i * features.length + f] = Number.isNaN(cell) ? 0 : binOf(cell)
    }
    return bins
  }
}

/** Returns a function from the columns of rows to the odds of each. */
export function oddsIn(
  candidates: Candidates,
  columns: readonly Column[],
): (cells: readonly Float64Array[]) => Float64Array {
  const width = candidates.features.length
  const binsOf = binsIn(candidates, columns)
  const trees = candidateTrees(candidates)
  return (cells) => {
    const count = cells[0]!.length
    const bins = binsOf(cells)
    const scores = new Float64Array(count)
    // tree by tree, whose nodes are few
    for (const { feature, goesLeft, left, right, value } of trees)
      for (let i = 0; i < count; i++) {
        let node = 0
        for (let f = feature[0]!; f >= 0; f = feature[node]!)
          node = goesLeft[node]![bins[i * width + f]!] === 1 ? left[node]! : right[node]!
        scores[i]! += value[node]!
      }
    return scores.map(oddsOf)
  }
}

/** How many of a process's first steps a row's candidates have in common: none without noise, as they would be equal. */
export function sharedSteps(
  { shared = 0 }: Pick<Candidates, 'shared'>,
  { timesteps, isStochastic }: Pick<SamplingPlan, 'timesteps' | 'isStochastic'>,
): number {
  return isStochastic ? Math.floor(shared * timesteps.length) : 0
}

/** A candidate of these odds or more is always accepted: rejection sampling (von Neumann 1951) with a bound that few rows exceed. */
export const sureOdds = 2

/** The probability that a candidate of these odds is not accepted. */
export function refusal(odds: number): number {
  return 1 - Math.min(1, odds / sureOdds)
}

/**
 * Which candidate each row takes: the first that is accepted, with the probability of its odds over 2; if none is, or candidates are not
 * accepted in turn, one of all, by their odds.
 *
 * @param odds - By candidate: the odds of its rows.
 * @param uniform - A uniform number of each row, strictly between 0 and 1.
 * @param isInTurn - Whether candidates are accepted in turn.
 */
export function chosenCandidates(
  odds: readonly Float64Array[],
  uniform: Float64Array,
  isInTurn = false,
): Uint8Array {
  return Uint8Array.from(uniform, (u, i) => {
    let [refused, sum] = [1, 0]
    for (const [k, each] of odds.entries()) {
      const ofRow = each[i]!
      if (isInTurn) refused *= refusal(ofRow)
      if (u >= refused) return k
      sum += ofRow
    }
    let [left, k] = [u * sum, 0]
    while (k < odds.length - 1 && left >= refused * odds[k]![i]!) left -= refused * odds[k++]![i]!
    return k
  })
}

/** The probability that each candidate is taken of a row whose candidates have these odds. */
export function probabilities(odds: readonly number[], isInTurn: boolean): number[] {
  const sum = odds.reduce((total, each) => total + each, 0)
  let refused = 1
  const accepted = odds.map((each) => {
    const before = refused
    if (isInTurn) refused *= refusal(each)
    return before - refused
  })
  return accepted.map((each, k) => each + (refused * odds[k]!) / sum)
}

/** The numbers of each row's chosen candidate: `width` of each row. */
export function chosenNumbers<A extends FloatArray>(
  candidates: readonly A[],
  chosen: Uint8Array,
  width: number,
): A {
  const result = candidates[0]!.slice() as A
  for (const [i, k] of chosen.entries())
    if (k > 0) result.set(candidates[k]!.subarray(i * width, (i + 1) * width), i * width)
  return result
}
