/** The two verdicts in words. */
import { counted, humanCount } from '../core/format.ts'
import type { Detection } from '../measure/detection.ts'
import {
  fewestJudging,
  isByFigure,
  type PeopleVerdict,
  type RowsVerdict,
  type Verdicts,
} from '../measure/verdicts.ts'
import { shareText } from './quality.ts'

/** What is known of how the verdicts were found: of a run, its closeness. */
export interface VerdictFacts {
  /** What samples were compared with: held-out rows, if it is not said. */
  readonly against?: 'holdout' | 'train' | undefined
  /** With how many real rows samples were compared. */
  readonly compared?: number | undefined
  /** The share of samples that equal a training row, if so many do that they can't be by chance. */
  readonly copied?: number | null | undefined
  /** Of several tables, what the verdict is of: what does worst. */
  readonly what?: string | undefined
}

const gradesOfRows = {
  good: 'good, hard to distinguish from real rows',
  fair: 'fair, like real rows but for some differences',
  poor: 'poor, easy to distinguish from real rows',
} as const

const gradesOfPeople = {
  none: 'no sign that these samples give training rows away',
  slight: 'a slight sign that these samples give training rows away',
  clear: 'these samples give training rows away: treat them like the real rows',
} as const

/** The verdicts in a sentence or two each. */
export function verdictSentences(
  { rows, people }: Verdicts,
  { against, ...facts }: VerdictFacts = {},
): readonly [rows: string, people: string] {
  // with training rows in place of held-out ones, nothing is judged
  const known = against === 'train' ? { ...facts, compared: undefined } : facts
  return [`Rows: ${rowsText(rows, known)}`, `People: ${peopleText(people, known)}`]
}

function rowsText({ grade, auc, real, low, high }: RowsVerdict, { compared, what }: VerdictFacts): string {
  if (grade === null) return tooFew(compared)
  const learned =
    compared === undefined
      ? ''
      : ` that learned from ${counted(compared, 'real row')} and as many synthetic ones`
  return (
    `${gradesOfRows[grade]}. ${what === undefined ? 'A' : `Where it does best, on ${what}, a`} classifier${learned} finds the synthetic one in ${pairs(auc)} of 100 pairs ` +
    `(50 is guessing, ${pairs(real)} for other real rows; 90 % interval ${pairs(low)} to ${pairs(high)}).`
  )
}

function peopleText(people: PeopleVerdict, { compared, copied, what }: VerdictFacts): string {
  const { grade, auc, low, high } = people
  if (grade === null) return tooFew(compared)
  const isCopied = grade === 'clear' && typeof copied === 'number'
  if (isCopied || auc === null) {
    const part = isCopied ? shareText(copied) : 'Most'
    return `${gradesOfPeople[grade]}. ${part} of ${what ?? 'them'} are copies of training rows.`
  }
  const power =
    grade === 'none' && (high ?? 1) > hidden ? `; with so few rows, ${pairs(high)} can't be excluded` : ''
  const turned =
    grade !== 'none' && (high ?? 1) < 0.5 ? `; turned around, this answer is right in ${pairs(1 - auc)}` : ''
  const others = isByFigure(people) ? '' : ' Other tests found more: copies, or values that only one row has.'
  return (
    `${gradesOfPeople[grade]}. ${what === undefined ? 'Shown' : `Where it does best, on ${what}: shown`} a training row and another real row, an attacker picks the training row in ` +
    `${pairs(auc)} of 100 pairs (50 is guessing; 95 % interval ${pairs(low)} to ${pairs(high)}${turned}${power}).${others}`
  )
}

/** An attack of this figure would be worth a warning. */
const hidden = 0.6

/** Said next to the figures of samples drawn for a report, whose verdicts are the training's. */
export const ofTraining =
  'The verdicts were found when training ended. The figures below are of the samples of this report, so they differ a little.'

/** Whether the verdicts of a report are not of its own samples. */
export function areOfTraining({
  verdicts,
  detection,
}: {
  readonly verdicts: Verdicts
  readonly detection: Detection
}): boolean {
  return verdicts.rows.auc !== null && verdicts.rows.auc !== detection.auc
}

function tooFew(compared?: number): string {
  const found = compared === undefined ? '' : `, and ${humanCount(compared)} were compared`
  return `too few rows to say. ${fewestJudging} held-out rows are needed${found}.`
}

/** A share of pairs as their number of a hundred. */
function pairs(share: number | null): string {
  return share === null ? '?' : String(Math.round(100 * share))
}

/**
 * Fewer rows tell an attacker less: with as many as there are training rows the strongest attack picked the training row in 64 of 100 pairs
 * on average, with a quarter in 60, and with a sixteenth in 54 (six tables, docs/tables.md). Other settings that were tried helped on some
 * tables and harmed on others.
 */
const fewerRows =
  'Pass on fewer rows: a quarter or a sixteenth as many as there are training rows give less away, and are as much like real rows.'

/** What helps against a grade. */
const advice: Partial<Record<string, string>> = {
  slight: fewerRows,
  clear: fewerRows,
  fair: 'If the differences matter for the purpose, train for longer or on more rows, and check again.',
  poor: 'Train for longer or on more rows, and check again.',
}

/** Verdicts, of which only the grades matter. */
export interface Grades {
  readonly rows: Pick<RowsVerdict, 'grade'>
  readonly people: Pick<PeopleVerdict, 'grade'>
}

/** What to do about the grades, first about people; nothing where they need nothing. */
export function adviceOn({ rows, people }: Grades): string[] {
  return [people.grade, rows.grade].flatMap((grade) => advice[grade ?? ''] ?? [])
}
