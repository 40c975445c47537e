// the types of a report on several tables

export type { CheckedKey, FollowedReference } from '../../database/measured/follow.ts'
export type { HeldOrder, StepShare } from '../../database/measured/orders.ts'
export type { DatabaseReportSources, Omitted } from '../../database/measured/parts.ts'
export type {
  DatabaseVerdicts,
  JudgedPart,
  StoredVerdicts,
  VerdictsOf,
} from '../../database/measured/verdicts.ts'
export type {
  BetweenTables,
  ChildCount,
  FamilyReport,
  KeyReport,
  ReferenceReport,
  Steps,
} from './references.ts'
export type { DatabaseReport, DatabaseReportOptions } from './report.ts'
export type { DatabaseLimit, DatabaseVerdict, Findings, TableReport } from './verdict.ts'
