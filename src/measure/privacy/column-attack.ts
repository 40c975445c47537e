import { log } from '../../numerics/elementary.ts'
import { countsOf } from '../prepare.ts'
import { rankTest, type Scores } from './attack-scores.ts'
import { below } from './mixed-rows.ts'
import type { DrawnSets } from './neighbourhoods.ts'
import type { RealAndSamples, Rows } from './real-and-samples.ts'

/** The scores of a column's cells. */
export interface ColumnScores {
  readonly column: string
  readonly scores: Scores
}

/**
 * Attacks each column alone and returns the best one. A generator that draws a column's values from its training rows
 * reveals rare ones, however well it hides whole rows. A number's score is how much nearer it lies to a sample's than
 * to another real row's; a name's is its frequency among samples relative to the other real rows.
 */
export function worstColumn(columns: RealAndSamples['columns'], sets: DrawnSets): ColumnScores {
  let [worst, farthest] = [undefined as ColumnScores | undefined, -1]
  for (const [d, { name, isCategory }] of columns.entries()) {
    const scores = (isCategory ? nameScores : numberScores)(sets, d)
    const { auc, deviation } = rankTest(scores)
    const far = deviation > 0 ? Math.abs(auc - 0.5) / deviation : 0
    if (far > farthest) [worst, farthest] = [{ column: name, scores }, far]
  }
  return worst!
}

/** A name shared by this many other real rows reveals none of them. */
const crowd = 10

/**
 * Scores a rare name by the ratio of its frequencies among samples and among the other real rows, at least a fraction
 * of a row.
 */
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
  const known = (rows: Rows) => rows.columns[d]!.filter((cell) => !Number.isNaN(cell))
  const real = Float64Array.from([...known(members), ...known(others)]).sort()
  const drawn = known(samples).sort()
  const scoreOf = (cell: number) => {
    if (Number.isNaN(cell)) return 0.5
    const [toReal, toSample] = [gapTo(real, cell, true), gapTo(drawn, cell, false)]
    if (toReal === toSample) return 0.5
    return toSample === Number.POSITIVE_INFINITY ? 0 : 1 / (1 + toSample / toReal)
  }
  return scoresBy(members, others, d, scoreOf)
}

/** Distance to the nearest of the ascending values, excluding x itself. */
function gapTo(rising: Float64Array, x: number, isOne: boolean): number {
  const [first, next] = [below(rising, x, false), below(rising, x, true)]
  if (next - first > (isOne ? 1 : 0)) return 0
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
