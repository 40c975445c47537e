import { cosineAndSineOfTurns } from '../numerics/elementary.ts'
import { allocate, type Condition, type FloatArray, type Points } from '../numerics/points.ts'
import { knownWaves, type Network, stateWidth } from './network.ts'

/**
 * The first layer's inputs beside the features of t: x_t; or, in a network that takes a condition, with D dimensions in
 * blocks, k the known blocks (1 known, 0 to be drawn) and v their values,
 *
 *     (1 - k) x_t, k v of a number and k (v + 1) / 2 of a category, k by block, sin and cos of pi z, 2 pi z, 4 pi z for the
 *     known numbers z
 *
 * Known values have their own inputs, so that no unit needs to multiply a value by its mark. In a known category the
 * other names are 0: with -1, AdamW would hardly move the weights of a rare name (docs/formulation.md).
 */

/** The inputs of each row: [count, `stateWidth`]. Without a condition no block is known. */
export function inputsOf<A extends FloatArray>(
  network: Network,
  x_t: Points<A>,
  condition: Condition<A> | undefined,
): Points<A> {
  if (!network.takesCondition) return x_t
  const { count, dim } = x_t
  const { blocks } = network
  const { width, write } = inputRows(network)
  const data = allocate(x_t.data, count * width)
  for (let i = 0; i < count; i++) {
    const isKnown = (block: number) => condition?.known.data[i * blocks.length + block] === 1
    write(data, i * width, { x_t: x_t.data, values: condition?.values.data, from: i * dim, isKnown })
  }
  return { data, count, dim: width }
}

/** A row in scaled space, which begins at `from` in both arrays. */
interface InputRow {
  readonly x_t: FloatArray
  readonly values: FloatArray | undefined
  readonly from: number
  readonly isKnown: (block: number) => boolean
}

/** The width of a row of inputs, and a function that writes one into an array of zeros. */
export function inputRows(network: Network) {
  const { blocks, dim, takesCondition } = network
  const numbers = blocks.reduce((count, { size }) => count + (size === 1 ? 1 : 0), 0)
  const width = stateWidth(network)
  const pair = new Float64Array(2)
  const write = (to: FloatArray, at: number, { x_t, values, from, isKnown }: InputRow) => {
    if (!takesCondition) {
      for (let d = 0; d < dim; d++) to[at + d] = x_t[from + d]!
      return
    }
    let wave = at + 2 * dim + blocks.length
    for (let b = 0; b < blocks.length; b++) {
      const { size, start } = blocks[b]!
      const isGiven = values !== undefined && isKnown(b)
      const source = isGiven ? values : x_t
      const target = at + start + (isGiven ? dim : 0)
      if (isGiven && size > 1)
        for (let k = 0; k < size; k++) to[target + k] = (values[from + start + k]! + 1) / 2
      else for (let k = 0; k < size; k++) to[target + k] = source[from + start + k]!
      if (isGiven) to[at + 2 * dim + b] = 1
      if (size > 1) continue
      if (isGiven)
        for (let k = 0; k < knownWaves; k++) {
          cosineAndSineOfTurns(pair, 2 ** (k - 1) * to[target]!)
          to[wave + 2 * k * numbers] = pair[1]!
          to[wave + (2 * k + 1) * numbers] = pair[0]!
        }
      wave++
    }
  }
  return { width, write }
}

/**
 * A condition that covers every case: every fourth row has no known block; in any other row i, the known blocks are those
 * whose number mod 3 is i mod 4 - 1.
 */
export function exampleCondition({ blocks, dim }: Network, count: number): Condition {
  const known = { data: new Float32Array(count * blocks.length), count, dim: blocks.length }
  const values = { data: new Float32Array(count * dim), count, dim }
  for (let i = 0; i < count; i++)
    for (const [b, { size, start }] of blocks.entries()) {
      if (b % 3 !== (i % 4) - 1) continue
      known.data[i * blocks.length + b] = 1
      values.data.fill(size === 1 ? 0.75 : -1, i * dim + start, i * dim + start + size)
      if (size > 1) values.data[i * dim + start + (i % size)] = 1
    }
  return { known, values }
}
