import type { Measured, Timing } from './race.ts'

/** A bound for a row's value, and one that we would like to reach. */
export interface Goal {
  readonly atLeast: boolean
  readonly reach: number
  readonly moonshot?: number | undefined
}

export const min = (reach: number, moonshot?: number): Goal => ({ atLeast: true, reach, moonshot })
export const max = (reach: number, moonshot?: number): Goal => ({ atLeast: false, reach, moonshot })

/** One figure with what it says about itself: a line of a list, or a cell of a grid. */
export interface Row {
  readonly what: string
  /** The line of a grid, whose column is `what`: whose rows were measured, or a schedule and a sampler. */
  readonly line?: string | undefined
  /** The commands that made what was measured. */
  readonly commands?: string | undefined
  /** The seed of the training points. */
  readonly draw?: number | undefined
  readonly threads?: number | undefined
  readonly ours?: Timing | undefined
  /** What `ours` is compared with. */
  readonly against?: string | undefined
  readonly theirs?: Timing | undefined
  /** The value of each training seed, or each split, which `value` sums up. */
  readonly seeds?: readonly number[] | undefined
  /** null if it is missing here, for the reason in `missing`. */
  readonly value: number | null
  readonly unit?: string | undefined
  /** What a perfect network would get. */
  readonly ideal?: number | undefined
  /** A curve, for the group's figure. */
  readonly points?: readonly (readonly [x: number, y: number])[] | undefined
  readonly goal?: Goal | undefined
  readonly missing?: string | undefined
}

/** A number, with its bound if there is one. */
export const figure = (what: string, value: number | null, unit?: string, goal?: Goal): Row => ({
  what,
  value,
  unit,
  goal,
})

/** A row for what this machine or checkout can't measure. */
export const missingRow = (what: string, missing: string): Row => ({ what, value: null, missing })

/** The ways to compare our seconds with theirs. */
const comparisons = {
  speedup: { unit: 'times as fast', of: (ours: number, theirs: number) => theirs / ours },
  slowdown: { unit: 'times as long', of: (ours: number, theirs: number) => ours / theirs },
  /** Drawing the noise of 100,000 samples may take 50 ms. */
  beyondNoise: {
    unit: 'times as long, less 50 ms',
    of: (ours: number, theirs: number) => (ours - 0.05) / theirs,
  },
  excess: { unit: 'ms more', of: (ours: number, theirs: number) => 1000 * (ours - theirs) },
} as const
export type Comparison = keyof typeof comparisons

/** Compares the medians of two contestants. */
export function compare(what: string, by: Comparison, ours: Measured, theirs: Measured, goal?: Goal): Row {
  const { unit, of } = comparisons[by]
  const [a, b] = [ours, theirs].map((each) => ('median' in each ? each : undefined))
  const reasons = [ours, theirs].flatMap((each) => ('missing' in each ? [each.missing] : []))
  const row = figure(what, a && b ? of(a.median, b.median) : null, unit, goal)
  return { ...row, ours: a, theirs: b, missing: reasons.join('; ') || undefined }
}

/** Whether the value meets a bound. NaN meets none. */
export const meets = (value: number, bound: number, { atLeast }: Goal) =>
  atLeast ? value >= bound : value <= bound

/** Whether a row was measured and misses its bound. */
export const misses = ({ value, goal }: Row) =>
  value !== null && goal !== undefined && !meets(value, goal.reach, goal)
