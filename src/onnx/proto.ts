import proto, { type onnx as types } from 'onnx-proto'
import protobuf from 'protobufjs/minimal.js'
import { InputError, messageOf } from '../core/errors.ts'
import { version } from '../core/version.ts'
import { elementCount } from '../model/weights.ts'
import {
  type Attributes,
  type Constant,
  constantOf,
  type DType,
  dtypes,
  floatAttributes,
  type Graph,
  type Node,
  type Value,
} from './graph.ts'

/** Converts between ONNX files and graphs; only this module knows ONNX's messages. */

// onnx-proto is a CommonJS module: values come from the default import, types from named imports
const { AttributeProto, ModelProto, TensorProto } = proto.onnx

export const irVersion = 8
export const opset = 17

export interface GraphInfo {
  readonly name: string
  readonly doc: string
  readonly metadata: Readonly<Record<string, string>>
}

export interface OnnxFile extends GraphInfo {
  readonly graph: Graph
  /** The program that wrote the file, and its version. */
  readonly producer: string
  readonly irVersion: number
  /** The opset of ONNX's own ops. */
  readonly opset: number
}

/** The opset of ONNX's own ops in a file of anyone. */
export function opsetOf(bytes: Uint8Array): number {
  const { opsetImport } = ModelProto.decode(protobuf.Reader.create(bytes) as never) as types.IModelProto
  return Number(opsetImport?.find(({ domain }) => !domain || domain === 'ai.onnx')?.version ?? 0)
}

/** Encodes a graph as an ONNX file of the given opset. The same graph gives the same bytes. */
export function encodeGraph(graph: Graph, { name, doc, metadata }: GraphInfo, opsetVersion = opset) {
  const model: types.IModelProto = {
    irVersion,
    opsetImport: [{ domain: '', version: opsetVersion }],
    producerName: 'moonstep',
    producerVersion: version,
    docString: doc,
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name,
      docString: doc,
      node: graph.nodes.map(({ name, op, inputs, outputs, attributes }) => ({
        name,
        opType: op,
        input: [...inputs],
        output: [...outputs],
        attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
      })),
      initializer: [...graph.constants].map(([name, { shape, dtype, bytes, strings }]) => ({
        name,
        dims: [...shape],
        dataType: dtypes.indexOf(dtype),
        ...(strings ? { stringData: strings as Uint8Array[] } : { rawData: bytes }),
      })),
      input: graph.inputs.map(valueProto),
      output: graph.outputs.map(valueProto),
      valueInfo: graph.inner.map(valueProto),
    },
  }
  return ModelProto.encode(model, protobuf.Writer.create() as never).finish()
}

/** Reads an ONNX file from any tool, with constants as initializers or nodes. Throws if it is none. */
export function parseGraph(bytes: Uint8Array, file: string): OnnxFile {
  let model: types.IModelProto
  try {
    model = ModelProto.decode(protobuf.Reader.create(bytes) as never)
  } catch (error) {
    // a zip, as .moonstep files are
    if (bytes[0] === 0x50 && bytes[1] === 0x4b)
      throw new InputError(
        `${file} is no ONNX file: if it has the models of several tables, moonstep sample draws them, and the folder of one table in their run exports its model alone`,
        'bad-model',
      )
    throw new InputError(`${file} is no ONNX file: ${messageOf(error)}`, 'bad-model')
  }
  const { graph } = model
  if (!graph?.node?.length) throw new InputError(`${file} is no ONNX file: it holds no graph`, 'bad-model')
  const constants = new Map<string, Constant>()
  for (const tensor of graph.initializer ?? []) constants.set(tensor.name ?? '', constantIn(tensor, file))
  const nodes: Node[] = []
  for (const node of graph.node) {
    const tensor = node.opType === 'Constant' && !node.domain ? constantInNode(node) : undefined
    if (tensor) constants.set(node.output?.[0] ?? '', constantIn(tensor, file))
    else nodes.push(nodeIn(node))
  }
  const onnxOpset = (model.opsetImport ?? []).find(({ domain }) => isOnnxDomain(domain))
  return {
    graph: {
      // up to IR version 3, initializers were also inputs
      inputs: (graph.input ?? []).map(valueIn).filter(({ name }) => !constants.has(name)),
      outputs: (graph.output ?? []).map(valueIn),
      inner: (graph.valueInfo ?? []).map(valueIn),
      nodes,
      constants,
    },
    name: graph.name ?? '',
    doc: model.docString ?? '',
    metadata: Object.fromEntries(
      (model.metadataProps ?? []).map(({ key, value }) => [key ?? '', value ?? '']),
    ),
    producer: `${model.producerName ?? ''} ${model.producerVersion ?? ''}`.trim(),
    irVersion: Number(model.irVersion ?? 0),
    opset: Number(onnxOpset?.version ?? 0),
  }
}

const isOnnxDomain = (domain: string | null | undefined) => !domain || domain === 'ai.onnx'

function valueProto({ name, shape, dtype }: Value): types.IValueInfoProto {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }))
  return { name, type: { tensorType: { elemType: dtypes.indexOf(dtype), shape: { dim } } } }
}

function valueIn({ name, type }: types.IValueInfoProto): Value {
  const { elemType, shape } = type?.tensorType ?? {}
  return {
    name: name ?? '',
    dtype: dtypeOf(elemType),
    shape: (shape?.dim ?? []).map(({ dimValue, dimParam }) => dimParam || Number(dimValue ?? 0) || '?'),
  }
}

function attributeProto(name: string, value: number | string): types.IAttributeProto {
  const { FLOAT, INT, INTS, STRING } = AttributeProto.AttributeType
  if (typeof value === 'string' && value.startsWith('[')) return { name, type: INTS, ints: JSON.parse(value) }
  if (typeof value === 'string') return { name, type: STRING, s: new TextEncoder().encode(value) }
  return floatAttributes.includes(name) ? { name, type: FLOAT, f: value } : { name, type: INT, i: value }
}

function nodeIn({ name, opType, domain, input, output, attribute }: types.INodeProto): Node {
  return {
    name: name ?? '',
    op: isOnnxDomain(domain) ? (opType ?? '') : `${domain}.${opType}`,
    inputs: input ?? [],
    outputs: output ?? [],
    attributes: attributesIn(attribute ?? []),
  }
}

function attributesIn(attributes: readonly types.IAttributeProto[]): Attributes {
  const { FLOAT, INT, INTS, STRING } = AttributeProto.AttributeType
  return Object.fromEntries(
    attributes.map(({ name, type, f, i, ints, s }) => {
      if (type === FLOAT) return [name ?? '', Number(f ?? 0)]
      if (type === INT) return [name ?? '', Number(i ?? 0)]
      if (type === INTS) return [name ?? '', `[${(ints ?? []).map(Number).join()}]`]
      // none of our ops has tensors or graphs as attributes, so their presence is enough
      return [name ?? '', type === STRING && s ? new TextDecoder().decode(s) : `of ONNX's type ${type}`]
    }),
  )
}

/** Returns the tensor of a Constant node, which may also be stored as a number or a list. */
function constantInNode({ attribute }: types.INodeProto): types.ITensorProto | undefined {
  const { FLOAT, INT64 } = TensorProto.DataType
  const [first, second] = attribute ?? []
  if (!first || second) return undefined
  if (first.name === 'value' && first.t) return first.t
  if (first.name === 'value_float') return { dims: [], dataType: FLOAT, floatData: [first.f ?? 0] }
  if (first.name === 'value_floats')
    return { dims: [first.floats?.length ?? 0], dataType: FLOAT, floatData: first.floats ?? [] }
  if (first.name === 'value_int') return { dims: [], dataType: INT64, int64Data: [first.i ?? 0] }
  return undefined
}

function constantIn(tensor: types.ITensorProto, file: string): Constant {
  const { name, dims, dataType, rawData, dataLocation, floatData, int32Data, int64Data } = tensor
  if (dataLocation === TensorProto.DataLocation.EXTERNAL)
    throw new InputError(`${file} keeps ${name} in another file: save the model as one file`, 'bad-model')
  const shape = (dims ?? []).map(Number)
  const dtype = dtypeOf(dataType)
  const size = { float32: 4, int32: 4, int64: 8 }[dtype as string]
  // no file that we read has constants of other types
  if (size === undefined) return { shape, dtype, bytes: rawData ?? new Uint8Array() }
  const listed = { float32: floatData, int32: int32Data, int64: int64Data }[dtype as string] ?? []
  const count = rawData?.length ? rawData.length / size : listed.length
  if (!shape.every((length) => length > 0) || count !== elementCount(shape)) {
    const problem = `${file}: the initializer ${name} has another number of elements than its shape [${shape}]`
    throw new InputError(problem, 'bad-model')
  }
  return rawData?.length ? { shape, dtype, bytes: rawData } : constantOf(shape, listed.map(Number), dtype)
}

function dtypeOf(dataType: number | null | undefined): DType {
  return dtypes[dataType ?? 0] ?? 'undefined'
}
