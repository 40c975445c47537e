import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { permutation } from '../../../src/table/generated/permutation.ts'

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const key = fc.tuple(word, word)

const placesOf = (size: number, by: readonly [number, number], count = size) =>
  Array.from({ length: count }, (_, index) => permutation(size, by)(index))

describe('a permutation', () => {
  it('has each number below any size up to 300 once', () => {
    for (let size = 1; size <= 300; size++)
      expect(placesOf(size, [size, 7]).sort((a, b) => a - b)).toEqual([...Array(size).keys()])
  })

  it('has each number once, whatever its key', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), key, (size, by) => {
        const places = placesOf(size, by)
        expect(new Set(places).size).toBe(size)
        expect(places.every((place) => Number.isInteger(place) && place >= 0 && place < size)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it.each([2 ** 32 + 15, 10 ** 12, 26 ** 10, 2 ** 53 - 111, 2 ** 53])(
    'tells numbers below %d apart, at its beginning and at its end',
    (size) => {
      const place = permutation(size, [1, 2])
      const indices = Array.from({ length: 20_000 }, (_, k) => (k % 2 === 0 ? k : size - k))
      const places = indices.map(place)
      expect(new Set(places).size).toBe(indices.length)
      expect(places.every((each) => Number.isSafeInteger(each) && each >= 0 && each < size)).toBe(true)
      // a half of them lie in each half: five standard errors
      const low = places.filter((each) => each < size / 2).length
      expect(Math.abs(low - 10_000)).toBeLessThan(5 * Math.sqrt(5000))
    },
  )

  it('has another order for another key, which shares about one place', () => {
    const [a, b, c] = [placesOf(10_000, [1, 2]), placesOf(10_000, [1, 3]), placesOf(10_000, [2, 2])]
    for (const other of [b, c]) expect(a.filter((place, k) => place === other[k]).length).toBeLessThan(10)
    expect(placesOf(10_000, [1, 2])).toEqual(a)
  })
})
