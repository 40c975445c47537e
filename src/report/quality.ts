import { InputError, unknownName } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import { gatherColumns, gatherRows } from '../core/points.ts'
import type { Work } from '../core/work.ts'
import { cellOfKind } from '../table/condition.ts'
import { namesOf } from '../table/table.ts'
import { type ColumnQuality, columnsOf, type PairQuality } from './columns.ts'
import { type Detection, detectionOf } from './detection.ts'
import { cellsOf, minRows, type ReportSources, type ReportTables } from './prepare.ts'
import { requireTarget, targetProblem, type Utility, utilityOf } from './utility.ts'
import { type Worst, worstOf } from './words.ts'

/** A known value of one column: the quality of the rows that have it. */
export interface GivenValue {
  readonly column: string
  readonly value: string | number | boolean
}

export interface QualityOptions extends Work {
  /** The column that trees learn from samples and predict of real rows. */
  readonly target?: string | undefined
  readonly given?: GivenValue | undefined
  readonly seed: number
}

/** How good samples are, each number beside what real rows get. Plain JSON: no number is NaN or infinite. */
export interface Measures {
  readonly rows: Readonly<Record<keyof ReportSources, number>>
  readonly columns: readonly ColumnQuality[]
  readonly pairs: readonly PairQuality[]
  /** 1 less the mean distance of the columns, and of the pairs: 1 is the same; null where there is one column. */
  readonly shapes: number
  readonly trends: number | null
  /** The same of two sets of real rows. */
  readonly real: { readonly shapes: number; readonly trends: number | null }
  readonly detection: Detection
  /** Null without a target. */
  readonly utility: Utility | null
  readonly worst: Worst
}

export interface Quality extends Measures {
  /** The rows that have the given value, and the same measures of them: null where too few samples have it. */
  readonly given: {
    readonly column: string
    readonly value: string | number | boolean
    readonly rows: Measures['rows']
    readonly quality: Measures | null
  } | null
}

/**
 * Measures how good the samples of a table are: each column, each pair of columns, whether trees tell them from real rows,
 * and whether trees learn from them what they learn from real rows; each beside the same of real rows.
 * Throws InputError on a target that there is not or that cannot be learned, and on a given value that its column does not
 * have or that too few real rows have; the signal's reason.
 */
export async function qualityOf(
  tables: ReportTables,
  { target, given, seed, ...work }: QualityOptions,
): Promise<Quality> {
  if (target !== undefined) for (const table of [tables.against, tables.train]) requireTarget(table, target)
  // before the long work, so that a wrong value is refused at once
  const matching = given && matchingRows(tables, given)
  const all = await measure(tables, target, seed, work)
  if (!matching) return { ...all, given: null }
  const { column, value } = given
  const hasSamples = matching.samples.points.count >= minRows
  const quality = hasSamples ? await measure(matching, target, seed, work) : null
  return { ...all, given: { column, value, rows: rowsOf(matching), quality } }
}

const rowsOf = ({ samples, against, train }: ReportTables) => ({
  samples: samples.points.count,
  against: against.points.count,
  train: train.points.count,
})

async function measure(
  tables: ReportTables,
  target: string | undefined,
  seed: number,
  work: Work,
): Promise<Measures> {
  const columns = await columnsOf(tables, seed, work)
  const detection = await detectionOf(tables, seed, work)
  // of the rows that have a given value, the target may have but one
  const isLearned =
    target !== undefined &&
    namesOf(tables.against).includes(target) &&
    [tables.against, tables.train].every((table) => targetProblem(table, target) === undefined)
  const utility = isLearned ? await utilityOf(tables, target, work) : null
  const { compared: _, ...shown } = columns
  return {
    rows: rowsOf(tables),
    ...shown,
    detection,
    utility,
    worst: worstOf(columns, tables.against.columns),
  }
}

/** The rows that have the given value, without its column. Throws InputError where too few real rows do. */
function matchingRows(tables: ReportTables, { column: name, value }: GivenValue): ReportTables {
  const { columns } = tables.against
  const d = columns.findIndex((column) => column.name === name)
  if (d < 0) throw unknownName('given', name, namesOf(tables.against), { what: 'column' })
  const cell = cellOfKind(columns[d]!, value)
  const others = columns.flatMap((_, other) => (other === d ? [] : [other]))
  const matching = (table: ReportTables['samples']) => {
    const cells = cellsOf(table, d)
    const rows = Int32Array.from(cells, (_, i) => i).filter(
      (i) => cells[i] === cell || cells[i] === Math.fround(cell),
    )
    return {
      ...table,
      columns: others.map((other) => columns[other]!),
      points: gatherColumns(gatherRows(table.points, rows), others),
    }
  }
  const { samples, against, train } = tables
  const result = { samples: matching(samples), against: matching(against), train: matching(train) }
  for (const table of [result.against, result.train])
    if (table.points.count < minRows)
      throw new InputError(
        `${table.name} has ${counted(table.points.count, 'row')} whose ${name} is ${value}: give a value of ${minRows} or more`,
        'bad-data',
        { option: 'given', value },
      )
  if (others.length === 0)
    throw new InputError(`${name} is the only column: give one beside others`, 'bad-data', {
      option: 'given',
      value,
    })
  return result
}
