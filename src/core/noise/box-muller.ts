/**
 * Box-Muller's logarithm, sine and cosine, in additions, multiplications, divisions and roots of float64 alone:
 * ECMAScript leaves the bits of Math.log, Math.sin and Math.cos to the engine. The polynomials are those of Sun's fdlibm
 * (e_log.c, k_sin.c, k_cos.c; freely redistributable). `assembly/box-muller.ts` does the same, operation for operation.
 */

const ln2High = 6.931471803691238e-1
const ln2Low = 1.9082149292705877e-10
/** fdlibm's square root of 2, in the 20 bits that it compares: a larger significand is halved. */
const sqrt2 = 1 + 0x6a09e / 2 ** 20

/** 2^(zeros - 31): by it a number with so many leading zeros becomes a significand in [1, 2). */
const scales = Float64Array.from({ length: 33 }, (_, zeros) => 2 ** (zeros - 31))

/** sqrt(-2 ln u) of u = (word + 0.5) 2^-32, to 1 ulp of float64. */
export function radius(word: number): number {
  const zeros = Math.clz32(word)
  const significand = (word + 0.5) * scales[zeros]!
  const isUpper = significand >= sqrt2
  const k = (isUpper ? 0 : -1) - zeros
  const f = (isUpper ? 0.5 * significand : significand) - 1
  const halfSquare = 0.5 * f * f
  const s = f / (2 + f)
  const z = s * s
  const w = z * z
  let even = 1.5313837699209373e-1
  even = 2.2222198432149784e-1 + w * even
  even = w * (3.999999999940942e-1 + w * even)
  let odd = 1.4798198605116586e-1
  odd = 1.818357216161805e-1 + w * odd
  odd = 2.857142874366239e-1 + w * odd
  odd = z * (6.666666666666735e-1 + w * odd)
  const log = s * (halfSquare + (even + odd)) + k * ln2Low - halfSquare + f + k * ln2High
  return Math.sqrt(-2 * log)
}

/**
 * The cosine and sine of 2 pi u, u = (word + 0.5) 2^-32, to 2 ulps of float64, written to `out`. The word tells
 * the nearest quarter turn exactly; the angle x that is left, at most pi / 4, is rounded once.
 */
export function cosineAndSine(out: Float64Array, word: number): void {
  const shifted = (word + 2 ** 29) | 0
  const x = (((word - (shifted & 0xc0000000)) | 0) + 0.5) * ((2 * Math.PI) / 2 ** 32)
  const z = x * x
  let sine = 1.58969099521155e-10
  sine = -2.5050760253406863e-8 + z * sine
  sine = 2.7557313707070068e-6 + z * sine
  sine = -1.984126982985795e-4 + z * sine
  sine = 8.33333333332249e-3 + z * sine
  sine = -1.6666666666666632e-1 + z * sine
  sine = x + z * x * sine
  let cosine = -1.1359647557788195e-11
  cosine = 2.087572321298175e-9 + z * cosine
  cosine = -2.7557314351390663e-7 + z * cosine
  cosine = 2.480158728947673e-5 + z * cosine
  cosine = -1.388888888887411e-3 + z * cosine
  cosine = 4.16666666666666e-2 + z * cosine
  const half = 0.5 * z
  const near = 1 - half
  cosine = near + (1 - near - half + z * (z * cosine))
  const isOdd = (shifted & 0x40000000) !== 0
  const isLower = shifted < 0
  out[0] = isOdd ? (isLower ? sine : -sine) : isLower ? -cosine : cosine
  out[1] = isOdd ? (isLower ? -cosine : cosine) : isLower ? -sine : sine
}
