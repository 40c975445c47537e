import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { columnRanges, maxAbsDifference } from '../../src/numerics/points.ts'
import { makeDataset } from '../../src/table/datasets/index.ts'
import { moonPlace, twoMoons } from '../../src/table/datasets/two-moons.ts'
import { cardEncoding, decode, encode, encodingOf, fitEncoding } from '../../src/table/encodings/encoding.ts'
import { tableOf } from '../../src/table/table.ts'
import { golden } from '../helpers/golden.ts'

/** The moons without noise, row by row. */
const cleanMoons = (rows: number) => Array.from({ length: rows }, (_, i) => moonPlace(i, rows)).flat()

const { clean } = golden<{ clean: Record<string, number[][]> }>('moons.json')

describe('two moons', () => {
  it.each(Object.entries(clean))("are scikit-learn's without noise: %s rows", (rows, expected) => {
    expect(maxAbsDifference(cleanMoons(Number(rows)), expected.flat())).toBeLessThanOrEqual(1e-12)
  })

  it('carry normal noise of the level asked for', () => {
    const [noisy, exact] = [twoMoons.make(20_000, 0.05, 1).data, cleanMoons(20_000)]
    const variance = noisy.reduce((sum, value, k) => sum + (value - exact[k]!) ** 2, 0) / noisy.length
    expect(Math.abs(variance / 0.05 ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / noisy.length))
  })

  it('are the same for the same seed, and others for another', () => {
    expect(twoMoons.make(50, 0.1, 4)).toEqual(twoMoons.make(50, 0.1, 4))
    expect(twoMoons.make(50, 0.1, 4)).not.toEqual(twoMoons.make(50, 0.1, 5))
  })
})

describe('makeDataset', () => {
  it.each([
    [{ name: 'three-moons', rows: 10, noiseLevel: 0 }, 'two-moons'],
    [{ name: 'toString', rows: 10, noiseLevel: 0 }, 'two-moons'],
    [{ name: 'two-moons', rows: 1, noiseLevel: 0 }, 'rows is 1'],
    [{ name: 'two-moons', rows: 10, noiseLevel: -1 }, 'noiseLevel is -1'],
  ])('refuses %j', (config, message) => {
    expect(() => makeDataset(config, 0)).toThrow(InputError)
    expect(() => makeDataset(config, 0)).toThrow(message)
  })
})

describe('the encoding', () => {
  it('takes each column to [-1, 1] and back', () => {
    const table = tableOf(twoMoons.make(500, 0.05, 0), ['x', 'y'])
    const encoding = fitEncoding(table)
    const encoded = encode(encoding, table)
    const { min, max } = columnRanges(encoded)
    expect(maxAbsDifference([...min, ...max], [-1, -1, 1, 1])).toBeLessThanOrEqual(1e-6)
    const { points } = decode(encoding, encoded)
    expect(maxAbsDifference(points.data, table.points.data)).toBeLessThanOrEqual(1e-6)
  })

  it('rounds whole numbers, and moves samples into the ranges of the data where it is asked to', () => {
    const points = { data: Float64Array.of(0, 0, 10, 2.5), count: 2, dim: 2 }
    const encoding = fitEncoding(tableOf(points, ['n', 'x']))
    const samples = { data: Float64Array.of(0.13, -1.2, 1.2, 0.2), count: 2, dim: 2 }
    expect([...decode(encoding, samples).points.data]).toEqual([6, -0.25, 11, 1.5])
    expect([...decode(encoding, samples, { clip: true }).points.data]).toEqual([6, 0, 10, 1.5])
    expect(encodingOf(cardEncoding(encoding))).toEqual(encoding)
  })

  it('refuses a column without a range, by name', () => {
    const points = { data: Float32Array.of(1, 2, 3, 2), count: 2, dim: 2 }
    expect(() => fitEncoding(tableOf(points, ['x', 'y']))).toThrow(/column y has only the value 2/)
  })
})
