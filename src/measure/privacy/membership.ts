import type { Work } from '../../core/work.ts'
import { log } from '../../numerics/elementary.ts'
import { below, countsOf, median, present } from '../statistics.ts'
import {
  rankTest,
  reachOf,
  type ScoreSummary,
  type Scores,
  small,
  summarizeScores,
  widened,
} from './chance.ts'
import { closestDistances, type Neighbourhoods, neighbourCount, type Surroundings } from './neighbours.ts'
import type { DrawnSets, Rows } from './sets.ts'

/** How an attacker guesses from samples whether a row was a training row. */
export type AttackName = 'distance' | 'calibrated distance' | 'density' | 'column'

/** The result of an attack. */
export interface Attack extends ScoreSummary {
  readonly name: AttackName
  /** The most revealing column, of the attack on single columns. */
  readonly column?: string
  /** The interval adjusted for the number of attacks and columns. */
  readonly adjusted: { readonly low: number | null; readonly high: number | null }
  /** Whether that interval excludes .5; null without an interval. */
  readonly told: boolean | null
}

export const attackCount = 4

/**
 * Attacks on membership, which score equally many members and other real rows by the samples around them.
 * - distance: the closer the closest sample, the more likely a member (Chen et al., "GAN-Leaks", 2020).
 * - calibrated distance: half the mean distance to the five nearest other real rows, less the distance to the closest
 *   sample. A row in a dense region is close to samples without being a member (Watson et al., "On the importance of
 *   difficulty calibration", 2022); the factor of a half detected planted noise best.
 * - density: log ratio of the densities of samples and of other real rows at the row (van Breugel et al., "DOMIAS", 2023),
 *   both by an exponential kernel on the five nearest.
 * - column: the most revealing single column.
 *
 * "Other real rows" are all scored rows but the row itself, members or not: if the generator treats members and others
 * alike, the two are exchangeable and each attack's AUC is around .5. `alpha` is the significance level of each attack.
 * Throws the signal's reason.
 */
export async function attackMembership(
  sets: DrawnSets,
  neighbourhoods: Neighbourhoods,
  alpha: number,
  seed: number,
  work: Work,
): Promise<readonly Attack[]> {
  const bandwidth = bandwidthOf(neighbourhoods)
  const attack = (name: AttackName, scoreOf: Score) => ({ name, scores: scoresOf(neighbourhoods, scoreOf) })
  const density: Score = ({ toSamples, toReal }, first) =>
    logDensity(toSamples, first, bandwidth) - logDensity(toReal, first, bandwidth)
  const attacks: readonly { name: AttackName; scores: Scores; column?: string }[] = [
    attack('distance', ({ toSamples }, first) => -toSamples[first]!),
    attack('calibrated distance', calibrated),
    attack('density', density),
    { name: 'column', ...worstColumn(sets) },
  ]
  const results: Attack[] = []
  for (const [draw, { name, scores, column }] of attacks.entries()) {
    const summary = await summarizeScores(scores, seed, draw, work)
    const level = column === undefined ? alpha : alpha / sets.columns.length
    const adjusted = widened(scores, summary, reachOf(level))
    const { low, high } = adjusted
    const isSignificant = low === null || high === null ? null : low > 0.5 || high < 0.5
    results.push({ name, ...(column !== undefined && { column }), ...summary, adjusted, told: isSignificant })
  }
  return results
}

type Score = (rows: Surroundings, first: number) => number

function scoresOf({ members, others }: Neighbourhoods, scoreOf: Score): Scores {
  const ofRows = (rows: Surroundings) => {
    const count = rows.toSamples.length / neighbourCount
    return Float64Array.from({ length: count }, (_, i) => scoreOf(rows, i * neighbourCount))
  }
  return { members: ofRows(members), others: ofRows(others) }
}

/** Ten times the score in integers, to be exact. */
function calibrated({ toSamples, toReal }: Surroundings, first: number): number {
  let sum = 0
  for (let k = first; k < first + neighbourCount; k++) sum += toReal[k]!
  return sum - 2 * neighbourCount * toSamples[first]!
}

/** Half the distance of a real row from the next, at least a hundredth of a column. */
function bandwidthOf({ members, others, unit }: Neighbourhoods): number {
  const closest = [members, others].flatMap(({ toReal }) => [...closestDistances(toReal)])
  return Math.max(median(closest) / 2, unit / 100)
}

function logDensity(distances: Int32Array, first: number, bandwidth: number): number {
  let sum = 0
  for (let k = first; k < first + neighbourCount; k++)
    sum += small((distances[first]! - distances[k]!) / bandwidth)
  return log(sum) - distances[first]! / bandwidth
}

/** The worst attack: of the attacks that distinguish members, the furthest from .5; if none does, the highest AUC. */
export function worstAttack(attacks: readonly Attack[]): Attack {
  const badness = ({ auc, told: isSignificant }: Attack) =>
    auc === null ? -1 : isSignificant ? 2 + Math.abs(auc - 0.5) : auc
  return attacks.reduce((worst, attack) => (badness(attack) > badness(worst) ? attack : worst))
}

type ColumnScores = { readonly column: string; readonly scores: Scores }

/** The most revealing column: a generator that draws its values from training rows reveals rare ones. */
function worstColumn(sets: DrawnSets): ColumnScores {
  let [worst, farthest] = [undefined as ColumnScores | undefined, -1]
  for (const [d, { name, isCategory }] of sets.columns.entries()) {
    const scores = (isCategory ? nameScores : numberScores)(sets, d)
    const { auc, deviation } = rankTest(scores)
    const far = deviation > 0 ? Math.abs(auc - 0.5) / deviation : 0
    if (far > farthest) [worst, farthest] = [{ column: name, scores }, far]
  }
  return worst!
}

/** A name shared by this many other real rows reveals none of them. */
const crowd = 10

/** Scores a rare name by the ratio of its frequencies among samples and among the other real rows. */
function nameScores({ members, others, samples }: DrawnSets, d: number): Scores {
  const real = [members, others].map((rows) => countsOf(rows.columns[d]!))
  const drawn = countsOf(samples.columns[d]!)
  const scoreOf = (cell: number) => {
    const elsewhere = real.reduce((sum, counts) => sum + (counts.get(cell) ?? 0), -1)
    if (elsewhere >= crowd) return 0
    const amongSamples = ((drawn.get(cell) ?? 0) + 0.1) / samples.count
    return log(amongSamples) - log((elsewhere + 0.5) / (members.count + others.count))
  }
  return scoresBy(members, others, d, scoreOf)
}

/** Scores g / (g + h), with g the gap to the nearest value of another real row and h to the nearest of a sample. */
function numberScores({ members, others, samples }: DrawnSets, d: number): Scores {
  const [ofMembers, ofOthers] = [present(members.columns[d]!), present(others.columns[d]!)]
  const real = Float64Array.from([...ofMembers, ...ofOthers]).sort()
  const drawn = present(samples.columns[d]!).sort()
  const scoreOf = (cell: number) => {
    if (Number.isNaN(cell)) return 0.5
    const [toReal, toSample] = [gapTo(real, cell, true), gapTo(drawn, cell, false)]
    if (toReal === toSample) return 0.5
    return toSample === Number.POSITIVE_INFINITY ? 0 : 1 / (1 + toSample / toReal)
  }
  return scoresBy(members, others, d, scoreOf)
}

function gapTo(rising: Float64Array, x: number, includesX: boolean): number {
  const [first, next] = [below(rising, x, false), below(rising, x, true)]
  if (next - first > (includesX ? 1 : 0)) return 0
  const lower = x - (rising[first - 1] ?? Number.NEGATIVE_INFINITY)
  const upper = (rising[next] ?? Number.POSITIVE_INFINITY) - x
  return Math.min(lower, upper)
}

function scoresBy(members: Rows, others: Rows, d: number, scoreOf: (cell: number) => number): Scores {
  return {
    members: Float64Array.from(members.columns[d]!, scoreOf),
    others: Float64Array.from(others.columns[d]!, scoreOf),
  }
}
