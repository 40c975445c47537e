import { elementCount } from '../model/weights.ts'
import type { Attributes, Constant, Graph, Node, Value } from './graph.ts'
import { type Float64Tensor, interpretNode, isOp, tensorOf } from './interpret.ts'
import { type OpDefinition, ops } from './ops.ts'

/** Maximum numbers computed from constants, per byte of the file. */
const numbersPerByte = 4

/** Another program's constants may differ by rounding. */
const tolerance = 1e-6

/**
 * Compares a graph with the expected one, from the outputs back. Names and order of nodes and constants may differ, as
 * may computations on constants alone. Returns the attributes of each expected node as in `actual`. Throws with the first
 * differing node in the order of the expected graph. Values that depend on the constant `unknown` are not compared, but
 * passed to `onProduct`.
 */
export function requireSameGraph(actual: Graph, expected: Graph, fileSize: number, unknown?: Unknown) {
  requireSameInterface('input', actual.inputs, expected.inputs)
  requireSameInterface('output', actual.outputs, expected.outputs)
  const maxNumbers = numbersPerByte * fileSize
  const actualValues = new Values(actual, maxNumbers)
  const expectedValues = new Values(expected, maxNumbers, unknown?.name)
  const places = new Map(expected.nodes.map((node, i) => [node, i]))
  const attributes = new Map<Node, Attributes>()
  const visited = new Map<string, Set<string>>()
  let first = { place: Number.POSITIVE_INFINITY, difference: '' }
  const stack: Pair[] = expected.outputs.map(({ name }) => ({ name, expectedName: name, user: undefined }))
  for (let pair = stack.pop(); pair; pair = stack.pop()) {
    const { name, expectedName, user } = pair
    const before = visited.get(expectedName) ?? new Set()
    if (before.has(name)) continue
    visited.set(expectedName, before.add(name))
    const [actual, wanted] = [actualValues.get(name), expectedValues.get(expectedName)]
    const node = isNode(wanted) ? wanted : undefined
    if (unknown && expectedValues.unknown.has(expectedName) && isTensor(actual) && isTensor(wanted)) {
      if (actual.data.length === wanted.data.length) unknown.onProduct(actual.data, wanted.data)
      continue
    }
    const [inputs, wantedInputs] = [actualValues.inputsOf(actual), expectedValues.inputsOf(wanted)]
    let difference = differenceOf(actual, wanted, name, expectedName)
    if (inputs.length !== wantedInputs.length)
      difference ??= `takes ${inputs.length} inputs, not ${wantedInputs.length}`
    if (difference !== undefined) {
      // a wrong value is reported with the node that uses it
      const at = node && isNode(actual) ? node : user
      const place = (at && places.get(at)) ?? Number.POSITIVE_INFINITY
      if (place < first.place || !first.difference)
        first = { place, difference: at ? `the node ${at.name} (${at.op}) ${difference}` : difference }
    }
    // if only the attributes differ, earlier nodes may differ too
    if (!node || !isNode(actual) || actual.op !== node.op) continue
    const keys = Object.keys(node.attributes)
    const values = keys.map((key) => [key, actual.attributes[key] ?? node.attributes[key]!])
    attributes.set(node, Object.fromEntries(values))
    for (const [i, input] of wantedInputs.entries())
      stack.push({ name: inputs[i] ?? '', expectedName: input, user: node })
  }
  if (first.difference) throw new Error(`its graph is not what its card calls for: ${first.difference}`)
  return attributes
}

interface Unknown {
  readonly name: string
  readonly onProduct: (actual: Float64Array, expected: Float64Array) => void
}

/** Values to compare, and the expected graph's node that uses them; undefined for an output. */
type Pair = Readonly<Record<'name' | 'expectedName', string>> & { readonly user: Node | undefined }

/** A value: an input by name, a constant by its numbers, or the node that computes it. */
type Source = string | Float64Tensor | Node | undefined

const isTensor = (source: Source): source is Float64Tensor => typeof source === 'object' && 'data' in source
const isNode = (source: Source): source is Node => typeof source === 'object' && 'op' in source

function differenceOf(actual: Source, wanted: Source, name: string, expectedName: string) {
  const instead = `takes ${describe(actual, name)}`
  if (isNode(wanted)) {
    if (!isNode(actual)) return `${instead}, not what ${wanted.name} (${wanted.op}) gives`
    if (actual.op !== wanted.op) return `is missing: ${describe(actual, name)} is there in its place`
    const [has, wants] = [withDefaults(actual), withDefaults(wanted)]
    const wrong = Object.keys({ ...has, ...wants }).find((key) => !sameAttribute(has[key], wants[key]))
    return wrong && `has ${wrong} ${has[wrong] ?? 'missing'}, not ${wants[wrong] ?? 'missing'}`
  }
  if (typeof wanted === 'string' || wanted === undefined)
    return actual === wanted ? undefined : `${instead}, not the input ${expectedName}`
  if (!isTensor(actual)) return `${instead}, not the constant ${expectedName}`
  const { shape, data } = wanted
  if (actual.shape.join() !== shape.join())
    return `takes ${expectedName} of the shape [${actual.shape}], not [${shape}]`
  const k = firstDifference(actual.data, data)
  return k < 0 ? undefined : `takes ${expectedName} with ${actual.data[k]} at ${k}, not ${data[k]}`
}

export function isSameConstant(actual: Constant, expected: Constant): boolean {
  return firstDifference(tensorOf(actual).data, tensorOf(expected).data) < 0
}

/** Returns the first index where numbers differ by more than rounding of the largest one, or -1. */
function firstDifference(actual: Float64Array, expected: Float64Array): number {
  let size = 0
  for (const x of expected) if (Number.isFinite(x)) size = Math.max(size, Math.abs(x))
  return expected.findIndex((x, i) => {
    const y = actual[i] ?? Number.NaN
    return !Object.is(x, y) && !(Math.abs(x - y) <= tolerance * size)
  })
}

function describe(source: Source, name: string): string {
  if (source === undefined) return name ? `${name}, which nothing computes,` : 'nothing'
  if (typeof source === 'string') return `the input ${source}`
  return isNode(source) ? `the node ${source.name || name} (${source.op})` : `the constant ${name}`
}

function withDefaults({ op, attributes }: Node): Attributes {
  return isOp(op) ? { ...(ops[op] as OpDefinition).attributes, ...attributes } : attributes
}

function sameAttribute(a: number | string | undefined, b: number | string | undefined): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b
  return Math.abs(a - b) <= tolerance * Math.abs(b)
}

function requireSameInterface(kind: string, actual: readonly Value[], expected: readonly Value[]) {
  for (const { name, shape, dtype } of expected) {
    const match = actual.find((value) => value.name === name)
    if (!match) throw new Error(`its graph lacks the ${kind} ${name}`)
    const fits =
      match.dtype === dtype &&
      match.shape.length === shape.length &&
      shape.every((size, i) =>
        typeof size === 'string' ? typeof match.shape[i] === 'string' : size === match.shape[i],
      )
    const has = `${match.dtype} [${match.shape}]`
    if (!fits) throw new Error(`its graph's ${kind} ${name} is ${has}, not ${dtype} [${shape}]`)
  }
  const extra = actual.find(({ name }) => !expected.some((value) => value.name === name))
  if (extra) throw new Error(`its graph has the ${kind} ${extra.name}, which its card does not call for`)
}

class Values {
  readonly #sources = new Map<string, Source>()
  readonly #constants = new Map<string, Float64Tensor>()
  /** Values that depend on the unknown constant. */
  readonly unknown: Set<string>
  readonly #graph: Graph
  /** How many more numbers may be computed, so that a small file can't cause a large computation. */
  #budget: number

  constructor(graph: Graph, maxNumbers: number, unknown?: string) {
    this.unknown = new Set(unknown === undefined ? [] : [unknown])
    this.#budget = maxNumbers
    this.#graph = graph
    for (const { name } of graph.inputs) this.#sources.set(name, name)
    for (const node of graph.nodes)
      for (const output of node.outputs) {
        const folded = this.#fold(node)
        if (folded) {
          this.#constants.set(output, folded)
          if (node.inputs.some((name) => this.unknown.has(name))) this.unknown.add(output)
        } else this.#sources.set(output, node)
      }
  }

  /** Returns a node's inputs; nested Concats on the same axis are flattened. */
  inputsOf(source: Source): readonly string[] {
    if (!isNode(source)) return []
    if (source.op !== 'Concat') return source.inputs
    const inputs: string[] = []
    const left = source.inputs.toReversed()
    // a small file can't cause a long list
    const { nodes, inputs: ownInputs } = this.#graph
    for (let k = 0; k < nodes.length + ownInputs.length && left.length > 0; k++) {
      const name = left.pop() ?? ''
      const inner = this.get(name)
      if (isNode(inner) && inner.op === 'Concat' && inner.attributes.axis === source.attributes.axis)
        left.push(...inner.inputs.toReversed())
      else inputs.push(name)
    }
    return inputs
  }

  get(name: string): Source {
    return this.#sources.get(name) ?? this.#constant(name)
  }

  #constant(name: string): Float64Tensor | undefined {
    const cached = this.#constants.get(name)
    const constant = this.#graph.constants.get(name)
    if (cached || !constant || !['float32', 'int32'].includes(constant.dtype)) return cached
    const tensor = tensorOf(constant)
    this.#constants.set(name, tensor)
    return tensor
  }

  /** Folds a node. Skips Gemm, which in our graphs never has only constants. */
  #fold(node: Node): Float64Tensor | undefined {
    if (!isOp(node.op) || node.op === 'Gemm') return undefined
    const inputs = node.inputs.map((name) => (this.#sources.has(name) ? undefined : this.#constant(name)))
    if (inputs.length === 0 || !inputs.every((input) => input !== undefined)) return undefined
    try {
      const shapes = inputs.map(({ shape }) => shape)
      const shape = ops[node.op].infer(shapes, withDefaults(node) as Readonly<Record<string, number>>)
      this.#budget -= elementCount(shape as number[])
      return this.#budget >= 0 ? interpretNode(node, this.#constants) : undefined
    } catch {
      return undefined
    }
  }
}
