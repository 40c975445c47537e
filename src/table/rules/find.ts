/** Rules that most of some rows meet, though rows by chance would not: orders, sums, products and equal columns. */
import { shuffled } from '../../numerics/random.ts'
import { isNumber } from '../columns.ts'
import { decimalsOf } from '../encodings/rounding.ts'
import { isGenerated, type TableColumn } from '../table.ts'
import { isRounded, type ProductRule, type SumRule } from './arithmetic.ts'
import type { OrderRule } from './order.ts'

export type FoundRule = OrderRule | SumRule | ProductRule

/** Rules are looked for in so many rows, among so many columns: orders, and sums and products, which three columns make. */
const [mostRows, mostOrdered, mostSummed] = [5000, 60, 20]

/** So many rows show whether three columns may make a sum or product, at a share so much below the one that they must. */
const [firstRows, slack] = [100, 0.05]

/** The fewest rows that have the columns, and of these, the fewest in which a sum or product has two terms that matter. */
const [fewestRows, fewestTelling] = [50, 20]

/** The most rows that would meet a sum or product if their sources were other rows'. */
const mostByChance = 0.3

/** By chance, so many of the rows would break an order, and at most this share of as many do. */
const [leastByChance, mostBroken] = [0.1, 0.1]

/** Most differences are one-sided: below 0, as near as the nearest tenth above, there are at most this share of as many. */
const [nearest, mostBelow] = [0.1, 0.2]

interface Searched {
  readonly column: TableColumn
  /** The cells of the rows that are looked at. */
  readonly cells: Float64Array
  readonly decimals: number | null
}

/**
 * Finds rules that at least the share `least` of the rows meet, of those that have all of their columns.
 *
 * @param columns - The table's columns with their cells.
 * @returns The rules, in the order of the columns. Rows that were not looked at may meet them less often.
 */
export function findRules(columns: readonly TableColumn[], least: number): FoundRule[] {
  const count = columns[0]?.cells.length ?? 0
  const some = Math.min(mostRows, count)
  const rows = Int32Array.from({ length: some }, (_, k) => Math.floor((k * count) / some))
  const searched = columns.flatMap((column): Searched[] => {
    if (isGenerated(column) || !(isNumber(column) || column.kind === 'date')) return []
    const cells = Float64Array.from(rows, (i) => column.cells[i]!)
    const present = cells.filter((cell) => !Number.isNaN(cell))
    return new Set(present).size > 2 ? [{ column, cells, decimals: decimalsOf(present) }] : []
  })
  const compared = searched.slice(0, mostOrdered)
  // the same for the same rows
  const dealt = shuffled(some, 0, 0)
  const pairs = compared.flatMap((a, k) =>
    compared
      .slice(k + 1)
      .flatMap((b) => (isDate(a) === isDate(b) ? (comparisonOf(a, b, least, dealt) ?? []) : [])),
  )
  const numbers = searched.filter((each) => !isDate(each)).slice(0, mostSummed)
  return [...pairs, ...numbers.flatMap((target) => sumsOf(target, numbers, least))]
}

const isDate = ({ column }: Searched) => column.kind === 'date'

/** That two columns are equal, or one is never above the other, if so. */
function comparisonOf(a: Searched, b: Searched, least: number, dealt: Int32Array): FoundRule | undefined {
  const both = Array.from(dealt.keys()).filter((i) => !Number.isNaN(a.cells[i]! + b.cells[i]!))
  if (both.length < fewestRows) return undefined
  const most = (1 - least) * both.length
  let [above, below] = [0, 0]
  for (const i of both) {
    if (a.cells[i]! > b.cells[i]!) above++
    if (a.cells[i]! < b.cells[i]!) below++
    if (above > most && below > most) return undefined
  }
  if (above <= most && below <= most)
    return isDate(a)
      ? undefined
      : { kind: 'sum', column: b.column.name, by: [a.column.name], times: [1], decimals: b.decimals }
  const [low, high] = above <= most ? [a, b] : [b, a]
  return isTelling(low, high, both, dealt)
    ? { kind: 'order', columns: [low.column.name, high.column.name], strict: [false] }
    : undefined
}

/** Whether rows by chance would often break an order, and few do, and not where the two columns come near to each other. */
function isTelling(low: Searched, high: Searched, rows: readonly number[], dealt: Int32Array): boolean {
  const differences = Float64Array.from(rows, (i) => high.cells[i]! - low.cells[i]!).sort()
  const broken = differences.findIndex((each) => each >= 0)
  const byChance = rows.filter((i) => low.cells[i]! > high.cells[dealt[i]!]!).length
  if (byChance < leastByChance * rows.length || broken > mostBroken * byChance) return false
  const step = differences.find((each) => each > 0) ?? 0
  const width = Math.max(step, differences[broken + Math.floor(nearest * (rows.length - broken))]!)
  const between = (from: number, to: number) => differences.filter((each) => each >= from && each < to).length
  return between(-width, 0) <= mostBelow * between(0, width + step)
}

/** The sums and products of two columns that a column is. */
function sumsOf(target: Searched, numbers: readonly Searched[], least: number): FoundRule[] {
  const { column, decimals } = target
  const sources = numbers.filter((each) => each !== target)
  return sources.flatMap((a, k) =>
    sources.slice(k + 1).flatMap((b): FoundRule[] => {
      const common = { column: column.name, by: [a.column.name, b.column.name], decimals }
      const tells = (x: number, y: number) => x !== 0 && y !== 0
      const tellsMore = (x: number, y: number) => tells(x, y) && x !== 1 && y !== 1
      if (isMade(target, a, b, (x, y) => x + y, tells, least))
        return [{ kind: 'sum', ...common, times: [1, 1] }]
      return isMade(target, a, b, (x, y) => x * y, tellsMore, least) ? [{ kind: 'product', ...common }] : []
    }),
  )
}

/** Whether a column is made of two others in enough of the rows whose two terms matter. */
function isMade(
  { cells, decimals }: Searched,
  a: Searched,
  b: Searched,
  make: (x: number, y: number) => number,
  tells: (x: number, y: number) => boolean,
  least: number,
): boolean {
  const made: number[] = []
  const own: number[] = []
  let held = 0
  for (let i = 0; i < cells.length; i++) {
    const [x, y, cell] = [a.cells[i]!, b.cells[i]!, cells[i]!]
    if (Number.isNaN(x + y + cell) || !tells(x, y)) continue
    const value = make(x, y)
    if (isRounded(decimals, value, cell)) held++
    made.push(value)
    own.push(cell)
    if (made.length === firstRows && held < (least - slack) * firstRows) return false
  }
  if (made.length < fewestTelling || held < least * made.length) return false
  const byChance = made.filter((value, k) =>
    isRounded(decimals, value, own[(k + (made.length >> 1)) % made.length]!),
  )
  return byChance.length <= mostByChance * made.length
}
