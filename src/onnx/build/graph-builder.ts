/** Builders of graphs: the predictor, the whole sampler, seeded.onnx and a training step. */
import {
  type Attributes,
  type Constant,
  constantOf,
  type DType,
  floatAttributes,
  type Graph,
  type Node,
  type TensorType,
  type Value,
} from '../graph.ts'
import { inferOutput, type Numbers, type OpDefinition, type OpType, ops } from '../ops.ts'

type BuiltNode = Pick<Node, 'name' | 'op' | 'attributes'> & Record<'inputs' | 'outputs', readonly Value[]>

type Renamable = TensorType & { name: string }

/**
 * Builds a graph node by node, so that graph code reads like the network it describes:
 *
 *     const h = graph.op('Gemm', [x, weight, bias], { transB: 1 })
 *
 * Infers types and shapes. The same calls give the same graph. The table lists the allowed ops, by default those of
 * model files.
 */
export class GraphBuilder<Type extends string = OpType> {
  readonly #table: Readonly<Record<Type, OpDefinition>>
  readonly #inputs: Value[] = []
  readonly #outputs: Value[] = []
  readonly #inner: Renamable[] = []
  readonly #constants = new Map<string, Constant>()
  readonly #shared = new Map<string, Value>()
  readonly #nodes: BuiltNode[] = []
  readonly #names = new Set<string>()
  readonly #scopes: string[] = []

  constructor(table: Readonly<Record<Type, OpDefinition>> = ops as never) {
    this.#table = table
  }

  input(name: string, shape: TensorType['shape'], dtype: DType = 'float32'): Value {
    const value: Value = { name: this.#claim(name), shape, dtype }
    this.#inputs.push(value)
    return value
  }

  /** Adds a constant, without prefixing its name by the scope. */
  constant(name: string, shape: readonly number[], numbers: ArrayLike<number>, dtype: DType = 'float32') {
    return this.hold(this.#claim(name), constantOf(shape, numbers, dtype))
  }

  /** Adds a constant, or returns the one that was added under this name. */
  shared(name: string, shape: readonly number[], numbers: () => ArrayLike<number>, dtype: DType = 'float32') {
    const value = this.#shared.get(name) ?? this.constant(name, shape, numbers(), dtype)
    this.#shared.set(name, value)
    return value
  }

  /** Adds a constant whose name is unique, except for an input that it is the default of. */
  protected hold(name: string, constant: Constant): Value {
    this.#constants.set(name, constant)
    return { name, shape: constant.shape, dtype: constant.dtype }
  }

  /** Adds a node and returns its output. Throws if the inputs don't fit the op, or for an unknown attribute. */
  op(type: Type, inputs: readonly Value[], attributes: Numbers = {}): Value {
    const definition: OpDefinition = this.#table[type]
    const rounded = Object.entries(attributes).map(([name, value]) => {
      if (!Object.hasOwn(definition.attributes, name)) throw new Error(`${type} has no attribute ${name}`)
      return [name, floatAttributes.includes(name) ? Math.fround(value) : value]
    })
    const output = inferOutput(definition, inputs, attributes)
    return this.node(type, inputs, { ...Object.fromEntries(rounded), ...definition.fixed }, [output])[0]!
  }

  protected node(op: string, inputs: readonly Value[], attributes: Attributes, types: readonly TensorType[]) {
    const name = this.#unique([...this.#scopes, op].join('/'))
    const outputs = types.map((type, i) => ({
      name: types.length === 1 ? name : this.#claim(`${name}/${i}`),
      ...type,
    }))
    this.#inner.push(...outputs)
    this.#nodes.push({ op, inputs, attributes, name, outputs })
    return outputs
  }

  /** Prefixes the names of the nodes that `body` adds. */
  scope<R>(name: string, body: () => R): R {
    this.#scopes.push(name)
    const result = body()
    this.#scopes.pop()
    return result
  }

  output(name: string, value: Value): void {
    const index = this.#inner.indexOf(value)
    if (index < 0)
      throw new Error(`output ${name}: ${value.name} is no node's output, or is an output already`)
    const [inner] = this.#inner.splice(index, 1)
    inner!.name = this.#claim(name)
    this.#outputs.push(inner!)
  }

  build(): Graph {
    const namesOf = (values: readonly Value[]) => values.map(({ name }) => name)
    const named = ({ inputs, outputs, ...node }: BuiltNode) => ({
      ...node,
      inputs: namesOf(inputs),
      outputs: namesOf(outputs),
    })
    return {
      inputs: this.#inputs,
      outputs: this.#outputs,
      nodes: this.#nodes.map(named),
      constants: this.#constants,
      inner: this.#inner,
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

/** Selects [batch, dim] from [steps, batch, dim]. A Split would need a storage buffer per step; WebGPU has 8 to 10. */
export function row(graph: GraphBuilder, stacked: Value, j: number, stage = j): Value {
  return graph.op('Gather', [stacked, graph.constant(`step_${stage}.index`, [], [j], 'int32')], { axis: 0 })
}

/** WebGPU guarantees 8 storage buffers per shader: 7 inputs and the output. */
const maxConcatInputs = 7

/** Stacks [batch, dim] to [count, batch, dim]. Adding zero [1, 1, 1] raises the rank without an int64 tensor. */
export function stack(graph: GraphBuilder, name: string, values: readonly Value[]): Value {
  return graph.scope(name, () => {
    const zero = graph.constant(`${name}.zero`, [1, 1, 1], [0])
    const parts = values.map((value) => graph.op('Add', [value, zero]))
    return join(graph, parts, 0)
  })
}

export function join(graph: GraphBuilder, values: readonly Value[], axis: number): Value {
  if (values.length === 1) return values[0]!
  const parts: Value[] = []
  for (let k = 0; k < values.length; k += maxConcatInputs)
    parts.push(graph.op('Concat', values.slice(k, k + maxConcatInputs), { axis }))
  return join(graph, parts, axis)
}
