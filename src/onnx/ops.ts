/** A dimension: a size, or the name of one that is known only when the graph runs. */
export type Dim = number | string
export type Shape = readonly Dim[]

/** Attributes by name; whole numbers unless the op's table says float. */
export type Attributes = Readonly<Record<string, number>>

export interface OpDefinition {
  readonly inputs: number | readonly [least: number, most: number]
  readonly outputs: number | 'any'
  /** The attributes it may carry, with ONNX's types. */
  readonly attributes: Readonly<Record<string, 'int' | 'float'>>
  /** The outputs' shapes. Errors: inputs that don't fit together. */
  readonly infer: (inputs: readonly Shape[], attributes: Attributes, outputs: number) => readonly Shape[]
}

const elementwise = (inputs: number): OpDefinition => ({
  inputs,
  outputs: 1,
  attributes: {},
  infer: (shapes) => [shapes.reduce(broadcast)],
})

/**
 * The ops in use, all of float32 tensors, with the semantics of ONNX opset 17:
 * https://onnx.ai/onnx/operators/. Each runs on onnxruntime's WebGPU provider without an int64 tensor.
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
    outputs: 1,
    attributes: { alpha: 'float', beta: 'float', transA: 'int', transB: 'int' },
    infer([a, b, c], { transA, transB }) {
      requireRank('Gemm', a!, 2)
      requireRank('Gemm', b!, 2)
      const [m, k] = transA ? [a![1]!, a![0]!] : [a![0]!, a![1]!]
      const [inner, n] = transB ? [b![1]!, b![0]!] : [b![0]!, b![1]!]
      if (k !== inner) throw new Error(`Gemm of [${a}] and [${b}]: the inner dimensions differ`)
      const result = [m, n]
      if (c && broadcast(result, c).join() !== result.join())
        throw new Error(`Gemm: [${c}] does not broadcast to [${result}]`)
      return [result]
    },
  },
  Concat: {
    inputs: [1, Number.POSITIVE_INFINITY],
    outputs: 1,
    attributes: { axis: 'int' },
    infer(shapes, { axis }) {
      const first = shapes[0]!
      if (axis === undefined || axis < 0 || axis >= first.length)
        throw new Error(`Concat: axis ${axis} of [${first}]`)
      let total = 0
      for (const shape of shapes) {
        const size = shape[axis]
        if (
          shape.length !== first.length ||
          shape.some((dim, i) => i !== axis && dim !== first[i]) ||
          typeof size !== 'number'
        )
          throw new Error(`Concat on axis ${axis}: [${shape}] does not fit [${first}]`)
        total += size
      }
      return [first.map((dim, i) => (i === axis ? total : dim))]
    },
  },
  Split: {
    inputs: 1,
    outputs: 'any',
    attributes: { axis: 'int' },
    infer([shape], { axis = 0 }, outputs) {
      const size = shape![axis]
      if (typeof size !== 'number' || size % outputs !== 0)
        throw new Error(`Split of [${shape}] in ${outputs} on axis ${axis}`)
      const part = shape!.map((dim, i) => (i === axis ? size / outputs : dim))
      return Array.from({ length: outputs }, () => part)
    },
  },
  Flatten: {
    inputs: 1,
    outputs: 1,
    attributes: { axis: 'int' },
    infer([shape], { axis = 1 }) {
      if (axis < 0 || axis > shape!.length) throw new Error(`Flatten: axis ${axis} of [${shape}]`)
      return [[product(shape!.slice(0, axis)), product(shape!.slice(axis))]]
    },
  },
} satisfies Record<string, OpDefinition>

export type OpType = keyof typeof ops

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

/** The product of dimensions of which at most one is a name, the rest then 1. */
function product(dims: Shape): Dim {
  const names = dims.filter((dim) => typeof dim === 'string')
  const size = dims.reduce<number>((result, dim) => (typeof dim === 'number' ? result * dim : result), 1)
  if (names.length === 0) return size
  if (names.length === 1 && size === 1) return names[0]!
  throw new Error(`the product of [${dims}] has no name`)
}

function requireRank(op: string, shape: Shape, rank: number): void {
  if (shape.length !== rank) throw new Error(`${op} takes tensors of rank ${rank}, not [${shape}]`)
}
