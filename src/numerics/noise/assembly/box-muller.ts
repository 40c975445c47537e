/** `../plain.ts`, operation for operation, for the two words in the low half of a vector. */

/** a + z b */
@inline
function horner(a: f64, z: v128, b: v128): v128 {
  return f64x2.add(f64x2.splat(a), f64x2.mul(z, b))
}

/** (word + 0.5) 2^-32: a number strictly between 0 and 1. */
@inline
export function unitIntervals(words: v128): v128 {
  const centred = f64x2.add(f64x2.convert_low_i32x4_u(words), f64x2.splat(0.5))
  return f64x2.mul(centred, f64x2.splat(1.0 / 4294967296))
}

/** sqrt(-2 ln((word + 0.5) 2^-32)) */
@inline
export function radii(words: v128): v128 {
  // a carry into the exponent where the significand is in the upper half: fdlibm's, then in [sqrt(1/2), sqrt(2))
  const bits = i64x2.add(unitIntervals(words), i64x2.splat(0x00095f6200000000))
  const exponents = i32x4.shr_u(v128.shuffle<i32>(bits, bits, 1, 3, 1, 3), 20)
  const k = f64x2.convert_low_i32x4_s(i32x4.sub(exponents, i32x4.splat(1023)))
  const significands = i64x2.add(
    v128.and(bits, i64x2.splat(0x000fffffffffffff)),
    i64x2.splat(0x3fe6a09e00000000),
  )
  const f = f64x2.sub(significands, f64x2.splat(1))
  const halfSquares = f64x2.mul(f64x2.mul(f64x2.splat(0.5), f), f)
  const s = f64x2.div(f, f64x2.add(f64x2.splat(2), f))
  const z = f64x2.mul(s, s)
  const w = f64x2.mul(z, z)
  let even = f64x2.splat(1.5313837699209373e-1)
  even = horner(2.2222198432149784e-1, w, even)
  even = f64x2.mul(w, horner(3.999999999940942e-1, w, even))
  let odd = f64x2.splat(1.4798198605116586e-1)
  odd = horner(1.818357216161805e-1, w, odd)
  odd = horner(2.857142874366239e-1, w, odd)
  odd = f64x2.mul(z, horner(6.666666666666735e-1, w, odd))
  let log = f64x2.mul(s, f64x2.add(halfSquares, f64x2.add(even, odd)))
  log = f64x2.add(log, f64x2.mul(k, f64x2.splat(1.9082149292705877e-10)))
  log = f64x2.add(f64x2.sub(log, halfSquares), f)
  log = f64x2.add(log, f64x2.mul(k, f64x2.splat(6.931471803691238e-1)))
  return f64x2.sqrt(f64x2.mul(f64x2.splat(-2), log))
}

/** The words, shifted so that their two highest bits number the nearest quarter turn. */
@inline
function shifted(words: v128): v128 {
  return i32x4.add(words, i32x4.splat(0x20000000))
}

/** What is left of the angles 2 pi (word + 0.5) 2^-32 beyond the nearest quarter turn: at most pi / 4. */
@inline
export function angles(words: v128): v128 {
  const rest = i32x4.sub(words, v128.and(shifted(words), i32x4.splat(0xc0000000)))
  const units = f64x2.add(f64x2.convert_low_i32x4_s(rest), f64x2.splat(0.5))
  return f64x2.mul(units, f64x2.splat((2 * Math.PI) / 4294967296))
}

@inline
export function sines(x: v128): v128 {
  const z = f64x2.mul(x, x)
  let sum = f64x2.splat(1.58969099521155e-10)
  sum = horner(-2.5050760253406863e-8, z, sum)
  sum = horner(2.7557313707070068e-6, z, sum)
  sum = horner(-1.984126982985795e-4, z, sum)
  sum = horner(8.33333333332249e-3, z, sum)
  sum = horner(-1.6666666666666632e-1, z, sum)
  return f64x2.add(x, f64x2.mul(f64x2.mul(z, x), sum))
}

@inline
export function cosines(x: v128): v128 {
  const z = f64x2.mul(x, x)
  let sum = f64x2.splat(-1.1359647557788195e-11)
  sum = horner(2.087572321298175e-9, z, sum)
  sum = horner(-2.7557314351390663e-7, z, sum)
  sum = horner(2.480158728947673e-5, z, sum)
  sum = horner(-1.388888888887411e-3, z, sum)
  sum = horner(4.16666666666666e-2, z, sum)
  sum = f64x2.mul(z, f64x2.mul(z, sum))
  const half = f64x2.mul(f64x2.splat(0.5), z)
  const near = f64x2.sub(f64x2.splat(1), half)
  const lost = f64x2.sub(f64x2.sub(f64x2.splat(1), near), half)
  return f64x2.add(near, f64x2.add(lost, sum))
}

/** `value`, or `other` after an odd number of quarter turns, its sign turned where the highest bit of `signs` is set. */
@inline
export function turned(words: v128, value: v128, other: v128, signs: v128): v128 {
  const odd = i64x2.extend_low_i32x4_s(i32x4.shr_s(i32x4.shl(shifted(words), 1), 31))
  const sign = v128.and(i64x2.extend_low_i32x4_s(signs), i64x2.splat(i64.MIN_VALUE))
  return v128.xor(v128.bitselect(other, value, odd), sign)
}

@inline
export function cosineSigns(words: v128): v128 {
  return v128.xor(shifted(words), i32x4.shl(shifted(words), 1))
}

@inline
export function sineSigns(words: v128): v128 {
  return shifted(words)
}
