import { describe, expect, it } from 'vitest'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { datasetNames, defaultNoiseLevel, makeDataset } from '../../src/table/datasets/index.ts'
import { moonPlace } from '../../src/table/datasets/two-moons.ts'
import { golden } from '../helpers/golden.ts'
import { expectRefused } from '../helpers/refusals.ts'

const exact = (name: string, rows = 4000) => {
  const [x, y] = makeDataset({ name, rows, noiseLevel: 0 }, 3).columns
  return Array.from({ length: rows }, (_, i) => [x!.cells[i]!, y!.cells[i]!] as const)
}

/** Counts by a key, each of which must hold its fair share within five standard deviations. */
function expectFair(keys: number[], kinds: number) {
  const share = keys.length / kinds
  for (let kind = 0; kind < kinds; kind++) {
    const count = keys.filter((key) => key === kind).length
    expect(Math.abs(count - share)).toBeLessThan(5 * Math.sqrt(share))
  }
}

describe.each(datasetNames)('the dataset %s', (name) => {
  const config = { name, rows: 200, noiseLevel: defaultNoiseLevel(name) }

  it('depends on its seed alone, and has as many finite rows as requested', () => {
    expect(makeDataset(config, 7)).toEqual(makeDataset(config, 7))
    if (name !== 'circles' || config.noiseLevel > 0)
      expect(makeDataset(config, 7)).not.toEqual(makeDataset(config, 8))
    for (const rows of [2, 3, 17]) {
      const { count, columns } = makeDataset({ ...config, rows }, 1)
      expect([count, ...columns.map(({ cells }) => cells.length)]).toEqual([rows, rows, rows])
      expect(columns.every(({ cells }) => cells.every(Number.isFinite))).toBe(true)
      expect(columns.map(({ name }) => name)).toEqual(['x', 'y'])
    }
  })

  it('has normal noise of the given level', () => {
    const [noisy, clean] = [0.3, 0].map((noiseLevel) =>
      makeDataset({ name, rows: 5000, noiseLevel }, 5).columns.flatMap(({ cells }) => [...cells]),
    )
    const variance = noisy!.reduce((sum, value, k) => sum + (value - clean![k]!) ** 2, 0) / noisy!.length
    expect(Math.abs(variance / 0.09 - 1)).toBeLessThan(5 * Math.sqrt(2 / noisy!.length))
  })
})

describe('a dataset without noise', () => {
  it('swiss-roll grows in radius with its angle, from 1.5 pi to 4.5 pi', () => {
    for (const [x, y] of exact('swiss-roll')) {
      const radius = Math.hypot(x, y)
      expect(radius).toBeGreaterThanOrEqual(1.5 * Math.PI - 1e-5)
      expect(radius).toBeLessThanOrEqual(4.5 * Math.PI + 1e-5)
      expect(Math.hypot(x - radius * Math.cos(radius), y - radius * Math.sin(radius))).toBeLessThan(1e-4)
    }
  })

  it('circles has the radii 1 and 0.5, each in half of the rows', () => {
    const radii = exact('circles').map(([x, y]) => Math.hypot(x, y))
    expect(radii.slice(0, 2000).every((radius) => Math.abs(radius - 1) < 1e-6)).toBe(true)
    expect(radii.slice(2000).every((radius) => Math.abs(radius - 0.5) < 1e-6)).toBe(true)
  })

  it('checkerboard fills its eight dark squares evenly', () => {
    const squares = exact('checkerboard', 8000).map(
      ([x, y]) => [Math.floor(x + 2), Math.floor(y + 2)] as const,
    )
    expect(squares.every(([column, row]) => (column + row) % 2 === 0)).toBe(true)
    expectFair(
      squares.map(([column, row]) => 2 * column + Math.floor(row / 2)),
      8,
    )
  })

  it('gaussian-mixture has eight centres, drawn evenly', () => {
    const places = exact('gaussian-mixture', 8000).map(([x, y]) => (Math.atan2(y, x) / (Math.PI / 4) + 8) % 8)
    expect(places.every((place) => Math.abs(place - Math.round(place)) < 1e-5)).toBe(true)
    expectFair(
      places.map((place) => Math.round(place) % 8),
      8,
    )
  })
})

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
