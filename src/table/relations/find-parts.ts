/** Columns that are parts of a date: its year, its month, its day of the week, by number or by name. */
import { day } from '../dates/calendar.ts'
import { unitOf } from '../dates/form.ts'
import { leastRows } from '../least-rows.ts'
import { clockParts, limitsOfParts, numberOfPart, type PartOfDates, partsOfDates } from './date-parts.ts'
import type { Learn, SearchedColumn } from './found.ts'
import type { LookUp } from './look-up.ts'
import { endsIn, withoutCommonest } from './numbers.ts'

/** The fewest rows with another cell than a part's commonest, and the fewest for each number. */
const [fewestOther, rowsPerNumber] = [10, 3]

/** Differences of local time from UTC: none first. */
export const shifts = [
  0,
  ...Array.from({ length: 28 }, (_, k) => (k < 14 ? k - 14 : k - 13) * clockParts.hour),
]

/** Rows that are looked at first. */
const fewRows = 200

/** How a column is a part of a date, if it is. */
export function partOf(of: SearchedColumn, date: SearchedColumn, rows: readonly number[]) {
  const { cells, column } = of
  const isMissing = (i: number) => Number.isNaN(cells[i]!)
  if (cells.some((_, i) => isMissing(i) !== Number.isNaN(date.cells[i]!)) || isConstant(of, rows))
    return undefined
  const isTimed = unitOf(date.column.form!) < day && date.column.form !== 'YYYY-MM'
  for (const plus of isTimed ? shifts : [0])
    for (const part of partsOfDates) {
      const numberAt = (time: number) => numberOfPart(time - plus, part)
      const numberOf = (i: number) => numberAt(date.cells[i]!)
      if (!numbersOf(of, numberOf, rows.slice(0, fewRows))) continue
      const byNumber = numbersOf(of, numberOf, rows)
      if (!byNumber) continue
      const table = tableOfPart(of, part, byNumber, endsIn(date).map(numberAt), rows.map(numberOf))
      if (!table) continue
      const relation: LookUp = {
        kind: 'look-up',
        column: column.name,
        by: [date.column.name],
        share: 1,
        to: table.to,
        part: { of: part, plus, first: table.first },
      }
      const learn: Learn = (some) => {
        const known = numbersOf(
          of,
          numberOf,
          some.filter((i) => !isMissing(i)),
        )!
        return ([time], own) => {
          const cell = known.get(numberAt(time!))
          return cell === undefined ? undefined : cell === own
        }
      }
      return { relation, learn }
    }
  return undefined
}

/**
 * The cells of a part's numbers, from the first to the last. Numbers that are a part's, but for a constant, are known of all numbers; others
 * of those that enough rows have.
 *
 * @param ends - The numbers of the first and the last date of the column, each of three rows or more.
 * @param numbers - By row.
 */
function tableOfPart(
  { column }: SearchedColumn,
  part: PartOfDates,
  byNumber: ReadonlyMap<number, number>,
  ends: readonly number[],
  numbers: readonly number[],
): { first: number; to: number[] } | undefined {
  const [number, cell] = byNumber.entries().next().value!
  const isShifted = [...byNumber].every(([n, c]) => c - n === cell - number) && !column.categories
  if (numbers.length < rowsPerNumber * byNumber.size || (part === 'year' && !isShifted)) return undefined
  if (isShifted) {
    const [first, last] = part === 'year' || part === 'year and quarter' ? ends : limitsOfParts[part]
    return {
      first: first!,
      to: Array.from({ length: last! - first! + 1 }, (_, k) => first! + k + cell - number),
    }
  }
  const counts = new Map<number, number>()
  for (const each of numbers) counts.set(each, (counts.get(each) ?? 0) + 1)
  const [first, last] = [Math.min(...byNumber.keys()), Math.max(...byNumber.keys())]
  const all = Array.from({ length: last - first + 1 }, (_, k) => first + k)
  if (all.some((each) => (counts.get(each) ?? 0) < leastRows)) return undefined
  return { first, to: all.map((each) => byNumber.get(each)!) }
}

/** The cell beside each number, if each number has one cell in all rows. */
export function numbersOf(
  { cells }: SearchedColumn,
  numberOf: (i: number) => number,
  rows: readonly number[],
) {
  const byNumber = new Map<number, number>()
  for (const i of rows) {
    const [number, cell] = [numberOf(i), cells[i]!]
    if (Number.isNaN(cell) || (byNumber.get(number) ?? cell) !== cell) return undefined
    byNumber.set(number, cell)
  }
  return byNumber
}

/** Whether too few rows differ from the commonest cell. */
export function isConstant({ cells }: SearchedColumn, rows: readonly number[]): boolean {
  return withoutCommonest(cells, rows) < fewestOther
}
