import { describe, expect, it } from 'vitest'
import {
  linearCombination,
  maxAbsDifference,
  pointsFromRows,
  scaleColumns,
  sliceRows,
} from '../../src/numerics/points.ts'

const points = pointsFromRows([
  [1, 2],
  [3, 4],
  [5, 6],
])

describe('points', () => {
  it('are combined element by element, in the precision of the first', () => {
    const sum = linearCombination([
      { coefficient: 2, points },
      { coefficient: -1, points },
    ])
    expect(sum).toEqual(points)
    const exact = { ...points, data: Float64Array.from(points.data) }
    expect(linearCombination([{ coefficient: 0.1, points: exact }]).data[0]).toBe(0.1)
  })

  it('are sliced without a copy', () => {
    const rows = sliceRows(points, 1, 3)
    expect([...rows.data]).toEqual([3, 4, 5, 6])
    expect(rows.data.buffer).toBe(points.data.buffer)
  })

  it('are scaled column by column', () => {
    expect([...scaleColumns(points, [1, 10], [0, 1]).data]).toEqual([1, 21, 3, 41, 5, 61])
  })
})

describe('maxAbsDifference', () => {
  it('is the largest difference', () => {
    expect(maxAbsDifference([1, 2, 3], [1, 2.5, 2.75])).toBe(0.5)
  })

  it.each([
    [
      [1, Number.NaN],
      [1, 2],
    ],
    [
      [Number.NaN, 1],
      [Number.NaN, 5],
    ],
    [[1], [1, 2]],
  ])('is within no bound if an element is NaN or missing: %j and %j', (a, b) => {
    expect(maxAbsDifference(a, b) <= Number.POSITIVE_INFINITY).toBe(false)
  })
})
