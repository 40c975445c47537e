/** Passes over matrices whose rows are whole vectors, so many bytes apart. */

/** a b of `count` numbers. */
export function multiply(count: i32, a: usize, b: usize, to: usize): void {
  const bytes: usize = (<usize>count) << 2
  for (let at: usize = 0; at < bytes; at += 16)
    v128.store(to + at, f32x4.mul(v128.load(a + at), v128.load(b + at)))
}

/** Adds `count` numbers to others. */
export function add(count: i32, from: usize, to: usize): void {
  const bytes: usize = (<usize>count) << 2
  for (let at: usize = 0; at < bytes; at += 16)
    v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)))
}

/** Adds all rows to the one at `to`. */
export function sumRows(rows: i32, vectors: i32, from: usize, row: usize, to: usize): void {
  for (let v = 0; v < vectors; v++) {
    let sum = v128.load(to)
    let at = from
    for (let r = 0; r < rows; r++) {
      sum = f32x4.add(sum, v128.load(at))
      at += row
    }
    v128.store(to, sum)
    from += 16
    to += 16
  }
}

/** Rows of a table by the number of each, from 1, which are int32. */
export function gatherRows(
  rows: i32,
  vectors: i32,
  numbers: usize,
  table: usize,
  rowTable: usize,
  to: usize,
  row: usize,
): void {
  for (let r = 0; r < rows; r++) {
    const from = table + <usize>(i32.load(numbers + ((<usize>r) << 2)) - 1) * rowTable
    memory.copy(to, from, (<usize>vectors) << 4)
    to += row
  }
}

/** Adds each row to the row of a table that has its number, counted from 1. */
export function scatterRows(
  rows: i32,
  vectors: i32,
  numbers: usize,
  from: usize,
  row: usize,
  table: usize,
  rowTable: usize,
): void {
  for (let r = 0; r < rows; r++) {
    const to = table + <usize>(i32.load(numbers + ((<usize>r) << 2)) - 1) * rowTable
    add(vectors << 2, from, to)
    from += row
  }
}

/** Rows of so many bytes, side by side, to rows that are further apart. */
export function spreadRows(rows: i32, bytes: i32, from: usize, to: usize, row: usize): void {
  for (let r = 0; r < rows; r++) {
    memory.copy(to, from, bytes)
    from += bytes
    to += row
  }
}

/** The transpose of a matrix [rows, columns]. */
export function transpose(
  rows: i32,
  columns: i32,
  from: usize,
  rowFrom: usize,
  to: usize,
  rowTo: usize,
): void {
  for (let r = 0; r < rows; r++) {
    let source = from
    let target = to + ((<usize>r) << 2)
    for (let c = 0; c < columns; c++) {
      f32.store(target, f32.load(source))
      source += 4
      target += rowTo
    }
    from += rowFrom
  }
}
