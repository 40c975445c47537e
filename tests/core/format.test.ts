import { expect, it } from 'vitest'
import { humanBytes, humanCount, humanRate, humanSeconds, shortFloat32 } from '../../src/core/format.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'

it.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [12345678, '12,345,678'],
  [-1000, '-1,000'],
  [1234.56789, '1,234.56789'],
  [0.0001, '0.0001'],
])('the count %d is %s', (count, text) => expect(humanCount(count)).toBe(text))

it.each([
  [0.01234, '0.012'],
  [9.449, '9.4'],
  [9.96, '9.96'],
  [12345.6, '12,300'],
  [0.001234, '0.0012'],
  [Number.NaN, '?'],
])('the rate %d is %s', (rate, text) => expect(humanRate(rate)).toBe(text))

it.each([
  [0, '0 s'],
  [3.45e-5, '35 us'],
  [0.00099, '990 us'],
  [0.000996, '1 ms'],
  [0.0123, '12 ms'],
  [0.9949, '990 ms'],
  [0.996, '1.0 s'],
  [59.94, '59.9 s'],
  [59.96, '1 min 0 s'],
  [75, '1 min 15 s'],
  [3599.6, '1 h 0 min'],
  [5e6, '1,388 h 53 min'],
  [Number.POSITIVE_INFINITY, '?'],
  [Number.NaN, '?'],
])('%d seconds are %s', (seconds, text) => expect(humanSeconds(seconds)).toBe(text))

it.each([
  [999, '999 B'],
  [1000, '1.0 KB'],
  [999_949, '999.9 KB'],
  [999_951, '1.0 MB'],
  [36_538_000, '36.5 MB'],
  [7.2e9, '7.2 GB'],
  [2e16, '20000.0 TB'],
])('%d bytes are %s', (bytes, text) => expect(humanBytes(bytes)).toBe(text))

it('shortFloat32 gives a number of few digits with the same float32 bits', () => {
  expect(shortFloat32(Math.fround(0.1))).toBe(0.1)
  const values = standardNormals({ seed: 0, stream: streams.x_T, step: 0, start: 0, count: 10_000, dim: 1 })
  expect(values.every((value) => Math.fround(shortFloat32(value)) === value)).toBe(true)
  expect(values.every((value) => String(shortFloat32(value)).replace(/^-?0?\./, '').length <= 11)).toBe(true)
})
