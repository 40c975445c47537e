/** A dimension: a size, or the name of one that is known only when the graph runs. */
export type Dim = number | string
export type Shape = readonly Dim[]

/** float32 but for indices; int64, which would leave onnxruntime's WebGPU provider, in training graphs alone. */
export type DType = 'float32' | 'int32' | 'int64'

export interface TensorType {
  readonly shape: Shape
  readonly dtype: DType
}

/** Attributes by name; whole numbers unless the op's table says float. */
export type Attributes = Readonly<Record<string, number>>

export interface OpDefinition {
  readonly inputs: number | readonly [least: number, most: number]
  /** The inputs' types where they aren't all float32. */
  readonly inputTypes?: readonly DType[]
  /** The output's type where it isn't float32. */
  readonly outputType?: DType
  /** Text attributes that each node of it has. */
  readonly fixed?: Readonly<Record<string, string>>
  /** The attributes it may carry, with ONNX's types. */
  readonly attributes: Readonly<Record<string, 'int' | 'float'>>
  /** The output's shape. Errors: inputs that don't fit together. */
  readonly infer: (inputs: readonly Shape[], attributes: Attributes) => Shape
}

export const elementwise = (inputs: number): OpDefinition => ({
  inputs,
  attributes: {},
  infer: (shapes) => shapes.reduce(broadcast),
})

/**
 * The ops that a model file may hold, each with one float32 output and the semantics of ONNX opset 17:
 * https://onnx.ai/onnx/operators/. Each runs on onnxruntime's WebGPU provider.
 */
export const ops = {
  Abs: elementwise(1),
  Relu: elementwise(1),
  LeakyRelu: { ...elementwise(1), attributes: { alpha: 'float' } },
  Add: elementwise(2),
  Sub: elementwise(2),
  Mul: elementwise(2),
  Gemm: {
    inputs: [2, 3],
    attributes: { alpha: 'float', beta: 'float', transA: 'int', transB: 'int' },
    infer([a, b, c], { transA, transB }) {
      for (const shape of [a!, b!])
        if (shape.length !== 2) throw new Error(`Gemm takes matrices, not [${shape}]`)
      const [m, k] = transA ? [a![1]!, a![0]!] : [a![0]!, a![1]!]
      const [inner, n] = transB ? [b![1]!, b![0]!] : [b![0]!, b![1]!]
      if (k !== inner) throw new Error(`Gemm of [${a}] and [${b}]: the inner dimensions differ`)
      const result = [m, n]
      if (c && broadcast(result, c).join() !== result.join())
        throw new Error(`Gemm: [${c}] does not broadcast to [${result}]`)
      return result
    },
  },
  Concat: {
    inputs: [1, Number.POSITIVE_INFINITY],
    attributes: { axis: 'int' },
    infer(shapes, { axis = -1 }) {
      const first = shapes[0]!
      requireAxis('Concat', axis, first)
      let total = 0
      for (const shape of shapes) {
        const size = shape[axis]
        const fits = shape.length === first.length && shape.every((dim, i) => i === axis || dim === first[i])
        if (!fits || typeof size !== 'number')
          throw new Error(`Concat on axis ${axis}: [${shape}] does not fit [${first}]`)
        total += size
      }
      return first.map((dim, i) => (i === axis ? total : dim))
    },
  },
  Gather: {
    inputs: 2,
    inputTypes: ['float32', 'int32'],
    attributes: { axis: 'int' },
    infer([data, indices], { axis = 0 }) {
      requireAxis('Gather', axis, data!)
      return [...data!.slice(0, axis), ...indices!, ...data!.slice(axis + 1)]
    },
  },
} satisfies Record<string, OpDefinition>

export type OpType = keyof typeof ops

/** The output of an op. Errors: inputs of another number, type or shape than it takes. */
export function inferOutput(
  definition: OpDefinition,
  inputs: readonly TensorType[],
  attributes: Attributes,
): TensorType {
  const { inputs: arity, inputTypes, outputType = 'float32', infer } = definition
  const [least, most] = typeof arity === 'number' ? [arity, arity] : arity
  if (inputs.length < least || inputs.length > most) throw new Error(`${inputs.length} inputs`)
  inputs.forEach(({ dtype }, i) => {
    const expected = inputTypes?.[i] ?? 'float32'
    if (dtype !== expected) throw new Error(`input ${i} is ${dtype}, not ${expected}`)
  })
  return {
    shape: infer(
      inputs.map(({ shape }) => shape),
      attributes,
    ),
    dtype: outputType,
  }
}

/** NumPy's broadcasting of two shapes. */
export function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1
    const y = b[i - rank + b.length] ?? 1
    if (x === y || y === 1) return x
    if (x === 1) return y
    throw new Error(`[${a}] and [${b}] do not broadcast`)
  })
}

function requireAxis(op: string, axis: number, shape: Shape): void {
  if (!(axis >= 0 && axis < shape.length)) throw new Error(`${op}: axis ${axis} of [${shape}]`)
}
