import { describe, expect, it } from 'vitest'
import {
  cosine,
  cosineAndSineOfTurns,
  exp,
  expm1,
  log,
  normalQuantile,
  power,
  sine,
} from '../../src/numerics/elementary.ts'

/** The largest of |own / engine's - 1|; an engine's own functions are off by some ulps. */
const worst = (xs: number[], own: (x: number) => number, engine: (x: number) => number) =>
  Math.max(...xs.map((x) => Math.abs(own(x) / engine(x) - 1)))

const from = (start: number, end: number, count = 4001) =>
  Array.from({ length: count }, (_, i) => start + ((end - start) * i) / count)

describe("Moonstep's elementary functions", () => {
  it('agree with the engine to some ulps', () => {
    expect(worst(from(-690, 690).map(Math.exp), log, Math.log)).toBeLessThan(1e-15)
    expect(worst(from(-690, 690), exp, Math.exp)).toBeLessThan(1e-15)
    const pair = new Float64Array(2)
    for (const turns of from(-20, 20)) {
      cosineAndSineOfTurns(pair, turns)
      expect(Math.abs(pair[0]! - Math.cos(2 * Math.PI * turns))).toBeLessThan(1e-13)
      expect(Math.abs(pair[1]! - Math.sin(2 * Math.PI * turns))).toBeLessThan(1e-13)
    }
  })

  it('give 0 and Infinity beyond the range of float64', () => {
    expect([exp(-701), exp(701), exp(0)]).toEqual([0, Infinity, 1])
  })

  it.each([0.1, 0.7, 2, 3.14, 1e4, 1e-4, 80])('raise %f to a power, to an ulp or two', (x) => {
    // both are off by an ulp at most
    expect(
      worst(
        from(-40, 40),
        (y) => power(x, y),
        (y) => x ** y,
      ),
    ).toBeLessThan(5e-16)
    for (const n of [0, 1, 2, 3, 7]) expect(Math.abs(power(x, n) / x ** n - 1)).toBeLessThan(5e-16)
    expect(power(x, 0.5)).toBe(Math.sqrt(x))
  })

  it('give e^x - 1 near 0, and the sine and cosine of an angle, to some ulps', () => {
    expect(
      worst(
        from(-2, 2).map((x) => x ** 3),
        expm1,
        Math.expm1,
      ),
    ).toBeLessThan(1e-15)
    for (const radians of [...from(-20, 20), ...from(0, 1000), ...from(9e5, 1e6)]) {
      expect(Math.abs(cosine(radians) - Math.cos(radians))).toBeLessThan(2.3e-16)
      expect(Math.abs(sine(radians) - Math.sin(radians))).toBeLessThan(2.3e-16)
    }
  })

  // mpmath, 30 digits: sqrt(2) erfinv(2 u - 1)
  it.each([
    [0.5, 0],
    [0.3, -0.5244005127080408],
    [0.975, 1.9599639845400543],
    [0.0005, -3.290526731491895],
    [1e-10, -6.361340902404056],
    [1e-100, -21.273453560965326],
  ])('give the normal quantile of %f', (u, z) => {
    expect(Math.abs(normalQuantile(u) - z)).toBeLessThanOrEqual(2e-15 * Math.abs(z))
  })
})
