/** ONNX graphs: as data, written to files, read from them and checked. build/ makes those of Moonstep. */
import { elementCount } from '../model/weights.ts'

/** A dimension: a size, or the name of a size that is fixed only at run time. */
export type Dim = number | string
export type Shape = readonly Dim[]

/** ONNX's tensor types by number. Model files use float32 and int32; training and seeded graphs also use others. */
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

export interface Value extends TensorType {
  readonly name: string
}

/** Numbers are integers, except those of `floatAttributes`. */
export type Attributes = Readonly<Record<string, number | string>>

export const floatAttributes: readonly string[] = ['alpha', 'beta']

export interface Node {
  readonly name: string
  readonly op: string
  /** Names of values; '' for an omitted optional input. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Attributes
}

export interface Constant {
  readonly shape: readonly number[]
  readonly dtype: DType
  /** Little-endian, as in files; digests are of these bytes. Strings are stored together. */
  readonly bytes: Uint8Array
  /** For a constant of strings: each one in UTF-8. */
  readonly strings?: readonly Uint8Array[]
}

/** An ONNX graph, parsed or built. Every part is present, and nodes are in topological order. */
export interface Graph {
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly nodes: readonly Node[]
  readonly constants: ReadonlyMap<string, Constant>
  /** Declared types of inner values; our own graphs declare all of them. */
  readonly inner: readonly Value[]
}

/** Creates a constant of numbers. Throws if their count doesn't match the shape. */
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

export function numbersOf({ dtype, bytes }: Constant): Float32Array | Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const numbers = dtype === 'int32' ? new Int32Array(bytes.length / 4) : new Float32Array(bytes.length / 4)
  for (let i = 0; i < numbers.length; i++)
    numbers[i] = dtype === 'int32' ? view.getInt32(4 * i, true) : view.getFloat32(4 * i, true)
  return numbers
}

export function opCounts({ nodes }: Graph): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { op } of nodes) counts[op] = (counts[op] ?? 0) + 1
  return counts
}

export function numberCount({ constants }: Graph): number {
  let count = 0
  for (const { dtype, shape } of constants.values()) if (dtype === 'float32') count += elementCount(shape)
  return count
}

/** The graph with inner tensors as further outputs. A runtime can't fuse a node whose output is requested. */
export function exposeTensors(graph: Graph, names?: ReadonlySet<string>): Graph {
  const isExposed = ({ name }: Value) => names === undefined || names.has(name)
  return {
    ...graph,
    // keeps the graph's own outputs first, for runtimes that fill outputs in order
    outputs: [...graph.outputs, ...graph.inner.filter(isExposed)],
    inner: graph.inner.filter((value) => !isExposed(value)),
  }
}
