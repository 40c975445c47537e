import { pause } from '../core/work.ts'
import { reasonOf, type Session, type Tensor } from '../infer/session.ts'
import { exposeTensors, type Graph, type Node } from '../onnx/graph.ts'
import { type Float64Tensor, interpretGraph, interpretNode } from '../onnx/interpret.ts'
import { encodeGraph, parseGraph } from '../onnx/proto.ts'
import { type CallsReport, type Form, type ProcessReport, runChecked } from './answers.ts'
import { callFeeds, firstRows, graphFeeds } from './cases.ts'
import type { Expected } from './expected.ts'
import { comparePairs, type Parity, pairOf, type Tolerance, type ToleranceReport } from './parity.ts'

/** The first tensor inside a graph that a provider gets wrong. */
export interface Departure {
  readonly node: string
  readonly op: string
  readonly inputs: readonly string[]
  /** Differences of its output: missing if it is not float32, misshapen if it has another length. */
  readonly parity: Parity
  /**
   * Whether the node is wrong on the inputs that the provider gave it; otherwise errors of earlier nodes added up. null
   * if these inputs were not requested.
   */
  readonly itself: boolean | null
  /** Whether all tensors were requested at once, or this one alone, which leaves the rest of the graph fused. */
  readonly exposed: 'together' | 'alone'
}

export interface BisectReport {
  readonly graph: Form
  readonly nodes: number
  readonly departure: Departure | null
  /** Why there is no result. */
  readonly problem: string | null
}

/** Rows of a process in a bisection, and the maximum of numbers to keep. */
const maxRows = 64
const maxNumbers = 4e7

interface Bisection {
  readonly expected: Expected
  readonly bounds: ToleranceReport
  readonly signal?: AbortSignal | undefined
  /** Whether the provider computes a graph node by node. */
  readonly runsNodes: boolean
  readonly open: (bytes: Uint8Array) => Promise<Session>
}

/** Bisects the failed calls, else the failed process, else both, to confirm that no node is wrong. */
export async function bisectProvider(
  { expected: { file, calls, processes }, runsNodes, open, bounds, signal }: Bisection,
  callsReport: CallsReport | null,
  reports: readonly ProcessReport[],
): Promise<BisectReport[]> {
  if (!runsNodes)
    return [
      {
        graph: file.isSampler ? 'sampler.onnx' : 'model.onnx',
        nodes: file.graph.nodes.length,
        departure: null,
        problem: 'it computes the layers of the network, not the nodes of a graph, so none can be named',
      },
    ]
  const shared = { open, signal }
  const worst = calls.find(({ name }) => name === callsReport?.at?.call) ?? calls[0]
  const failed = reports.find(({ pass, form }) => !pass && form === 'sampler.onnx')
  const isOfCalls = callsReport?.pass === false
  const bisected: BisectReport[] = []
  if (worst && (isOfCalls || !failed)) {
    const [graph, feeds] = [file.graph, callFeeds(worst)]
    bisected.push(await bisect({ form: 'model.onnx', graph, feeds, tolerance: bounds.call, ...shared }))
  }
  const process = processes.find(({ name, main }) => (failed ? name === failed.sampler : main))
  if (process && !(worst && isOfCalls)) {
    const { graph } = parseGraph(process.bytes, process.name)
    const width = Math.max(1, ...file.network.network.hidden)
    const affordable = Math.floor(maxNumbers / (width * graph.nodes.length))
    const feeds = graphFeeds(firstRows(process, Math.max(1, Math.min(maxRows, affordable))))
    bisected.push(await bisect({ form: 'sampler.onnx', graph, feeds, tolerance: bounds.process, ...shared }))
  }
  return bisected
}

interface BisectRequest {
  readonly form: Form
  readonly graph: Graph
  readonly feeds: Readonly<Record<string, Tensor>>
  readonly tolerance: Tolerance
  readonly open: (bytes: Uint8Array) => Promise<Session>
  readonly signal?: AbortSignal | undefined
}

/**
 * Requests every tensor inside a graph and names the first, in the file's order, that departs from its float64
 * interpretation on the same inputs. If none does, requests each alone, by halving, which leaves all but one tensor
 * fused. Throws the signal's reason.
 */
async function bisect(request: BisectRequest): Promise<BisectReport> {
  const { form, graph, feeds, signal } = request
  const nodes = graph.nodes.filter((node) => isFloat32(graph, node))
  const inputs: Record<string, Float64Tensor> = {}
  for (const [name, { data, dims }] of Object.entries(feeds))
    inputs[name] = { shape: dims, data: Float64Array.from(data) }
  const expected = interpretGraph(graph, inputs)
  await pause(signal)
  const report = { graph: form, nodes: graph.nodes.length, departure: null, problem: null }
  try {
    const answers = await answersFor(request, nodes, expected)
    for (const node of nodes) {
      const departure = departureOf(request, node, answers, expected, 'together')
      if (departure) return { ...report, departure }
    }
    return { ...report, departure: await departureAlone(request, nodes, expected) }
  } catch (error) {
    signal?.throwIfAborted()
    return { ...report, problem: `its tensors can't be requested: ${reasonOf(error)}` }
  }
}

/** A wrong whole number, which has no tolerance, shows in the numbers that a node gathers by it. */
function isFloat32({ inner, outputs }: Graph, node: Node): boolean {
  const name = outputOf(node)
  return [...inner, ...outputs].find((value) => value.name === name)?.dtype === 'float32'
}

type Values = ReadonlyMap<string, Float64Tensor>
type Answers = Readonly<Record<string, Float32Array>>

/** The first node that departs when only its output is requested, by halving. */
async function departureAlone(
  request: BisectRequest,
  nodes: readonly Node[],
  expected: Values,
): Promise<Departure | null> {
  const at = async (i: number) =>
    departureOf(request, nodes[i]!, await answersFor(request, [nodes[i]!], expected), expected, 'alone')
  let [low, high] = [0, nodes.length - 1]
  let earliest = await at(high)
  while (earliest && low < high) {
    const middle = Math.floor((low + high) / 2)
    const departure = await at(middle)
    if (departure) {
      earliest = departure
      high = middle
    } else low = middle + 1
  }
  return earliest
}

/** The provider's values of some nodes' outputs. Throws if it can't load or run such a graph. */
async function answersFor(
  { graph, feeds, open, signal }: BisectRequest,
  nodes: readonly Node[],
  expected: Values,
): Promise<Answers> {
  const names = nodes.map(outputOf)
  const shapes = Object.fromEntries(names.map((name) => [name, expected.get(name)!.shape]))
  const exposed = exposeTensors(graph, new Set(names))
  const session = await open(encodeGraph(exposed, { name: 'exposed', doc: '', metadata: {} }))
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
  { tolerance }: BisectRequest,
  node: Node,
  answers: Answers,
  expected: Values,
  exposed: Departure['exposed'],
): Departure | null {
  const parity = parityOf(node, answers, expected.get(outputOf(node))!, tolerance)
  if (parity.pass) return null
  const itself = exposed === 'together' ? isItself(node, answers, expected, tolerance) : null
  return { node: node.name, op: node.op, inputs: node.inputs, parity, exposed, itself }
}

/** Whether a node is wrong compared with float64 on the provider's own inputs. */
function isItself(node: Node, answers: Answers, expected: Values, tolerance: Tolerance): boolean {
  const providerValues = new Map(expected)
  for (const name of node.inputs) {
    const { shape, data } = expected.get(name)!
    const answer = answers[name]
    if (answer?.length === data.length) providerValues.set(name, { shape, data: Float64Array.from(answer) })
  }
  return !parityOf(node, answers, interpretNode(node, providerValues), tolerance).pass
}

function parityOf(node: Node, answers: Answers, right: Float64Tensor, tolerance: Tolerance): Parity {
  return comparePairs([pairOf(answers[outputOf(node)], Float32Array.from(right.data))], tolerance)
}

function outputOf(node: Node): string {
  return node.outputs[0]!
}
