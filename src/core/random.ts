import { InputError } from './errors.ts'

/**
 * What a random number is for: the last word of the generator's counter. Streams never overlap, so
 * each draw depends on the seed and its own place alone, whatever the batch, chunk, thread or backend.
 */
export const streams = {
  x_T: 0,
  reverseNoise: 1,
  initialWeights: 2,
  batches: 3,
  trainingNoise: 4,
  datasets: 5,
  evaluation: 6,
  /** x_T of the pairs that a student learns from: sampling never replays them. */
  pairs: 7,
} as const

export type Stream = (typeof streams)[keyof typeof streams]

export const maxSeed = Number.MAX_SAFE_INTEGER

const M0 = 0xd2511f53
const M1 = 0xcd9e8d57
const W0 = 0x9e3779b9
const W1 = 0xbb67ae85
const rounds = 10

/** The high 32 bits of the 64-bit product a b. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const cross = aLow * bHigh + (middle & 0xffff)
  return (aHigh * bHigh + (middle >>> 16) + (cross >>> 16)) >>> 0
}

/**
 * Philox4x32-10: four 32-bit words from a counter of four and a key of two, written to `out`.
 * Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 */
export function philox(
  out: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  key0: number,
  key1: number,
): void {
  let k0 = key0
  let k1 = key1
  let x0 = c0
  let x1 = c1
  let x2 = c2
  let x3 = c3
  for (let round = 0; round < rounds; round++) {
    const high0 = multiplyHigh(x0, M0)
    const low0 = Math.imul(x0, M0)
    const high1 = multiplyHigh(x2, M1)
    const low1 = Math.imul(x2, M1)
    x0 = high1 ^ x1 ^ k0
    x1 = low1
    x2 = high0 ^ x3 ^ k1
    x3 = low0
    k0 = (k0 + W0) | 0
    k1 = (k1 + W1) | 0
  }
  out[0] = x0
  out[1] = x1
  out[2] = x2
  out[3] = x3
}

/** A seed's low and high 32 bits: the generator's key. */
export function keyOf(seed: number): [number, number] {
  if (!Number.isInteger(seed) || seed < 0 || seed > maxSeed)
    throw new InputError(`seed is ${seed}: give a whole number from 0 to ${maxSeed}`)
  return [seed % 2 ** 32, Math.floor(seed / 2 ** 32)]
}

/** A 32-bit word as a number strictly between 0 and 1. */
export function unitInterval(word: number): number {
  return (word + 0.5) * 2 ** -32
}

export interface DrawRequest {
  seed: number
  stream: Stream
  /** The step that the numbers are for. */
  step: number
  /** The first sample's index. */
  start: number
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

/** `standardNormals` into an array that is there. */
export function fillStandardNormals(
  result: Float32Array,
  { seed, stream, step, start, count, dim }: DrawRequest,
): void {
  const [key0, key1] = keyOf(seed)
  const words = new Uint32Array(4)
  for (let i = 0; i < count; i++) {
    const row = i * dim
    for (let d = 0; d < dim; d += 2) {
      if (d % 4 === 0) philox(words, start + i, step, d >>> 2, stream, key0, key1)
      const radius = Math.sqrt(-2 * Math.log(unitInterval(words[d % 4]!)))
      const angle = 2 * Math.PI * unitInterval(words[(d % 4) + 1]!)
      result[row + d] = radius * Math.cos(angle)
      if (d + 1 < dim) result[row + d + 1] = radius * Math.sin(angle)
    }
  }
}

/** Uniform numbers [count, dim] strictly between 0 and 1, in float64; dim is at most 4. */
export function uniforms({ seed, stream, step, start, count, dim }: DrawRequest): Float64Array {
  const [key0, key1] = keyOf(seed)
  const result = new Float64Array(count * dim)
  const words = new Uint32Array(4)
  for (let i = 0; i < count; i++) {
    philox(words, start + i, step, 0, stream, key0, key1)
    for (let d = 0; d < dim; d++) result[i * dim + d] = unitInterval(words[d]!)
  }
  return result
}
