/**
 * sum over columns of min(|x - y|, unit), of one row and each of `count` others, a multiple of 16: whole numbers. The row's cells lie
 * one after another from `cells` on, the others' columns `stride` bytes apart from `columns` on.
 */
export function distances(
  count: i32,
  width: i32,
  unit: i32,
  cells: usize,
  columns: usize,
  stride: usize,
  sums: usize,
): void {
  const limit = i32x4.splat(unit)
  const bytes: usize = (<usize>count) << 2
  for (let at: usize = 0; at < bytes; at += 64) {
    let a = i32x4.splat(0)
    let b = a
    let c = a
    let d = a
    let column = columns + at
    for (let k = 0; k < width; k++) {
      const cell = v128.load32_splat(cells + ((<usize>k) << 2))
      a = i32x4.add(a, i32x4.min_u(i32x4.abs(i32x4.sub(cell, v128.load(column))), limit))
      b = i32x4.add(b, i32x4.min_u(i32x4.abs(i32x4.sub(cell, v128.load(column, 16))), limit))
      c = i32x4.add(c, i32x4.min_u(i32x4.abs(i32x4.sub(cell, v128.load(column, 32))), limit))
      d = i32x4.add(d, i32x4.min_u(i32x4.abs(i32x4.sub(cell, v128.load(column, 48))), limit))
      column += stride
    }
    v128.store(sums + at, a)
    v128.store(sums + at, b, 16)
    v128.store(sums + at, c, 32)
    v128.store(sums + at, d, 48)
  }
}
