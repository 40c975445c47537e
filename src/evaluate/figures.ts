import { bandwidths } from './kernels.ts'

/** Distances between a real set and samples, all in scaled space. docs/evaluate.md has the formulas. */
export interface Figures extends PairwiseFigures {
  /** Sliced Wasserstein-2 distance, of all points. */
  readonly slicedWasserstein2: number
}

/** Those that take every pair of points. */
export interface PairwiseFigures {
  /** Energy distance, unbiased: near 0, above or below, where the distributions are the same. */
  readonly energy: number
  /** The same as a V-statistic, which is never negative. */
  readonly energyV: number
  /** Squared maximum mean discrepancy, unbiased, by bandwidth. */
  readonly mmd2: Readonly<Record<string, number>>
  readonly density: number
  readonly coverage: number
}

/** Sums over pairs of the distance and of each bandwidth's kernel. */
export interface PairSums {
  /** i < j, both real. */
  readonly real: Float64Array
  /** i < j, both samples. */
  readonly samples: Float64Array
  /** One of each. */
  readonly across: Float64Array
}

/**
 * Energy distance, 2 E|X - Y| - E|X - X'| - E|Y - Y'| (Szekely and Rizzo 2013), and squared MMD,
 * E k(X, X') + E k(Y, Y') - 2 E k(X, Y) (Gretton et al. 2012, equation 3), of `n` real points and `m` samples:
 * unbiased, with the means over pairs of different points, and the energy also as a V-statistic, with the pairs
 * of a point with itself.
 */
export function figuresOfSums(
  { real, samples, across }: PairSums,
  n: number,
  m: number,
): Pick<PairwiseFigures, 'energy' | 'energyV' | 'mmd2'> {
  const unbiased = (f: number) =>
    (2 * real[f]!) / (n * (n - 1)) + (2 * samples[f]!) / (m * (m - 1)) - (2 * across[f]!) / (n * m)
  return {
    energy: -unbiased(0),
    energyV: (2 * across[0]!) / (n * m) - (2 * real[0]!) / (n * n) - (2 * samples[0]!) / (m * m),
    mmd2: Object.fromEntries(bandwidths.map((h, b) => [String(h), unbiased(1 + b)])),
  }
}

/** Each figure of several evaluations made one. */
export function combineFigures(all: readonly Figures[], combine: (values: number[]) => number): Figures {
  const of = (figure: (figures: Figures) => number) => combine(all.map(figure))
  return {
    slicedWasserstein2: of((figures) => figures.slicedWasserstein2),
    energy: of((figures) => figures.energy),
    energyV: of((figures) => figures.energyV),
    mmd2: Object.fromEntries(bandwidths.map((h) => [String(h), of((figures) => figures.mmd2[String(h)]!)])),
    density: of((figures) => figures.density),
    coverage: of((figures) => figures.coverage),
  }
}

/** The median, of an even number of values the mean of the middle two. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort()
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/**
 * Each figure by the median size of the same over halvings of the data. The size, for an unbiased figure of real
 * against real lies around 0.
 */
export function ratiosOf(figures: Figures, nulls: readonly Figures[]): Figures {
  const sizes = combineFigures(nulls, (values) => median(values.map(Math.abs)))
  return combineFigures([figures, sizes], ([value, size]) => (value === size ? 1 : value! / size!))
}
