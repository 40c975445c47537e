import type { Shape, Value } from './graph.ts'
import { GraphBuilder } from './graph-builder.ts'
import { type TrainingOp, trainingOps } from './training-ops.ts'

/**
 * A builder of training graphs. Beside the table's ops it has the two whose result is shaped by the values of an
 * int64 constant: what makes matrices of a flat tensor, and takes no part in model files.
 */
export class TrainingGraphBuilder extends GraphBuilder<TrainingOp> {
  readonly #constants = new Map<string, Value>()

  constructor() {
    super(trainingOps)
  }

  /** The scalar `value`, a constant. */
  scalar(value: number): Value {
    return this.#constant(`scalar ${value}`, [], [value], 'float32')
  }

  /** The same elements in another shape. Errors: another number of them. */
  reshape(value: Value, shape: readonly number[]): Value {
    if (sizeOf(value.shape) !== sizeOf(shape))
      throw new Error(`Reshape of [${value.shape}] to [${shape}]: the numbers of elements differ`)
    const inputs = [value, this.#constant(`shape ${shape.join('x')}`, [shape.length], shape, 'int64')]
    const [reshaped] = this.node('Reshape', inputs, {}, [{ shape, dtype: value.dtype }])
    return reshaped ?? value
  }

  /** Consecutive parts of `sizes` along an axis. Errors: sizes that don't add up. */
  split(value: Value, sizes: readonly number[], axis: number): Value[] {
    const total = sizes.reduce((sum, size) => sum + size, 0)
    if (value.shape[axis] !== total)
      throw new Error(`Split of [${value.shape}] on axis ${axis} into ${sizes}: they add up to ${total}`)
    const inputs = [value, this.#constant(`sizes ${sizes.join('+')}`, [sizes.length], sizes, 'int64')]
    return this.node(
      'Split',
      inputs,
      { axis },
      sizes.map((size) => ({ shape: value.shape.with(axis, size), dtype: value.dtype })),
    )
  }

  #constant(name: string, shape: readonly number[], data: readonly number[], dtype: 'float32' | 'int64') {
    const known = this.#constants.get(name)
    if (known) return known
    const made = this.constant(name, shape, data, dtype)
    this.#constants.set(name, made)
    return made
  }
}

/** Errors: a dimension whose size isn't known. */
function sizeOf(shape: Shape): number {
  return shape.reduce<number>((product, dim) => {
    if (typeof dim === 'string') throw new Error(`[${shape}]: the size of ${dim} isn't known`)
    return product * dim
  }, 1)
}
