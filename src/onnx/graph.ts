import { elementCount } from '../model/weights.ts'

/** A dimension: a size, or the name of one that is known only when the graph runs. */
export type Dim = number | string
export type Shape = readonly Dim[]

/** ONNX's types of tensors by their numbers. Model files hold float32 and int32, training and seeded graphs others too. */
export const dtypes = [
  'undefined',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
] as const

export type DType = (typeof dtypes)[number]

export interface TensorType {
  readonly shape: Shape
  readonly dtype: DType
}

/** A tensor of a graph that is no constant. */
export interface Value extends TensorType {
  readonly name: string
}

/** Numbers are whole but for those of `floatAttributes`. */
export type Attributes = Readonly<Record<string, number | string>>

/** The attributes that ONNX keeps in float32. */
export const floatAttributes: readonly string[] = ['alpha', 'beta']

export interface Node {
  readonly name: string
  readonly op: string
  /** Names of values, '' where an optional one is left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Attributes
}

export interface Constant {
  readonly shape: readonly number[]
  readonly dtype: DType
  /** Little-endian, as files hold them: what digests are made of. Of strings, all together. */
  readonly bytes: Uint8Array
  /** Each string in UTF-8, of a constant of strings. */
  readonly strings?: readonly Uint8Array[]
}

/** An ONNX graph, parsed or built: every part is there, and what a node takes comes before it. */
export interface Graph {
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly nodes: readonly Node[]
  readonly constants: ReadonlyMap<string, Constant>
  /** The types that are declared of values between inputs and outputs: in a graph of our own, of each. */
  readonly inner: readonly Value[]
}

/** A constant of numbers. Throws: another number of them than its shape has. */
export function constantOf(shape: readonly number[], numbers: ArrayLike<number>, dtype: DType): Constant {
  if (numbers.length !== elementCount(shape))
    throw new Error(`${numbers.length} numbers for the shape [${shape}]`)
  const size = dtype === 'int64' ? 8 : 4
  const bytes = new Uint8Array(size * numbers.length)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] ?? 0
    if (dtype === 'float32') view.setFloat32(size * i, value, true)
    else if (dtype === 'int32') view.setInt32(size * i, value, true)
    else view.setBigInt64(size * i, BigInt(value), true)
  }
  return { shape, dtype, bytes }
}

/** The numbers of a constant of float32 or int32. */
export function numbersOf({ dtype, bytes }: Constant): Float32Array | Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const numbers = dtype === 'int32' ? new Int32Array(bytes.length / 4) : new Float32Array(bytes.length / 4)
  for (let i = 0; i < numbers.length; i++)
    numbers[i] = dtype === 'int32' ? view.getInt32(4 * i, true) : view.getFloat32(4 * i, true)
  return numbers
}

/** How many nodes there are of each op. */
export function opCounts({ nodes }: Graph): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { op } of nodes) counts[op] = (counts[op] ?? 0) + 1
  return counts
}

/** How many float32 numbers the constants hold. */
export function numberCount({ constants }: Graph): number {
  let count = 0
  for (const { dtype, shape } of constants.values()) if (dtype === 'float32') count += elementCount(shape)
  return count
}

/**
 * The graph with tensors inside it as outputs too, so that a runtime hands them out; all of them without `names`. A
 * runtime can't fuse a node into the next where its output is asked for: less is fused than without.
 */
export function exposeTensors(graph: Graph, names?: ReadonlySet<string>): Graph {
  const isExposed = ({ name }: Value) => names === undefined || names.has(name)
  return {
    ...graph,
    // a runtime that fills its outputs in order has the graph's own first
    outputs: [...graph.outputs, ...graph.inner.filter(isExposed)],
    inner: graph.inner.filter((value) => !isExposed(value)),
  }
}
