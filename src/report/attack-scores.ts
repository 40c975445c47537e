import { streams, uniforms } from '../core/random.ts'
import { forEach, type Work } from '../core/work.ts'
import { areaOf, countPlaces, hasNaNs, tiesOf } from './auc.ts'
import { reach95, type Share, shareOf } from './chance.ts'

/** What an attack says of rows: the higher, the likelier it holds a row to be a member. */
export interface Scores {
  /** Of rows that the generator was made from. */
  readonly members: ArrayLike<number>
  /** Of real rows that it has not seen. */
  readonly others: ArrayLike<number>
}

/** How well scores tell members from others. */
export interface ScoreSummary {
  /** The area under the curve of true by false positives: the chance that a member scores higher. .5 is guessing. */
  readonly auc: number | null
  /** Where 95 % of resamples of the rows lie. */
  readonly low: number | null
  readonly high: number | null
  /** The members that score higher than all but 1 % of the others; null of fewer than 100 others. */
  readonly atOnePercent: (Share & { readonly falsePositives: number }) | null
  /** The ROC curve: the share of members found where 0, 1, 2 … 100 % of the others are taken for members. */
  readonly roc: readonly number[] | null
}

/** How often rows are drawn again. */
const resamples = 1000

/**
 * The area under the ROC curve with a percentile bootstrap of both sets of rows (Efron 1979), and what Carlini et al.
 * ("Membership inference attacks from first principles", 2022) ask for: the rate of true positives where false ones are
 * rare. All of it is null where a score is NaN. `draw` tells the resamples of one attack from those of others. Throws
 * the signal's reason.
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
  const [ofMembers, ofOthers] = [countPlaces(ties.members, ties.count), countPlaces(ties.others, ties.count)]
  const auc = areaOf(ofMembers, ofOthers, n, m)
  const drawn = new Float64Array(resamples)
  const resample = (r: number) => {
    const step = draw * resamples + r
    const u = uniforms({
      seed,
      stream: streams.privacy,
      step,
      start: 0,
      count: Math.ceil((n + m) / 4),
      dim: 4,
    })
    const again = (places: Int32Array, counts: Int32Array, from: number) => {
      counts.fill(0)
      for (let i = 0; i < places.length; i++) {
        const place = places[Math.floor(u[from + i]! * places.length)]!
        counts[place] = counts[place]! + 1
      }
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

/**
 * Mann and Whitney's test of scores: the AUC, and the standard deviation that it has where members and others could
 * change places, ties allowed for; 0 where all scores are equal. Throws on NaN.
 */
export function rankTest({ members, others }: Scores): { readonly auc: number; readonly deviation: number } {
  const ties = tiesOf(members, others)
  const [n, m] = [members.length, others.length]
  const [a, b] = [countPlaces(ties.members, ties.count), countPlaces(ties.others, ties.count)]
  const all = n + m
  let cubes = 0
  for (let place = 0; place < ties.count; place++) {
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

/** From the highest scores down: the curve is straight where rows of either kind have equal scores. */
function curveOf(members: Int32Array, others: Int32Array, n: number, m: number): number[] {
  const curve: number[] = []
  let [found, alarms] = [0, 0]
  for (let place = members.length - 1; place >= 0; place--) {
    for (; (curve.length * m) / 100 < alarms + others[place]!; )
      curve.push((found + (members[place]! * ((curve.length * m) / 100 - alarms)) / others[place]!) / n)
    found += members[place]!
    alarms += others[place]!
  }
  return [...curve, 1]
}

/**
 * The 95 % interval of scores made wider, so that it errs as seldom as `reach` (of chance.ts) says: of resamples few
 * lie so far out that they could be counted. It is no narrower than what chance alone gives, since resamples may spread
 * too little.
 */
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
