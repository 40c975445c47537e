import { logOfParts, turned } from '../elementary.ts'

/** Numbers for `count` samples from `start`: the rest of the generator's counter and its key. */
export interface Draw {
  readonly key: readonly [number, number]
  readonly stream: number
  readonly step: number
  /** The first sample's index, up to 2^53; the others follow it. */
  readonly start: number
  /** The samples' indices, where they do not follow one another. */
  readonly indices?: ArrayLike<number> | undefined
  readonly count: number
  readonly dim: number
}

/** Indices that share their fourth word. */
const indicesPerWord = 2 ** 32

/**
 * The counter's fourth word for sample `index`: the stream in its low 11 bits and above it what the index has above its
 * low 32 bits, which are the first word. Indices below 2^32 have the stream alone.
 */
export function fourthWord(stream: number, index: number): number {
  return stream + 2 ** 11 * Math.floor(index / indicesPerWord)
}

/** A 32-bit word as a number strictly between 0 and 1. */
function unitInterval(word: number): number {
  return (word + 0.5) * 2 ** -32
}

/** Philox4x32's multipliers, what its key grows by with each round, and how many of these there are. */
export const M0 = 0xd2511f53
export const M1 = 0xcd9e8d57
export const W0 = 0x9e3779b9
export const W1 = 0xbb67ae85
export const rounds = 10

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

/** The index of the draw's sample i. */
export function indexOf({ start, indices }: Draw, i: number): number {
  return indices ? indices[i]! : start + i
}

/** 2^(zeros - 31): by it a number with so many leading zeros becomes a significand in [1, 2). */
const scales = Float64Array.from({ length: 33 }, (_, zeros) => 2 ** (zeros - 31))

/** sqrt(-2 ln u) of u = (word + 0.5) 2^-32, to 1 ulp of float64. */
export function radius(word: number): number {
  const zeros = Math.clz32(word)
  return Math.sqrt(-2 * logOfParts((word + 0.5) * scales[zeros]!, -1 - zeros))
}

/**
 * The cosine and sine of 2 pi u, u = (word + 0.5) 2^-32, to 2 ulps of float64, written to `out`. The word gives
 * the nearest quarter turn exactly; the remaining angle x, at most pi / 4, is rounded once.
 */
export function cosineAndSine(out: Float64Array, word: number): void {
  const shifted = (word + 2 ** 29) | 0
  const x = (((word - (shifted & 0xc0000000)) | 0) + 0.5) * ((2 * Math.PI) / 2 ** 32)
  turned(out, x, (shifted >>> 30) & 3)
}

/** Standard normals [count, dim] into `result`: for engines without WASM, and what the WASM module is checked against. */
export function plainNormals(result: Float32Array, draw: Draw): void {
  const { key, stream, step, count, dim } = draw
  const words = new Uint32Array(4)
  const pair = new Float64Array(2)
  for (let i = 0; i < count; i++) {
    const row = i * dim
    const index = indexOf(draw, i)
    const last = fourthWord(stream, index)
    for (let d = 0; d < dim; d += 2) {
      if (d % 4 === 0) philox(words, index, step, d >>> 2, last, key[0], key[1])
      const r = radius(words[d % 4]!)
      cosineAndSine(pair, words[(d % 4) + 1]!)
      result[row + d] = r * pair[0]!
      if (d + 1 < dim) result[row + d + 1] = r * pair[1]!
    }
  }
}

/** Uniform numbers [count, dim] into `result`: coordinate d is word d mod 4 of the counter's floor(d / 4). */
export function plainUniforms(result: Float64Array, draw: Draw): void {
  const { key, stream, step, count, dim } = draw
  const words = new Uint32Array(4)
  for (let i = 0; i < count; i++) {
    const index = indexOf(draw, i)
    const last = fourthWord(stream, index)
    for (let d = 0; d < dim; d++) {
      if (d % 4 === 0) philox(words, index, step, d >>> 2, last, key[0], key[1])
      result[i * dim + d] = unitInterval(words[d % 4]!)
    }
  }
}
