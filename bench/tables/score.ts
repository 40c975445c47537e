import { median } from '../../src/evaluate/pairwise.ts'
import type { Run } from '../results.ts'
import type { Answer } from './programs.ts'

/** How the seeds of a row become one number. */
export type Summary = 'mean' | 'median'

/** What a measure has to come to; without bounds it is only told. */
export interface Goal {
  readonly what: string
  /** Its name in the judges' answers. */
  readonly key: string
  /** Whether more is better. */
  readonly atLeast: boolean
  readonly reach: number | null
  readonly moonshot: number | null
}

/** A line of the table of targets. */
export interface Score extends Omit<Goal, 'key'> {
  readonly row: string
  /** One for each seed. */
  readonly values: readonly number[]
  readonly by: Summary
  /** Of the seeds; null where something is missing. */
  readonly value: number | null
  readonly missing: string | null
}

/** A generator beside ours, or the real rows themselves. */
export interface Contender {
  readonly who: string
  readonly seeds: number
  /** By measure, of its seeds as of ours; null where something is missing. */
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

/** Scores of what was measured seed by seed, or of what is missing. */
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

/** Whether a bound is kept; null where there is no bound. What is missing keeps none. */
export function keeps({ value, atLeast }: Score, bound: number | null): boolean | null {
  if (bound === null) return null
  return value !== null && (atLeast ? value >= bound : value <= bound)
}
