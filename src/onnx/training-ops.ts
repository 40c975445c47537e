import { dtypes, type Shape } from './graph.ts'
import { broadcast, elementwise, type OpDefinition, ops } from './ops.ts'

/**
 * The ops of training graphs: those of model files and what a backward pass and an optimizer need beside them. The
 * reader of model files knows `ops` alone, so that a file can hold none of the rest. Each runs on onnxruntime's CPU
 * and WASM providers.
 */
export const trainingOps = {
  ...ops,
  Div: elementwise(2),
  Sqrt: elementwise(1),
  /** Of a tensor, a lower and an upper bound, both scalars. */
  Clip: {
    inputs: 3,
    attributes: {},
    infer([x, ...bounds]) {
      for (const bound of bounds)
        if (bound.length > 0) throw new Error(`Clip: a bound has the shape [${bound}]`)
      return x!
    },
  },
  /** The sum of all elements: axes would be an int64 input. */
  ReduceSum: {
    inputs: 1,
    attributes: { keepdims: 1 },
    infer: ([x], { keepdims = 1 }) => (keepdims ? x!.map(() => 1) : []),
  },
  /** To a matrix: the dimensions before `axis`, and those from it on. */
  Flatten: {
    inputs: 1,
    attributes: { axis: 1 },
    infer([x], { axis = 1 }) {
      if (!(axis >= 0 && axis <= x!.length)) throw new Error(`Flatten: axis ${axis} of [${x}]`)
      return [productOf(x!.slice(0, axis)), productOf(x!.slice(axis))]
    },
  },
  /** float32 to int32, towards zero. */
  Cast: {
    ...elementwise(1),
    outputType: 'int32',
    attributes: { to: 0 },
    infer([x], { to }) {
      if (to !== dtypes.indexOf('int32')) throw new Error(`Cast to ONNX's type ${to}, not to int32`)
      return x!
    },
  },
  /** data with each update added at its index along `axis`. */
  ScatterElements: {
    inputs: 3,
    inputTypes: ['float32', 'int32', 'float32'],
    attributes: { axis: 0 },
    fixed: { reduction: 'add' },
    infer([data, indices, updates], { axis = 0 }) {
      if (indices!.join() !== updates!.join() || indices!.length !== data!.length || !(axis < data!.length))
        throw new Error(`ScatterElements of [${updates}] at [${indices}] into [${data}], axis ${axis}`)
      return data!
    },
  },
} as const satisfies Record<string, OpDefinition>

export type TrainingOp = keyof typeof trainingOps

/** Errors: two dimensions whose sizes aren't known. */
function productOf(shape: Shape): number | string {
  return shape.reduce((product, dim) => {
    if (typeof product === 'number' && typeof dim === 'number') return product * dim
    return broadcast([product], [dim])[0]!
  }, 1)
}
