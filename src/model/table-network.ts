import { cosineAndSineOfTurns, exp } from '../numerics/elementary.ts'
import { allocate, type Condition, type FloatArray, type Points } from '../numerics/points.ts'
import { knownWaves, maxLogit, type TableShape } from './network.ts'

/**
 * The first layer's inputs and the last layer's result in a network of tables. With D dimensions in blocks, k the known
 * blocks (1 known, 0 to be drawn) and v their values,
 *
 *     inputs   (1 - k) x_t, k v of a number and k (v + 1) / 2 of a category, k by block, sin and cos of pi z, 2 pi z, 4 pi z
 *              for the known numbers z; then those of t
 *     h        SiLU(W inputs), and twice h + SiLU(W h)
 *     x_0      of a number: sqrt(alphaBar) x_t - sqrt(1 - alphaBar) output, which is v-prediction
 *              of a category: 2 p - 1, where p is the softmax of the block's outputs
 *              of what is known: its value
 *
 * Known values have their own inputs, so that no unit needs to multiply a value by its mark. In a known category the
 * other names are 0: with -1, AdamW would hardly move the weights of a rare name (docs/formulation.md).
 */

/** The first layer's inputs beside the features of t: [count, `stateWidth`]. Without a condition nothing is known. */
export function tableInputs<A extends FloatArray>(
  shape: TableShape,
  x_t: Points<A>,
  condition: Condition<A> | undefined,
): Points<A> {
  const { count, dim } = x_t
  const { width, write } = inputRows(shape, dim)
  const data = allocate(x_t.data, count * width)
  for (let i = 0; i < count; i++) {
    const isKnown = (block: number) => condition?.known.data[i * shape.blocks.length + block] === 1
    write(data, i * width, { x_t: x_t.data, values: condition?.values.data, from: i * dim, isKnown })
  }
  return { data, count, dim: width }
}

/** A row in scaled space, which begins at `from` in both arrays. */
export interface InputRow {
  readonly x_t: FloatArray
  readonly values: FloatArray | undefined
  readonly from: number
  readonly isKnown: (block: number) => boolean
}

/** The width of a row of inputs, and a function that writes one into an array of zeros. */
export function inputRows({ blocks }: TableShape, dim: number) {
  const numbers = blocks.reduce((count, { size }) => count + (size === 1 ? 1 : 0), 0)
  const width = 2 * dim + blocks.length + 2 * knownWaves * numbers
  const pair = new Float64Array(2)
  const write = (to: FloatArray, at: number, { x_t, values, from, isKnown }: InputRow) => {
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
 * A condition that covers every case: nothing is known in every fourth row; in any other row i, each block whose number
 * mod 3 is i mod 4 - 1.
 */
export function exampleCondition({ blocks }: TableShape, dim: number, count: number): Condition {
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

/** Turns the last layer's outputs into the estimate of x_0. */
export function estimateSamples<A extends FloatArray>(
  { blocks, alphaBars }: TableShape,
  x_t: Points<A>,
  t: number | ArrayLike<number>,
  output: Points<A>,
  condition: Condition<A> | undefined,
): Points<A> {
  const { count, dim } = x_t
  const data = allocate(x_t.data, count * dim)
  for (let i = 0; i < count; i++) {
    const alphaBar = alphaBars[typeof t === 'number' ? t : t[i]!]!
    const [signal, noise] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)]
    for (const [b, { size, start }] of blocks.entries()) {
      const at = i * dim + start
      if (condition?.known.data[i * blocks.length + b] === 1)
        for (let k = at; k < at + size; k++) data[k] = condition.values.data[k]!
      else if (size === 1) data[at] = signal * x_t.data[at]! - noise * output.data[at]!
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
