/** Rules that most of some rows meet, though rows by chance would not: orders, sums, products and equal columns. */
import { shuffled } from '../../numerics/random.ts'
import { isNumber } from '../columns.ts'
import { decimalsOf } from '../encodings/rounding.ts'
import { withoutCommonest } from '../relations/numbers.ts'
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

/** Of the nearest tenth of the rows to an order's limit, so many are within a quarter of its width, if many are right at the limit. */
const [nearest, quarter, leastAtLimit] = [0.1, 0.25, 0.5]

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
  if (above <= most && below <= most) {
    // one value that both often have, such as 0, shows nothing
    const others = withoutCommonest(b.cells, both)
    if (isDate(a) || above + below > (1 - least) * others) return undefined
    return { kind: 'sum', column: b.column.name, by: [a.column.name], times: [1], decimals: b.decimals }
  }
  const [low, high] = above <= most ? [a, b] : [b, a]
  return isTelling(low, high, both, dealt)
    ? { kind: 'order', columns: [low.column.name, high.column.name], strict: [false] }
    : undefined
}

/**
 * Whether rows by chance would often break an order, and few do: not as the end of a tail does, but where many are right at the limit, or by
 * more than is usual between the columns, as mistakes do.
 */
function isTelling(low: Searched, high: Searched, rows: readonly number[], dealt: Int32Array): boolean {
  const byChance = rows.filter((i) => low.cells[i]! > high.cells[dealt[i]!]!).length
  const differences = Float64Array.from(rows, (i) => high.cells[i]! - low.cells[i]!).sort()
  const broken = differences.findIndex((each) => each >= 0)
  if (byChance < leastByChance * rows.length || broken > mostBroken * byChance) return false
  if (broken === 0) return true
  const kept = differences.subarray(broken)
  const near = kept.subarray(0, Math.ceil(nearest * kept.length))
  const atLimit = near.filter((each) => each <= quarter * near.at(-1)!)
  return atLimit.length >= leastAtLimit * near.length || -differences[broken >> 1]! > kept[kept.length >> 1]!
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
