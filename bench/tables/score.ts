import { median } from '../../src/measure/statistics.ts'
import type { Run } from '../results.ts'
import type { Answer } from './programs.ts'

/** How to combine a row's seeds into one number. */
export type Summary = 'mean' | 'median'

/** The bounds for a measure; without any, it is only reported. */
export interface Goal {
  readonly what: string
  /** Its name in the judges' answers. */
  readonly key: string
  /** Whether higher is better. */
  readonly atLeast: boolean
  readonly reach: number | null
  readonly moonshot: number | null
}

/** A line of the table of targets. */
export interface Score extends Omit<Goal, 'key'> {
  readonly row: string
  /** One per seed. */
  readonly values: readonly number[]
  readonly by: Summary
  /** Combined over the seeds; null if something is missing. */
  readonly value: number | null
  readonly missing: string | null
}

/** A generator beside ours, or the real rows themselves. */
export interface Contender {
  readonly who: string
  readonly seeds: number
  /** By measure, combined over the seeds like ours; null if something is missing. */
  readonly results: Answer | null
  readonly missing: string | null
}

/** What one row of the benchmark measured. */
export interface Section {
  readonly name: string
  readonly title: string
  readonly scores: readonly Score[]
  readonly beside: readonly Contender[]
  /** The later run that measured it again, alone. */
  readonly again?: Run
}

export type Attempted = readonly Answer[] | { readonly missing: string }

export function isMissing(attempted: object): attempted is { readonly missing: string } {
  return 'missing' in attempted
}

/** The scores of what was measured seed by seed, or of what is missing. */
export function scoresOf(row: string, goals: readonly Goal[], by: Summary, attempted: Attempted): Score[] {
  return goals.map(({ key, ...goal }) => {
    if (isMissing(attempted)) return { ...goal, row, by, values: [], value: null, missing: attempted.missing }
    const values = attempted.map((answer) => answer[key]!)
    return { ...goal, row, by, values, value: summarise(values, by), missing: null }
  })
}

export function contenderOf(who: string, by: Summary, attempted: Attempted): Contender {
  if (isMissing(attempted)) return { who, seeds: 0, results: null, missing: attempted.missing }
  const results: Record<string, number> = {}
  for (const key of Object.keys(attempted[0]!)) {
    const values = attempted.map((answer) => answer[key]!)
    results[key] = summarise(values, by)
  }
  return { who, seeds: attempted.length, results, missing: null }
}

function summarise(values: readonly number[], by: Summary): number {
  return by === 'median' ? median(values) : values.reduce((a, b) => a + b, 0) / values.length
}

/** Whether a bound is met; null without a bound. Missing values meet none. */
export function keeps({ value, atLeast }: Score, bound: number | null): boolean | null {
  if (bound === null) return null
  return value !== null && (atLeast ? value >= bound : value <= bound)
}
