import type { Shape, Value } from '../graph.ts'
import { elementwise, type OpDefinition, ops } from '../ops.ts'
import { GraphBuilder } from './graph-builder.ts'

/** Model files' ops, which their reader accepts alone, and those of the backward pass and the optimizer. */
export const trainingOps = {
  ...ops,
  Sqrt: elementwise(1),
  Log: elementwise(1),
  /** Sums all elements, because axes would be an int64 input. */
  ReduceSum: {
    inputs: 1,
    attributes: { keepdims: 1 },
    infer: ([x], { keepdims = 1 }) => (keepdims ? x!.map(() => 1) : []),
  },
  /** Adds each update to data at its index along `axis`. */
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

/** Builds training graphs, and the two ops whose result's shape depends on an int64 constant. */
export class TrainingGraphBuilder extends GraphBuilder<TrainingOp> {
  constructor() {
    super(trainingOps)
  }

  scalar(value: number): Value {
    return this.shared(`scalar ${value}`, [], () => [value])
  }

  /** Reshapes a tensor. Throws if the number of elements differs. */
  reshape(value: Value, shape: readonly number[]): Value {
    if (sizeOf(value.shape) !== sizeOf(shape))
      throw new Error(`Reshape of [${value.shape}] to [${shape}]: the numbers of elements differ`)
    const inputs = [value, this.shared(`shape ${shape.join('x')}`, [shape.length], () => shape, 'int64')]
    return this.node('Reshape', inputs, {}, [{ shape, dtype: value.dtype }])[0]!
  }

  /** Splits a tensor into consecutive parts along an axis. Throws if the sizes don't add up. */
  split(value: Value, sizes: readonly number[], axis: number): Value[] {
    const total = sizes.reduce((sum, size) => sum + size, 0)
    if (value.shape[axis] !== total)
      throw new Error(`Split of [${value.shape}] on axis ${axis} into ${sizes}: they add up to ${total}`)
    const inputs = [value, this.shared(`sizes ${sizes.join('+')}`, [sizes.length], () => sizes, 'int64')]
    const types = sizes.map((size) => ({ shape: value.shape.with(axis, size), dtype: value.dtype }))
    return this.node('Split', inputs, { axis }, types)
  }
}

function sizeOf(shape: Shape): number {
  return shape.reduce<number>((product, dim) => {
    if (typeof dim === 'string') throw new Error(`[${shape}]: the size of ${dim} isn't fixed`)
    return product * dim
  }, 1)
}
