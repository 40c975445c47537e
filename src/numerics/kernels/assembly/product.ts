import { block1, block2, block3, block4, block5 } from './blocks'

/**
 * C [m, n vectors] = init + A B, and what `end` makes of it. A(i, k) lies at a + i rowA + k stepA, so that its transpose is a
 * matter of strides; init, C and h have rows of their own, an init of stride 0 is the same for all. All in bytes. An odd
 * last row is computed twice, which spares kernels of one row.
 */
export function product(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  rowA: usize,
  stepA: usize,
  b: usize,
  rowB: usize,
  init: usize,
  rowInit: usize,
  c: usize,
  rowC: usize,
  end: i32,
  h: usize,
  rowH: usize,
): void {
  let left = n
  while (left > 0) {
    // fours, and a five or threes at the end, so that no block is narrow
    const width = left == 5 ? 5 : left == 6 || left == 3 ? 3 : left >= 4 ? 4 : left
    let ai = a
    let ii = init
    let ci = c
    let hi = h
    for (let i = 0; i < m; i += 2) {
      const isPair = i + 1 < m
      const ra = isPair ? rowA : 0
      const ri = isPair ? rowInit : 0
      const rc = isPair ? rowC : 0
      const rh = isPair ? rowH : 0
      if (width == 4) block4(k, ai, ra, stepA, b, rowB, ii, ri, ci, rc, end, hi, rh)
      else if (width == 5) block5(k, ai, ra, stepA, b, rowB, ii, ri, ci, rc, end, hi, rh)
      else if (width == 3) block3(k, ai, ra, stepA, b, rowB, ii, ri, ci, rc, end, hi, rh)
      else if (width == 2) block2(k, ai, ra, stepA, b, rowB, ii, ri, ci, rc, end, hi, rh)
      else block1(k, ai, ra, stepA, b, rowB, ii, ri, ci, rc, end, hi, rh)
      ai += rowA << 1
      ii += rowInit << 1
      ci += rowC << 1
      hi += rowH << 1
    }
    const bytes: usize = (<usize>width) << 4
    b += bytes
    init += bytes
    c += bytes
    h += bytes
    left -= width
  }
}
