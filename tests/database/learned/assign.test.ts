import { expect, it } from 'vitest'
import { assign, nearestRows } from '../../../src/database/learned/nearest.ts'
import { uniforms } from '../../../src/numerics/random.ts'

/** The least sum of costs of all ways to give each row another slot. */
function leastSum(cost: Float64Array, rows: number, slots: number, row = 0, taken = 0): number {
  if (row === rows) return 0
  let least = Number.POSITIVE_INFINITY
  for (let j = 0; j < slots; j++)
    if ((taken & (1 << j)) === 0)
      least = Math.min(least, cost[row * slots + j]! + leastSum(cost, rows, slots, row + 1, taken | (1 << j)))
  return least
}

it('gives each row another slot at the least sum of costs', () => {
  for (const [seed, [rows, slots]] of [
    [1, 1],
    [3, 3],
    [4, 6],
    [6, 6],
    [6, 7],
    [5, 5],
  ].entries()) {
    const drawn = uniforms({ seed, stream: 0, step: 0, start: 0, count: rows!, dim: slots! })
    // costs that are often equal, too
    const cost = seed % 2 === 0 ? drawn : drawn.map((each) => Math.floor(3 * each))
    const slotOf = assign(cost, rows!, slots!)
    expect(new Set(slotOf).size).toBe(rows)
    const sum = slotOf.reduce((total, j, i) => total + cost[i * slots! + j]!, 0)
    expect(sum).toBeCloseTo(leastSum(cost, rows!, slots!), 12)
  }
})

it('takes the nearest rows, each as often as its capacity says', () => {
  const count = 900
  const kind = { name: 'kind', kind: 'category', categories: ['a', 'b', 'c'] } as const
  const size = { name: 'size', kind: 'number' } as const
  const wantedKind = Float64Array.from({ length: count }, (_, i) => i % 3)
  const wantedSize = Float64Array.from({ length: count }, (_, i) => (i % 7) / 7)
  const there = { kind: Float64Array.of(0, 1, 2, 0), size: Float64Array.of(0.1, 0.5, 0.5, 0.9) }
  const taken = nearestRows({
    columns: [
      { wanted: { ...kind, cells: wantedKind }, there: { ...kind, cells: there.kind }, weight: 2 },
      { wanted: { ...size, cells: wantedSize }, there: { ...size, cells: there.size }, weight: 2 },
    ],
    rows: Array.from({ length: count }, (_, i) => i),
    there: [0, 1, 2, 3],
    capacity: [1, 2, 2, 1],
    seed: 1,
  })
  const counts = [0, 1, 2, 3].map((row) => taken.filter((each) => each === row).length)
  expect(counts).toEqual([150, 300, 300, 150])
  const matching = taken.filter((row, i) => there.kind[row] === wantedKind[i]).length
  expect(matching / count).toBeGreaterThan(0.95)
  const sizes = (row: number) => {
    const own = [...taken.keys()].filter((i) => taken[i] === row).map((i) => wantedSize[i]!)
    return own.reduce((a, b) => a + b, 0) / own.length
  }
  expect(sizes(0)).toBeLessThan(sizes(3) - 0.3)
})
