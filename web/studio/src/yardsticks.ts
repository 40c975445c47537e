import type { Distribution } from 'moonstep/web'

/** A word for a figure next to the one that real rows get. */
export type Grade = 'good' | 'fair' | 'poor'

/** How much worse than real rows a distance or likeness, from 0 to 1, may be to be good, and to be fair. */
const bounds = { good: 0.02, fair: 0.05 } as const

/** The word for a distance that real rows have too: the smaller the better. */
export function gradeOf(distance: number, real: number): Grade {
  const worse = distance - real
  return worse <= bounds.good ? 'good' : worse <= bounds.fair ? 'fair' : 'poor'
}

/** What the words mean, for the help of a figure. */
export function sayBounds(): string {
  return `good: at most ${decimals(bounds.good)} worse than other real rows; fair: at most ${decimals(bounds.fair)}; poor: more`
}

/** Distance of two sets of rows in a column: half the sum of the differences of their shares. */
export function apart(a: Distribution, b: Distribution): number {
  const sum = a.shares.reduce((sum, share, k) => sum + Math.abs(share - b.shares[k]!), 0)
  return (sum + Math.abs(a.missing - b.missing)) / 2
}

/** .51, as the report writes it. */
export function decimals(x: number): string {
  return x.toFixed(2).replace(/^(-?)0\./, '$1.')
}
