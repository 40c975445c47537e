import { describe, expect, it } from 'vitest'
import { columnRanges, maxAbsDifference } from '../../../src/numerics/points.ts'
import { twoMoons } from '../../../src/table/datasets/two-moons.ts'
import { decode } from '../../../src/table/encodings/decode.ts'
import { encode } from '../../../src/table/encodings/encode.ts'
import { cardEncoding, encodingOf, fitEncoding } from '../../../src/table/encodings/encoding.ts'
import { pointsOf, tableOf } from '../../../src/table/table.ts'

describe('a linear encoding', () => {
  it('takes each column to [-1, 1] and back', () => {
    const table = tableOf(twoMoons.make(500, 0.05, 0), ['x', 'y'])
    const encoding = fitEncoding(table)
    const encoded = encode(encoding, table)
    const { min, max } = columnRanges(encoded)
    expect(maxAbsDifference([...min, ...max], [-1, -1, 1, 1])).toBeLessThanOrEqual(1e-6)
    const decoded = pointsOf(decode(encoding, encoded))
    expect(maxAbsDifference(decoded.data, pointsOf(table).data)).toBeLessThanOrEqual(1e-6)
  })

  it('rounds whole numbers, and clips samples to the ranges of the data if it is asked to', () => {
    const points = { data: Float64Array.of(0, 0, 10, 2.5), count: 2, dim: 2 }
    const encoding = fitEncoding(tableOf(points, ['n', 'x']))
    const samples = { data: Float64Array.of(0.13, -1.2, 1.2, 0.2), count: 2, dim: 2 }
    expect([...pointsOf(decode(encoding, samples)).data]).toEqual([6, -0.25, 11, 1.5])
    expect([...pointsOf(decode(encoding, samples, { clip: true })).data]).toEqual([6, 0, 10, 1.5])
    expect(encodingOf(cardEncoding(encoding))).toEqual(encoding)
  })

  it('refuses a column of one value by its name', () => {
    const points = { data: Float32Array.of(1, 2, 3, 2), count: 2, dim: 2 }
    expect(() => fitEncoding(tableOf(points, ['x', 'y']))).toThrow(/column y has only the value 2/)
  })
})
