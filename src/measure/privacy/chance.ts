import { exp, log, normalQuantile } from '../../numerics/elementary.ts'

/** A share with its interval. */
export interface Share {
  readonly count: number
  readonly of: number
  /** `count / of`; null if `of` is 0. */
  readonly share: number | null
  readonly low: number | null
  readonly high: number | null
}

/** The half-width in standard deviations of a two-sided interval with error probability `alpha`. */
export function reachOf(alpha: number): number {
  return normalQuantile(1 - alpha / 2)
}

/** The 95 % interval's. */
export const reach95 = reachOf(0.05)

/** A count among `of` with Wilson's 95 % score interval (1927). */
export function shareOf(count: number, of: number): Share {
  if (!(of > 0)) return { count, of, share: null, low: null, high: null }
  const { centre, error } = wilson(count, of)
  return { count, of, share: count / of, low: Math.max(0, centre - error), high: Math.min(1, centre + error) }
}

/** Centre and half-width of Wilson's 95 % interval. */
export function wilson(count: number, of: number): { readonly centre: number; readonly error: number } {
  const square = reach95 * reach95
  const centre = (count + square / 2) / (of + square)
  const error = (reach95 / (of + square)) * Math.sqrt((count * (of - count)) / of + square / 4)
  return { centre, error }
}

/**
 * The probability that `count` or more of `drawn` rows are members, if `members` of all rows are and chance decides
 * which: the upper tail of the hypergeometric distribution, a one-sided Fisher's exact test.
 */
export function tailOfMembers(count: number, drawn: number, members: number, all: number): number {
  const others = all - members
  const highest = Math.min(drawn, members)
  if (count <= Math.max(0, drawn - others)) return 1
  const logs = logFactorials(all)
  const choose = (n: number, k: number) => logs[n]! - logs[k]! - logs[n - k]!
  let tail = 0
  for (let k = count; k <= highest; k++)
    tail += small(choose(members, k) + choose(others, drawn - k) - choose(all, drawn))
  return Math.min(1, tail)
}

/** The probability of `count` or more heads in `of` coin tosses: a one-sided sign test. */
export function tailOfHeads(count: number, of: number): number {
  const logs = logFactorials(of)
  let tail = 0
  for (let k = count; k <= of; k++) tail += small(logs[of]! - logs[k]! - logs[of - k]! - of * log(2))
  return Math.min(1, tail)
}

/** e to the power of x <= 0; 0 below float64's range. */
export function small(x: number): number {
  return x < -700 ? 0 : exp(x)
}

/** ln(k!) of k = 0 to n. */
function logFactorials(n: number): Float64Array {
  const logs = new Float64Array(n + 1)
  for (let k = 2; k <= n; k++) logs[k] = logs[k - 1]! + log(k)
  return logs
}
