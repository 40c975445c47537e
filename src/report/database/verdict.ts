import { counted } from '../../core/format.ts'
import type { Omitted } from '../../database/measured/parts.ts'
import {
  type DatabaseVerdicts,
  joinedName,
  type Of,
  type StoredVerdicts,
  sumsName,
  verdictsOnParts,
} from '../../database/measured/verdicts.ts'
import type { Detection } from '../../measure/detection.ts'
import type { PrivacyReport } from '../privacy.ts'
import { type LimitResult, type Limits, limitOfDetection, limitOfMembership, type Report } from '../report.ts'
import { verdictSentences } from '../verdicts.ts'
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
export interface DatabaseVerdict extends DatabaseVerdicts {
  /** The verdicts in words, of the rows and of people. */
  readonly sentences: readonly [rows: string, people: string]
  /** Both, and what does not hold that should in every row. */
  readonly verdict: string
  /** Whether an attack distinguished training rows, or copies exceed chance, anywhere; null with too few rows to tell. */
  readonly flagged: boolean | null
}

/** The result for a limit, of one table, or of two. */
export interface DatabaseLimit extends LimitResult {
  /** Such as `orders`, or `customers with orders`. */
  readonly what: string
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

/** The same as the names of parts: those of a table's children are not named in addition to the table. */
function openPartsOf({ tables, references }: Findings): string[] {
  const open = tables.flatMap(({ table, omitted }) => (omitted?.isOpen ? table : []))
  const pairs = references.filter(({ child, omitted }) => omitted?.isOpen && !open.includes(child))
  return [...open, ...pairs.map(({ child, parent }) => sumsName(child, parent))]
}

/** The verdicts on all tables: those that are given, or those of the parts that were measured; and whether an attack did better than chance. */
export function verdictOn(findings: Findings, given: StoredVerdicts): DatabaseVerdict {
  const [detections, attacks, open] = [detectionsOf(findings), attackedOf(findings), openPartsOf(findings)]
  const { verdicts, verdictsOf } = given
  const found =
    verdicts && verdictsOf ? { verdicts, verdictsOf } : verdictsOnParts({ detections, attacks, open })
  const anyFlagged = attacks.some(({ measured }) => measured.flagged === true)
  const allClear =
    attacks.every(({ measured }) => measured.flagged === false) && openOf(findings).length === 0
  const sentences = databaseSentences(found)
  return {
    ...found,
    sentences,
    verdict: [...sentences, ...exactSentences(findings), ...unjudgedSentences(found)].join(' '),
    flagged: anyFlagged ? true : allClear ? false : null,
  }
}

/** The verdicts in words, of the rows and of people, with the part that each is of. */
export function databaseSentences({ verdicts, verdictsOf }: DatabaseVerdicts): DatabaseVerdict['sentences'] {
  const { rows, people } = verdictsOf
  return [verdictSentences(verdicts, rows ?? {})[0], verdictSentences(verdicts, people ?? {})[1]]
}

/** Whether the verdicts of a report are not of its own samples. */
export function areOfTraining(report: Findings & DatabaseVerdicts): boolean {
  const { auc } = report.verdicts.rows
  return auc !== null && detectionsOf(report).every(({ measured }) => measured.auc !== auc)
}

/** What the verdicts leave out; nothing if they are of all parts, or of none. */
export function unjudgedSentences({ verdictsOf: { rows, people, unjudged } }: DatabaseVerdicts): string[] {
  return unjudged.length === 0 || (rows ?? people) === null
    ? []
    : [`There are too few rows to judge ${unjudged.join(', ')}.`]
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
