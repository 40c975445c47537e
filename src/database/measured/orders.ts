import type { ReportTables } from '../../measure/prepare.ts'
import { columnNamed } from '../../table/columns.ts'
import type { Column, NamedTable } from '../../table/table.ts'
import { day } from '../learned/order-values.ts'
import { type ChildGroups, siblingsIn } from './child-groups.ts'

/** Two dates of which, in all real rows, one is not before the other. */
export interface HeldOrder {
  /** The column that is not later. */
  readonly first: string
  /** The column that is not earlier. */
  readonly last: string
  /** The real rows that have both, in all of which it holds. */
  readonly real: number
  /** The samples that have both, and those in which it does not hold. */
  readonly samples: { readonly rows: number; readonly broken: number }
}

/** The fewest real rows that show an order. */
const fewestRows = 20

/**
 * The orders of dates between a parent's columns and its children's that no real row breaks: no order is placed before its customer
 * joined. Whole numbers that are years count as dates.
 *
 * @param joined - Children with their parents' columns, of all real rows and samples.
 * @param ofParent - The names of the parent's columns; all others are the child's.
 */
export function heldOrders(
  { samples, against, train }: ReportTables,
  ofParent: readonly string[],
): HeldOrder[] {
  const dated = against.columns.flatMap(({ name, kind }, d) => {
    const cells = [train, against, samples].map((table) => table.columns[d]!.cells)
    const areYears = kind === 'integer' && cells.slice(0, 2).every(holdsYears)
    return kind === 'date' || areYears
      ? [{ name, all: cells.map((each) => ({ cells: each, areYears })) }]
      : []
  })
  const parents = dated.filter(({ name }) => ofParent.includes(name))
  const children = dated.filter(({ name }) => !ofParent.includes(name))
  return children.flatMap((child) =>
    parents.flatMap((parent) =>
      [[parent, child] as const, [child, parent] as const].flatMap(([first, last]): HeldOrder[] => {
        const [ofTrain, ofAgainst, ofSamples] = first.all.map((each, t) => brokenIn(each, last.all[t]!))
        const real = ofTrain!.rows + ofAgainst!.rows
        if (real < fewestRows || ofTrain!.broken + ofAgainst!.broken > 0) return []
        return [{ first: first.name, last: last.name, real, samples: ofSamples! }]
      }),
    ),
  )
}

interface Dates {
  readonly cells: Float64Array
  readonly areYears: boolean
}

function holdsYears(cells: Float64Array): boolean {
  return cells.every((cell) => Number.isNaN(cell) || (cell >= 1000 && cell < 3000))
}

function brokenIn(first: Dates, last: Dates): { rows: number; broken: number } {
  const byYear = first.areYears || last.areYears
  const at = ({ cells, areYears }: Dates, i: number) =>
    byYear && !areYears && !Number.isNaN(cells[i]) ? new Date(cells[i]!).getUTCFullYear() : cells[i]!
  let [rows, broken] = [0, 0]
  for (let i = 0; i < first.cells.length; i++) {
    const [a, b] = [at(first, i), at(last, i)]
    if (Number.isNaN(a) || Number.isNaN(b)) continue
    rows++
    if (b < a) broken++
  }
  return { rows, broken }
}

/** The column of `stepRows`. */
export const stepColumn: Column = { name: 'step', kind: 'number' }

/**
 * How far each child is from the one before it, in days of dates, or in the unit of numbers.
 *
 * @returns A row for each child that follows one, and by row which child it is.
 */
export function stepRows(group: ChildGroups & { readonly order: string }): {
  table: NamedTable
  rows: Int32Array
} {
  const { kind, cells } = columnNamed(group.children.columns, group.order)
  const unit = kind === 'date' ? day : 1
  const followed = siblingsIn(group).flatMap((rows) =>
    Array.from(rows.subarray(1), (row, k) => ({ row, step: (cells[row]! - cells[rows[k]!]!) / unit })),
  )
  const complete = followed.filter(({ step }) => !Number.isNaN(step))
  const steps = { ...stepColumn, cells: Float64Array.from(complete, ({ step }) => step) }
  return {
    table: { name: `steps of ${group.children.name}`, count: complete.length, columns: [steps] },
    rows: Int32Array.from(complete, ({ row }) => row),
  }
}

/** The share of steps up to a length, and beyond the one before. */
export interface StepShare {
  /** The most that the step may be; null for any. */
  readonly upTo: number | null
  readonly samples: number
  readonly real: number
}

/** The lengths of steps that are told apart: none, a day, a week, a month, a year; or one of a number. */
const lengths = { date: [0, 1, 7, 31, 366], number: [0, 1] } as const

/** The shares of short and long steps in samples and held-out rows. */
export function stepShares({ samples, against }: ReportTables, isDate: boolean): StepShare[] {
  const ends: (number | null)[] = [...lengths[isDate ? 'date' : 'number'], null]
  const shareOf = (table: NamedTable, from: number, upTo: number | null) => {
    const { cells } = table.columns[0]!
    const some = cells.filter((step) => step > from && (upTo === null || step <= upTo))
    return some.length / cells.length
  }
  return ends.map((upTo, k) => {
    const from = k === 0 ? Number.NEGATIVE_INFINITY : ends[k - 1]!
    return { upTo, samples: shareOf(samples, from, upTo), real: shareOf(against, from, upTo) }
  })
}
