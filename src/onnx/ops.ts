import { type DType, dtypes, type Shape, type TensorType } from './graph.ts'

export type Numbers = Readonly<Record<string, number>>

export interface OpDefinition {
  readonly inputs: number | readonly [least: number, most: number]
  /** The inputs' types, unless all are float32. */
  readonly inputTypes?: readonly DType[]
  /** The output's type, unless float32. */
  readonly outputType?: DType
  /** For ops with several types: returns the output's type, instead of the two above. Throws if the types don't fit. */
  readonly typeOf?: (inputs: readonly TensorType[], attributes: Numbers) => DType
  /** Text attributes of every node of this op; a list of integers is written '[1,2]'. */
  readonly fixed?: Readonly<Record<string, string>>
  /** The allowed attributes, with ONNX's defaults. */
  readonly attributes: Numbers
  /** Returns the output's shape; `attributes` includes defaults. Throws if the inputs don't fit together. */
  readonly infer: (inputs: readonly Shape[], attributes: Numbers) => Shape
}

export const elementwise = (inputs: number): OpDefinition => ({
  inputs,
  attributes: {},
  infer: (shapes) => shapes.reduce(broadcast),
})

/** A model file's ops, as in ONNX opset 17 (https://onnx.ai/onnx/operators/). onnxruntime's WebGPU runs each. */
export const ops = {
  Abs: elementwise(1),
  Relu: elementwise(1),
  LeakyRelu: { ...elementwise(1), attributes: { alpha: 0.01 } },
  Add: elementwise(2),
  Sub: elementwise(2),
  Mul: elementwise(2),
  Div: elementwise(2),
  Exp: elementwise(1),
  Sigmoid: elementwise(1),
  Floor: elementwise(1),
  /** Takes a tensor, and a lower and an upper bound, both scalars. */
  Clip: {
    inputs: 3,
    attributes: {},
    infer([x, ...bounds]) {
      for (const bound of bounds)
        if (bound.length > 0) throw new Error(`Clip: a bound has the shape [${bound}]`)
      return x!
    },
  },
  Flatten: {
    inputs: 1,
    attributes: { axis: 1 },
    infer([x], { axis = 1 }) {
      if (!(axis >= 0 && axis <= x!.length)) throw new Error(`Flatten: axis ${axis} of [${x}]`)
      return [productOf(x!.slice(0, axis)), productOf(x!.slice(axis))]
    },
  },
  Cast: {
    ...elementwise(1),
    outputType: 'int32',
    attributes: { to: 0 },
    infer([x], { to }) {
      if (to !== dtypes.indexOf('int32')) throw new Error(`Cast to ONNX's type ${to}, not to int32`)
      return x!
    },
  },
  Gemm: {
    inputs: [2, 3],
    attributes: { alpha: 1, beta: 1, transA: 0, transB: 0 },
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
    // ONNX has no default
    attributes: { axis: -1 },
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
    attributes: { axis: 0 },
    infer([data, indices], { axis = 0 }) {
      requireAxis('Gather', axis, data!)
      return [...data!.slice(0, axis), ...indices!, ...data!.slice(axis + 1)]
    },
  },
} satisfies Record<string, OpDefinition>

export type OpType = keyof typeof ops

/** Infers an op's output. Throws if the number, types or shapes of the inputs don't fit. */
export function inferOutput(definition: OpDefinition, inputs: readonly TensorType[], attributes: Numbers) {
  const { inputs: arity, inputTypes, outputType = 'float32', typeOf, infer } = definition
  const [least, most] = typeof arity === 'number' ? [arity, arity] : arity
  if (inputs.length < least || inputs.length > most) throw new Error(`${inputs.length} inputs`)
  inputs.forEach(({ dtype }, i) => {
    const expected = inputTypes?.[i] ?? 'float32'
    if (!typeOf && dtype !== expected) throw new Error(`input ${i} is ${dtype}, not ${expected}`)
  })
  const shapes = inputs.map(({ shape }) => shape)
  const shape = infer(shapes, { ...definition.attributes, ...attributes })
  return { shape, dtype: typeOf?.(inputs, attributes) ?? outputType }
}

/** Broadcasts two shapes as NumPy does. */
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

function productOf(shape: Shape): number | string {
  return shape.reduce((product, dim) => {
    if (typeof product === 'number' && typeof dim === 'number') return product * dim
    return broadcast([product], [dim])[0]!
  }, 1)
}

function requireAxis(op: string, axis: number, shape: Shape): void {
  if (!(axis >= 0 && axis < shape.length)) throw new Error(`${op}: axis ${axis} of [${shape}]`)
}
