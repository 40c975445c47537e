import { planar } from './dataset.ts'

/** Uniform on the eight dark squares of a four by four board over [-2, 2] x [-2, 2]. */
export const checkerboard = planar('checkerboard', 0, (u, v) => {
  const x = 4 * u - 2
  const column = Math.floor(4 * u)
  // two of the column's four squares are dark, every other one
  const half = Math.floor(2 * v)
  return [x, 2 * v - half + (2 * half + (column % 2)) - 2]
})
