import { InputError } from '../core/errors.ts'
import { type Draw, plainNormals, plainUniforms } from './noise/plain.ts'
import { wasmNormals, wasmUniforms } from './noise/wasm.ts'

export { philox } from './noise/plain.ts'

/**
 * The purpose of a random number: the low bits of the last word of the generator's counter. Streams never overlap, so
 * each draw depends only on the seed and its own position, not on batch, chunk, thread or backend.
 */
export const streams = {
  x_T: 0,
  reverseNoise: 1,
  initialWeights: 2,
  batches: 3,
  trainingNoise: 4,
  datasets: 5,
  evaluation: 6,
  /** x_T of a student's pairs, which sampling never repeats. */
  pairs: 7,
  /** The order of a table's rows, and which are held out. */
  rowOrder: 8,
  /** Draws of a privacy report: rows of larger sets, resamples and guesses. */
  privacy: 10,
  /** Samples by which training corrects the shares of categories. */
  margins: 11,
  /** Values that stand in for missing ones in a batch. */
  missing: 12,
  /** Which sources stand for a known cell that follows from them. */
  sources: 13,
  /** Samples whose closeness to real rows is measured when training ends. */
  closeness: 14,
  /** Samples that trees see to choose among candidates, and which candidate a sample takes. */
  candidates: 15,
  /** Texts of generated columns. */
  generated: 16,
  /** Cells within the range of a condition, from which rows begin. */
  starts: 17,
  /** Which of a pool of like names a training row has. */
  likeNames: 18,
} as const

export type Stream = (typeof streams)[keyof typeof streams]

export const maxSeed = Number.MAX_SAFE_INTEGER

/** The maximum index of a sample, 2^53 - 1. */
export const maxIndex = Number.MAX_SAFE_INTEGER

/** A seed's low and high 32 bits: the generator's key. */
export function keyOf(seed: number): [number, number] {
  if (!Number.isInteger(seed) || seed < 0 || seed > maxSeed)
    throw new InputError(`seed is ${seed}: give a whole number from 0 to ${maxSeed}`, 'out-of-range')
  return [seed % 2 ** 32, Math.floor(seed / 2 ** 32)]
}

export interface DrawRequest {
  seed: number
  stream: Stream
  /** The step of the numbers. */
  step: number
  /** The first sample's index, up to 2^53; the others follow it. */
  start: number
  /** The samples' indices, where they do not follow one another. */
  indices?: ArrayLike<number> | undefined
  count: number
  dim: number
}

/**
 * Standard normals [count, dim], rounded to float32: Box-Muller in float64 on words (0, 1) and (2, 3),
 * cosine first. Coordinate d of sample i is a pure function of (seed, stream, step, i, d).
 */
export function standardNormals(request: DrawRequest): Float32Array {
  const result = new Float32Array(request.count * request.dim)
  fillStandardNormals(result, request)
  return result
}

/** `standardNormals` into an existing array. */
export function fillStandardNormals(result: Float32Array, request: DrawRequest): void {
  const draw = drawOf(request)
  if (!wasmNormals(result, draw)) plainNormals(result, draw)
}

/**
 * Uniform numbers [count, dim] strictly between 0 and 1, in float64: (w + 0.5) 2^-32 of the words w. Coordinate d of
 * sample i is a pure function of (seed, stream, step, i, d).
 */
export function uniforms(request: DrawRequest): Float64Array {
  const result = new Float64Array(request.count * request.dim)
  fillUniforms(result, request)
  return result
}

/** `uniforms` into an existing array. */
export function fillUniforms(result: Float64Array, request: DrawRequest): void {
  const draw = drawOf(request)
  if (!wasmUniforms(result, draw)) plainUniforms(result, draw)
}

/** The numbers below `count` in random order: a Fisher-Yates shuffle. */
export function shuffled(count: number, seed: number, step: number): Int32Array {
  const drawn = uniforms({ seed, stream: streams.rowOrder, step, start: 0, count, dim: 1 })
  const order = Int32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(drawn[i]! * (i + 1))
    const swapped = order[i]!
    order[i] = order[j]!
    order[j] = swapped
  }
  return order
}

function drawOf({ seed, ...draw }: DrawRequest): Draw {
  return { key: keyOf(seed), ...draw }
}
