/** The two verdicts on several tables: each is of the part that does worst. */
import type { Detection } from '../../measure/detection.ts'
import type { PrivacyMeasures } from '../../measure/privacy/privacy.ts'
import { peopleVerdict, rowsVerdict, unjudgedVerdicts, type Verdicts } from '../../measure/verdicts.ts'

/** What was measured of a part: a table, or two tables together. */
export interface Of<T> {
  readonly what: string
  readonly measured: T
}

export const joinedName = (child: string, parent: string) => `${parent} with one of their ${child}`
export const sumsName = (child: string, parent: string) => `${parent} with the sums of their ${child}`

/** What verdicts on several tables are of. */
export interface VerdictsOf {
  /** The part that is easiest to distinguish from real rows; null without a grade. */
  readonly rows: Omit<JudgedPart, 'copied'> | null
  /** The part that gives most away; null without a grade. */
  readonly people: JudgedPart | null
  /** The parts with too few judging rows to say. */
  readonly unjudged: readonly string[]
}

/** A part that a verdict is of. */
export interface JudgedPart {
  /** Such as `orders`, or `customers with the sums of their orders`. */
  readonly what: string
  /** With how many real rows samples were compared. */
  readonly compared: number
  /** The share of samples that equal a training row, if so many do that they can't be by chance; else null. */
  readonly copied: number | null
}

/** The verdicts on several tables, and what they are of. */
export interface DatabaseVerdicts {
  readonly verdicts: Verdicts
  readonly verdictsOf: VerdictsOf
}

/** The verdicts that a run or a file has; one of an earlier version has none. */
export type StoredVerdicts = { readonly [K in keyof DatabaseVerdicts]?: DatabaseVerdicts[K] | undefined }

/** Parts that were measured, and those that could not be although there is something to measure. */
export interface MeasuredParts {
  readonly detections: readonly Of<Detection>[]
  readonly attacks: readonly Of<PrivacyMeasures>[]
  readonly open: readonly string[]
}

const gradesOfRows = ['good', 'fair', 'poor'] as const
const gradesOfPeople = ['none', 'slight', 'clear'] as const

/** The verdicts on several tables: of the worst grade, and among several parts with it of the largest effect. */
export function verdictsOnParts({ detections, attacks, open }: MeasuredParts): DatabaseVerdicts {
  const rows = detections.map(({ what, measured }) => ({
    part: { what, compared: measured.rows },
    verdict: rowsVerdict(measured),
    effect: measured.auc - Math.max(0.5, measured.null),
  }))
  const people = attacks.map(({ what, measured }) => {
    const verdict = peopleVerdict(measured)
    const { copied } = measured
    return {
      part: { what, compared: measured.rows.against.compared, copied },
      verdict,
      // copies of training rows need no attack
      effect: copied ?? Math.abs((verdict.auc ?? 0.5) - 0.5),
    }
  })
  const ofRows = worstOf(rows, gradesOfRows)
  const ofPeople = worstOf(people, gradesOfPeople)
  const none = unjudgedVerdicts(null)
  const withoutGrade = [...rows, ...people].flatMap(({ part, verdict }) =>
    verdict.grade === null ? part.what : [],
  )
  return {
    verdicts: { rows: ofRows?.verdict ?? none.rows, people: ofPeople?.verdict ?? none.people },
    verdictsOf: {
      rows: ofRows?.part ?? null,
      people: ofPeople?.part ?? null,
      unjudged: [...new Set([...open, ...withoutGrade])],
    },
  }
}

/** Without judging rows. */
export const noDatabaseVerdicts: DatabaseVerdicts = verdictsOnParts({ detections: [], attacks: [], open: [] })

interface Graded<G> {
  readonly verdict: { readonly grade: G | null }
  readonly effect: number
}

/** The worst of those that have a grade; `grades` are in the order of how bad they are. */
function worstOf<G, T extends Graded<G>>(parts: readonly T[], grades: readonly G[]): T | undefined {
  // an effect is 1 at most
  const rank = ({ verdict, effect }: T) => grades.indexOf(verdict.grade!) + effect / 2
  return parts.filter(({ verdict }) => verdict.grade !== null).sort((a, b) => rank(b) - rank(a))[0]
}
