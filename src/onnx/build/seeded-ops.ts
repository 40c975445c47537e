import { constantOf, type DType, dtypes, type Shape, type TensorType, type Value } from '../graph.ts'
import { elementwise, type OpDefinition, ops } from '../ops.ts'
import { GraphBuilder } from './graph-builder.ts'

/** The first opset with bitwise ops. */
export const seededOpset = 18

function sameType(inputs: readonly TensorType[]): DType {
  const types = new Set(inputs.map(({ dtype }) => dtype))
  if (types.size !== 1) throw new Error(`inputs of the types ${[...types].join(' and ')}`)
  return inputs[0]!.dtype
}

const withSameTypes = (definition: OpDefinition) => ({ ...definition, typeOf: sameType })

/** Elementwise ops on inputs of one type, all with this definition. */
const each = <N extends string>(definition: OpDefinition, ...names: N[]) =>
  Object.fromEntries(names.map((name) => [name, definition])) as Record<N, OpDefinition>

/** Model files' ops with more types, and ops on bits and tables. onnxruntime's GPUs lack BitShift. */
const seededOps = {
  ...ops,
  ...each(withSameTypes(elementwise(1)), 'Floor', 'Neg', 'Sqrt', 'Log', 'Not'),
  ...each(withSameTypes(elementwise(2)), 'Add', 'Sub', 'Mul', 'Div', 'Min', 'Max', 'And'),
  ...each(withSameTypes(elementwise(2)), 'BitwiseAnd', 'BitwiseXor'),
  ...each(
    { ...elementwise(2), typeOf: (inputs) => sameType(inputs) && 'bool' },
    ...(['Equal', 'Greater', 'GreaterOrEqual', 'LessOrEqual'] as const),
  ),
  Gemm: withSameTypes(ops.Gemm),
  Concat: withSameTypes(ops.Concat),
  Flatten: withSameTypes(ops.Flatten),
  /** Only for uint64. */
  BitShift: { ...withSameTypes(elementwise(2)), fixed: { direction: 'RIGHT' } },
  IsNaN: { ...elementwise(1), typeOf: () => 'bool' },
  Where: { ...elementwise(3), typeOf: ([, ...values]) => sameType(values) },
  Cast: { ...elementwise(1), attributes: { to: 0 }, typeOf: (_, { to = 0 }) => dtypes[to]! },
  Gather: { ...ops.Gather, typeOf: ([data]) => data!.dtype },
  /** Of each row, the elements of a matrix at the indices in the same row. */
  GatherElements: {
    inputs: 2,
    attributes: { axis: 0 },
    typeOf: ([data]) => data!.dtype,
    infer: ([, indices]) => indices!,
  },
  /** The index of the first maximum in each row of a matrix. */
  ArgMax: {
    inputs: 1,
    attributes: { axis: 0 },
    typeOf: () => 'int64',
    infer([x], { axis }) {
      if (axis !== 1 || x!.length !== 2)
        throw new Error(`ArgMax takes rows of a matrix, not [${x}] on axis ${axis}`)
      return [x![0]!, 1]
    },
  },
  ReduceMin: {
    ...withSameTypes(elementwise(1)),
    attributes: { keepdims: 1 },
    infer: ([x], { keepdims = 1 }) => (keepdims ? x!.map(() => 1) : []),
  },
} as const satisfies Record<string, OpDefinition>

export type SeededOp = keyof typeof seededOps

/** A range of a dimension, `size` long; a negative end counts from the end. */
export interface Range {
  readonly axis: number
  readonly start: number
  readonly end: number
  readonly size: Shape[number]
}

/** A power of two beyond any dimension: a range up to it goes to the end. */
export const toTheEnd = 2 ** 62

const prefix = 'moonstep/'

/** Builds graphs that draw their own noise. Constants are named `moonstep/...`; nodes are in the scope `moonstep`. */
export class SeededGraphBuilder extends GraphBuilder<SeededOp> {
  constructor() {
    super(seededOps)
  }

  override constant(
    name: string,
    shape: readonly number[],
    numbers: ArrayLike<number>,
    dtype: DType = 'float32',
  ): Value {
    if (dtype !== 'float64' && dtype !== 'uint64') return super.constant(prefix + name, shape, numbers, dtype)
    const data =
      dtype === 'float64' ? Float64Array.from(numbers) : BigUint64Array.from(Array.from(numbers, BigInt))
    return this.hold(prefix + name, { shape, dtype, bytes: new Uint8Array(data.buffer) })
  }

  /** A constant of uint64. */
  bigConstant(name: string, shape: readonly number[], numbers: readonly bigint[]): Value {
    const bytes = new Uint8Array(BigUint64Array.from(numbers).buffer)
    return this.hold(prefix + name, { shape, dtype: 'uint64', bytes })
  }

  /** Adds an optional float32 input. Its default is a single row of zeros, which is broadcast. */
  optionalInput(name: string, shape: readonly [rows: string, width: number]): Value {
    const value = this.input(name, shape)
    this.hold(name, constantOf([1, shape[1]], new Float32Array(shape[1]), 'float32'))
    return value
  }

  strings(name: string, strings: readonly string[]): Value {
    const encoder = new TextEncoder()
    return this.hold(prefix + name, {
      shape: [strings.length],
      dtype: 'string',
      bytes: encoder.encode(JSON.stringify(strings)),
      strings: strings.map((text) => encoder.encode(text)),
    })
  }

  scalar(value: number, dtype: DType): Value {
    return this.once('scalar', [], [value], dtype)
  }

  cast(value: Value, dtype: DType): Value {
    return this.op('Cast', [value], { to: dtypes.indexOf(dtype) })
  }

  slice(value: Value, ...ranges: readonly Range[]): Value {
    const list = (numbers: readonly number[]) => this.once('list', [numbers.length], numbers, 'int64')
    const inputs = [
      value,
      list(ranges.map(({ start }) => start)),
      list(ranges.map(({ end }) => end)),
      list(ranges.map(({ axis }) => axis)),
    ]
    const shape = value.shape.map((size, d) => ranges.find(({ axis }) => axis === d)?.size ?? size)
    return this.typed('Slice', inputs, { shape, dtype: value.dtype })
  }

  /** Reshapes a tensor; -1 stands for the rest, and `dims` is the declared shape. */
  reshape(value: Value, shape: readonly number[], dims: Shape): Value {
    const inputs = [value, this.once('list', [shape.length], shape, 'int64')]
    return this.typed('Reshape', inputs, { shape: dims, dtype: value.dtype })
  }

  typed(op: string, inputs: readonly Value[], type: TensorType, attributes = {}): Value {
    return this.node(op, inputs, attributes, [type])[0]!
  }

  /** Returns a constant, added once per name and numbers. */
  once(name: string, shape: readonly number[], numbers: readonly number[], dtype: DType): Value {
    const key = `${name}.${dtype}.${numbers.map((x) => (Object.is(x, -0) ? '-0' : x)).join(',')}`
    return this.shared(key, shape, () => numbers, dtype)
  }
}
