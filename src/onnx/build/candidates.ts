import {
  type Candidates,
  candidateTrees,
  coarseOdds,
  fineOdds,
  mostScore,
  sureOdds,
} from '../../model/candidates.ts'
import type { EncodedColumn } from '../../table/encodings/index.ts'
import { clamped, modulo, quotient } from '../../table/operators/operators.ts'
import type { Value } from '../graph.ts'
import type { ExactOperators, GraphColumn } from './exact-operators.ts'
import type { SeededGraphBuilder } from './seeded-ops.ts'

/** Bins in a word of a set. */
const wordBits = 64

/** The name of the dimension of all candidates' rows, those of the first candidate first. */
export const ofCandidates = 'candidates'

/**
 * Chooses a candidate for each row, as `chosenCandidates` does, to the bit.
 *
 * @param of - The cells of all candidates' rows, by column, and a uniform number of each row [batch, 1].
 * @returns A function from tensors of all candidates' rows [candidates, width] to those of the chosen ones [batch, width].
 */
export function choiceInGraph(
  graph: SeededGraphBuilder,
  candidates: Candidates,
  of: ChoiceOf,
): (value: Value) => Value {
  const { count } = candidates
  const apart = (value: Value): Value[] => {
    const width = value.shape[1]!
    const stacked = graph.reshape(value, [count, -1, Number(width)], [count, 'batch', width])
    return Array.from({ length: count }, (_, k) =>
      graph.op('Gather', [stacked, graph.scalar(k, 'int32')], { axis: 0 }),
    )
  }
  const odds = apart(oddsInGraph(graph, candidates, of))
  const sum = odds.slice(1).reduce((total, each) => graph.op('Add', [total, each]), odds[0]!)
  const refused = candidates.shared === undefined ? undefined : refusedInGraph(graph, odds)
  let left = graph.op('Mul', [of.uniform, sum])
  const goesOn: Value[] = []
  for (const each of odds.slice(0, -1)) {
    const share = refused ? graph.op('Mul', [refused.at(-1)!, each]) : each
    const isBeyond = graph.op('GreaterOrEqual', [left, share])
    goesOn.push(goesOn.length === 0 ? isBeyond : graph.op('And', [goesOn.at(-1)!, isBeyond]))
    left = graph.op('Sub', [left, share])
  }
  return (value) => {
    const each = apart(value)
    const ofAll = each.reduce((chosen, one, k) => graph.op('Where', [goesOn[k - 1]!, one, chosen]))
    if (!refused) return ofAll
    // from the last to the first: the first that is accepted wins
    return each.reduceRight(
      (chosen, one, k) =>
        graph.op('Where', [graph.op('GreaterOrEqual', [of.uniform, refused[k]!]), one, chosen]),
      ofAll,
    )
  }
}

/** By candidate, the probability that neither it nor one before it is accepted: that of `refusal`. */
function refusedInGraph(graph: SeededGraphBuilder, odds: readonly Value[]): Value[] {
  const one = graph.scalar(1, 'float64')
  const refused: Value[] = []
  for (const each of odds) {
    const accepted = graph.op('Min', [one, graph.op('Div', [each, graph.scalar(sureOdds, 'float64')])])
    const refusal = graph.op('Sub', [one, accepted])
    refused.push(refused.length === 0 ? refusal : graph.op('Mul', [refused.at(-1)!, refusal]))
  }
  return refused
}

interface ChoiceOf {
  readonly ops: ExactOperators
  readonly columns: readonly EncodedColumn[]
  readonly cells: readonly GraphColumn[]
  readonly uniform: Value
}

/** The odds of all candidates' rows [candidates, 1]. */
function oddsInGraph(graph: SeededGraphBuilder, candidates: Candidates, of: ChoiceOf): Value {
  const { ops } = of
  const all = binsInGraph(graph, candidates, of)
  const number = (x: number) => graph.scalar(x, 'float64')
  const words = graph.op('Floor', [graph.op('Div', [all, number(wordBits)])])
  const bits = graph.op('Sub', [all, graph.op('Mul', [words, number(wordBits)])])
  const table = nodeTable(candidates)
  const { roots, wordCount } = table
  const ofNodes = (name: string, numbers: readonly number[], dtype: 'int32' | 'float64' = 'int32') =>
    graph.constant(`candidates.${name}`, [numbers.length], numbers, dtype)
  const [feature, left, right] = [
    ofNodes('feature', table.feature),
    ofNodes('left', table.left),
    ofNodes('right', table.right),
  ]
  const sets = graph.bigConstant('candidates.sets', [table.sets.length], table.sets)
  const at = (values: Value, node: Value) => graph.op('Gather', [values, node], { axis: 0 })
  const zeros = graph.op('Mul', [columnOf(graph, all, 0), number(0)])
  const first = graph.constant('candidates.roots', [1, roots.length], roots, 'float64')
  let node = graph.cast(graph.op('Add', [zeros, first]), 'int32')
  for (let level = 0; level < table.depth; level++) {
    const which = at(feature, node)
    const pick = (of: Value) => graph.op('GatherElements', [of, which], { axis: 1 })
    const set = at(
      sets,
      graph.op('Add', [
        graph.op('Mul', [node, graph.scalar(wordCount, 'int32')]),
        graph.cast(pick(words), 'int32'),
      ]),
    )
    const shifted = graph.op('BitShift', [set, graph.cast(pick(bits), 'uint64')])
    const goesLeft = graph.cast(graph.op('BitwiseAnd', [shifted, graph.scalar(1, 'uint64')]), 'bool')
    node = graph.op('Where', [goesLeft, at(left, node), at(right, node)])
  }
  const leaves = at(ofNodes('value', table.value, 'float64'), node)
  const ones = graph.constant(
    'candidates.ones',
    [roots.length, 1],
    roots.map(() => 1),
    'float64',
  )
  const score = { value: graph.op('Gemm', [leaves, ones]), allowsMissing: false }
  const from = ops.add(clamped(ops, score, -mostScore, mostScore), ops.number(mostScore))
  const odds = ops.multiply(
    ops.lookUp(coarseOdds, quotient(ops, from, fineOdds.length)),
    ops.lookUp(fineOdds, modulo(ops, from, fineOdds.length)),
  )
  return odds.value
}

/** The bins of all candidates' rows, float64 [candidates, features]; 0 for a missing value. */
function binsInGraph(
  graph: SeededGraphBuilder,
  { features }: Candidates,
  { ops, columns, cells }: ChoiceOf,
): Value {
  const bins = features.map(({ column, cuts, bins = [] }) => {
    const cell = cells[columns.findIndex(({ name }) => name === column)]!
    const bin = cuts ? ops.add(ops.countReached(cuts, cell), ops.number(1)) : ops.lookUp(bins, cell)
    return ops.ofRows(ops.select(ops.isMissing(cell), ops.number(0), bin))
  })
  return graph.typed('Concat', bins, { shape: [ofCandidates, bins.length], dtype: 'float64' }, { axis: 1 })
}

function columnOf(graph: SeededGraphBuilder, value: Value, d: number): Value {
  return graph.slice(value, { axis: 1, start: d, end: d + 1, size: 1 })
}

/** All trees' nodes in one list. A leaf leads to itself, so that all rows walk as far as the deepest tree goes. */
function nodeTable(candidates: Candidates) {
  const roots: number[] = []
  const feature: number[] = []
  const left: number[] = []
  const right: number[] = []
  const value: number[] = []
  const goesLeft: Uint8Array[] = []
  let depth = 0
  for (const tree of candidateTrees(candidates)) {
    const first = goesLeft.length
    roots.push(first)
    const isLeaf = (k: number) => tree.feature[k]! < 0
    const depthOf = (k: number): number =>
      isLeaf(k) ? 0 : 1 + Math.max(depthOf(tree.left[k]!), depthOf(tree.right[k]!))
    depth = Math.max(depth, depthOf(0))
    goesLeft.push(...tree.goesLeft)
    value.push(...tree.value)
    for (const k of tree.feature.keys()) {
      feature.push(Math.max(0, tree.feature[k]!))
      left.push(first + (isLeaf(k) ? k : tree.left[k]!))
      right.push(first + (isLeaf(k) ? k : tree.right[k]!))
    }
  }
  const wordCount = Math.ceil(Math.max(1, ...goesLeft.map(({ length }) => length)) / wordBits)
  const sets = goesLeft.flatMap((bins) =>
    Array.from({ length: wordCount }, (_, w) => {
      let word = 0n
      for (let b = 0; b < wordBits; b++) if (bins[w * wordBits + b]) word |= 1n << BigInt(b)
      return word
    }),
  )
  return { roots, depth, wordCount, sets, feature, left, right, value }
}
