import { counted } from '../../core/format.ts'
import type { Omitted } from '../../database/measured/parts.ts'
import type { Detection } from '../../measure/detection.ts'
import { neededRows } from '../../measure/privacy/privacy.ts'
import { noneDistinguish, type PrivacyReport, strongestSentence } from '../privacy.ts'
import {
  detectionSentence,
  type LimitResult,
  type Limits,
  limitOfDetection,
  limitOfMembership,
  type Report,
} from '../report.ts'
import type { KeyReport, ReferenceReport } from './references.ts'

/** A table's report, or why there is none. */
export interface TableReport {
  readonly table: string
  readonly rows: { readonly samples: number; readonly against: number; readonly train: number }
  /** How many families the rows are of; null of a table without a parent. */
  readonly families: TableReport['rows'] | null
  readonly report: Report | null
  readonly omitted: Omitted | null
}

/** What was measured of several tables. */
export interface Findings {
  /** Parents before their children. */
  readonly tables: readonly TableReport[]
  /** How many rows repeat a key. */
  readonly keys: readonly KeyReport[]
  /** What the rows of two tables have to do with each other. */
  readonly references: readonly ReferenceReport[]
}

/** What the whole comes to. */
export interface DatabaseVerdict {
  /** Whether an attack distinguished training rows, or copies exceed chance, anywhere; null with too few rows to tell. */
  readonly flagged: boolean | null
  /** Quality and privacy in a few sentences. */
  readonly verdict: string
}

/** The result for a limit, of one table, or of two. */
export interface DatabaseLimit extends LimitResult {
  /** Such as `orders`, or `customers with orders`. */
  readonly what: string
}

interface Of<T> {
  readonly what: string
  readonly measured: T
}

/** Every detection: of each table, of children with their parents, of parents with the sums of their children. */
export function detectionsOf({ tables, references }: Findings): Of<Detection>[] {
  return [
    ...tables.flatMap(({ table, report }) => (report ? [{ what: table, measured: report.detection }] : [])),
    ...references.flatMap(({ child, parent, joined, family }) => [
      ...(joined ? [{ what: joinedName(child, parent), measured: joined }] : []),
      ...(family ? [{ what: sumsName(child, parent), measured: family.sums }] : []),
    ]),
  ]
}

export const joinedName = (child: string, parent: string) => `${parent} with one of their ${child}`
export const sumsName = (child: string, parent: string) => `${parent} with the sums of their ${child}`

/** Every attack: on each table, and on parents with their children. */
export function attackedOf({ tables, references }: Findings): Of<PrivacyReport>[] {
  return [
    ...tables.flatMap(({ table, report }) => (report ? [{ what: table, measured: report.privacy }] : [])),
    ...references.flatMap(({ child, parent, family }) =>
      family ? [{ what: sumsName(child, parent), measured: family.privacy }] : [],
    ),
  ]
}

/** What could not be measured, in sentences, although there is something to measure. */
export function openOf({ tables, references }: Findings): string[] {
  return [...tables, ...references].flatMap(({ omitted }) => (omitted?.isOpen ? omitted.sentence : []))
}

/** By how much trees do better than on real rows, or than guessing. */
export const excessOf = ({ auc, null: chance }: Detection) => auc - Math.max(0.5, chance)

/** What is easiest to tell from real rows. Never empty: a report has a table. */
export function worstDetection(findings: Findings): Of<Detection> {
  return detectionsOf(findings).reduce((worst, each) =>
    excessOf(each.measured) > excessOf(worst.measured) ? each : worst,
  )
}

/** The privacy report whose strongest attack is strongest: of those that are flagged, if any is. */
export function worstPrivacy(findings: Findings): Of<PrivacyReport> {
  const badness = ({ measured: { flagged, membership } }: Of<PrivacyReport>) =>
    (flagged ? 1 : 0) + Math.abs((membership.auc ?? 0.5) - 0.5)
  return attackedOf(findings).reduce((worst, each) => (badness(each) > badness(worst) ? each : worst))
}

export function fewestRows(findings: Findings): Of<Detection> {
  return detectionsOf(findings).reduce((least, each) =>
    each.measured.rows < least.measured.rows ? each : least,
  )
}

/** The verdict on all tables, never better than the evidence. */
export function verdictOn(findings: Findings): DatabaseVerdict {
  const attacked = attackedOf(findings)
  const isWhole = openOf(findings).length === 0
  const anyFlagged = attacked.some(({ measured }) => measured.flagged === true)
  const allClear = attacked.every(({ measured }) => measured.flagged === false)
  const flagged = anyFlagged ? true : allClear && isWhole ? false : null
  const { what, measured } = worstDetection(findings)
  const detection = detectionSentence(measured, ` where they do it best, ${what}`)
  const least = fewestRows(findings)
  const few =
    least.measured.rows < neededRows ? [`Only ${least.measured.rows} ${least.what} were compared.`] : []
  return {
    flagged,
    verdict: [detection, ...few, ...exactSentences(findings), privacySentence(flagged, findings)].join(' '),
  }
}

/** What does not hold that should in every row. */
export function exactSentences({ keys, references }: Findings): string[] {
  const astray = references.reduce((sum, each) => sum + each.astray, 0)
  const repeats = keys.reduce((sum, each) => sum + each.repeats, 0)
  const broken = references.flatMap(({ orders }) => orders).filter(({ samples }) => samples.broken > 0)
  return [
    ...(astray > 0 ? [`${counted(astray, 'reference')} ${astray === 1 ? 'leads' : 'lead'} to no row.`] : []),
    ...(repeats > 0 ? [`${counted(repeats, 'row')} ${repeats === 1 ? 'repeats' : 'repeat'} a key.`] : []),
    ...broken.map(({ sentence }) => sentence),
  ]
}

function privacySentence(flagged: boolean | null, findings: Findings): string {
  const { what, measured } = worstPrivacy(findings)
  const strongest = strongestSentence(measured, `, on ${what}`)
  if (flagged === null)
    return `There is too little to tell whether these samples reveal anything about the training rows. ${strongest}`
  if (!flagged) return `${noneDistinguish} ${strongest}`
  const revealing = attackedOf(findings).filter(({ measured }) => measured.flagged)
  const listed = revealing.map(({ what }) => what).join(', ')
  return `These samples reveal something about the rows that their generator was trained on: ${listed}. ${strongest}`
}

/** Compares everything that was measured with the limits. What could not be measured keeps none. */
export function limitsOf(findings: Findings, { maxDetection, maxMembership }: Limits): DatabaseLimit[] {
  const limits: DatabaseLimit[] = []
  const add = (what: string, limit: LimitResult) =>
    limits.push({ what, ...limit, sentence: `${what}: ${limit.sentence}` })
  const addUnmeasured = (of: LimitResult['of'], max: number) => {
    const unmeasured = { what: 'what was left out', of, max, auc: null, isKept: null }
    for (const sentence of openOf(findings))
      limits.push({ ...unmeasured, sentence: sentence.replace(/\.$/, '') })
  }
  if (maxDetection !== undefined) {
    for (const { what, measured } of detectionsOf(findings))
      add(what, limitOfDetection(maxDetection, measured))
    addUnmeasured('detection', maxDetection)
  }
  if (maxMembership !== undefined) {
    for (const { what, measured } of attackedOf(findings))
      add(what, limitOfMembership(maxMembership, measured))
    addUnmeasured('membership', maxMembership)
  }
  return limits
}
