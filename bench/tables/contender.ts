import { mean, median } from '../../src/measure/statistics.ts'
import { type Answer, Missing } from '../pool/protocol.ts'
import { figure, type Goal, missingRow, type Row } from '../row.ts'

/** What the judges measure, by its name in their answers. */
const measures = {
  shapes: 'shapes',
  trends: 'trends',
  c2st: 'C2ST AUC',
  c2st_others: 'C2ST AUC against other real rows',
  c2st_same: 'C2ST AUC against the same rows',
  tstr: 'TSTR AUC',
  share: 'share',
  membership: 'membership AUC',
  w_test: 'W₁ to held-out rows',
  w_train: 'W₁ to training rows',
  f1: 'F1',
  error: 'error, one draw',
  median_error: 'error, the median of five',
  hold: 'share that meet the condition',
  energy_ratio: 'energy ratio',
  energy_ratio_of_halves: 'energy ratio, with the size of a half',
  c2st_excess: 'C2ST less real',
  forest_excess: 'random forest less real',
  column_excess: 'worst column less real',
  gaps: 'gaps off by',
  margins_mean: 'margins, times chance',
  margins_worst: 'worst margin, times chance',
  seconds: 'seconds of training',
  processor_seconds: 'processor seconds of training',
  real_c2st: 'real rows: C2ST AUC',
  real_forest: 'real rows: random forest',
  real_column: 'real rows: worst column',
  real_gaps: 'real rows: gaps off by',
  made: 'columns made for each row',
  left_out: 'columns left out',
} as const
export type Key = keyof typeof measures

/** The measures to show by seed, with their targets; null has none. */
export type Goals = Readonly<Partial<Record<Key, Goal | null>>>

/** How to combine the seeds of a row. */
export type Summary = keyof typeof summaries
const summaries = { mean, median }

/** The answers for each seed, or why there are none. */
export type Answers = readonly Answer[] | { readonly missing: string }

export async function answersOf(
  seeds: readonly number[],
  measure: (seed: number) => Promise<Answer>,
): Promise<Answers> {
  const answers: Answer[] = []
  try {
    for (const seed of seeds) answers.push(await measure(seed))
  } catch (error) {
    if (error instanceof Missing) return { missing: error.message }
    throw error
  }
  return answers
}

/** A line of a group's grid: a row for each measure, and the seeds of those with a goal. */
export function contender(who: string, answers: Answers, goals: Goals = {}, by: Summary = 'mean'): Row[] {
  if ('missing' in answers) {
    const [key = 'seconds'] = Object.keys(goals) as Key[]
    return [{ ...missingRow(measures[key], answers.missing), line: who }]
  }
  const line = answers.length > 1 ? `${who}, ${answers.length} seeds` : who
  return (Object.keys(measures) as Key[]).flatMap((key) => {
    const seeds = answers.flatMap((answer) => answer[key] ?? [])
    const row = figure(measures[key], summaries[by](seeds), '', goals[key] ?? undefined)
    return seeds.length > 0 ? [{ ...row, line, ...(key in goals && { seeds }) }] : []
  })
}
