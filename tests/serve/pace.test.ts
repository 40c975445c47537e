import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Pace, secondsFor, unmeasured, withRun } from '../../src/serve/pace.ts'

describe('the pace', () => {
  const run = fc.record({
    rows: fc.integer({ min: 1, max: 2000 }),
    rate: fc.double({ min: 1e-6, max: 1, noNaN: true }),
  })

  it('lies between those of the runs, and is theirs if all are alike', () => {
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 30 }), fc.nat(100_000), (runs, rows) => {
        const paceOf = (rateOf: (run: { rate: number }) => number) =>
          runs.reduce((pace, each) => withRun(pace, each.rows, each.rows * rateOf(each)), unmeasured)
        const rates = runs.map(({ rate }) => rate)
        const seconds = secondsFor(
          paceOf(({ rate }) => rate),
          rows,
        )
        expect(seconds).toBeGreaterThanOrEqual(rows * Math.min(...rates) * (1 - 1e-9))
        expect(seconds).toBeLessThanOrEqual(rows * Math.max(...rates) * (1 + 1e-9))
        const [rate] = rates
        const expected = rows * rate!
        expect(
          Math.abs(
            secondsFor(
              paceOf(() => rate!),
              rows,
            ) - expected,
          ),
        ).toBeLessThanOrEqual(1e-9 * expected)
      }),
    )
  })

  it('follows a machine that became slower', () => {
    const fast = withRun(unmeasured, 2000, 1)
    const slow = Array.from({ length: 12 }).reduce<Pace>((pace) => withRun(pace, 1500, 7.5), fast)
    expect(secondsFor(slow, 1000)).toBeGreaterThan(4.9)
  })
})
