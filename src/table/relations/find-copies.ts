import { type Copy, isEqualTo } from './copy.ts'
import type { Found, SearchedColumn } from './found.ts'
import { completeRows, type NumericColumn, numbersIn, withoutCommonest } from './numbers.ts'

/** Two columns are equal in at least so many rows that have both, in this share of them, and with so many values. */
const [fewestEqual, leastEqual, fewestValues] = [30, 0.03, 10]

/** They are equal so many times as often as they differ by one of the smallest steps, in the mean of the nearest four. */
const peak = 4

/** Finds the columns of numbers and dates that often equal another. They are added to `found`. */
export function findCopies(columns: readonly SearchedColumn[], found: Found): void {
  const numbers = numbersIn(columns)
  const pairs = numbers.flatMap((target, k) =>
    numbers.slice(0, k).flatMap((source) => copiesOf(target, source) ?? []),
  )
  for (const { target, source, share } of pairs.toSorted((a, b) => b.share - a.share)) {
    if (!found.mayFollowFrom(target.d, source.d)) continue
    const { name } = target.column
    const isEqual = target.cells.map((cell, i) => isEqualTo(source.cells[i]!, cell))
    const encoded = found.encode(`whether ${name} is equal`, true, isEqual)
    if (encoded.as === 'constant') continue
    const relation: Copy = { kind: 'copy', column: name, by: [source.column.name], share, isEqual: encoded }
    found.add(
      relation,
      () =>
        ([from], own) =>
          Number.isNaN(from! + own) ? undefined : from === own,
    )
  }
}

/** The share of the rows in which the columns are equal, if they are copies. */
function copiesOf(target: NumericColumn, source: NumericColumn) {
  if ((target.column.kind === 'date') !== (source.column.kind === 'date')) return undefined
  const rows = completeRows([target, source])
  const equal = rows.filter((i) => target.cells[i] === source.cells[i])
  const others = withoutCommonest(target.cells, equal)
  if (others < Math.max(fewestEqual, leastEqual * rows.length)) return undefined
  if (new Set(equal.map((i) => target.cells[i]!)).size < fewestValues) return undefined
  const unit = Math.max(target.unit, source.unit)
  const steps = rows
    .map((i) => Math.round(Math.abs(target.cells[i]! - source.cells[i]!) / unit))
    .filter((step) => step === 1 || step === 2)
  if (others < (peak * steps.length) / 4) return undefined
  return { target, source, share: equal.length / target.cells.length }
}
