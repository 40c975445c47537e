import type { Timing, Timings } from '../alternate.ts'

type Measured = Timings[string]

/** The ways to compare two numbers. */
const comparisons = {
  speedup: { unit: 'times as fast', atLeast: true, of: (ours: number, theirs: number) => theirs / ours },
  slowdown: { unit: 'times as long', atLeast: false, of: (ours: number, theirs: number) => ours / theirs },
  /** Drawing the noise of 100,000 samples may take 50 ms. */
  'slowdown beyond noise': {
    unit: 'times as long, less 50 ms',
    atLeast: false,
    of: (ours: number, theirs: number) => (ours - 0.05) / theirs,
  },
  excess: { unit: 'ms more', atLeast: false, of: (ours: number, theirs: number) => 1000 * (ours - theirs) },
} as const

/** A line of `npm run bench`. */
export interface Row {
  readonly what: string
  /** What it is compared with; null for a budget. */
  readonly against: string | null
  readonly threads: number | null
  readonly ours: Timing | null
  readonly theirs: Timing | null
  /** The value to judge, in `unit`; null if something is missing. */
  readonly value: number | null
  readonly unit: string
  readonly atLeast: boolean
  /** The bound for the value; null if it is only reported. */
  readonly reach: number | null
  readonly moonshot: number | null
  /** Why there is no value. */
  readonly missing: string | null
}

export interface Goal {
  readonly reach?: number
  readonly moonshot?: number
}

export interface Comparison extends Goal {
  readonly what: string
  readonly against: string
  readonly threads: number | null
  readonly ours: Measured
  readonly theirs: Measured
  readonly by: keyof typeof comparisons
}

/** Compares two medians. */
export function comparison({ what, against, threads, ours, theirs, by, reach, moonshot }: Comparison): Row {
  const { unit, atLeast, of } = comparisons[by]
  const [a, b] = [timing(ours), timing(theirs)]
  const reasons = [ours, theirs].flatMap((each) => ('missing' in each ? [each.missing] : []))
  return {
    what,
    against,
    threads,
    ours: a,
    theirs: b,
    value: a && b ? of(a.median, b.median) : null,
    unit,
    atLeast,
    reach: reach ?? null,
    moonshot: moonshot ?? null,
    missing: reasons.length > 0 ? reasons.join('; ') : null,
  }
}

/**
 * PyTorch's best settings: the fastest of several contestants, which `against` names, along with any that are missing.
 * Missing if all are.
 */
export function bestSettings(
  timings: Timings,
  names: readonly string[],
): Pick<Comparison, 'against' | 'theirs'> {
  const time = (name: string) => timing(timings[name]!)?.median ?? Number.POSITIVE_INFINITY
  const best = names.reduce((a, b) => (time(b) < time(a) ? b : a))
  const theirs = timings[best]!
  const settings = names.flatMap((name) => {
    const each = timings[name]!
    return 'missing' in each ? [`${name} is missing: ${each.missing}`] : name === best ? [name] : []
  })
  return {
    against: `PyTorch's best settings${'missing' in theirs ? '' : ` (${settings.join('; ')})`}`,
    theirs,
  }
}

/** A number with its maximum; null for one that is only reported. */
export function budget(
  what: string,
  value: number,
  unit: string,
  reach: number | null,
  threads?: number,
): Row {
  return {
    what,
    against: null,
    threads: threads ?? null,
    ours: null,
    theirs: null,
    value,
    unit,
    atLeast: false,
    reach,
    moonshot: null,
    missing: null,
  }
}

/** A row for what this machine or checkout can't measure. */
export function missingRow(what: string, reason: string): Row {
  return { ...budget(what, Number.NaN, '', null), value: null, missing: reason }
}

/** Whether the value meets its bound; null if it has none. */
export function verdict({ value, reach, atLeast }: Row): boolean | null {
  if (value === null || reach === null) return null
  return atLeast ? value >= reach : value <= reach
}

function timing(measured: Measured): Timing | null {
  return 'missing' in measured ? null : measured
}
