const M0: i32 = 0xd2511f53
const M1: i32 = 0xcd9e8d57
const W0: i32 = 0x9e3779b9
const W1: i32 = 0xbb67ae85
const rounds = 10

/**
 * Philox4x32-10 of four samples at once, a lane each: word k of them all goes to `out` + 16 k. Their first and last words are
 * at `samples`.
 */
export function philox(out: usize, samples: usize, c1: i32, c2: i32, key0: i32, key1: i32): void {
  const m0 = i32x4.splat(M0)
  const m1 = i32x4.splat(M1)
  let x0 = v128.load(samples, 0)
  let x1 = i32x4.splat(c1)
  let x2 = i32x4.splat(c2)
  let x3 = v128.load(samples, 16)
  for (let round = 0; round < rounds; round++) {
    const a = i64x2.extmul_low_i32x4_u(x0, m0)
    const b = i64x2.extmul_high_i32x4_u(x0, m0)
    const c = i64x2.extmul_low_i32x4_u(x2, m1)
    const d = i64x2.extmul_high_i32x4_u(x2, m1)
    x0 = v128.xor(v128.xor(highWords(c, d), x1), i32x4.splat(key0))
    x1 = lowWords(c, d)
    x2 = v128.xor(v128.xor(highWords(a, b), x3), i32x4.splat(key1))
    x3 = lowWords(a, b)
    key0 += W0
    key1 += W1
  }
  v128.store(out, x0, 0)
  v128.store(out, x1, 16)
  v128.store(out, x2, 32)
  v128.store(out, x3, 48)
}

@inline
function lowWords(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 2, 4, 6)
}

@inline
function highWords(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 1, 3, 5, 7)
}
