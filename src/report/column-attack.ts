import { log } from '../core/elementary.ts'
import { rankTest, type Scores } from './attack-scores.ts'
import { below } from './mixed-rows.ts'
import type { DrawnSets } from './neighbourhoods.ts'
import { countsOf } from './prepare.ts'
import type { RealAndSamples, Rows } from './real-and-samples.ts'

/** The scores of a column's cells. */
export interface ColumnScores {
  readonly column: string
  readonly scores: Scores
}

/**
 * Looks at each column alone, and returns the one that tells members from others best. A generator that draws a
 * column's values from those of its training rows gives away who has a rare one, however well it hides whole rows. A
 * row scores by how much nearer its value stands to one of the samples than to one of another real row; a name by how
 * often the samples have it, compared with the other real rows.
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

/** A name that so many other real rows have hides each of them, and how often a set has it is no one's secret. */
const crowd = 10

/**
 * By the ratio of a rare name's frequency among samples to that among the other real rows, of a part of a row at least.
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

/** By g / (g + h), g the gap to the nearest value of another real row, h that to the nearest one of a sample. */
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

/** How far the nearest of rising values is; where x is one of them, another one. */
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
