import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePairs, type TensorPair, type Tolerance } from '../../src/compare/parity.ts'

const fp32: Tolerance = { atol: 1e-5, rtol: 1e-4 }
const infinity = Number.POSITIVE_INFINITY

const compareTensors = (actual: TensorPair['actual'], expected: ArrayLike<number>, tolerance: Tolerance) =>
  comparePairs([{ actual, expected }], tolerance)

/** The definitions, element by element, in another way than the code's. */
function oracle(actual: number[], expected: number[], { atol, rtol }: Tolerance, scale = 1) {
  const finite = (i: number) => Number.isFinite(actual[i]!) && Number.isFinite(expected[i]!)
  const abs = expected.map((e, i) => (finite(i) ? Math.abs(actual[i]! - e) : infinity))
  const rel = abs.flatMap((d, i) =>
    expected[i] === 0 ? [] : [d === infinity ? d : d / Math.abs(expected[i]!)],
  )
  const p99 = (all: number[]) => {
    // the least x with at least 99% of the values at or below it
    const covers = (x: number) => all.filter((value) => value <= x).length >= 0.99 * all.length
    return Math.min(...all.filter(covers), infinity)
  }
  const mean = (all: number[]) => [...all].sort((a, b) => a - b).reduce((sum, x) => sum + x, 0) / all.length
  return {
    pass: abs.every((d, i) => d !== infinity && d <= scale * atol + rtol * Math.abs(expected[i]!)),
    abs,
    maxAbs: Math.max(0, ...abs),
    maxRel: Math.max(0, ...rel),
    meanAbs: abs.length ? mean(abs) : 0,
    meanRel: rel.length ? mean(rel) : 0,
    p99Abs: abs.length ? p99(abs) : 0,
    p99Rel: rel.length ? p99(rel) : 0,
    nan: { actual: actual.filter(Number.isNaN).length, expected: expected.filter(Number.isNaN).length },
  }
}

const number = fc.oneof(
  { weight: 12, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }).map(Number) },
  { weight: 12, arbitrary: fc.double({ min: -3, max: 3, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, Number.NaN, infinity, -infinity, 5e-324, 3e38) },
)
const near = fc
  .tuple(number, fc.oneof(fc.constant(0), fc.double({ min: -1e-4, max: 1e-4, noNaN: true })))
  .map(([e, d]) => ({ e, a: e + d * Math.max(1, Math.abs(e)) }))
const element = fc.oneof(
  { weight: 9, arbitrary: near },
  { weight: 1, arbitrary: fc.record({ e: number, a: number }) },
)
const tolerance = fc.record({
  atol: fc.constantFrom(0, 1e-7, 1e-5, 1e-3, 1),
  rtol: fc.constantFrom(0, 1e-6, 1e-4, 1e-2),
})
const scale = fc.constantFrom(1, 1, 2.5, 300)

describe('comparePairs', () => {
  it('follows its definitions for any numbers', () => {
    fc.assert(
      fc.property(fc.array(element, { maxLength: 150 }), tolerance, scale, (elements, bounds, size) => {
        const [actual, expected] = [elements.map(({ a }) => a), elements.map(({ e }) => e)]
        const parity = comparePairs([{ actual, expected, scale: size }], bounds)
        const { abs, ...rest } = oracle(actual, expected, bounds, size)
        expect(parity).toMatchObject({ count: elements.length, missing: 0, misshapen: 0, ...rest })
        const differs = abs.some((d) => d > 0)
        expect(parity.worst === null).toBe(!differs)
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  it('gives the smallest tolerances that pass', () => {
    fc.assert(
      fc.property(
        fc.array(element, { minLength: 1, maxLength: 30 }),
        tolerance,
        scale,
        (elements, bounds, size) => {
          const [actual, expected] = [elements.map(({ a }) => a), elements.map(({ e }) => e)]
          const at = (atol: number, rtol: number) =>
            comparePairs([{ actual, expected, scale: size }], { atol, rtol })
          const { smallest, pass } = at(bounds.atol, bounds.rtol)
          if (smallest.atol === infinity) {
            expect(at(1e300, bounds.rtol).pass).toBe(false)
            return
          }
          expect(at(smallest.atol, bounds.rtol).pass).toBe(true)
          expect(pass).toBe(smallest.atol <= bounds.atol)
          if (smallest.atol > 1e-300) {
            const relative = bounds.rtol * Math.max(...expected.map(Math.abs))
            // where rtol does most of the work, float64 has no room for a thousandth of atol
            if (smallest.atol > 1e-9 * relative)
              expect(at(smallest.atol * 0.999, bounds.rtol).pass).toBe(false)
          }
          const { factor } = smallest
          if (factor > 1e-200 && factor < 1e300) {
            expect(at(factor * bounds.atol * 1.000001, factor * bounds.rtol * 1.000001).pass).toBe(true)
            expect(at(factor * bounds.atol * 0.999, factor * bounds.rtol * 0.999).pass).toBe(false)
            expect(pass || factor >= 1 - 1e-12).toBe(true)
            expect(!pass || factor <= 1 + 1e-12).toBe(true)
          }
        },
      ),
      { seed: 2, numRuns: 500 },
    )
  })

  it('names the element that takes most of its tolerance', () => {
    // 0.5 off beside 1000 is less of its tolerance than 0.001 off beside 0
    const pairs: TensorPair[] = [
      { actual: [1, 1000.5], expected: [1, 1000] },
      { actual: [3, 0.001, 5], expected: [3, 0, 5] },
    ]
    expect(comparePairs(pairs, { atol: 1e-4, rtol: 1e-3 })).toMatchObject({
      pass: false,
      maxAbs: 0.5,
      worst: { pair: 1, index: 1, actual: 0.001, expected: 0 },
      smallest: { atol: 0.001, factor: 10 },
    })
  })

  it('names the largest difference as the worst without a tolerance', () => {
    expect(compareTensors([1.1, 2.5, 3.2], [1, 2, 3], { atol: 0, rtol: 0 }).worst).toMatchObject({ index: 1 })
  })

  it('multiplies atol by the scale of each pair', () => {
    const pair = (scale: number) => [{ actual: [1 + 4e-5], expected: [1], scale }]
    expect(comparePairs(pair(1), { atol: 1e-5, rtol: 0 }).pass).toBe(false)
    expect(comparePairs(pair(5), { atol: 1e-5, rtol: 0 }).pass).toBe(true)
    expect(comparePairs(pair(5), { atol: 1e-5, rtol: 0 }).smallest.atol).toBeCloseTo(8e-6, 10)
  })

  it('fails for one NaN among many right values, on either side', () => {
    const expected = Array.from({ length: 1000 }, (_, i) => i)
    for (const wrong of [Number.NaN, infinity, -infinity]) {
      const damaged = expected.with(777, wrong)
      for (const [actual, right] of [
        [damaged, expected],
        [expected, damaged],
        // even where both say the same: no sum may hide that the network broke
        [damaged, damaged],
      ] as const) {
        const parity = compareTensors(actual, right, { atol: infinity, rtol: infinity })
        expect(parity).toMatchObject({
          pass: false,
          maxAbs: infinity,
          maxRel: infinity,
          worst: { index: 777 },
        })
        expect(parity.p99Abs).toBe(0)
        expect(parity.smallest).toEqual({ atol: infinity, factor: infinity })
        const counts = Number.isNaN(wrong) ? parity.nan : parity.inf
        expect([counts.actual, counts.expected]).toEqual([+(actual === damaged), +(right === damaged)])
      }
    }
  })

  it('fails for a missing tensor and for another length', () => {
    const tolerant = { atol: 1e9, rtol: 1e9 }
    expect(compareTensors(undefined, [1, 2], tolerant)).toMatchObject({
      pass: false,
      missing: 1,
      misshapen: 0,
    })
    for (const actual of [[1], [1, 2, 3], []])
      expect(compareTensors(actual, [1, 2], tolerant)).toMatchObject({
        pass: false,
        missing: 0,
        misshapen: 1,
        count: 0,
        maxAbs: infinity,
        smallest: { atol: infinity, factor: infinity },
      })
    // a right tensor beside it doesn't make up for it, and the worst element is still named
    const parity = comparePairs(
      [
        { actual: [1, 2.5, 3.1], expected: [1, 2, 3] },
        { actual: undefined, expected: [1] },
      ],
      tolerant,
    )
    expect(parity).toMatchObject({ pass: false, count: 3, maxAbs: infinity, worst: { pair: 0, index: 1 } })
  })

  it('passes for 0 beside -0, and for no values', () => {
    expect(compareTensors([-0, 0], [0, -0], { atol: 0, rtol: 0 })).toMatchObject({ pass: true, worst: null })
    expect(compareTensors([], [], { atol: 0, rtol: 0 })).toMatchObject({
      pass: true,
      count: 0,
      maxAbs: 0,
      p99Abs: 0,
    })
  })

  it('fails for a tolerance that is NaN', () => {
    for (const bounds of [
      { atol: Number.NaN, rtol: 1 },
      { atol: 1, rtol: Number.NaN },
    ])
      expect(compareTensors([1], [1], bounds).pass).toBe(false)
  })

  it('passes for a difference that equals the bound', () => {
    expect(compareTensors([1.5], [1], { atol: 0.5, rtol: 0 }).pass).toBe(true)
    expect(compareTensors([1.5], [1], { atol: 0.25, rtol: 0.25 }).pass).toBe(true)
    expect(compareTensors([1.5000001], [1], { atol: 0.25, rtol: 0.25 }).pass).toBe(false)
    expect(compareTensors([-1.00001], [-1], fp32).pass).toBe(true)
  })
})
