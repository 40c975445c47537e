/** Are the rows good, and do they give anyone away: two grades, by the size of an effect and its interval. */
import type { Detection } from './detection.ts'
import type { PrivacyMeasures } from './privacy/privacy.ts'

/** Whether samples are like real rows. */
export interface RowsVerdict {
  /** Null without enough judging rows. */
  readonly grade: 'good' | 'fair' | 'poor' | null
  /** In how many of 100 pairs of a sample and a real row a classifier finds the sample, as a share. .5 is guessing. */
  readonly auc: number | null
  /** The same for other real rows in place of samples. */
  readonly real: number | null
  /** The 90 % interval of `auc`. */
  readonly low: number | null
  readonly high: number | null
}

/** Whether samples reveal which rows were trained on. */
export interface PeopleVerdict {
  /** Null without enough judging rows. */
  readonly grade: 'none' | 'slight' | 'clear' | null
  /** In how many of 100 pairs of a training row and another real row the strongest attack picks the training row, as a share. */
  readonly auc: number | null
  /** Its 95 % interval, adjusted for the number of attacks. */
  readonly low: number | null
  readonly high: number | null
}

/** What a person acts on after a training. */
export interface Verdicts {
  readonly rows: RowsVerdict
  readonly people: PeopleVerdict
}

/** With fewer judging rows there is too little to say: the AUC of so many has a standard error of .05. */
export const fewestJudging = 60

/**
 * How much more than other real rows samples may be found (docs/tables.md). An excess of .1 is one more pair in ten: the best generators
 * of tables measured come to .03 to .1 on most tables. From .2 on, at least 22 % of the rows are where the other kind is not (the area under
 * a ROC curve of distributions at total variation d is at most 1/2 + d - d² / 2), which a person sees.
 */
const excess = { good: 0.1, poor: 0.2 } as const

/** The grade of rows; `poor` only if the whole interval is beyond, `good` only if none of it is. */
export function rowsVerdict({ auc, low, high, null: real, rows }: Detection): RowsVerdict {
  if (rows < fewestJudging) return noRows
  const beyond = (value: number) => value - Math.max(0.5, real)
  const grade =
    beyond(low) > excess.poor
      ? 'poor'
      : beyond(auc) <= excess.good && beyond(high) <= excess.poor
        ? 'good'
        : 'fair'
  return { grade, auc, real, low, high }
}

const noRows: RowsVerdict = { grade: null, auc: null, real: null, low: null, high: null }
const noPeople: PeopleVerdict = { grade: null, auc: null, low: null, high: null }

/**
 * What an attacker surely reaches. An AUC of .51 is significant among thousands of rows, and harmless: one more right guess in a hundred
 * pairs. At .55, normal scores have a membership advantage (true less false positives; Yeom et al. 2018) of .07.
 */
const attack = { slight: 0.51, clear: 0.55 } as const

/** With 1 % false alarms, guessing finds 1 % of the training rows. Three times as many are single people who are surely found. */
const atOnePercent = { clear: 0.03, fewestOthers: 300 } as const

/** Of the rows, the share beyond chance of which copies, or values that describe one row only, are a clear sign. */
const givenAway = 0.02

/** Without enough judging rows; copies of training rows need none to be seen. */
export function unjudgedVerdicts(copied: number | null): Verdicts {
  return { rows: noRows, people: copied === null ? noPeople : { ...noPeople, grade: 'clear' } }
}

/** Whether the figure alone is a sign of the grade; else other attacks, copies or values of single rows are. */
export function isByFigure({ grade, low, high }: PeopleVerdict): boolean {
  const least = grade === 'clear' ? attack.clear : attack.slight
  return grade === 'none' || (low ?? 0) > least || (high ?? 1) < 1 - least
}

/** The grade of what samples reveal, by the attacks of a privacy report. */
export function peopleVerdict({
  attacks,
  membership,
  copies,
  copied,
  rows,
  singlingOut,
}: PrivacyMeasures): PeopleVerdict {
  if (rows.against.compared < fewestJudging) return unjudgedVerdicts(copied).people
  const { auc, low, high } = {
    ...membership,
    ...attacks.find(({ name }) => name === membership.attack)!.adjusted,
  }
  const reaches = (least: number) =>
    attacks.some(({ adjusted }) => (adjusted.low ?? 0) > least || (adjusted.high ?? 1) < 1 - least)
  const finds = attacks.some(
    ({ atOnePercent: found }) =>
      rows.against.compared >= atOnePercent.fewestOthers && (found?.low ?? 0) > atOnePercent.clear,
  )
  const allCopies = [copies.exact, copies.near].filter(({ isBeyondChance }) => isBeyondChance)
  const allSingled = [singlingOut.values, singlingOut.combinations].filter(({ told }) => told)
  const isClear =
    copied !== null ||
    reaches(attack.clear) ||
    finds ||
    allCopies.some(({ members, others }) => (members.low ?? 0) - (others.high ?? 1) > givenAway) ||
    allSingled.some(({ risk }) => (risk?.low ?? 0) > givenAway)
  const isSlight = reaches(attack.slight) || allCopies.length + allSingled.length > 0
  return { grade: isClear ? 'clear' : isSlight ? 'slight' : 'none', auc, low, high }
}
