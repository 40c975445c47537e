import { exp } from '../../numerics/elementary.ts'
import { allocate, type Condition, type FloatArray, type Points } from '../../numerics/points.ts'
import { headOf } from '../heads/index.ts'
import { headBlocks, maxLogit, type Network } from '../network.ts'

/**
 * The network's result from the last layer's outputs: the outputs themselves, or the estimate of x_0. What is known is
 * its value.
 */
export function resultOf<A extends FloatArray>(
  network: Network,
  x_t: Points<A>,
  t: number | ArrayLike<number>,
  output: Points<A>,
  condition: Condition<A> | undefined,
): Points<A> {
  const { toSample } = headOf(network)
  if (!toSample) return output
  const { alphaBars } = network
  const blocks = headBlocks(network)
  const { count, dim } = x_t
  const data = allocate(x_t.data, count * dim)
  for (let i = 0; i < count; i++) {
    const share = toSample(alphaBars[typeof t === 'number' ? t : t[i]!]!)
    for (const [b, { size, start }] of blocks.entries()) {
      const at = i * dim + start
      if (condition?.known.data[i * blocks.length + b] === 1)
        for (let k = at; k < at + size; k++) data[k] = condition.values.data[k]!
      else if (size === 1) data[at] = share.x_t * x_t.data[at]! + share.output * output.data[at]!
      else softmax(data, output.data, at, size)
    }
  }
  return { data, count, dim }
}

/** Replaces `size` outputs by 2 p - 1. */
function softmax(result: FloatArray, output: FloatArray, at: number, size: number): void {
  const power = (k: number) => exp(Math.min(Math.max(output[k]!, -maxLogit), maxLogit))
  let sum = 0
  for (let k = at; k < at + size; k++) sum += power(k)
  for (let k = at; k < at + size; k++) result[k] = (2 * power(k)) / sum - 1
}
