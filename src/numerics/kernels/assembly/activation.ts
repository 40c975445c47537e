/** What becomes of a product before it is stored. */
export namespace End {
  export const nothing: i32 = 0
  /** LeakyReLU. */
  export const leaky: i32 = 1
  /** Times LeakyReLU's slope at `h`. */
  export const slope: i32 = 2
}

/** LeakyReLU: the greater of z and 0.01 z. */
@inline
export function leaky(z: v128): v128 {
  return f32x4.pmax(f32x4.mul(z, f32x4.splat(0.01)), z)
}

/** d times LeakyReLU's slope where it gave h: the negative side's at 0, as PyTorch's. */
@inline
export function sloped(d: v128, h: v128): v128 {
  return v128.bitselect(d, f32x4.mul(d, f32x4.splat(0.01)), f32x4.gt(h, f32x4.splat(0)))
}

/**
 * e^x of x from -87 to 87: 2^n e^r, where |r| <= ln(2) / 2 and e^r is the polynomial of the Cephes library's expf, off by 2
 * units in the last place at most.
 */
@inline
export function exp(x: v128): v128 {
  // 1.5 2^23 is added and taken away: that rounds to a whole number, and leaves it in the low bits of the sum
  const magic = f32x4.splat(12582912)
  const sum = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504088896341)), magic)
  const n = f32x4.sub(sum, magic)
  // ln(2) in two parts, the first of few digits, so that n times it is exact
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)))
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)))
  let p = f32x4.splat(1.9875691500e-4)
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1))
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1))
  const power = i32x4.add(i32x4.shl(sum, 23), f32x4.splat(1))
  return f32x4.mul(p, power)
}

/** The nearest to x from -bound to bound; NaN stays. V8 takes one instruction for a pmin, several for a min. */
@inline
export function clipped(x: v128, bound: f32): v128 {
  return f32x4.pmax(f32x4.pmin(x, f32x4.splat(bound)), f32x4.splat(-bound))
}

/**
 * SiLU of `count` numbers in place: z s, where s = 1 / (1 + e^-z), and `h` added to it. Its slope s + z s (1 - s) goes to
 * `slopes`. Neither where the address is 0.
 */
export function silu(count: i32, z: usize, h: usize, slopes: usize): void {
  const bytes: usize = (<usize>count) << 2
  const one = f32x4.splat(1)
  for (let at: usize = 0; at < bytes; at += 16) {
    const x = v128.load(z + at)
    const s = f32x4.div(one, f32x4.add(one, exp(f32x4.neg(clipped(x, 87)))))
    let value = f32x4.mul(x, s)
    if (slopes) v128.store(slopes + at, f32x4.add(s, f32x4.mul(value, f32x4.sub(one, s))))
    if (h) value = f32x4.add(value, v128.load(h + at))
    v128.store(z + at, value)
  }
}
