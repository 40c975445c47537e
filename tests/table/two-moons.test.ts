import { describe, expect, it } from 'vitest'
import { columnRanges, maxAbsDifference } from '../../src/numerics/points.ts'
import { makeDataset } from '../../src/table/datasets/index.ts'
import { moonPlace, twoMoons } from '../../src/table/datasets/two-moons.ts'
import { cardEncoding, decode, encode, encodingOf, fitEncoding } from '../../src/table/encodings/encoding.ts'
import { tableOf } from '../../src/table/table.ts'
import { golden } from '../helpers/golden.ts'
import { expectRefused } from '../helpers/refusals.ts'

/** The moons without noise, row by row. */
const cleanMoons = (rows: number) => Array.from({ length: rows }, (_, i) => moonPlace(i, rows)).flat()

const { clean } = golden<{ clean: Record<string, number[][]> }>('moons.json')

describe('two moons', () => {
  it.each(Object.entries(clean))("without noise are scikit-learn's: %s rows", (rows, expected) => {
    expect(maxAbsDifference(cleanMoons(Number(rows)), expected.flat())).toBeLessThanOrEqual(1e-12)
  })
})

describe('makeDataset', () => {
  it.each([
    [{ name: 'three-moons', rows: 10, noiseLevel: 0 }, 'two-moons'],
    [{ name: 'toString', rows: 10, noiseLevel: 0 }, 'two-moons'],
    [{ name: 'two-moons', rows: 1, noiseLevel: 0 }, 'rows is 1'],
    [{ name: 'two-moons', rows: 10, noiseLevel: -1 }, 'noiseLevel is -1'],
  ])('refuses %j', (config, message) => {
    expectRefused(() => makeDataset(config, 0), message)
  })
})

describe('a linear encoding', () => {
  it('takes each column to [-1, 1] and back', () => {
    const table = tableOf(twoMoons.make(500, 0.05, 0), ['x', 'y'])
    const encoding = fitEncoding(table)
    const encoded = encode(encoding, table)
    const { min, max } = columnRanges(encoded)
    expect(maxAbsDifference([...min, ...max], [-1, -1, 1, 1])).toBeLessThanOrEqual(1e-6)
    const { points } = decode(encoding, encoded)
    expect(maxAbsDifference(points.data, table.points.data)).toBeLessThanOrEqual(1e-6)
  })

  it('rounds whole numbers, and clips samples to the ranges of the data if it is asked to', () => {
    const points = { data: Float64Array.of(0, 0, 10, 2.5), count: 2, dim: 2 }
    const encoding = fitEncoding(tableOf(points, ['n', 'x']))
    const samples = { data: Float64Array.of(0.13, -1.2, 1.2, 0.2), count: 2, dim: 2 }
    expect([...decode(encoding, samples).points.data]).toEqual([6, -0.25, 11, 1.5])
    expect([...decode(encoding, samples, { clip: true }).points.data]).toEqual([6, 0, 10, 1.5])
    expect(encodingOf(cardEncoding(encoding))).toEqual(encoding)
  })

  it('refuses a column of one value by its name', () => {
    const points = { data: Float32Array.of(1, 2, 3, 2), count: 2, dim: 2 }
    expect(() => fitEncoding(tableOf(points, ['x', 'y']))).toThrow(/column y has only the value 2/)
  })
})
