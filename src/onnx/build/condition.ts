import { knownWaves, type Network, type Span } from '../../model/network.ts'
import type { Value } from '../graph.ts'
import { type GraphBuilder, join } from './graph-builder.ts'

/** The condition of each row in a graph; `model/inputs.ts` has the formulas. */
export interface ConditionValues {
  /** [batch, dim]: 1 for a dimension to draw, else 0. */
  readonly free: Value
  /** [batch, dim]: the known values, else 0. */
  readonly values: Value
  /** The condition as first-layer inputs: values, marks per block, waves of the known numbers. */
  readonly inputs: Value
}

/** Adds the inputs known_values [batch, dim] and known [batch, blocks], if the network takes a condition. */
export function conditionIn(
  graph: GraphBuilder,
  { blocks, dim, takesCondition }: Network,
  input = (name: string, width: number) => graph.input(name, ['batch', width]),
): ConditionValues | undefined {
  if (!takesCondition) return undefined
  const knownValues = input('known_values', dim)
  const known = input('known', blocks.length)
  return graph.scope('known', () => {
    const ofBlocks = new Float32Array(blocks.length * dim)
    for (const [b, { size, start }] of blocks.entries())
      ofBlocks.fill(1, b * dim + start, b * dim + start + size)
    const mask = graph.op('Gemm', [known, graph.constant('blocks', [blocks.length, dim], ofBlocks)])
    const free = graph.op('Sub', [graph.constant('known.one', [1, 1], [1]), mask])
    const values = graph.op('Mul', [knownValues, mask])
    const inputs = [inNetworkForm(graph, blocks, values, mask), known]
    const numbers = [...blocks.keys()].filter((b) => blocks[b]!.size === 1)
    if (numbers.length > 0) {
      const pick = (of: Value, name: string, indices: number[]) =>
        graph.op('Gather', [of, graph.constant(name, [indices.length], indices, 'int32')], { axis: 1 })
      const starts = numbers.map((b) => blocks[b]!.start)
      const z = pick(values, 'known.numbers', starts)
      inputs.push(wavesOf(graph, z, pick(known, 'known.number_blocks', numbers)))
    }
    return { free, values, inputs: join(graph, inputs, 1) }
  })
}

/** Known values in the network's form: 1 for the known category, 0 for its others, in place of +-1. */
function inNetworkForm(graph: GraphBuilder, blocks: readonly Span[], values: Value, mask: Value): Value {
  const dim = Number(values.shape[1])
  const row = (name: string, ofNumber: number, ofCategory: number) => {
    const numbers = new Float32Array(dim)
    for (const { size, start } of blocks)
      numbers.fill(size === 1 ? ofNumber : ofCategory, start, start + size)
    return graph.constant(name, [1, dim], numbers)
  }
  const scaled = graph.op('Mul', [values, row('known.factors', 1, 0.5)])
  return graph.op('Add', [scaled, graph.op('Mul', [mask, row('known.shifts', 0, 0.5)])])
}

/** Terms of the power series in x^2 of sin(x) / x and cos(x), with errors below 1e-9 up to pi / 4. */
const sineSeries = [1 / 362_880, -1 / 5040, 1 / 120, -1 / 6, 1]
const cosineSeries = [1 / 40_320, -1 / 720, 1 / 24, -1 / 2, 1]

/**
 * Sines and cosines of pi z, 2 pi z and 4 pi z if z is known, else 0. Uses only products and sums, because a GPU's own
 * sines may be off by 5e-4: removes whole turns from pi z, puts a quarter of the rest through the series, and doubles
 * the angle.
 */
function wavesOf(graph: GraphBuilder, z: Value, known: Value): Value {
  const constant = (x: number) => graph.shared(`waves.${x}`, [1, 1], () => [x])
  const add = (a: Value, b: Value) => graph.op('Add', [a, b])
  const subtract = (a: Value, b: Value) => graph.op('Sub', [a, b])
  const times = (a: Value, b: Value) => graph.op('Mul', [a, b])
  const turns = times(z, constant(0.5))
  const rest = subtract(turns, graph.op('Floor', [add(turns, constant(0.5))]))
  const angle = times(rest, constant(Math.PI / 2))
  const square = times(angle, angle)
  const series = (terms: readonly number[]) =>
    terms.slice(1).reduce((sum, term) => add(times(sum, square), constant(term)), constant(terms[0]!))
  let sine = times(angle, series(sineSeries))
  let cosine = series(cosineSeries)
  const waves: Value[] = []
  for (let doubled = 1; doubled <= 1 + knownWaves; doubled++) {
    const product = times(sine, cosine)
    cosine = subtract(constant(1), times(constant(2), times(sine, sine)))
    sine = times(constant(2), product)
    if (doubled > 1) waves.push(times(sine, known), times(cosine, known))
  }
  return join(graph, waves, 1)
}
