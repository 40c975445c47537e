import type { Work } from '../core/work.ts'
import { type ColumnsQuality, columnsOf } from './columns.ts'
import { type Detection, detectionOf } from './detection.ts'
import { minRows, type ReportSources } from './prepare.ts'
import type { GivenValue, PreparedTables, Resolved } from './resolve.ts'
import { type Utility, utilityOf } from './utility.ts'

/** How many rows of each table were measured. */
export type RowCounts = Readonly<Record<keyof ReportSources, number>>

/** Quality of samples, each number beside that of real rows. */
export interface QualityMeasures extends ColumnsQuality {
  readonly rows: RowCounts
  readonly detection: Detection
  /** Null without a target. */
  readonly utility: Utility | null
}

/** The rows with a given value, and their measures; null if too few samples have it. */
export interface GivenMeasures extends GivenValue {
  readonly rows: RowCounts
  readonly quality: QualityMeasures | null
}

/**
 * Measures the quality of a table's samples: each column, each pair of columns, how well trees distinguish them from
 * real rows, and how well trees learn from them; each beside the same for real rows. Throws the signal's reason.
 */
export async function qualityOf(
  tables: Resolved,
  work: Work,
): Promise<QualityMeasures & { readonly given: GivenMeasures | null }> {
  const all = await measure(tables, work)
  if (!tables.matching) return { ...all, given: null }
  const { column, value, tables: matching } = tables.matching
  const rows = countRows(matching)
  const quality = rows.samples < minRows ? null : await measure(matching, work)
  return { ...all, given: { column, value, rows, quality } }
}

const countRows = ({ samples, against, train }: PreparedTables): RowCounts => ({
  samples: samples.points.count,
  against: against.points.count,
  train: train.points.count,
})

async function measure(tables: PreparedTables, work: Work): Promise<QualityMeasures> {
  const columns = await columnsOf(tables, work)
  const detection = await detectionOf(tables, work)
  const { target } = tables
  const utility = target === undefined ? null : await utilityOf(tables, target, work)
  return { rows: countRows(tables), ...columns, detection, utility }
}
