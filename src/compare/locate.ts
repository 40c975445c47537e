import { attributesOf, constantsOf, type Float64Tensor, interpretGraph } from '../onnx/interpret.ts'
import type { IModel, INode } from '../onnx/proto.ts'

/** A constant that is not what it should be. */
export interface ConstantDifference {
  readonly name: string
  /** The element that differs most. */
  readonly index: number
  readonly actual: number
  readonly expected: number
  /** How many elements differ. */
  readonly elements: number
}

/** A place in a graph where it departs from what an export makes. */
export interface GraphDeparture {
  readonly node: string
  readonly op: string
  readonly inputs: readonly string[]
  /** Whether the export has that very node, another of its name, or none; `missing` is one that the file lacks. */
  readonly status: 'same' | 'another' | 'extra' | 'missing'
  /** What the export has there, where it is another. */
  readonly should: {
    readonly op: string
    readonly inputs: readonly string[]
    readonly attributes: string
  } | null
  readonly attributes: string
  /** The node's inputs that are constants of other values. */
  readonly constants: readonly ConstantDifference[]
  /** The element of its output that differs most, in float64; null where no output differs. */
  readonly worst: { readonly index: number; readonly actual: number; readonly expected: number } | null
}

/**
 * The first node, in the file's order, whose output in float64 is another than in the graph that an export makes,
 * on the same inputs; of graphs that differ but compute the same, the first node that is another. Nothing where
 * they are the same graph. Both must have passed `checkModel`.
 */
export function locateDeparture(
  model: IModel,
  expected: IModel,
  inputs: Readonly<Record<string, Float64Tensor>>,
): GraphDeparture | null {
  const [own, right] = [model.graph!, expected.graph!]
  const [values, rightValues] = [interpretGraph(own, inputs), interpretGraph(right, inputs)]
  const constants: Constants = { own: constantsOf(own), right: constantsOf(right) }
  const rightNodes = new Map(right.node!.map((node) => [node.name!, node]))
  let other: GraphDeparture | null = null
  for (const node of own.node!) {
    const counterpart = rightNodes.get(node.name!)
    const output = values.get(node.output![0]!)!
    const rightOutput = counterpart && rightValues.get(counterpart.output![0]!)
    const worst = rightOutput ? largestDifference(output.data, rightOutput.data) : null
    const status = !counterpart ? 'extra' : describe(node) === describe(counterpart) ? 'same' : 'another'
    const departure = departureAt(node, counterpart, status, constants, worst)
    if (!rightOutput || worst !== null || output.shape.join() !== rightOutput.shape.join()) return departure
    if (status === 'another' || departure.constants.length > 0) other ??= departure
  }
  const names = new Set(own.node!.map(({ name }) => name))
  const lacking = right.node!.find(({ name }) => !names.has(name))
  return other ?? (lacking ? departureAt(lacking, undefined, 'missing', constants, null) : null)
}

/** The first node whose output is not finite, with the constants that aren't; what would be right isn't known. */
export function locateNonFinite(
  { graph }: IModel,
  inputs: Readonly<Record<string, Float64Tensor>>,
): GraphDeparture | null {
  const values = interpretGraph(graph!, inputs)
  const constants = constantsOf(graph!)
  const wrong = (data: Float64Array) => {
    const index = data.findIndex((value) => !Number.isFinite(value))
    return index < 0 ? null : { index, actual: data[index]!, expected: Number.NaN }
  }
  for (const node of graph!.node!) {
    const worst = wrong(values.get(node.output![0]!)!.data)
    if (!worst) continue
    const held = node.input!.flatMap((name): ConstantDifference[] => {
      const constant = constants.get(name)
      const first = constant && wrong(constant.data)
      return first
        ? [{ name, ...first, elements: constant.data.filter((x) => !Number.isFinite(x)).length }]
        : []
    })
    return { node: node.name!, ...partsOf(node), status: 'same', should: null, constants: held, worst }
  }
  return null
}

interface Constants {
  readonly own: ReadonlyMap<string, Float64Tensor>
  readonly right: ReadonlyMap<string, Float64Tensor>
}

function departureAt(
  node: INode,
  counterpart: INode | undefined,
  status: GraphDeparture['status'],
  constants: Constants,
  worst: GraphDeparture['worst'],
): GraphDeparture {
  return {
    node: node.name!,
    ...partsOf(node),
    status,
    should: status === 'another' ? partsOf(counterpart!) : null,
    constants: constantDifferences(node, constants),
    worst,
  }
}

function partsOf(node: INode) {
  return { op: node.opType!, inputs: node.input!, attributes: JSON.stringify(attributesOf(node)) }
}

function describe(node: INode): string {
  return JSON.stringify([node.opType, node.input, node.output, attributesOf(node)])
}

function constantDifferences(node: INode, { own, right }: Constants): ConstantDifference[] {
  return node.input!.flatMap((name): ConstantDifference[] => {
    const [a, b] = [own.get(name), right.get(name)]
    if (!a || !b || a.data.length !== b.data.length) return []
    const worst = largestDifference(a.data, b.data)
    if (!worst) return []
    return [{ name, ...worst, elements: a.data.filter((x, i) => !Object.is(x, b.data[i])).length }]
  })
}

/** The element that differs most, a NaN before all; null where none does. */
function largestDifference(actual: Float64Array, expected: Float64Array) {
  let worst: { index: number; actual: number; expected: number } | null = null
  let largest = 0
  for (let i = 0; i < actual.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!]
    if (a === e || (Number.isNaN(a) && Number.isNaN(e))) continue
    const difference = Math.abs(a - e)
    if (worst && !(difference > largest) && !Number.isNaN(difference)) continue
    worst = { index: i, actual: a, expected: e }
    largest = difference
    if (Number.isNaN(difference)) break
  }
  return worst
}
