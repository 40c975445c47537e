import { InputError, unknownName } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import type { Work } from '../core/work.ts'
import { gatherColumns, gatherRows } from '../numerics/points.ts'
import { cellOfKind } from '../table/condition.ts'
import { namesOf } from '../table/table.ts'
import { type ColumnQuality, columnsOf, type PairQuality } from './columns.ts'
import { type Detection, detectionOf } from './detection.ts'
import { cellsOf, minRows, type ReportSources, type ReportTables } from './prepare.ts'
import { requireTarget, targetProblem, type Utility, utilityOf } from './utility.ts'
import { type Worst, worstOf } from './words.ts'

/** A value of one column, whose rows are measured separately. */
export interface GivenValue {
  readonly column: string
  readonly value: string | number | boolean
}

export interface QualityOptions extends Work {
  /** The column that trees learn from samples and predict for real rows. */
  readonly target?: string | undefined
  readonly given?: GivenValue | undefined
  readonly seed: number
}

/** Quality of samples, each number beside that of real rows. Plain JSON: all numbers are finite. */
export interface Measures {
  readonly rows: Readonly<Record<keyof ReportSources, number>>
  readonly columns: readonly ColumnQuality[]
  readonly pairs: readonly PairQuality[]
  /**
   * 1 less the mean distance of the columns (`shapes`) or pairs (`trends`); 1 is the same. `trends` is null with one
   * column.
   */
  readonly shapes: number
  readonly trends: number | null
  /** The same for two sets of real rows. */
  readonly real: { readonly shapes: number; readonly trends: number | null }
  readonly detection: Detection
  /** Null without a target. */
  readonly utility: Utility | null
  readonly worst: Worst
}

export interface Quality extends Measures {
  /** The number of rows with the given value, and their measures; null if too few samples have it. */
  readonly given: {
    readonly column: string
    readonly value: string | number | boolean
    readonly rows: Measures['rows']
    readonly quality: Measures | null
  } | null
}

/**
 * Measures the quality of a table's samples: each column, each pair of columns, how well trees distinguish them from
 * real rows, and how well trees learn from them; each beside the same for real rows. Throws InputError if the target is
 * missing or cannot be learned, or the given value is unknown or too rare among real rows; the signal's reason once it
 * is aborted.
 */
export async function qualityOf(
  tables: ReportTables,
  { target, given, seed, ...work }: QualityOptions,
): Promise<Quality> {
  if (target !== undefined) for (const table of [tables.against, tables.train]) requireTarget(table, target)
  // before the long work, to refuse a wrong value at once
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
  // among the rows with a given value, the target may be constant
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

/** The rows with the given value, without its column. Throws InputError if too few real rows have it. */
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
        `${table.name} has ${counted(table.points.count, 'row')} whose ${name} is ${value}: give a value with ${minRows} or more`,
        'bad-data',
        { option: 'given', value },
      )
  if (others.length === 0)
    throw new InputError(`${name} is the only column: there is nothing else to measure`, 'bad-data', {
      option: 'given',
      value,
    })
  return result
}
