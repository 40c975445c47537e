// the types of a report

export type { Beside, CellValue, ColumnQuality, Furthest, PairQuality } from '../measure/columns.ts'
export type { Detection } from '../measure/detection.ts'
export type { ReportSources } from '../measure/prepare.ts'
export type { Share } from '../measure/privacy/chance.ts'
export type { NearCopies } from '../measure/privacy/copies.ts'
export type { AttackName } from '../measure/privacy/membership.ts'
export type { RowCounts } from '../measure/quality.ts'
export type { GivenValue } from '../measure/resolve.ts'
export type { Utility, UtilityMetric } from '../measure/utility.ts'
export type { HeldValues } from './model-file.ts'
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
export type { Report, ReportOptions } from './report.ts'
export type { LimitResult, Limits } from './verdict.ts'
