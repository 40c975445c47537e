import { percent } from '../../core/format.ts'
import type { Work } from '../../core/work.ts'
import { log } from '../../numerics/elementary.ts'
import { median } from '../distances/pairwise.ts'
import { type ScoreSummary, type Scores, summarizeScores, widened } from './attack-scores.ts'
import { decimals, reachOf, small } from './chance.ts'
import { worstColumn } from './column-attack.ts'
import { type DrawnSets, type Neighbourhoods, neighbourCount, type Surroundings } from './neighbourhoods.ts'
import type { RealAndSamples } from './real-and-samples.ts'

/** How an attacker guesses from samples whether a row was a training row. */
export type AttackName = 'distance' | 'calibrated distance' | 'density' | 'column'

/** The result of an attack. */
export interface AttackResult extends ScoreSummary {
  readonly name: AttackName
  /** The column that the single-column attack found most revealing. */
  readonly column?: string
  /** The interval adjusted for the number of attacks and columns. */
  readonly adjusted: { readonly low: number | null; readonly high: number | null }
  /** Whether that interval excludes .5; null without an interval. */
  readonly told: boolean | null
  readonly sentence: string
}

/** An attack below this is called a little better than guessing. */
const littleBetter = 0.55

/** Number of attacks. */
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
  columns: RealAndSamples['columns'],
  sets: DrawnSets,
  neighbourhoods: Neighbourhoods,
  { alpha, seed, ...work }: Work & { readonly alpha: number; readonly seed: number },
): Promise<AttackResult[]> {
  const { members, others } = neighbourhoods
  const both = (scoreOf: (rows: Surroundings, first: number) => number): Scores => ({
    members: scoresOf(members, scoreOf),
    others: scoresOf(others, scoreOf),
  })
  const bandwidth = bandwidthOf(neighbourhoods)
  const single = worstColumn(columns, sets)
  const attacks: readonly { name: AttackName; scores: Scores; column?: string }[] = [
    { name: 'distance', scores: both(({ toSamples }, first) => -toSamples[first]!) },
    { name: 'calibrated distance', scores: both(calibrated) },
    {
      name: 'density',
      scores: both(
        ({ toSamples, toReal }, first) =>
          logDensity(toSamples, first, bandwidth) - logDensity(toReal, first, bandwidth),
      ),
    },
    { name: 'column', ...single },
  ]
  const results: AttackResult[] = []
  for (const [draw, { name, scores, column }] of attacks.entries()) {
    const summary = await summarizeScores(scores, seed, draw, work)
    const adjusted = widened(scores, summary, reachOf(column === undefined ? alpha : alpha / columns.length))
    const { low, high } = adjusted
    const told = low === null || high === null ? null : low > 0.5 || high < 0.5
    const result = { name, ...(column !== undefined && { column }), ...summary, adjusted, told }
    results.push({ ...result, sentence: sentenceOf(result) })
  }
  return results
}

function scoresOf(rows: Surroundings, scoreOf: (rows: Surroundings, first: number) => number): Float64Array {
  const count = rows.toSamples.length / neighbourCount
  return Float64Array.from({ length: count }, (_, i) => scoreOf(rows, i * neighbourCount))
}

/** Ten times the score in integers, to be exact. */
function calibrated({ toSamples, toReal }: Surroundings, first: number): number {
  let sum = 0
  for (let k = first; k < first + neighbourCount; k++) sum += toReal[k]!
  return sum - 2 * neighbourCount * toSamples[first]!
}

/** Half the distance of a real row from the next, at least a hundredth of a column. */
function bandwidthOf({ members, others, unit }: Neighbourhoods): number {
  const closest = [members, others].flatMap(({ toReal }) => [
    ...toReal.filter((_, k) => k % neighbourCount === 0),
  ])
  return Math.max(median(closest) / 2, unit / 100)
}

function logDensity(distances: Int32Array, first: number, bandwidth: number): number {
  let sum = 0
  for (let k = first; k < first + neighbourCount; k++)
    sum += small((distances[first]! - distances[k]!) / bandwidth)
  return log(sum) - distances[first]! / bandwidth
}

/** The worst attack: of those that distinguish members the one furthest from .5, otherwise the highest. */
export function worstAttack(attacks: readonly AttackResult[]): AttackResult {
  const badness = ({ auc, told }: AttackResult) => (auc === null ? -1 : told ? 2 + Math.abs(auc - 0.5) : auc)
  return attacks.reduce((worst, attack) => (badness(attack) > badness(worst) ? attack : worst))
}

function sentenceOf(attack: Omit<AttackResult, 'sentence'>): string {
  const { name, column, auc, adjusted, told, atOnePercent } = attack
  const subject = column === undefined ? `The ${name} attack` : `The attack on single columns, at ${column},`
  if (auc === null || told === null) return `${subject} could not be scored.`
  // the interval that decides
  const numbers = `AUC ${decimals(auc)}, ${decimals(adjusted.low)} to ${decimals(adjusted.high)} with all attacks allowed for`
  if (!told) return `${subject} did not tell members from others (${numbers}).`
  if (auc < 0.5)
    return `${subject} tells members from others (${numbers}): samples keep away from them, which gives them away too.`
  const caught = atOnePercent?.share
  const part =
    typeof caught === 'number' ? `: at 1 % false alarms it finds ${percent(caught)} of the members` : ''
  const little = auc < littleBetter ? ' a little better than guessing' : ''
  return `${subject} tells members from others${little} (${numbers})${part}.`
}
