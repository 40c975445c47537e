import { describe, expect, it } from 'vitest'
import {
  rankTest,
  reach95,
  reachOf,
  shareOf,
  summarizeScores,
  tailOfHeads,
  tailOfMembers,
  widened,
  wilson,
} from '../../src/measure/privacy/chance.ts'
import { standardNormals, streams, uniforms } from '../../src/numerics/random.ts'

const normals = (count: number, step: number, shift = 0) =>
  [...standardNormals({ seed: 3, stream: streams.datasets, step, start: 0, count, dim: 1 })].map(
    (z) => z + shift,
  )

/** From the definition: every pair. */
function auc(members: number[], others: number[]): number {
  let sum = 0
  for (const a of members) for (const b of others) sum += a > b ? 1 : a === b ? 0.5 : 0
  return sum / (members.length * others.length)
}

const rounded = (values: number[]) => values.map((x) => Math.round(2 * x))

describe('the scores of an attack', () => {
  it('have an AUC that counts all pairs, and ties by half', async () => {
    const [members, others] = [rounded(normals(150, 1, 0.4)), rounded(normals(170, 2))]
    const summary = await summarizeScores({ members, others }, 0, 0)
    expect(summary.auc).toBeCloseTo(auc(members, others), 12)
    expect(rankTest({ members, others }).auc).toBeCloseTo(auc(members, others), 12)
  })

  it('have a ROC curve whose area is the AUC', async () => {
    const [members, others] = [rounded(normals(150, 1, 0.4)), rounded(normals(170, 2))]
    const { roc, auc: area } = await summarizeScores({ members, others }, 0, 0)
    expect(roc).toHaveLength(101)
    expect(roc![100]).toBe(1)
    for (let k = 1; k <= 100; k++) expect(roc![k]).toBeGreaterThanOrEqual(roc![k - 1]!)
    const trapezoids = roc!.slice(1).reduce((sum, y, k) => sum + (y + roc![k]!) / 200, 0)
    expect(trapezoids).toBeCloseTo(area!, 2)
    // straight where all scores are equal, and up at once where all members score higher
    expect((await summarizeScores({ members: [1, 1], others: [1, 1, 1] }, 0, 0)).roc![25]).toBeCloseTo(
      0.25,
      12,
    )
    expect((await summarizeScores({ members: [2, 2], others: [1, 1, 1] }, 0, 0)).roc![0]).toBe(1)
  })

  it('have an interval as wide as the theory predicts', async () => {
    const n = 1000
    const summary = await summarizeScores({ members: normals(n, 3), others: normals(n, 4) }, 0, 0)
    const width = (summary.high! - summary.low!) / (2 * reach95)
    expect(width / Math.sqrt((2 * n + 1) / (12 * n * n))).toBeGreaterThan(0.9)
    expect(width / Math.sqrt((2 * n + 1) / (12 * n * n))).toBeLessThan(1.1)
    expect(summary.auc! - summary.low!).toBeGreaterThan(0)
  })

  it('have intervals that contain .5 in about 95 of 100 pairs of equal sets', async () => {
    let held = 0
    for (let k = 0; k < 100; k++) {
      const { low, high } = await summarizeScores(
        { members: normals(60, 10 + k), others: normals(60, 200 + k) },
        0,
        k,
      )
      if (low! <= 0.5 && high! >= 0.5) held++
    }
    expect(held).toBeGreaterThanOrEqual(90)
    expect(held).toBeLessThanOrEqual(99)
  })

  it('count the members that score above all but 1 % of the others', async () => {
    const [members, others] = [normals(400, 5, 2), normals(300, 6)]
    const { atOnePercent } = await summarizeScores({ members, others }, 0, 0)
    const bar = others.toSorted((a, b) => b - a)[3]!
    expect(atOnePercent).toMatchObject({
      count: members.filter((x) => x > bar).length,
      of: 400,
      falsePositives: 3,
    })
    const few = await summarizeScores({ members, others: others.slice(0, 99) }, 0, 0)
    expect(few.atOnePercent).toBeNull()
  })

  it('do not count equal scores if all of them would exceed 1 %', async () => {
    const others = [...Array(5).fill(1), ...Array(95).fill(0)]
    const { atOnePercent } = await summarizeScores({ members: [2, 1, 1, 0], others }, 0, 0)
    expect(atOnePercent).toMatchObject({ count: 1, falsePositives: 0 })
  })

  it('give no result if one is NaN or if there are none', async () => {
    const nothing = { auc: null, low: null, high: null, atOnePercent: null, roc: null }
    const some = normals(30, 7)
    expect(await summarizeScores({ members: [...some, Number.NaN], others: some }, 0, 0)).toEqual(nothing)
    expect(await summarizeScores({ members: some, others: [Number.NaN, ...some] }, 0, 0)).toEqual(nothing)
    expect(await summarizeScores({ members: some, others: [] }, 0, 0)).toEqual(nothing)
    expect(() => rankTest({ members: [Number.NaN], others: some })).toThrow('NaN')
    expect(widened({ members: some, others: some }, nothing, 3)).toEqual({ low: null, high: null })
  })

  it('give the same result in any order and with the same seed', async () => {
    const [members, others] = [normals(80, 8), normals(90, 9)]
    const once = await summarizeScores({ members, others }, 5, 1)
    const turned = { members: members.toReversed(), others: others.toReversed() }
    expect(await summarizeScores(turned, 5, 1)).toEqual(once)
    expect((await summarizeScores(turned, 6, 1)).low).not.toBe(once.low)
    expect((await summarizeScores(turned, 5, 2)).low).not.toBe(once.low)
  })

  it('have an AUC about one deviation from .5 if the labels are random, with and without ties', () => {
    for (const digits of [0, 8]) {
      const squares: number[] = []
      for (let k = 0; k < 400; k++) {
        const drawn = [
          ...uniforms({ seed: 1, stream: streams.datasets, step: 500 + k, start: 0, count: 90, dim: 1 }),
        ]
        const scores = drawn.map((u) => Math.round(2 * u * 10 ** digits))
        const { auc, deviation } = rankTest({ members: scores.slice(0, 40), others: scores.slice(40) })
        squares.push(((auc - 0.5) / deviation) ** 2)
      }
      const variance = squares.reduce((sum, x) => sum + x, 0) / squares.length
      expect(variance).toBeGreaterThan(0.8)
      expect(variance).toBeLessThan(1.25)
    }
    expect(rankTest({ members: [1, 1], others: [1, 1, 1] })).toEqual({ auc: 0.5, deviation: 0 })
  })

  it('have wider intervals if there are more attacks', () => {
    const many = { members: normals(2000, 1, 0.3), others: normals(2000, 2) }
    const wide = widened(many, { auc: 0.6, low: 0.55, high: 0.66 }, 2 * reach95)
    expect(wide.low).toBeCloseTo(0.5, 12)
    expect(wide.high).toBeCloseTo(0.72, 12)
    // never narrower than chance: with 50 of each the deviation is sqrt(101 / 30000)
    const few = { members: normals(50, 1), others: normals(50, 2) }
    const { low, high } = widened(few, { auc: 0.6, low: 0.59, high: 0.61 }, 3)
    expect(0.6 - low!).toBeCloseTo(3 * Math.sqrt(101 / 30_000), 12)
    expect(high! - 0.6).toBeCloseTo(3 * Math.sqrt(101 / 30_000), 12)
    expect(reachOf(0.05)).toBeCloseTo(1.959963984540054, 12)
  })
})

describe('the statistics of chance', () => {
  it("give Wilson's interval of a share", () => {
    const { share, low, high } = shareOf(10, 100)
    expect(share).toBe(0.1)
    // scipy.stats.binomtest(10, 100).proportion_ci(0.95, method='wilson')
    expect(low).toBeCloseTo(0.05522913706067508, 12)
    expect(high).toBeCloseTo(0.17436566150491345, 12)
    expect(shareOf(0, 0)).toEqual({ count: 0, of: 0, share: null, low: null, high: null })
    expect(wilson(0, 50).centre).toBeGreaterThan(0)
  })

  it("give the tail of Fisher's test for members among drawn rows", () => {
    // 3 of 4 drawn rows, of 5 members among 9: (C(5,3) C(4,1) + C(5,4)) / C(9,4)
    expect(tailOfMembers(3, 4, 5, 9)).toBeCloseTo(45 / 126, 12)
    expect(tailOfMembers(0, 4, 5, 9)).toBe(1)
    // with one row of another kind at most one of two can be it
    expect(tailOfMembers(1, 2, 4, 5)).toBe(1)
    // scipy.stats.hypergeom.sf(29, 100, 50, 45)
    expect(tailOfMembers(30, 45, 50, 100)).toBeCloseTo(0.0023175100903994553, 12)
    expect(tailOfMembers(2000, 2000, 2000, 4000)).toBe(0)
  })

  it('give the tail of a sign test', () => {
    expect(tailOfHeads(8, 10)).toBeCloseTo(56 / 1024, 12)
    expect(tailOfHeads(0, 0)).toBe(1)
    expect(tailOfHeads(0, 7)).toBeCloseTo(1, 12)
  })
})
