import { pause } from '../core/work.ts'
import { comparePairs, type Parity, type Tolerance } from '../evaluate/parity.ts'
import { reasonOf, type Session, type Tensor } from '../infer/session.ts'
import { exposeTensors } from '../onnx/expose.ts'
import { type Float64Tensor, interpretGraph, interpretNode } from '../onnx/interpret.ts'
import { encodeModel, type IModel, type INode } from '../onnx/proto.ts'
import { runChecked } from './run.ts'
import { rootMeanSquare, scaleOf } from './tolerance.ts'

/** The first tensor inside a graph that a provider gets wrong. */
export interface Departure {
  readonly node: string
  readonly op: string
  readonly inputs: readonly string[]
  /** Of its output: missing where it is none of float32, misshapen where it is of another length. */
  readonly parity: Parity
  /**
   * Whether the node is wrong on the very inputs that the provider gave it: otherwise the errors of the nodes
   * before added up. null where those inputs were not asked for.
   */
  readonly itself: boolean | null
  /** Whether all tensors were asked for at once, or this one alone, which leaves the rest of the graph fused. */
  readonly exposed: 'together' | 'alone'
}

export interface BisectReport {
  readonly graph: 'model.onnx' | 'sampler.onnx'
  readonly nodes: number
  readonly departure: Departure | null
  /** Why there is no answer. */
  readonly problem: string | null
}

export interface BisectRequest {
  readonly graph: BisectReport['graph']
  readonly model: IModel
  readonly feeds: Readonly<Record<string, Tensor>>
  readonly tolerance: Tolerance
  readonly open: (bytes: Uint8Array) => Promise<Session>
  readonly signal?: AbortSignal | undefined
}

/**
 * Asks a provider for every tensor inside a graph and names the first, in the file's order, that departs from its
 * float64 interpretation on the same inputs. Where none does, each is asked for alone, by halving: what a runtime
 * fuses is then still fused but for one tensor. Errors: the signal's reason.
 */
export async function bisect(request: BisectRequest): Promise<BisectReport> {
  const { graph, model, feeds, signal } = request
  const nodes = model.graph!.node!
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, { data, dims }]): [string, Float64Tensor] => [
      name,
      { shape: dims, data: Float64Array.from(data) },
    ]),
  )
  const expected = interpretGraph(model.graph!, inputs)
  await pause(signal)
  const report = { graph, nodes: nodes.length, departure: null, problem: null }
  try {
    const answers = await answersFor(request, nodes, expected)
    for (const node of nodes) {
      const departure = departureOf(node, answers, expected, request.tolerance)
      if (departure)
        return {
          ...report,
          departure: {
            ...departure,
            exposed: 'together',
            itself: isItself(node, answers, expected, request.tolerance),
          },
        }
    }
    return { ...report, departure: await departureAlone(request, nodes, expected) }
  } catch (error) {
    signal?.throwIfAborted()
    return { ...report, problem: `its tensors can't be asked for: ${reasonOf(error)}` }
  }
}

type Values = ReadonlyMap<string, Float64Tensor>
type Answers = Readonly<Record<string, Float32Array>>

/** The first node that departs when its output alone is asked for, by halving. */
async function departureAlone(
  request: BisectRequest,
  nodes: readonly INode[],
  expected: Values,
): Promise<Departure | null> {
  const at = async (i: number): Promise<Departure | null> => {
    const answers = await answersFor(request, [nodes[i]!], expected)
    const found = departureOf(nodes[i]!, answers, expected, request.tolerance)
    return found && { ...found, exposed: 'alone', itself: null }
  }
  let [low, high] = [0, nodes.length - 1]
  let found = await at(high)
  while (found && low < high) {
    const middle = Math.floor((low + high) / 2)
    const departure = await at(middle)
    if (departure) {
      found = departure
      high = middle
    } else low = middle + 1
  }
  return found
}

/** What the provider gives for the outputs of some nodes. Errors: it can't load or run such a graph. */
async function answersFor(
  { model, feeds, open, signal }: BisectRequest,
  nodes: readonly INode[],
  expected: Values,
): Promise<Answers> {
  const names = nodes.map(outputOf)
  const shapes = Object.fromEntries(names.map((name) => [name, expected.get(name)!.shape]))
  const session = await open(encodeModel(exposeTensors(model, new Set(names))))
  try {
    const { tensors, problems, failed } = await runChecked(session, feeds, shapes)
    if (failed) throw new Error(problems[0])
    return tensors
  } finally {
    await session.release()
    await pause(signal)
  }
}

function departureOf(
  node: INode,
  answers: Answers,
  expected: Values,
  tolerance: Tolerance,
): Pick<Departure, 'node' | 'op' | 'inputs' | 'parity'> | null {
  const right = expected.get(outputOf(node))!.data
  const parity = comparePairs([pairOf(answers[outputOf(node)], right)], tolerance)
  return parity.pass ? null : { node: node.name!, op: node.opType!, inputs: node.input!, parity }
}

/** Whether a node is wrong when its float64 value is made from the inputs that the provider itself had. */
function isItself(node: INode, answers: Answers, expected: Values, tolerance: Tolerance): boolean {
  const own = new Map(expected)
  for (const name of node.input!) {
    const answer = answers[name]
    if (answer?.length === expected.get(name)!.data.length)
      own.set(name, { shape: expected.get(name)!.shape, data: Float64Array.from(answer) })
  }
  const right = interpretNode(node, own).data
  return !comparePairs([pairOf(answers[outputOf(node)], right)], tolerance).pass
}

function pairOf(actual: Float32Array | undefined, right: Float64Array) {
  const expected = Float32Array.from(right)
  return { actual, expected, scale: scaleOf(rootMeanSquare(expected)) }
}

function outputOf(node: INode): string {
  return node.output![0]!
}
