import { InputError, messageOf } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import { cardFormat, cardKey, type ModelCard, parseCard } from '../model/card.ts'
import { type Description, describeCard } from '../model/description.ts'
import type { FoldedNetwork, WholeNetwork } from '../model/folded.ts'
import type { Network } from '../model/network.ts'
import { elementCount } from '../model/weights.ts'
import { isScaled } from '../table/encodings/encoding.ts'
import { CardConstants, graphOfModel, networkOfCard } from './card-graph.ts'
import type { Graph } from './graph.ts'
import { type OnnxFile, parseGraph } from './proto.ts'
import { isSameConstant, requireSameGraph } from './same-graph.ts'

export interface ModelFile {
  readonly card: ModelCard
  readonly description: Description
  readonly network: WholeNetwork | FoldedNetwork
  /** The graph that the card describes; the file's own graph is equivalent. */
  readonly graph: Graph
  /** The card as the file has it. */
  readonly json: string
  /** Whether the file has the whole reverse process (sampler.onnx), not only the network (model.onnx). */
  readonly isSampler: boolean
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** These three describe the original file. */
  readonly producer: string
  readonly irVersion: number
  readonly opset: number
}

/** Thrown if a model file's weights or graph differ from the export. */
export class ChangedModelError extends InputError {
  override name = 'ChangedModelError'
  readonly card: ModelCard
  /** The first change, in one line. */
  readonly change: string

  constructor(file: string, card: ModelCard, change: string) {
    super(`${file}: ${change}: export it again`, 'bad-model')
    this.card = card
    this.change = change
  }
}

/**
 * Reads a Moonstep model from its bytes, in Node or in a page. Another tool may have saved it again: finds weights by
 * their digests on the card, whatever their names, and compares the file's graph with one rebuilt from the card and
 * these weights. Throws an InputError if the bytes are not an ONNX file, or have no card, a missing weight or another
 * graph.
 */
export function readModel(bytes: Uint8Array, file = 'the model'): ModelFile {
  let parts: ReturnType<typeof partsOf>
  try {
    parts = partsOf(bytes, file)
  } catch (error) {
    throw new InputError(lineOf(error), 'bad-model')
  }
  try {
    return remade(parts, bytes.length)
  } catch (error) {
    throw new ChangedModelError(file, parts.card, lineOf(error))
  }
}

function partsOf(bytes: Uint8Array, file: string) {
  const parsed = parseGraph(bytes, file)
  const json = Object.hasOwn(parsed.metadata, cardKey) ? parsed.metadata[cardKey] : undefined
  if (!json) {
    const problem = `${file} carries no model card: only models exported by moonstep can be read`
    throw new InputError(problem, 'bad-model')
  }
  refuseSeeded(parsed.graph, file)
  requireFloat32(parsed, file)
  const card = parseCard(json, file)
  return { parsed, json, card, description: described(card, file) }
}

function remade({ parsed, json, card, description }: ReturnType<typeof partsOf>, fileSize: number) {
  const { graph: actual, producer, irVersion, opset } = parsed
  const constants = new CardConstants(card, actual)
  const trajectory = actual.outputs.some(({ name }) => name === 'trajectory')
  const graphOf = (network: WholeNetwork | FoldedNetwork): Graph => {
    const built = graphOfModel(description, network, trajectory)
    checkSizes(built, fileSize)
    return built
  }
  const network = networkOfCard(description, constants, fileSize, graphOf)
  const expected = graphOf(network)
  // a table's sampler of an earlier format has cells in float32, which nobody reads: x_0 decodes to better ones
  const hasCells = card.format < cardFormat && !isScaled(description.encoding)
  const isUnread = (name: string) => name === 'samples' && hasCells
  const outputs = actual.outputs.filter(({ name }) => !isUnread(name))
  const attributes = requireSameGraph({ ...actual, outputs }, expected, fileSize)
  // an untouched file keeps its exact bytes, even if another engine computed its sines and logarithms
  const graph: Graph = {
    ...expected,
    nodes: expected.nodes.map((node) => ({ ...node, attributes: attributes.get(node) ?? node.attributes })),
    constants: new Map(
      [...expected.constants].map(([name, constant]) => {
        const exported = constants.find(name, constant)
        return [name, exported && isSameConstant(exported, constant) ? exported : constant]
      }),
    ),
  }
  return {
    card,
    description,
    network,
    graph,
    json,
    isSampler: card.sampler !== undefined,
    inputs: graph.inputs.map(({ name }) => name),
    outputs: graph.outputs.map(({ name }) => name),
    producer,
    irVersion,
    opset,
  }
}

/** From this opset on, the ops of our graphs have the same meaning as in `opset`. */
const minOpset = 13

const quantisingOps =
  /QuantizeLinear$|Integer$|^com\.microsoft\.(QLinear|DynamicQuantize|QAttention|QGemm|MatMulNBits)/

/** Throws for a model converted to another precision or an older opset, since its weights or ops have changed. */
function requireFloat32({ graph, opset }: OnnxFile, file: string): void {
  const { nodes, constants, inputs } = graph
  const remedy = 'moonstep reads float32 as exported: give the file that it was made of'
  const quantising = nodes.find(({ op }) => quantisingOps.test(op))
  if (quantising)
    throw new InputError(`${file} is quantised (it holds the op ${quantising.op}): ${remedy}`, 'bad-model')
  for (const { dtype } of [...constants.values(), ...inputs]) {
    if (['float16', 'bfloat16', 'float64'].includes(dtype))
      throw new InputError(`${file} is a ${dtype} model: ${remedy}`, 'bad-model')
    if (['int8', 'uint8'].includes(dtype))
      throw new InputError(`${file} is quantised (it holds numbers of ${dtype}): ${remedy}`, 'bad-model')
  }
  if (opset < minOpset) {
    const problem = `${file} is of ONNX's opset ${opset}: moonstep reads ${minOpset} and newer`
    throw new InputError(problem, 'bad-model')
  }
}

/** Limits memory: none of our tensors has more numbers per row than its file has bytes. */
function checkSizes({ inputs, inner, outputs, constants }: Graph, bytes: number): void {
  const named = [...constants].map(([name, { shape }]) => ({ name, shape }))
  for (const { name, shape } of [...named, ...inputs, ...inner, ...outputs])
    if (elementCount(shape.map((size) => (typeof size === 'number' ? size : 1))) > bytes)
      throw new Error(`${name} [${shape}] is larger than the whole file`)
}

const maxMessage = 500

/** An error's message in one line: it may quote any bytes of the file. */
function lineOf(error: unknown): string {
  const line = printable(messageOf(error))
  return line.length > maxMessage ? `${line.slice(0, maxMessage)}…` : line
}

/** Describes a card and checks that it is consistent, so that other code can rely on it. Throws the first problem. */
function described(card: ModelCard, file: string): Description {
  try {
    const { T, sampler, teacher, recommended } = card
    checkSteps('recommended.timesteps', recommended.timesteps, T)
    if (teacher) checkSteps('teacher.timesteps', teacher.timesteps, teacher.timesteps[0]!)
    if (sampler) checkSteps('sampler.timesteps', sampler.timesteps, T)
    checkBetas(card)
    const description = describeCard(card)
    const { network, fixed, process } = description
    checkCalls(card, network)
    if (fixed) checkGoldenSample(card, network, process().isStochastic ? fixed.timesteps.length : 0)
    return description
  } catch (error) {
    const problem = `${file} is not what moonstep exports: ${messageOf(error)}: export it again`
    throw new InputError(problem, 'bad-model')
  }
}

function checkSteps(field: string, timesteps: readonly number[], T: number): void {
  if (!timesteps.every((t, j) => t < (timesteps[j - 1] ?? T + 1)))
    throw new Error(`the card's ${field} do not fall from ${T} at most`)
}

function checkBetas({ T, schedule: { betas } }: ModelCard): void {
  if (betas.length !== T + 1)
    throw new Error(`the card has ${betas.length} betas, not ${T + 1} for t = 0..${T}`)
  const wrong = betas.findIndex((beta, t) => (t === 0 ? beta !== 0 : !(beta > 0 && beta < 1)))
  if (wrong >= 0) throw new Error(`the card's beta_${wrong} is ${betas[wrong]}`)
}

function checkCalls(card: ModelCard, network: Network): void {
  const { golden, dim, T } = card
  if (golden.length === 0) throw new Error('the card has no golden call')
  for (const { x_t, t, output, known, values } of golden) {
    if (x_t.length !== dim || output.length !== dim || t > T)
      throw new Error(`a golden call of the card is not of ${dim} columns at t = 1..${T}`)
    checkCondition(network, known, values)
  }
}

function checkCondition(
  { takesCondition, blocks, dim }: Network,
  known: readonly number[] = [],
  values: readonly number[] = [],
): void {
  if (known.length !== (takesCondition ? blocks.length : 0) || values.length !== (takesCondition ? dim : 0))
    throw new Error("the conditions of the card's golden vectors have another size than its network's")
}

function checkGoldenSample({ goldenSample, dim }: ModelCard, network: Network, steps: number): void {
  const { x_T = [], x_0 = [], noise = [], known, values } = goldenSample ?? {}
  for (const i of x_T.keys()) checkCondition(network, known?.[i], values?.[i])
  const fits = (part: readonly (readonly number[])[]) =>
    part.length === x_T.length && part.every((row) => row.length === dim)
  if (x_T.length === 0 || ![x_T, x_0, ...noise].every(fits))
    throw new Error(`the card has no golden sample of ${dim} columns`)
  if (noise.length !== steps)
    throw new Error(`the card's golden sample has noise for ${noise.length} steps, not ${steps}`)
}

/** Throws if a file is a seeded.onnx, which is only for engines without Moonstep. */
function refuseSeeded({ inputs }: Graph, file: string): void {
  if (inputs.some(({ name, dtype }) => name === 'seed' && dtype === 'int64')) {
    const problem = `${file} is a seeded.onnx, for engines on a CPU, as no GPU runs it: give the model.onnx or sampler.onnx of its run`
    throw new InputError(problem, 'bad-model')
  }
}
