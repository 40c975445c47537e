import { InputError, messageOf } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import { processOf } from '../diffusion/process.ts'
import { blockCountOf, cardKey, type ModelCard, parseCard } from '../model/card.ts'
import type { FoldedNetwork, WholeNetwork } from '../model/folded.ts'
import { elementCount } from '../model/weights.ts'
import { CardConstants, encodeModelFile, graphOfCard, networkOfCard } from './card-graph.ts'
import type { DType, Graph } from './graph.ts'
import { type OnnxFile, parseGraph } from './proto.ts'
import { isSameConstant, requireSameGraph } from './same-graph.ts'
import { refuseSeeded } from './seeded-file.ts'

export interface ModelFile {
  readonly card: ModelCard
  /** The network that the file holds. */
  readonly network: WholeNetwork | FoldedNetwork
  /** The graph that the card calls for, which the file's own is the same as in meaning. */
  readonly graph: Graph
  /** Our own encoding of the graph and its card: what runtimes get, and nothing else of the file. */
  readonly bytes: Uint8Array
  /** A sampler.onnx holds the whole reverse process, a model.onnx the network. */
  readonly isSampler: boolean
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Of the file as it was. */
  readonly producer: string
  readonly irVersion: number
  readonly opset: number
}

/** A model file whose weights or graph are not what was exported. */
export class ChangedModelError extends InputError {
  override name = 'ChangedModelError'
  readonly card: ModelCard
  /** The first thing that was changed, in one line. */
  readonly change: string

  constructor(file: string, card: ModelCard, change: string) {
    super(`${file}: ${change}: export it again`, 'bad-model')
    this.card = card
    this.change = change
  }
}

/**
 * Reads a moonstep model from its bytes, in Node or in a page. Another tool may have saved it again: weights are found
 * by their digests on the card, whatever their names, and the file's graph is compared with the one that the card
 * calls for, made anew of them. Throws an InputError where the bytes are no ONNX file, carry no card, lack a weight or
 * hold another graph.
 */
export function readModel(bytes: Uint8Array, file = 'the model'): ModelFile {
  let card: ModelCard
  let parsed: OnnxFile
  let json: string | undefined
  try {
    parsed = parseGraph(bytes, file)
    json = Object.hasOwn(parsed.metadata, cardKey) ? parsed.metadata[cardKey] : undefined
    if (!json)
      throw new InputError(
        `${file} carries no model card: only models exported by moonstep can be read`,
        'bad-model',
      )
    refuseSeeded(parsed.graph, file)
    requireFloat32(parsed, file)
    card = parseCard(json, file)
    checkCard(card, file)
  } catch (error) {
    // names in the file end up in messages
    throw new InputError(oneLine(messageOf(error)), 'bad-model')
  }
  try {
    return { ...remade(parsed, card, json, bytes.length), card }
  } catch (error) {
    throw new ChangedModelError(file, card, oneLine(messageOf(error)))
  }
}

/** Makes the file anew: its card's graph of its weights. Throws where it is not what the card calls for. */
function remade(
  { graph: found, producer, irVersion, opset }: OnnxFile,
  card: ModelCard,
  json: string,
  fileSize: number,
): Omit<ModelFile, 'card'> {
  const constants = new CardConstants(card, found)
  const trajectory = found.outputs.some(({ name }) => name === 'trajectory')
  const graphOf = (network: WholeNetwork | FoldedNetwork): Graph => {
    const made = graphOfCard(card, network, trajectory)
    checkSizes(made, fileSize)
    return made
  }
  const network = networkOfCard(card, constants, fileSize, graphOf)
  const made = graphOf(network)
  const attributes = requireSameGraph(found, made, fileSize)
  // an untouched file gives the bytes that it holds, whichever engine's sines and logarithms it was made with
  const graph: Graph = {
    ...made,
    nodes: made.nodes.map((node) => ({ ...node, attributes: attributes.get(node) ?? node.attributes })),
    constants: new Map(
      [...made.constants].map(([name, own]) => {
        const exported = constants.find(name, own)
        return [name, exported && isSameConstant(exported, own) ? exported : own]
      }),
    ),
  }
  return {
    network,
    graph,
    bytes: encodeModelFile(graph, card, json),
    isSampler: card.sampler !== undefined,
    inputs: graph.inputs.map(({ name }) => name),
    outputs: graph.outputs.map(({ name }) => name),
    producer,
    irVersion,
    opset,
  }
}

/** From here on, the ops of our graphs mean what they mean in `opset`. */
const minOpset = 13

const quantisingOps =
  /QuantizeLinear$|Integer$|^com\.microsoft\.(QLinear|DynamicQuantize|QAttention|QGemm|MatMulNBits)/

/** Tells a model that was converted to another precision, or to ops of another meaning. Its weights are others, whatever their names. */
function requireFloat32({ graph, opset }: OnnxFile, file: string): void {
  const { nodes, constants, inputs } = graph
  const others = 'moonstep reads float32 as exported: give the file that it was made of'
  const quantising = nodes.find(({ op }) => quantisingOps.test(op))
  if (quantising)
    throw new InputError(`${file} is quantised (it holds the op ${quantising.op}): ${others}`, 'bad-model')
  const dtypes = new Set<DType>([...constants.values(), ...inputs].map(({ dtype }) => dtype))
  for (const dtype of ['float16', 'bfloat16', 'float64'] as const)
    if (dtypes.has(dtype)) throw new InputError(`${file} is a ${dtype} model: ${others}`, 'bad-model')
  for (const dtype of ['int8', 'uint8'] as const)
    if (dtypes.has(dtype))
      throw new InputError(`${file} is quantised (it holds numbers of ${dtype}): ${others}`, 'bad-model')
  if (opset < minOpset)
    throw new InputError(
      `${file} is of ONNX's opset ${opset}: moonstep reads ${minOpset} and newer`,
      'bad-model',
    )
}

/** Bounds what a run allocates: no tensor of ours has more numbers a row than its file has bytes. */
function checkSizes({ inputs, inner, outputs, constants }: Graph, bytes: number): void {
  for (const [name, { shape }] of [
    ...constants,
    ...[...inputs, ...inner, ...outputs].map((value) => [value.name, value] as const),
  ])
    if (elementCount(shape.map((size) => (typeof size === 'number' ? size : 1))) > bytes)
      throw new Error(`${name} [${shape}] is larger than the whole file`)
}

const maxMessage = 500

/** Of whatever bytes of the file a message quotes. */
function oneLine(message: string): string {
  const line = printable(message)
  return line.length > maxMessage ? `${line.slice(0, maxMessage)}…` : line
}

/** Checks that a card agrees with itself, so that whatever takes its word may. Throws with the first thing wrong. */
function checkCard(card: ModelCard, file: string): void {
  try {
    check(card)
  } catch (error) {
    throw new InputError(
      `${file} is not what moonstep exports: ${messageOf(error)}: export it again`,
      'bad-model',
    )
  }
}

function check(card: ModelCard): void {
  const { T, sampler, teacher, recommended } = card
  checkSteps('recommended.timesteps', recommended.timesteps, T)
  if (teacher) checkSteps('teacher.timesteps', teacher.timesteps, teacher.timesteps[0]!)
  checkBetas(card)
  checkCalls(card)
  if (!sampler) return
  checkSteps('sampler.timesteps', sampler.timesteps, T)
  checkGoldenSample(card, processOf(card).isStochastic ? sampler.timesteps.length : 0)
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

function checkCalls(card: ModelCard): void {
  const { golden, dim, T } = card
  if (golden.length === 0) throw new Error('the card has no golden call')
  for (const { x_t, t, output, known, values } of golden) {
    if (x_t.length !== dim || output.length !== dim || t > T)
      throw new Error(`a golden call of the card is not of ${dim} columns at t = 1..${T}`)
    checkCondition(card, known, values)
  }
}

function checkCondition(
  card: ModelCard,
  known: readonly number[] = [],
  values: readonly number[] = [],
): void {
  const blocks = blockCountOf(card)
  if (known.length !== (blocks ?? 0) || values.length !== (blocks === undefined ? 0 : card.dim))
    throw new Error("what is known in the card's golden vectors is not of its table")
}

function checkGoldenSample(card: ModelCard, steps: number): void {
  const { goldenSample, dim } = card
  for (const i of goldenSample?.x_T.keys() ?? [])
    checkCondition(card, goldenSample?.known?.[i], goldenSample?.values?.[i])
  const rows = goldenSample?.x_T.length ?? 0
  const fits = (part: readonly (readonly number[])[]) =>
    part.length === rows && part.every((row) => row.length === dim)
  if (rows === 0 || ![goldenSample!.x_T, goldenSample!.x_0, ...goldenSample!.noise].every(fits))
    throw new Error(`the card has no golden sample of ${dim} columns`)
  if (goldenSample!.noise.length !== steps)
    throw new Error(
      `the card's golden sample has noise for ${goldenSample!.noise.length} steps, not ${steps}`,
    )
}
