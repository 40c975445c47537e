// the types of a report

export type { Always } from '../measure/always.ts'
export type { Detection } from '../measure/detection.ts'
export type { ReportSources } from '../measure/prepare.ts'
export type { Share } from '../measure/privacy/chance.ts'
export type { AttackName } from '../measure/privacy/membership.ts'
export type { NearCopies } from '../measure/privacy/privacy.ts'
export type { RowRepeats } from '../measure/privacy/repeats.ts'
export type {
  CellValue,
  ColumnQuality,
  Furthest,
  PairQuality,
  PerTable as Beside,
  RowCounts,
} from '../measure/quality.ts'
export type { GivenValue } from '../measure/question.ts'
export type { Utility, UtilityMetric } from '../measure/utility.ts'
export type { PeopleVerdict, RowsVerdict, Verdicts } from '../measure/verdicts.ts'
export type { HeldPart } from '../table/held.ts'
export type { HeldAlways } from './always.ts'
export type { HeldValues, ModelContents } from './held.ts'
export type {
  AttackResult,
  Closest,
  Copies,
  CopyCount,
  Enough,
  PrivacyReport,
  PrivacyVerdict,
  SinglingOut,
  SinglingOutRisks,
} from './privacy.ts'
export type { Measures, Quality, Worst } from './quality.ts'
export type { HeldNames, LimitResult, Limits, Report, ReportOptions } from './report.ts'
export type { VerdictFacts } from './verdicts.ts'
