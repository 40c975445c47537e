import { candidateSteps } from '../../model/candidates.ts'
import { M0, M1, rounds, W0, W1 } from '../../numerics/noise/plain.ts'
import { standardNormals, streams } from '../../numerics/random.ts'
import type { Value } from '../graph.ts'
import { type SeededGraphBuilder, toTheEnd } from './seeded-ops.ts'

/** The random numbers of numerics/noise/plain.ts as nodes. Products are in int64: runtimes lack those of uint64. */

/** A test sample, which each run draws too, to compare its normals with the right ones. Its seed and index use all bits. */
const probe = { seed: 2 ** 52 + 0x1234567, index: 2 ** 45 + 0x89abcdef }

type Size = Readonly<Record<'steps' | 'dim' | 'candidates' | 'shared', number>>
type Words = readonly [Value, Value, Value, Value]

export interface Draws {
  /** x_T, then the noise of each step, each of all candidates, or of one where these share it: [draws, batch, dim]. */
  readonly normals: Value
  /** A bool: whether the runtime computed the probe's normals correctly. */
  readonly isRight: Value
}

/** Draws x_T and all noise. The probe goes through the same nodes, so that no runtime folds it. */
export function normalsInGraph(graph: SeededGraphBuilder, seed: Value, index: Value, size: Size): Draws {
  const { dim } = size
  const withProbe = (value: Value, ofProbe: number, name: string) =>
    graph.typed('Concat', [value, graph.constant(`known.${name}`, [1], [ofProbe], 'int64')], rows('int64'), {
      axis: 0,
    })
  const all = graph.scope('noise', () =>
    boxMuller(graph, withProbe(seed, probe.seed, 'seed'), withProbe(index, probe.index, 'index'), size),
  )
  const normals = graph.slice(all, { axis: 1, start: 0, end: -1, size: 'batch' })
  const computed = graph.slice(all, { axis: 1, start: -1, end: toTheEnd, size: 1 })
  const expected = graph.constant('known.normals', [drawsOf(size).length, 1, dim], probeNormals(size))
  const same = graph.cast(graph.op('Equal', [computed, expected]), 'int64')
  const isRight = graph.cast(graph.op('ReduceMin', [same], { keepdims: 0 }), 'bool')
  return { normals, isRight }
}

const rows = (dtype: Value['dtype']) => ({ shape: ['rows'], dtype })

function probeNormals(size: Size): Float32Array {
  const { seed, index: start } = probe
  const { dim } = size
  return Float32Array.from(
    drawsOf(size).flatMap((draw) => [...standardNormals({ seed, ...draw, start, count: 1, dim })]),
  )
}

/** The stream and the step of each draw: x_T of all candidates, then the noise of each step; of one where they share the steps. */
function drawsOf({ steps, candidates, shared }: Size) {
  return each(1 + steps, (step) =>
    each(shared > 0 && step <= shared ? 1 : candidates, (candidate) => ({
      stream: step === 0 ? streams.x_T : streams.reverseNoise,
      step: Math.max(step - 1, 0) + candidate * candidateSteps,
    })),
  ).flat()
}

/** The first uniform number of each row's candidates: [batch, 1]. */
export function uniformInGraph(graph: SeededGraphBuilder, seed: Value, index: Value): Value {
  return graph.scope('uniform', () => {
    const at = halves(graph, index)
    const zero = graph.scalar(0, 'uint64')
    const fourth = graph.op('Add', [
      graph.op('Mul', [graph.cast(at.high, 'int64'), graph.scalar(2 ** 11, 'int64')]),
      graph.scalar(streams.candidates, 'int64'),
    ])
    const [word] = philox(graph, [at.low, zero, zero, graph.cast(fourth, 'uint64')], halves(graph, seed))
    const middle = graph.op('Add', [graph.cast(word, 'float64'), graph.scalar(0.5, 'float64')])
    const uniform = graph.op('Mul', [middle, graph.scalar(2 ** -32, 'float64')])
    return graph.reshape(uniform, [-1, 1], ['batch', 1])
  })
}

/** Returns normals [draws, rows, dim] in float32. Rows are the last dimension until the end, which is fastest. */
function boxMuller(graph: SeededGraphBuilder, seed: Value, index: Value, size: Size): Value {
  const { dim } = size
  const blocks = Math.ceil(dim / 4)
  const ofDraws = drawsOf(size)
  const draws = ofDraws.length
  const at = halves(graph, index)
  const stepOfDraw = ofDraws.map(({ step }) => step)
  const counter = [
    at.low,
    graph.constant('steps', [draws, 1, 1], stepOfDraw, 'uint64'),
    graph.constant('blocks_of_four', [blocks, 1], [...Array(blocks).keys()], 'uint64'),
    fourthWords(
      graph,
      at.high,
      ofDraws.map(({ stream }) => stream),
    ),
  ] as const
  const words = philox(graph, counter, halves(graph, seed))
  const parts: Value[] = []
  for (let d = 0; d < Math.min(dim, 4); d += 2) {
    const r = radius(graph, words[d]!)
    for (const part of cosineAndSine(graph, words[d + 1]!).slice(0, dim - d)) {
      const normal = graph.cast(graph.op('Mul', [r, part]), 'float32')
      parts.push(graph.reshape(normal, [draws, blocks, 1, -1], [draws, blocks, 1, 'rows']))
    }
  }
  const width = blocks * parts.length
  const joined = graph.op('Concat', parts, { axis: 2 })
  const flat = graph.reshape(joined, [draws, width, -1], [draws, width, 'rows'])
  const wanted = width === dim ? flat : graph.slice(flat, { axis: 1, start: 0, end: dim, size: dim })
  return graph.typed(
    'Transpose',
    [wanted],
    { shape: [draws, 'rows', dim], dtype: 'float32' },
    { perm: '[0,2,1]' },
  )
}

const each = <T>(count: number, of: (k: number) => T) => Array.from({ length: count }, (_, k) => of(k))

/** The stream of each draw in the low 11 bits, then the index's bits above its low 32: [draws, 1, rows]. */
function fourthWords(graph: SeededGraphBuilder, indexHigh: Value, ofDraws: readonly number[]): Value {
  const shifted = graph.op('Mul', [graph.cast(indexHigh, 'int64'), graph.scalar(2 ** 11, 'int64')])
  const words = graph.constant('streams', [ofDraws.length, 1, 1], ofDraws, 'int64')
  return graph.cast(graph.op('Add', [shifted, words]), 'uint64')
}

function halves(graph: SeededGraphBuilder, value: Value) {
  const bits = graph.cast(value, 'uint64')
  return { low: low(graph, bits), high: high(graph, bits) }
}

const low = (graph: SeededGraphBuilder, bits: Value) =>
  graph.op('BitwiseAnd', [bits, graph.scalar(0xffffffff, 'uint64')])

const high = (graph: SeededGraphBuilder, bits: Value) =>
  graph.op('BitShift', [bits, graph.scalar(32, 'uint64')])

/** The sum of a word and a number modulo 2^32. */
const sum = (graph: SeededGraphBuilder, word: Value, number: number) =>
  low(
    graph,
    graph.cast(graph.op('Add', [graph.cast(word, 'int64'), graph.scalar(number, 'int64')]), 'uint64'),
  )

/** Philox4x32-10 (Salmon et al. 2011): four words from a counter of four and a key of two. */
function philox(graph: SeededGraphBuilder, counter: Words, key: ReturnType<typeof halves>): Words {
  const times = (word: Value, multiplier: number) => {
    const product = graph.op('Mul', [graph.cast(word, 'int64'), graph.scalar(multiplier, 'int64')])
    return halves(graph, product)
  }
  const mixed = (...words: readonly Value[]) => words.reduce((a, b) => graph.op('BitwiseXor', [a, b]))
  let [x0, x1, x2, x3] = counter
  let [k0, k1] = [key.low, key.high]
  for (let round = 0; round < rounds; round++) {
    const [a, b] = [times(x0, M0), times(x2, M1)]
    ;[x0, x1, x2, x3] = [mixed(b.high, x1, k0), b.low, mixed(a.high, x3, k1), a.low]
    if (round < rounds - 1) [k0, k1] = [sum(graph, k0, W0), sum(graph, k1, W1)]
  }
  return [x0, x1, x2, x3]
}

function arithmetic(graph: SeededGraphBuilder) {
  const value = (x: Value | number) => (typeof x === 'number' ? graph.scalar(x, 'float64') : x)
  const binary = (op: 'Add' | 'Sub' | 'Mul' | 'Div') => (a: Value | number, b: Value | number) =>
    graph.op(op, [value(a), value(b)])
  const lookUp = (name: string, numbers: readonly number[], at: Value) =>
    graph.op('Gather', [graph.once(name, [numbers.length], numbers, 'float64'), graph.cast(at, 'int32')], {
      axis: 0,
    })
  const floor = (x: Value) => graph.op('Floor', [x])
  const [add, times] = [binary('Add'), binary('Mul')]
  /** A polynomial of x, by its coefficients from the highest. */
  const horner = (x: Value, first: number, ...terms: readonly number[]) =>
    terms.reduce((sum: Value | number, term) => add(term, times(x, sum)), first)
  return { add, times, subtract: binary('Sub'), over: binary('Div'), floor, lookUp, horner }
}

/** `logOfParts` halves significands above fdlibm's square root of 2. */
const sqrt2 = 1 + 0x6a09e / 2 ** 20

/** sqrt(-2 ln u) for u = (word + 0.5) 2^-32. */
function radius(graph: SeededGraphBuilder, word: Value): Value {
  const { add, subtract, times, over, floor, lookUp, horner } = arithmetic(graph)
  const odd = add(times(graph.cast(word, 'float64'), 2), 1)
  // the exponent; a logarithm accurate to 1e-11 is enough, as no odd number below 2^33 is closer to sqrt2 2^k
  const halvings = floor(add(times(graph.op('Log', [odd]), Math.LOG2E), 1 - Math.log2(sqrt2)))
  const k = subtract(halvings, 33)
  const powers = each(34, (n) => 2 ** -n)
  // see `logOfParts` in numerics/elementary.ts
  const f = subtract(times(odd, lookUp('powers', powers, halvings)), 1)
  const halfSquare = times(times(0.5, f), f)
  const s = over(f, add(2, f))
  const z = times(s, s)
  const w2 = times(z, z)
  const even = times(w2, horner(w2, 1.5313837699209373e-1, 2.2222198432149784e-1, 3.999999999940942e-1))
  const oddTerms = times(
    z,
    horner(w2, 1.4798198605116586e-1, 1.818357216161805e-1, 2.857142874366239e-1, 6.666666666666735e-1),
  )
  const small = add(times(s, add(halfSquare, add(even, oddTerms))), times(k, 1.9082149292705877e-10))
  const log = add(add(subtract(small, halfSquare), f), times(k, 6.931471803691238e-1))
  return graph.op('Sqrt', [times(-2, log)])
}

/** The cosine and sine of 2 pi u for u = (word + 0.5) 2^-32: `cosineAndSine` and `turned`. */
function cosineAndSine(graph: SeededGraphBuilder, word: Value): readonly [Value, Value] {
  const { add, subtract, times, floor, lookUp, horner } = arithmetic(graph)
  const number = graph.cast(word, 'float64')
  // the nearest quarter turn; 4 is the same as 0
  const quarters = floor(times(add(number, 2 ** 29), 2 ** -30))
  const x = times(add(subtract(number, times(quarters, 2 ** 30)), 0.5), (2 * Math.PI) / 2 ** 32)
  const z = times(x, x)
  const sineTerms = horner(
    z,
    1.58969099521155e-10,
    -2.5050760253406863e-8,
    2.7557313707070068e-6,
    -1.984126982985795e-4,
    8.33333333332249e-3,
    -1.6666666666666632e-1,
  )
  const sine = add(x, times(times(z, x), sineTerms))
  const cosineTerms = horner(
    z,
    -1.1359647557788195e-11,
    2.087572321298175e-9,
    -2.7557314351390663e-7,
    2.480158728947673e-5,
    -1.388888888887411e-3,
    4.16666666666666e-2,
  )
  const half = times(0.5, z)
  const near = subtract(1, half)
  const cosine = add(near, add(subtract(subtract(1, near), half), times(z, times(z, cosineTerms))))
  // products with 0 and 1 are exact, and no term is 0
  const along = lookUp('cosines_of_quarters', [1, 0, -1, 0, 1], quarters)
  const across = lookUp('sines_of_quarters', [0, 1, 0, -1, 0], quarters)
  return [subtract(times(along, cosine), times(across, sine)), add(times(along, sine), times(across, cosine))]
}
