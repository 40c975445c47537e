/**
 * sum_k coefficient_k term_k of `count` numbers, four at a time: each is summed in float64 and rounded once. The terms lie
 * `stride` bytes apart from `data` on, their coefficients, in float64, one after another.
 */
export function combine(
  count: i32,
  terms: i32,
  coefficients: usize,
  data: usize,
  stride: usize,
  result: usize,
): void {
  const bytes: usize = (<usize>count) << 2
  for (let at: usize = 0; at < bytes; at += 16) {
    let low = f64x2.splat(0)
    let high = low
    let from = data + at
    for (let k = 0; k < terms; k++) {
      const coefficient = v128.load64_splat(coefficients + ((<usize>k) << 3))
      const term = v128.load(from)
      low = f64x2.add(low, f64x2.mul(coefficient, f64x2.promote_low_f32x4(term)))
      const upper = v128.shuffle<i64>(term, term, 1, 1)
      high = f64x2.add(high, f64x2.mul(coefficient, f64x2.promote_low_f32x4(upper)))
      from += stride
    }
    const sums = v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2)
    v128.store(result + at, sums)
  }
}
