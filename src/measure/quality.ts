import type { Work } from '../core/work.ts'
import { formatDate } from '../table/dates.ts'
import type { Column, ColumnKind } from '../table/table.ts'
import { type ComparedColumn, type ComparedPair, compareTables, maxRows } from './closeness.ts'
import { type Detection, detectionOf } from './detection.ts'
import {
  firstRows,
  minRows,
  oneOfEach,
  type ReportSources,
  type ReportTables,
  realHalves,
} from './prepare.ts'
import type { PreparedTables, Resolved } from './question.ts'
import { areFew, shownEnds, shownNumber } from './shown-values.ts'
import { countsOf, mean, present } from './statistics.ts'
import { type Utility, utilityOf } from './utility.ts'

/** How many rows of each table were measured. */
export type RowCounts = Readonly<Record<keyof ReportSources, number>>

/** Quality of samples, each number next to that of real rows. */
export interface QualityMeasures extends ColumnsQuality {
  readonly rows: RowCounts
  readonly detection: Detection
  /** Null without a target. */
  readonly utility: Utility | null
}

/** Measures columns, pairs, detection and utility of samples, each next to the same for real rows. */
export async function qualityOf(tables: Resolved, work: Work) {
  const all = await measure(tables, work)
  if (!tables.matching) return { ...all, given: null }
  const { column, value, tables: matching } = tables.matching
  const rows = countRows(matching)
  const quality = rows.samples < minRows ? null : await measure(matching, work)
  return { ...all, given: { column, value, rows, quality } }
}

const countRows = ({ samples, against, train }: PreparedTables): RowCounts => ({
  samples: samples.count,
  against: against.count,
  train: train.count,
})

async function measure(tables: PreparedTables, work: Work): Promise<QualityMeasures> {
  const columns = await columnsOf(tables, work)
  const detection = await detectionOf(oneOfEach(tables), work)
  const { target } = tables
  const utility = target === undefined ? null : await utilityOf(tables, target, work)
  return { rows: countRows(tables), ...columns, detection, utility }
}

/** A value for samples, held-out rows and training rows. */
export interface PerTable<T> {
  readonly samples: T
  readonly real: T
  readonly train: T
}

/** A cell for people and JSON: a name, a number or a date as text; null is missing. */
export type CellValue = string | number | null

/** How a column of samples differs from real rows. Numbers are shares from 0 to 1, or cells. */
export interface ColumnQuality {
  readonly name: string
  readonly kind: ColumnKind
  /** The statistic of `distance`: Kolmogorov-Smirnov for numbers, total variation for names. */
  readonly statistic: 'kolmogorov-smirnov' | 'total-variation'
  readonly distance: number
  /** The distance between two sets of real rows. */
  readonly null: number
  /** Share of missing cells. */
  readonly missing: PerTable<number>
  /** About the smallest and the largest value: means of three, since a report shows what three rows have in common. Null if fewer have one; null for names. */
  readonly range: PerTable<readonly [CellValue, CellValue] | null> | null
  /** Share of rows whose number occurs in at least max(2, n / 2000) of the n real rows; null for names. */
  readonly atoms: PerTable<number> | null
  /** Where the samples differ most: a value of three real rows or more, or of none, or all up to about one, and its shares of rows; null if nowhere. */
  readonly furthest: Furthest | null
}

export interface Furthest extends PerTable<number> {
  readonly is: 'equal' | 'at most'
  readonly value: CellValue
}

/** How a pair of columns of samples differs from real rows, and two sets of real rows from each other. */
export interface PairQuality {
  readonly columns: readonly [string, string]
  readonly distance: number
  readonly null: number
}

/** Quality of all columns and pairs. */
export interface ColumnsQuality {
  readonly columns: readonly ColumnQuality[]
  readonly pairs: readonly PairQuality[]
  /**
   * 1 minus the mean distance of the columns (`shapes`) or pairs (`trends`); 1 is the same. `trends` is null with one
   * column.
   */
  readonly shapes: number
  readonly trends: number | null
  /** The same for two sets of real rows of equal size. */
  readonly real: { readonly shapes: number; readonly trends: number | null }
  /** Number of rows compared on either side, or of their families, and the pairs in the order of `pairs`. */
  readonly compared: { readonly rows: number; readonly pairs: readonly ComparedPair[] }
}

const halvings = 3

/** Compares every column and pair of samples with held-out rows, and sets of real rows with each other. */
export async function columnsOf(tables: ReportTables, { signal, onProgress }: Work): Promise<ColumnsQuality> {
  const { samples, against } = tables
  const rows = Math.min(maxRows, samples.count, against.count)
  const sets = [[firstRows(against, rows), firstRows(samples, rows)] as const]
  for (let h = 0; h < halvings; h++) sets.push(realHalves(tables, rows, h))
  const stage = { stage: 'columns and pairs', unit: 'comparisons', count: sets.length }
  const comparisons: ReturnType<typeof compareTables>[] = []
  for (const [first, second] of sets) {
    signal?.throwIfAborted()
    comparisons.push(compareTables(first, second))
    onProgress?.({ ...stage, done: comparisons.length })
    // let the signal in
    await new Promise((resolve) => setTimeout(resolve))
  }
  signal?.throwIfAborted()
  const [ofSamples, ...ofReal] = comparisons
  const { columns, pairs, shapes, trends } = ofSamples!
  return {
    columns: columns.map((compared, d) => ({
      ...qualityOfColumn(tables, d, compared),
      null: mean(ofReal.map(({ columns }) => columns[d]!.distance)),
    })),
    pairs: pairs.map(({ names, distance }, p) => ({
      columns: names,
      distance,
      null: mean(ofReal.map(({ pairs }) => pairs[p]!.distance)),
    })),
    shapes,
    trends,
    real: {
      shapes: mean(ofReal.map(({ shapes }) => shapes)),
      trends: trends === null ? null : mean(ofReal.map(({ trends }) => trends!)),
    },
    compared: { rows: Math.min(rows, familiesIn(tables)), pairs },
  }
}

/** How many families the smaller side has: so many rows count as independent. */
function familiesIn({ families }: ReportTables): number {
  if (!families) return Number.POSITIVE_INFINITY
  return Math.min(new Set(families.samples).size, new Set(families.against).size)
}

function qualityOfColumn(
  tables: ReportTables,
  d: number,
  compared: ComparedColumn,
): Omit<ColumnQuality, 'null'> {
  const column = tables.against.columns[d]!
  const { samples, train } = tables
  const cells = { samples: samples.columns[d]!.cells, real: column.cells, train: train.columns[d]!.cells }
  const { name, kind, categories } = column
  const { distance, at } = compared
  const missing = each(cells, (part) => shareWhere(part, Number.isNaN))
  const atoms = categories ? undefined : atomsOf(cells.real)
  return {
    name,
    kind,
    statistic: categories ? 'total-variation' : 'kolmogorov-smirnov',
    distance,
    missing,
    range: categories ? null : each(cells, (part) => rangeOf(column, part)),
    atoms: atoms ? each(cells, (part) => shareWhere(part, (cell) => atoms.has(cell))) : null,
    furthest: distance > 0 ? furthestOf(column, cells, missing, at) : null,
  }
}

function each<T>(
  { samples, real, train }: PerTable<Float64Array>,
  of: (cells: Float64Array) => T,
): PerTable<T> {
  return { samples: of(samples), real: of(real), train: of(train) }
}

function shareWhere(cells: Float64Array, holds: (cell: number) => boolean): number {
  let count = 0
  for (const cell of cells) if (holds(cell)) count++
  return count / cells.length
}

function atomsOf(cells: Float64Array): Set<number> {
  const least = Math.max(2, cells.length / 2000)
  const frequent = [...countsOf(cells)].filter(([cell, count]) => count >= least && !Number.isNaN(cell))
  return new Set(frequent.map(([cell]) => cell))
}

function rangeOf(column: Column, cells: Float64Array): readonly [CellValue, CellValue] | null {
  const ends = shownEnds(column, present(cells).sort())
  return ends ? [cellValue(column, ends[0]), cellValue(column, ends[1])] : null
}

/** The shares where tables differ most: missing cells, or a single value that makes most of the difference. */
function furthestOf(
  column: Column,
  cells: PerTable<Float64Array>,
  missing: PerTable<number>,
  found: number,
): Furthest {
  const ofMissing = { is: 'equal', value: null, ...missing } as const
  const at = column.categories ? shownName(cells, found) : shownOf(column, cells, found)
  if (at === undefined || at === Number.NEGATIVE_INFINITY) return ofMissing
  const equal = each(cells, (part) => shareWhere(part, (cell) => cell === at))
  const value = cellValue(column, at)
  if (column.categories) return { is: 'equal', value, ...equal }
  // missing cells are below all others, as in the distance
  const upTo = each(cells, (part) => shareWhere(part, (cell) => !(cell > at)))
  const difference = ({ samples, real }: PerTable<number>) => Math.abs(samples - real)
  const most = 0.8 * difference(upTo)
  if (difference(missing) > most) return ofMissing
  if (difference(equal) > most) return { is: 'equal', value, ...equal }
  return { is: 'at most', value, ...upTo }
}

function shownOf(column: Column, { real, train }: PerTable<Float64Array>, found: number): number | undefined {
  if (found === Number.NEGATIVE_INFINITY) return found
  return shownNumber(column, Float64Array.from([...present(real), ...present(train)]).sort(), found)
}

/** The name whose shares differ most, or among names that more than two real rows have, or none, if that is not one of them. */
function shownName(cells: PerTable<Float64Array>, found: number): number | undefined {
  const counts = each(cells, (part) => countsOf(present(part)))
  const rowsOf = (name: number) => (counts.real.get(name) ?? 0) + (counts.train.get(name) ?? 0)
  if (found === Number.NEGATIVE_INFINITY || !areFew(rowsOf(found))) return found
  const difference = (name: number) =>
    Math.abs(
      (counts.samples.get(name) ?? 0) / cells.samples.length -
        (counts.real.get(name) ?? 0) / cells.real.length,
    )
  const shown = [...counts.samples.keys(), ...counts.real.keys()].filter((name) => !areFew(rowsOf(name)))
  return shown.reduce<number | undefined>(
    (most, name) => (most === undefined || difference(name) > difference(most) ? name : most),
    undefined,
  )
}

export function cellValue({ kind, categories, form = 'YYYY-MM-DD' }: Column, cell: number): CellValue {
  if (cell === Number.NEGATIVE_INFINITY) return null
  if (categories) return categories[cell] ?? String(cell)
  return kind === 'date' ? formatDate(cell, form) : cell
}
