/**
 * Logarithm, exponential, sine, cosine and the normal quantile in additions, multiplications, divisions and roots of
 * float64 alone: ECMAScript leaves the bits of Math.log, Math.exp, Math.sin and Math.cos to the engine, and what is
 * trained on or written to a file must not depend on it. The polynomials of the first four are those of Sun's fdlibm
 * (e_log.c, e_exp.c, k_sin.c, k_cos.c; freely redistributable). `noise/assembly/box-muller.ts` does the same, operation
 * for operation.
 */

const ln2High = 6.931471803691238e-1
const ln2Low = 1.9082149292705877e-10
/** fdlibm's square root of 2, in the 20 bits that it compares: a larger significand is halved. */
const sqrt2 = 1 + 0x6a09e / 2 ** 20

/** ln(significand 2^exponent) of a significand in [1, 2), to 1 ulp. */
export function logOfParts(significand: number, exponent: number): number {
  const isUpper = significand >= sqrt2
  const k = (isUpper ? 1 : 0) + exponent
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
  return s * (halfSquare + (even + odd)) + k * ln2Low - halfSquare + f + k * ln2High
}

const parts = new DataView(new ArrayBuffer(8))

/** The natural logarithm of a normal number above 0. */
export function log(x: number): number {
  parts.setFloat64(0, x)
  const high = parts.getUint32(0)
  parts.setUint32(0, (high & 0xfffff) | 0x3ff00000)
  return logOfParts(parts.getFloat64(0), (high >>> 20) - 1023)
}

/** e to the power of x, from -700 to 700. */
export function exp(x: number): number {
  const k = Math.floor(x * Math.LOG2E + 0.5)
  const high = x - k * ln2High
  const low = k * ln2Low
  const r = high - low
  const t = r * r
  let p = 4.1381367970572385e-8
  p = -1.6533902205465252e-6 + t * p
  p = 6.613756321437934e-5 + t * p
  p = -2.7777777777015593e-3 + t * p
  p = 1.6666666666666602e-1 + t * p
  const c = r - t * p
  return (1 - (low - (r * c) / (2 - c) - high)) * 2 ** k
}

/** The cosine and sine of x, at most pi / 4 from 0, turned by `quarters` quarter turns, written to `out`. */
export function turned(out: Float64Array, x: number, quarters: number): void {
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
  const isOdd = (quarters & 1) !== 0
  const isLower = quarters > 1
  out[0] = isOdd ? (isLower ? sine : -sine) : isLower ? -cosine : cosine
  out[1] = isOdd ? (isLower ? -cosine : cosine) : isLower ? -sine : sine
}

/** The cosine and sine of 2 pi `turns`, written to `out`. */
export function cosineAndSineOfTurns(out: Float64Array, turns: number): void {
  const quarters = Math.floor(4 * turns + 0.5)
  turned(out, (turns - quarters / 4) * (2 * Math.PI), ((quarters % 4) + 4) % 4)
}

/** Coefficients of numerator and denominator, the highest power first. */
type Ratio = readonly [numerator: readonly number[], denominator: readonly number[]]

const central: Ratio = [
  [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
    1971.5909503065513, 133.14166789178438, 3.3871328727963665,
  ],
  [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
    687.1870074920579, 42.31333070160091, 1,
  ],
]
const near: Ratio = [
  [
    7.745450142783414e-4, 2.2723844989269184e-2, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  [
    1.0507500716444169e-9, 5.475938084995345e-4, 1.5198666563616457e-2, 1.4810397642748008e-1,
    6.897673349851e-1, 1.6763848301838038, 2.053191626637759, 1,
  ],
]
const far: Ratio = [
  [
    2.0103343992922881e-7, 2.7115555687434876e-5, 1.2426609473880784e-3, 2.6532189526576124e-2,
    2.9656057182850487e-1, 1.7848265399172913, 5.4637849111641144, 6.657904643501104,
  ],
  [
    2.0442631033899397e-15, 1.4215117583164459e-7, 1.8463183175100548e-5, 7.868691311456133e-4,
    1.4875361290850615e-2, 1.3692988092273581e-1, 0.599832206555888, 1,
  ],
]

function quotient([numerator, denominator]: Ratio, x: number): number {
  const value = (coefficients: readonly number[]) => coefficients.reduce((sum, c) => sum * x + c, 0)
  return value(numerator) / value(denominator)
}

/**
 * The z below which a standard normal lies with probability u in (0, 1), to 1e-15 of it.
 * Wichura, "Algorithm AS 241: the percentage points of the normal distribution" (1988), PPND16.
 */
export function normalQuantile(u: number): number {
  const q = u - 0.5
  if (Math.abs(q) <= 0.425) return q * quotient(central, 0.180625 - q * q)
  const r = Math.sqrt(-log(q < 0 ? u : 1 - u))
  const z = r <= 5 ? quotient(near, r - 1.6) : quotient(far, r - 5)
  return q < 0 ? -z : z
}
