import type { Distribution, TrainedCloseness } from 'moonstep/web'

/** A word for a figure next to the one that real rows get. */
export type Grade = 'good' | 'fair' | 'poor'

/** How much worse than real rows a figure may be to be good, and to be fair. */
export interface Bounds {
  readonly good: number
  readonly fair: number
}

/** Of distances and likenesses, from 0 to 1. */
export const distanceBounds: Bounds = { good: 0.02, fair: 0.05 }
/** Of detection, whose best is .5. */
export const detectionBounds: Bounds = { good: 0.1, fair: 0.2 }

/** The word for a distance that real rows have too: the smaller the better. */
export function gradeOf(distance: number, real: number, { good, fair }: Bounds = distanceBounds): Grade {
  const worse = distance - real
  return worse <= good ? 'good' : worse <= fair ? 'fair' : 'poor'
}

/** What the words mean, for the help of a figure. */
export function sayBounds({ good, fair }: Bounds = distanceBounds): string {
  return `good: at most ${decimals(good)} worse than other real rows; fair: at most ${decimals(fair)}; poor: more`
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

/** How close a trained model's samples are to real rows, in a sentence. */
export function sayCloseness({ shapes, detection, real }: TrainedCloseness): string {
  const grade = gradeOf(detection, real.detection, detectionBounds)
  const says = {
    good: 'Trees can hardly tell generated rows from real ones',
    fair: 'Trees can sometimes tell generated rows from real ones',
    poor: 'Trees can often tell generated rows from real ones',
  }[grade]
  return `The result is ${grade}: ${says} (${decimals(detection)}, and ${decimals(real.detection)} for other real rows; .50 is guessing). Column by column, generated rows are similar to real ones by ${decimals(shapes)}, and other real rows by ${decimals(real.shapes)}; 1 is the best.`
}
