import { forEach, type Work } from '../../core/work.ts'
import { exp, log, normalQuantile } from '../../numerics/elementary.ts'
import { streams, uniforms } from '../../numerics/random.ts'
import { areaOf, hasNaNs, tiesOf } from '../statistics.ts'

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

export function wilson(count: number, of: number): { readonly centre: number; readonly error: number } {
  const square = reach95 * reach95
  const centre = (count + square / 2) / (of + square)
  const error = (reach95 / (of + square)) * Math.sqrt((count * (of - count)) / of + square / 4)
  return { centre, error }
}

/** P(`count` or more of `drawn` rows are members) by chance: the hypergeometric tail, a one-sided Fisher's test. */
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

function logFactorials(n: number): Float64Array {
  const logs = new Float64Array(n + 1)
  for (let k = 2; k <= n; k++) logs[k] = logs[k - 1]! + log(k)
  return logs
}

/** An attack's scores of rows: the higher, the more likely it considers a row a member. */
export interface Scores {
  readonly members: ArrayLike<number>
  readonly others: ArrayLike<number>
}

/** How well scores separate members from others. */
export interface ScoreSummary {
  /** Area under the ROC curve: the probability that a member scores higher. .5 is guessing. */
  readonly auc: number | null
  /** The 95 % interval of resampled rows. */
  readonly low: number | null
  readonly high: number | null
  /** Share of members that score higher than all but 1 % of the others; null with fewer than 100 others. */
  readonly atOnePercent: (Share & { readonly falsePositives: number }) | null
  /** The ROC curve: true positive rates at false positive rates of 0, 1, 2 … 100 %. */
  readonly roc: readonly number[] | null
}

const resamples = 1000

/**
 * The area under the ROC curve with a percentile bootstrap of both sets of rows (Efron 1979), and the true positive
 * rate at a low false positive rate, as Carlini et al. ("Membership inference attacks from first principles", 2022)
 * recommend. All null if a score is NaN. `draw` gives each attack its own resamples. Throws the signal's reason.
 */
export async function summarizeScores(
  { members, others }: Scores,
  seed: number,
  draw: number,
  work: Work = {},
): Promise<ScoreSummary> {
  const hasNaN = hasNaNs(members) || hasNaNs(others)
  if (hasNaN || members.length === 0 || others.length === 0)
    return { auc: null, low: null, high: null, atOnePercent: null, roc: null }
  const ties = tiesOf(members, others)
  const [n, m] = [members.length, others.length]
  const [ofMembers, ofOthers] = ties.counts
  const auc = areaOf(ofMembers, ofOthers, n, m)
  const drawn = new Float64Array(resamples)
  const resample = (r: number) => {
    const step = draw * resamples + r
    const count = Math.ceil((n + m) / 4)
    const u = uniforms({ seed, stream: streams.privacy, step, start: 0, count, dim: 4 })
    const again = (places: Int32Array, counts: Int32Array, from: number) => {
      counts.fill(0)
      for (let i = 0; i < places.length; i++) counts[places[Math.floor(u[from + i]! * places.length)]!]!++
      return counts
    }
    drawn[r] = areaOf(again(ties.members, ofMembers, 0), again(ties.others, ofOthers, n), n, m)
  }
  const atOnePercent = caught(ofMembers, ofOthers, n, m)
  const roc = curveOf(ofMembers, ofOthers, n, m)
  await forEach({ stage: 'resamples', unit: 'resamples' }, resamples, resample, work)
  drawn.sort()
  return {
    auc,
    low: drawn[Math.floor(0.025 * resamples)]!,
    high: drawn[Math.ceil(0.975 * resamples) - 1]!,
    atOnePercent,
    roc,
  }
}

/** Mann-Whitney test: the AUC and its deviation under the null hypothesis, corrected for ties. */
export function rankTest({ members, others }: Scores): { readonly auc: number; readonly deviation: number } {
  const [a, b] = tiesOf(members, others).counts
  const [n, m] = [members.length, others.length]
  const all = n + m
  let cubes = 0
  for (let place = 0; place < a.length; place++) {
    const tied = a[place]! + b[place]!
    cubes += tied * (tied - 1) * (tied + 1)
  }
  const variance = (all + 1 - cubes / (all * (all - 1))) / (12 * n * m)
  return { auc: areaOf(a, b, n, m), deviation: variance > 1e-12 ? Math.sqrt(variance) : 0 }
}

function caught(members: Int32Array, others: Int32Array, n: number, m: number): ScoreSummary['atOnePercent'] {
  const allowed = Math.floor(m / 100)
  if (allowed === 0) return null
  let [truePositives, falsePositives] = [0, 0]
  for (let place = members.length - 1; place >= 0; place--) {
    if (falsePositives + others[place]! > allowed) break
    falsePositives += others[place]!
    truePositives += members[place]!
  }
  return { ...shareOf(truePositives, n), falsePositives }
}

/** From the highest scores down; the curve is straight where both kinds have equal scores. */
function curveOf(members: Int32Array, others: Int32Array, n: number, m: number): number[] {
  const curve: number[] = []
  let [hits, alarms] = [0, 0]
  for (let place = members.length - 1; place >= 0; place--) {
    for (; (curve.length * m) / 100 < alarms + others[place]!; )
      curve.push((hits + (members[place]! * ((curve.length * m) / 100 - alarms)) / others[place]!) / n)
    hits += members[place]!
    alarms += others[place]!
  }
  return [...curve, 1]
}

/** The 95 % interval widened to `reach`, where too few resamples lie; never narrower than the null distribution. */
export function widened(
  scores: Scores,
  { auc, low, high }: Pick<ScoreSummary, 'auc' | 'low' | 'high'>,
  reach: number,
): { readonly low: number | null; readonly high: number | null } {
  if (auc === null || low === null || high === null) return { low: null, high: null }
  const byChance = reach * rankTest(scores).deviation
  return {
    low: Math.max(0, auc - Math.max(byChance, ((auc - low) * reach) / reach95)),
    high: Math.min(1, auc + Math.max(byChance, ((high - auc) * reach) / reach95)),
  }
}
