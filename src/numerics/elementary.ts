/**
 * Logarithm, exponential, power, sine, cosine and the normal quantile, using only float64 addition, multiplication,
 * division and square root: ECMAScript leaves the bits of Math.log, Math.exp, Math.pow, Math.sin and Math.cos to the
 * engine, and training data and files must not depend on it. The polynomials of logarithm, exponential, sine and cosine
 * are those of Sun's fdlibm (e_log.c, e_exp.c, k_sin.c, k_cos.c; freely redistributable).
 * `noise/assembly/box-muller.ts` does the same, operation for operation.
 */

const ln2High = 6.931471803691238e-1
const ln2Low = 1.9082149292705877e-10
/** fdlibm's square root of 2, in the 20 bits it compares; larger significands are halved. */
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

/** e to the power of x: 0 below -700, infinite above 700. */
export function exp(x: number): number {
  if (Math.abs(x) > 700) return x < 0 ? 0 : Infinity
  const k = Math.floor(x * Math.LOG2E + 0.5)
  return (1 + lessOne(x, k)) * 2 ** k
}

/** e to the power of x, less 1, precise near 0. */
export function expm1(x: number): number {
  return Math.abs(x) < 0.3 ? lessOne(x, 0) : exp(x) - 1
}

/** e^(x - k ln 2) - 1, for an exponent of at most half of ln 2 in size. */
function lessOne(x: number, k: number): number {
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
  return high - (low - (r * c) / (2 - c))
}

/** x >= 0 to the power of y, to an ulp or two; exact if x and the result are whole. */
export function power(x: number, y: number): number {
  const isWhole = Number.isInteger(y) && Math.abs(y) <= (Number.isInteger(x) ? 64 : 3)
  if (isWhole) return y < 0 ? 1 / wholePower(x, -y) : wholePower(x, y)
  if (x === 0) return y > 0 ? 0 : Infinity
  if (y === 0.5) return Math.sqrt(x)
  const [high, low] = exactLog(x)
  const [exponent, rest] = product(y, high)
  return exp(exponent) * (1 + (rest + y * low))
}

function wholePower(x: number, n: number): number {
  let result = 1
  for (let [square, left] = [x, n]; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square
    square *= square
  }
  return result
}

/** The natural logarithm of a normal number as the sum of two numbers, the second being the error of the first. */
function exactLog(x: number): readonly [high: number, low: number] {
  parts.setFloat64(0, x)
  const word = parts.getUint32(0)
  parts.setUint32(0, (word & 0xfffff) | 0x3ff00000)
  const significand = parts.getFloat64(0)
  const isUpper = significand >= sqrt2
  const k = (word >>> 20) - 1023 + (isUpper ? 1 : 0)
  // ln f = 2 (s + s^3 / 3 + s^5 / 5 + ...) of s = (f - 1) / (f + 1), in which s alone has to be exact
  const f = isUpper ? 0.5 * significand : significand
  const below = f + 1
  const s = (f - 1) / below
  const [high, low] = product(s, below)
  const rest = (f - 1 - high - low - s * (f - (below - 1))) / below
  const z = s * s
  let odd = 0
  for (let n = 21; n >= 3; n -= 2) odd = z * (1 / n + odd)
  const [sum, error] = total(k * ln2High, 2 * s)
  return total(sum, error + 2 * (rest + s * odd) + k * ln2Low)
}

/** A sum and its rounding error: Knuth's two-sum. */
function total(a: number, b: number): readonly [sum: number, error: number] {
  const sum = a + b
  const part = sum - a
  return [sum, a - (sum - part) + (b - part)]
}

/** A product and its rounding error: Dekker's, for numbers within float32's range. */
function product(a: number, b: number): readonly [product: number, error: number] {
  const [aHigh, bHigh] = [Math.fround(a), Math.fround(b)]
  const [aLow, bLow] = [a - aHigh, b - bHigh]
  const result = a * b
  return [result, aHigh * bHigh - result + aHigh * bLow + aLow * bHigh + aLow * bLow]
}

/** Writes the cosine and sine of x, |x| <= pi / 4, rotated by `quarters` quarter turns, to `out`. */
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

/** Writes the cosine and sine of 2 pi `turns` to `out`. */
export function cosineAndSineOfTurns(out: Float64Array, turns: number): void {
  const quarters = Math.floor(4 * turns + 0.5)
  turned(out, (turns - quarters / 4) * (2 * Math.PI), ((quarters % 4) + 4) % 4)
}

/** pi / 2 in two parts, the first of 33 bits, so that its multiples are exact (fdlibm, e_rem_pio2.c). */
const [quarterHigh, quarterLow] = [1.5707963267341256, 6.077100506506192e-11]

const pair = new Float64Array(2)

function turnTo(radians: number): void {
  const quarters = Math.floor(radians / (Math.PI / 2) + 0.5)
  turned(pair, radians - quarters * quarterHigh - quarters * quarterLow, ((quarters % 4) + 4) % 4)
}

/** The cosine of an angle of at most a million radians. */
export function cosine(radians: number): number {
  turnTo(radians)
  return pair[0]!
}

/** The sine of an angle of at most a million radians. */
export function sine(radians: number): number {
  turnTo(radians)
  return pair[1]!
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
