/** Rows of a table that nothing is learned from: those that judge its samples, and those that choose what training leaves open. */
import { InputError } from '../../core/errors.ts'
import { counted } from '../../core/format.ts'
import { indicesWhere } from '../../measure/statistics.ts'
import { shuffled } from '../../numerics/random.ts'
import { type NamedTable, rowsAt } from '../../table/table.ts'
import type { Recipe } from '../recipes.ts'

/** A table's rows in three parts, each in the table's order. */
export interface DividedRows {
  /** The rows to train on. */
  readonly table: NamedTable
  /** Judging rows: the real rows that samples are compared with. */
  readonly holdout: NamedTable | undefined
  /** Choosing rows: they confirm relations. */
  readonly validation: NamedTable | undefined
}

/** The shares of the rows that are kept aside; undefined for the default. */
export interface AsideShares {
  readonly holdout?: number | undefined
  readonly validation?: number | undefined
}

/** What becomes of a row: it is trained on, judges samples, or chooses. */
export const parts = { train: 0, holdout: 1, validation: 2 } as const

/** Fewer rows than these are all needed for training, but for those that judge. */
const fewestForChoosing = 3000

/**
 * How many rows of a table are kept aside by default: a tenth, but at least 60 and at most 5000, and no more than a fifth.
 *
 * @param left - The rows without those that a share keeps aside.
 */
function rowsAside(rows: number, left: number): number {
  return Math.min(Math.max(Math.round(rows / 10), 60), 5000, Math.floor(left / 5))
}

/** The shares of a request. Without them, a recipe that learns points keeps no rows aside. */
export function sharesFor({ encoding }: Pick<Recipe, 'encoding'>, shares: AsideShares): AsideShares {
  const { holdout, validation } = shares
  return encoding === 'by value'
    ? { holdout, validation }
    : { holdout: holdout ?? 0, validation: validation ?? 0 }
}

/** How many of so many rows are in each part. */
export function countsOf(rows: number, shares: AsideShares): Record<keyof typeof parts, number> {
  const stated = (share: number | undefined) => (share === undefined ? undefined : Math.round(share * rows))
  const holdout = stated(shares.holdout) ?? rowsAside(rows, rows - (stated(shares.validation) ?? 0))
  const validation =
    stated(shares.validation) ?? (rows < fewestForChoosing ? 0 : rowsAside(rows, rows - holdout))
  return { train: rows - holdout - validation, holdout, validation }
}

/** The step of the order in which rows are kept aside, beyond any pass over the rows. */
const orderStep = 2 ** 32 - 1

/** The part that each row is in, by `parts`, chosen by the seed. */
export function partsOf(rows: number, shares: AsideShares, seed: number): Uint8Array {
  const { holdout, validation } = countsOf(rows, shares)
  const part = new Uint8Array(rows)
  const order = shuffled(rows, seed, orderStep)
  for (const row of order.subarray(0, holdout)) part[row] = parts.holdout
  for (const row of order.subarray(holdout, holdout + validation)) part[row] = parts.validation
  return part
}

/**
 * Keeps rows aside, chosen by the seed. A table of fewer than five rows keeps none by default. Throws InputError if a given share is of no
 * row, or if fewer than two rows are left to train on.
 */
export function setAside(table: NamedTable, shares: AsideShares, seed: number): DividedRows {
  const { count } = table
  const counts = countsOf(count, shares)
  for (const option of ['holdout', 'validation'] as const) {
    const share = shares[option] ?? 0
    if (share > 0 && (counts[option] < 1 || counts.train < 2))
      throw new InputError(
        `${option} is ${share}, which sets aside ${counts[option]} of the ${counted(count, 'row')} of ${table.name}: give a share that sets aside at least 1 row and leaves at least 2`,
        'out-of-range',
        { option, value: share },
      )
  }
  if (counts.train === count) return { table, holdout: undefined, validation: undefined }
  const part = partsOf(count, shares, seed)
  const rowsOf = (value: number) =>
    rowsAt(
      table,
      indicesWhere(count, (i) => part[i] === value),
    )
  return {
    table: rowsOf(parts.train),
    holdout: counts.holdout > 0 ? rowsOf(parts.holdout) : undefined,
    validation: counts.validation > 0 ? rowsOf(parts.validation) : undefined,
  }
}
