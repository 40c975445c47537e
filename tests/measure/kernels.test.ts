import { describe, expect, it } from 'vitest'
import {
  addKernels,
  addSomeRows,
  bandwidths,
  blockSize,
  emptyBlock,
  fillKernels,
} from '../../src/measure/distances/pairwise.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'

const expected = (square: number) => [
  Math.sqrt(square),
  ...bandwidths.map((h) => Math.exp(-square / (2 * h * h))),
]

describe('fillKernels', () => {
  it.each([
    ['near', (j: number) => j / 300],
    ['at the limits of the table', (j: number) => 13.9 + j / 2000],
    ['far', (j: number) => 20 + j ** 3],
    ['at the steps of the table', (j: number) => j / 32],
  ])('gives the distance and exp(-d^2 / 2 h^2) of squares %s, to 1e-13', (_, square) => {
    const squares = Float64Array.from({ length: blockSize }, (_, j) => square(j))
    const block = emptyBlock()
    fillKernels(squares, 0, blockSize, block)
    const relative = block.map((value, k) => (k % 4 === 0 ? value / expected(squares[k / 4]!)[0]! : value))
    const exact = [...squares]
      .flatMap((x) => expected(x))
      .map((value, k) => (k % 4 === 0 ? value / value : value))
    // 0 / 0 at no distance
    if (squares[0] === 0) relative[0] = exact[0] = 1
    expect(maxAbsDifference(relative, exact)).toBeLessThanOrEqual(1e-13)
  })

  it('gives NaN for NaN', () => {
    const block = emptyBlock()
    fillKernels(Float64Array.of(Number.NaN), 0, 1, block)
    expect([...block.subarray(0, 4)]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN])
  })
})

it('addKernels and addSomeRows add up the kernels of fillKernels, over blocks and over some rows', () => {
  const squares = Float64Array.from({ length: 1300 }, (_, j) => (j % 97) / 20)
  const sum = (rows: number[]) =>
    rows.reduce((sums, row) => sums.map((value, f) => value + expected(squares[row]!)[f]!), [0, 0, 0, 0])
  const sums = new Float64Array(4).fill(1)
  addKernels(squares, 1250, emptyBlock(), sums)
  const all = Array.from({ length: 1250 }, (_, j) => j)
  expect(
    maxAbsDifference(
      sums,
      sum(all).map((value) => value + 1),
    ),
  ).toBeLessThanOrEqual(1e-9)
  const block = emptyBlock()
  fillKernels(squares, blockSize, blockSize, block)
  const some = new Float64Array(4)
  addSomeRows(block, blockSize, Int32Array.of(3, 512, 600, 601, 1000, 1030), 1, 5, some)
  expect(maxAbsDifference(some, sum([512, 600, 601, 1000]))).toBeLessThanOrEqual(1e-12)
})
