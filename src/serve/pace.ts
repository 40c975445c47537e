import { limits } from './refusal.ts'

/** How fast a model draws rows, measured on its runs. */
export interface Pace {
  /** Rows of the largest run that counts. */
  readonly largest: number
  /** Rows and the seconds that they took, of runs of about that size; earlier ones count less. */
  readonly rows: number
  readonly seconds: number
}

export const unmeasured: Pace = { largest: 0, rows: 0, seconds: 0 }

/** How much earlier runs count when a run is added. */
const earlierWeight = 0.7

/**
 * Adds a run. A queue that is nearly full is drawn in large runs, and small ones take longer for each row, so a run counts
 * only if it is about as large as the largest one, which takes the place of much smaller ones: of the first, which also
 * starts a thread, too.
 *
 * @param seconds how long it took, or its share of the time that it ran at the same time as others.
 */
export function withRun(pace: Pace, rows: number, seconds: number): Pace {
  if (2 * rows < pace.largest) return pace
  if (rows >= 2 * pace.largest) return { largest: rows, rows, seconds }
  return {
    largest: Math.max(rows, pace.largest),
    rows: earlierWeight * pace.rows + rows,
    seconds: earlierWeight * pace.seconds + seconds,
  }
}

/** Estimates the seconds that rows take; before a first run, by a cautious guess. */
export function secondsFor({ rows: measured, seconds }: Pace, rows: number): number {
  return rows * (measured > 0 ? seconds / measured : limits.guessedRowSeconds)
}
