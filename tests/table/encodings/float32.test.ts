import { describe, expect, it } from 'vitest'
import { float32Losses } from '../../../src/table/encodings/float32-losses.ts'
import { tableOf } from '../../../src/table/table.ts'

describe('a number beyond what float32 distinguishes', () => {
  const losses = (...column: number[]) =>
    float32Losses(tableOf({ data: Float64Array.from(column), count: column.length, dim: 1 }, ['id']))

  it.each<[string, number[], RegExp]>([
    ['a long whole number', [1234567890123456, 1234567890123999], /whole numbers up to 1234567890123999: /],
    [
      'a number near 0',
      [0.5, 1e-300],
      /has 1e-300, which float32 takes for 0: give the column another unit$/,
    ],
    [
      'a range far from 0',
      [1e6 + 0.25, 1e6 + 0.5],
      /spans 1000000\.25 to .*: float32 distinguishes only \d+/,
    ],
  ])('is warned of: %s', (_, column, message) => {
    expect(losses(...column)).toEqual([expect.stringMatching(message)])
    expect(losses(...column)[0]).toMatch(/^column id /)
  })

  it('is not warned of if float32 keeps all that matters', () => {
    expect([losses(1, 2, 16_777_216), losses(-1e-12, 1e-12, 1e9)]).toEqual([[], []])
  })

  it('is refused if float32 has no such number', () => {
    expect(() => losses(1, 1e40)).toThrow(
      /^column id has 1e\+40, which is beyond float32 \(3\.4e38\): give the column another unit/,
    )
    expect(() => losses(1, -1e40)).toThrow(/has -1e\+40/)
  })
})
