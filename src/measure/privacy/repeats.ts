import { shuffled } from '../../numerics/random.ts'
import type { NamedTable } from '../../table/table.ts'
import type { ReportTables } from '../prepare.ts'
import { hashesOf, type Rows, realAndSamples, rowsLike } from './sets.ts'

/** How many rows of a table are equal. */
export interface RowRepeats {
  readonly rows: number
  /** How many of them differ. */
  readonly distinct: number
  /**
   * Whether rows of such columns differ nearly always, so that equal ones are of one person or thing: rows of a few names, and of a kind that
   * says most of them, need not.
   */
  readonly isVaried: boolean
}

/** Of rows whose columns are shuffled independently of each other, the share that differs if rows are varied. */
const variedShare = 0.9

/** Distinguishes the shuffles of a column from other draws. */
const firstDraw = 600

/** The share of the different rows that a column must tell apart by itself, if these rows stand in the table several times. */
const tellingShare = 0.9

/** Counts the rows that differ, and those that would if columns did not depend on each other. */
export function repeatsOf(rows: Rows, seed = 0): RowRepeats {
  const { count } = rows
  const distinct = distinctOf(rows)
  const isTelling = (cells: Float64Array) => differentIn(cells) >= tellingShare * distinct
  const isVaried = (distinct > count / 2 || rows.columns.some(isTelling)) && differIfShuffled(rows, seed)
  return { rows: count, distinct, isVaried }
}

/** Whether nearly all rows would differ if columns did not depend on each other. */
function differIfShuffled({ columns, count }: Rows, seed: number): boolean {
  const shuffledColumns = columns.map((cells, d) => {
    const order = shuffled(count, seed, firstDraw + d)
    return cells.map((_, i) => cells[order[i]!]!)
  })
  return distinctOf({ columns: shuffledColumns, count }) >= variedShare * count
}

function distinctOf(rows: Rows): number {
  return differentIn(hashesOf(rows))
}

/** How many different numbers there are; missing ones are one. */
function differentIn(cells: Float64Array): number {
  const rising = cells.slice().sort()
  let different = Math.min(1, rising.length)
  // missing ones come last
  for (let i = 1; i < rising.length; i++)
    if (rising[i] !== rising[i - 1] && !Number.isNaN(rising[i - 1]!)) different++
  return different
}

/** Half of the samples being training rows is no chance, where rows could be of many kinds. */
const copied = 0.5

/** The share of samples that equal a training row, if it is half or more of them and rows of such columns differ nearly always; else null. */
export function copiedShare(samples: Rows, train: Rows, { isVaried }: RowRepeats): number | null {
  const known = new Set<number>()
  const drawn = hashesOf(samples)
  const looked = new Set(drawn)
  for (const hash of hashesOf(train)) if (looked.has(hash)) known.add(hash)
  const share = drawn.filter((hash) => known.has(hash)).length / samples.count
  return isVaried && share >= copied ? share : null
}

/** The same of tables; null if one has no row with a value. `trained` is all training rows, if the tables have only some of them. */
export function copiedIn(tables: ReportTables, trained?: NamedTable): number | null {
  if (!haveValues(tables)) return null
  const { samples, train } = realAndSamples(tables)
  const known = trained ? rowsLike(tables, trained) : train
  return copiedShare(samples, known, repeatsOf(known))
}

/** Whether each table has a cell that is not missing, without which nobody can be attacked. */
export function haveValues({ samples, against, train }: ReportTables): boolean {
  return [samples, against, train].every(({ columns }) =>
    columns.some(({ cells }) => cells.some((cell) => !Number.isNaN(cell))),
  )
}

/** How many different rows a table has if it is mostly rows that it has several times, which a generator of it gives back; else undefined. */
export function fewDistinct(rows: Rows): number | undefined {
  const distinct = distinctOf(rows)
  return distinct <= rows.count / 2 && repeatsOf(rows).isVaried ? distinct : undefined
}
