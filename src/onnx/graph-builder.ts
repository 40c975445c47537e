import { version } from '../core/version.ts'
import type { NamedWeights } from '../model/weights.ts'
import { type Attributes, type OpDefinition, type OpType, ops, type Shape } from './ops.ts'
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

/** A float32 tensor of the graph. */
export interface Value {
  readonly name: string
  readonly shape: Shape
}

type MutableValue = { name: string; shape: Shape }

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
 * Every tensor is float32; shapes are inferred on the way. The same calls give the same model.
 */
export class GraphBuilder {
  readonly #inputs: Value[] = []
  readonly #outputs: MutableValue[] = []
  readonly #inner: MutableValue[] = []
  readonly #initializers = new Map<string, { value: Value; data: Float32Array }>()
  readonly #nodes: {
    name: string
    type: OpType
    inputs: readonly Value[]
    outputs: Value[]
    attributes: Attributes
  }[] = []
  readonly #names = new Set<string>()
  readonly #scopes: string[] = []

  /** A graph input. A string as a dimension names one that is free. */
  input(name: string, shape: Shape): Value {
    const value = { name: this.#claim(name), shape }
    this.#inputs.push(value)
    return value
  }

  /** A constant, named as it is: scopes don't touch it. */
  initializer(name: string, shape: readonly number[], data: ArrayLike<number>): Value {
    const value = { name: this.#claim(name), shape }
    if (data.length !== shape.reduce((product, size) => product * size, 1))
      throw new Error(`initializer ${name}: ${data.length} numbers for the shape [${shape}]`)
    this.#initializers.set(name, { value, data: Float32Array.from(data) })
    return value
  }

  /** A node with one output. Errors: inputs that don't fit the op. */
  op(type: OpType, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.opWithOutputs(type, inputs, attributes, 1)[0]!
  }

  /** A node with `count` outputs. */
  opWithOutputs(type: OpType, inputs: readonly Value[], attributes: Attributes, count: number): Value[] {
    const definition: OpDefinition = ops[type]
    const name = this.#unique([...this.#scopes, type].join('/'))
    const shapes = definition.infer(
      inputs.map((input) => input.shape),
      attributes,
      count,
    )
    const outputs = shapes.map((shape, i) => ({
      name: count === 1 ? name : this.#claim(`${name}:${i}`),
      shape,
    }))
    this.#inner.push(...outputs)
    this.#nodes.push({ name, type, inputs, outputs, attributes })
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
    const [inner] = this.#inner.splice(index, 1)
    inner!.name = this.#claim(name)
    this.#outputs.push(inner!)
  }

  /** The constants, by name. */
  initializers(): NamedWeights {
    return new Map(
      [...this.#initializers].map(([name, { value, data }]) => [
        name,
        { shape: value.shape as readonly number[], data },
      ]),
    )
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
        node: this.#nodes.map(
          ({ name: nodeName, type, inputs, outputs, attributes }): INode => ({
            name: nodeName,
            opType: type,
            input: inputs.map((input) => input.name),
            output: outputs.map((output) => output.name),
            attribute: Object.entries(attributes).map(([key, value]) => attributeOf(type, key, value)),
          }),
        ),
        initializer: [...this.#initializers.values()].map(({ value, data }) => ({
          name: value.name,
          dims: value.shape as number[],
          dataType: TensorProto.DataType.FLOAT,
          rawData: littleEndian(data),
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

/** float32 data as the bytes that ONNX's raw_data and the card's digests are of. */
export function littleEndian(data: Float32Array): Uint8Array {
  const bytes = new Uint8Array(data.byteLength)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < data.length; i++) view.setFloat32(4 * i, data[i]!, true)
  return bytes
}

function attributeOf(type: OpType, name: string, value: number): IAttribute {
  const kind = (ops[type].attributes as OpDefinition['attributes'])[name]
  if (kind === 'int') return { name, type: AttributeProto.AttributeType.INT, i: value }
  if (kind === 'float') return { name, type: AttributeProto.AttributeType.FLOAT, f: value }
  throw new Error(`${type} has no attribute ${name}`)
}

function valueInfo({ name, shape }: Value): IValueInfo {
  return {
    name,
    type: {
      tensorType: {
        elemType: TensorProto.DataType.FLOAT,
        shape: { dim: shape.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
      },
    },
  }
}
