import { version } from '../core/version.ts'
import {
  type Attributes,
  type DType,
  inferOutput,
  type OpDefinition,
  type OpType,
  ops,
  type TensorType,
} from './ops.ts'
import {
  AttributeProto,
  type IAttribute,
  type IModel,
  type INode,
  type IValueInfo,
  TensorProto,
} from './proto.ts'

export const irVersion = 8
export const opset = 17

/** A tensor of the graph. */
export interface Value extends TensorType {
  readonly name: string
}

type Renamable = TensorType & { name: string }

interface Node extends NodeSpec {
  readonly name: string
  readonly outputs: readonly Value[]
}

/** A node to add: its op, with the types of the attributes that it may carry. */
export interface NodeSpec {
  readonly type: string
  readonly definition: Pick<OpDefinition, 'attributes' | 'fixed'>
  readonly inputs: readonly Value[]
  readonly attributes: Attributes
}

export interface BuildOptions {
  readonly name: string
  readonly doc: string
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Builds an ONNX graph node by node, so that graph code reads like the network it describes:
 *
 *     const h = graph.op('Gemm', [x, weight, bias], { transB: 1 })
 *
 * Types and shapes are inferred on the way. The same calls give the same model. The ops are those of a table: by
 * default the ones that a model file may hold.
 */
export class GraphBuilder<Type extends string = OpType> {
  readonly #table: Readonly<Record<Type, OpDefinition>>
  readonly #inputs: Value[] = []
  readonly #outputs: Value[] = []
  readonly #inner: Renamable[] = []
  readonly #initializers = new Map<Value, Uint8Array>()
  readonly #nodes: Node[] = []
  readonly #names = new Set<string>()
  readonly #scopes: string[] = []

  constructor(table: Readonly<Record<Type, OpDefinition>> = ops as never) {
    this.#table = table
  }

  /** A float32 input of the graph. A string as a dimension names one that is free. */
  input(name: string, shape: TensorType['shape']): Value {
    const value: Value = { name: this.#claim(name), shape, dtype: 'float32' }
    this.#inputs.push(value)
    return value
  }

  /** A constant, named as it is: scopes don't touch it. */
  initializer(
    name: string,
    shape: readonly number[],
    data: ArrayLike<number>,
    dtype: DType = 'float32',
  ): Value {
    const value: Value = { name: this.#claim(name), shape, dtype }
    if (data.length !== shape.reduce((product, size) => product * size, 1))
      throw new Error(`initializer ${name}: ${data.length} numbers for the shape [${shape}]`)
    this.#initializers.set(value, littleEndian(data, dtype))
    return value
  }

  /** A node; what it computes. Errors: inputs that don't fit the op. */
  op(type: Type, inputs: readonly Value[], attributes: Attributes = {}): Value {
    const definition = this.#table[type]
    return this.node({ type, definition, inputs, attributes }, [
      inferOutput(definition, inputs, attributes),
    ])[0]!
  }

  /** A node whose outputs' types are known already. */
  protected node(spec: NodeSpec, types: readonly TensorType[]): Value[] {
    const name = this.#unique([...this.#scopes, spec.type].join('/'))
    const outputs = types.map((type, i) => ({
      name: types.length === 1 ? name : this.#claim(`${name}/${i}`),
      ...type,
    }))
    this.#inner.push(...outputs)
    this.#nodes.push({ ...spec, name, outputs })
    return outputs
  }

  /** Prefixes the names of the nodes that `body` makes. */
  scope<R>(name: string, body: () => R): R {
    this.#scopes.push(name)
    const result = body()
    this.#scopes.pop()
    return result
  }

  /** Makes a node's output an output of the graph, under that name. */
  output(name: string, value: Value): void {
    const index = this.#inner.indexOf(value)
    if (index < 0)
      throw new Error(`output ${name}: ${value.name} is no node's output, or is an output already`)
    const inner = this.#inner.splice(index, 1)[0]!
    inner.name = this.#claim(name)
    this.#outputs.push(inner)
  }

  /** The constants' bytes by name, as the file holds them. */
  initializerBytes(): Map<string, Uint8Array> {
    return new Map([...this.#initializers].map(([{ name }, bytes]) => [name, bytes]))
  }

  build({ name, doc, metadata }: BuildOptions): IModel {
    return {
      irVersion,
      opsetImport: [{ domain: '', version: opset }],
      producerName: 'moonstep',
      producerVersion: version,
      docString: doc,
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name,
        docString: doc,
        node: this.#nodes.map(nodeProto),
        initializer: [...this.#initializers].map(([value, rawData]) => ({
          name: value.name,
          dims: value.shape as number[],
          dataType: allDataTypes[value.dtype],
          rawData,
        })),
        input: this.#inputs.map(valueInfo),
        output: this.#outputs.map(valueInfo),
        valueInfo: this.#inner.map(valueInfo),
      },
    }
  }

  #claim(name: string): string {
    if (this.#names.has(name)) throw new Error(`the graph has two values named ${name}`)
    this.#names.add(name)
    return name
  }

  #unique(name: string): string {
    if (!this.#names.has(name)) return this.#claim(name)
    for (let i = 1; ; i++) if (!this.#names.has(`${name}_${i}`)) return this.#claim(`${name}_${i}`)
  }
}

/** ONNX's numbers for the types that a model file may hold. */
export const dataTypes = {
  float32: TensorProto.DataType.FLOAT,
  int32: TensorProto.DataType.INT32,
} as const satisfies Partial<Record<DType, number>>

const allDataTypes: Readonly<Record<DType, number>> = { ...dataTypes, int64: TensorProto.DataType.INT64 }

function littleEndian(data: ArrayLike<number>, dtype: DType): Uint8Array {
  const size = dtype === 'int64' ? 8 : 4
  const bytes = new Uint8Array(size * data.length)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < data.length; i++)
    if (dtype === 'float32') view.setFloat32(size * i, data[i]!, true)
    else if (dtype === 'int32') view.setInt32(size * i, data[i]!, true)
    else view.setBigInt64(size * i, BigInt(data[i]!), true)
  return bytes
}

function nodeProto({ name, type, definition, inputs, outputs, attributes }: Node): INode {
  const { STRING } = AttributeProto.AttributeType
  const text = new TextEncoder()
  return {
    name,
    opType: type,
    input: inputs.map((input) => input.name),
    output: outputs.map((output) => output.name),
    attribute: [
      ...Object.entries(attributes).map(([key, value]) => attributeProto(type, definition, key, value)),
      ...Object.entries(definition.fixed ?? {}).map(([key, value]) => ({
        name: key,
        type: STRING,
        s: text.encode(value),
      })),
    ],
  }
}

function attributeProto(
  type: string,
  { attributes }: NodeSpec['definition'],
  name: string,
  value: number,
): IAttribute {
  const kind = attributes[name]
  if (kind === 'int') return { name, type: AttributeProto.AttributeType.INT, i: value }
  if (kind === 'float') return { name, type: AttributeProto.AttributeType.FLOAT, f: value }
  throw new Error(`${type} has no attribute ${name}`)
}

function valueInfo({ name, shape, dtype }: Value): IValueInfo {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }))
  return { name, type: { tensorType: { elemType: allDataTypes[dtype], shape: { dim } } } }
}
