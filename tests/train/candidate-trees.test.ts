import { describe, expect, it } from 'vitest'
import { binsIn, candidateTrees, heldByTrees } from '../../src/model/candidates.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'
import type { Encoding } from '../../src/table/encodings/encoding.ts'
import { type Column, columnCells, type Table } from '../../src/table/table.ts'
import { learnOdds } from '../../src/train/candidates.ts'
import { groupedCells } from '../../src/train/grouped-cells.ts'
import { withKnownNames } from '../../src/train/known-names.ts'

const columns: readonly Column[] = [
  { name: 'income', kind: 'number' },
  { name: 'age', kind: 'integer' },
  { name: 'size', kind: 'number' },
  { name: 'town', kind: 'category', categories: ['Ayr', 'Bath', 'Cork', 'Deal', 'Eton'] },
]

/** Incomes that all differ, ages and sizes of few values, some of one row only, and towns; those of samples are drawn otherwise. */
function draw(step: number, count: number, power: number): Table {
  const dim = columns.length
  const u = uniforms({ seed: 9, stream: streams.datasets, step, start: 0, count, dim })
  const cellsOf = (d: number, of: (u: number, i: number) => number) =>
    Float64Array.from({ length: count }, (_, i) => of(u[i * dim + d]! ** power, i))
  const cells = [
    cellsOf(0, (x) => 1000 * Math.exp(4 * x)),
    cellsOf(1, (x) => 18 + Math.floor(70 * x ** 3)),
    cellsOf(2, (x, i) => (i % 50 === 0 ? 100 * x : Math.floor(8 * x) / 4)),
    cellsOf(3, (x) => Math.floor(5 * x ** 2)),
  ]
  return { count, columns: columns.map((column, d) => ({ ...column, cells: cells[d]! })) }
}

const rowCount = 300
const rows = draw(0, rowCount, 1)
const learned = learnOdds(rows, draw(1, 1000, 1.2), [...columns.keys()])

describe('the trees that choose among candidates', () => {
  it('cut no number where only one or two training rows have it', async () => {
    const { features } = (await learned)!
    for (const { column, cuts } of features.slice(0, 3)) {
      const { cells, kind } = rows.columns.find(({ name }) => name === column)!
      const counts = new Map<number, number>()
      for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1)
      const rising = [...counts.keys()].sort((a, b) => a - b)
      const isFew = (cell: number | undefined) => cell !== undefined && counts.get(cell)! < 3
      expect(cuts!.length).toBeGreaterThan(5)
      for (const cut of cuts!) {
        expect(isFew(cut)).toBe(false)
        const above = rising.findIndex((cell) => cell >= cut)
        const [low, high] = [rising[above - 1], rising[above]]
        // between neighbouring whole numbers there is no other cut
        if (kind !== 'integer' && isFew(low) && isFew(high)) expect(cut).not.toBe(low! / 2 + high! / 2)
      }
    }
  })

  it('have three training rows or none in each leaf', async () => {
    const odds = (await learned)!
    const width = odds.features.length
    const bins = binsIn(odds, columns)(columnCells(rows))
    const sizes = candidateTrees({ count: 2, ...odds }).flatMap(({ feature, goesLeft, left, right }) => {
      const counts = new Float64Array(feature.length)
      for (let i = 0; i < rowCount; i++) {
        let node = 0
        while (feature[node]! >= 0)
          node = goesLeft[node]![bins[i * width + feature[node]!]!] === 1 ? left[node]! : right[node]!
        counts[node]!++
      }
      return [...counts.filter((_, node) => feature[node]! < 0)]
    })
    expect(sizes.length).toBeGreaterThan(1000)
    expect(sizes.filter((size) => size === 1 || size === 2)).toEqual([])
    // there are some of so few rows, which the least number of rows and samples alone would divide further
    expect(sizes.filter((size) => size >= 3 && size < 6).length).toBeGreaterThan(10)
  })

  it('hold their cuts, the names that they group and their leaves', async () => {
    const odds = { count: 2, ...(await learned)! }
    const held = heldByTrees(odds)
    expect(held.map((part) => part.columns)).toEqual([
      ...columns.map(({ name }) => [name]),
      columns.map(({ name }) => name),
    ])
    const leaves = odds.trees
      .join(' ')
      .split(' ')
      .filter((node) => !node.includes(':')).length
    expect(held.map(({ count }) => count)).toEqual([
      ...odds.features.map(({ cuts, bins }) => (cuts ?? bins)!.length),
      leaves,
    ])
  })
})

describe('numbers as cuts see them', () => {
  const grouped = (rows: number[], samples: number[] = []) => [
    ...groupedCells(Float64Array.from(rows), Float64Array.from(samples)),
  ]
  const times = (cell: number, count: number) => new Array<number>(count).fill(cell)

  it('are means of three training rows, and those that three rows have', () => {
    expect(grouped([9, 1, 2, 3, 4, 5])).toEqual([...times(2, 3), ...times(6, 3)])
    expect(grouped([...times(5, 3), ...times(6, 4)])).toEqual([...times(5, 3), ...times(6, 4)])
    expect(grouped([Number.NaN, 0.1, 0.1, 0.1])).toEqual(times(0.1, 3))
  })

  it('are not of one or two training rows that are between others or at an end', () => {
    expect(grouped([...times(5, 3), 5.5, ...times(6, 3), 7, 8])).toEqual([...times(5, 3), ...times(6, 3)])
    expect(grouped([1, 2])).toEqual([])
  })

  it('are of samples alone where there are no training rows, or too few of them', () => {
    expect(grouped(times(5, 3), [7, 8, 9])).toEqual([...times(5, 3), ...times(8, 3)])
    expect(grouped([...times(5, 3), 6.5, ...times(9, 3)], [6, 7, 8])).toEqual([
      ...times(5, 3),
      ...times(7, 3),
      ...times(9, 3),
    ])
    expect(grouped([1, 3], [2, 2])).toEqual([])
  })
})

it('a name that is not learned is that of the row before, where trees see training rows', () => {
  const encoding: Encoding = {
    columns: [
      { name: 'town', kind: 'category', as: 'category', categories: ['Ayr', 'Bath'], gaps: true },
      { name: 'size', kind: 'number', as: 'linear', min: -1, max: 1 },
    ],
  }
  const data = Float32Array.of(-1, -1, 0, -1, Number.NaN, -1, -1, -1, 1, -1)
  const known = withKnownNames(encoding, { data, count: 5, dim: 2 })
  expect([...known.data]).toEqual([1, -1, 0, -1, Number.NaN, -1, 0, -1, 1, -1])
})
