import type { Omitted } from '../../database/measured/parts.ts'
import type { Report } from '../report.ts'
import type { KeyReport } from './keys.ts'
import type { ReferenceReport } from './references.ts'

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
