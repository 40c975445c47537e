import { leastRows } from '../least-rows.ts'
import type { Found, RowTest, SearchedColumn } from './found.ts'
import { exactness, leastSquares } from './least-squares.ts'
import { type Linear, orZero, sumOf } from './linear.ts'
import {
  completeRows,
  type NumericColumn,
  numbersIn,
  someOf,
  tellingRows,
  withoutCommonest,
} from './numbers.ts'
import { rounderOf } from './range.ts'

/** A sum of several sources has at least so many different cells: of two or three, samples would soon get a fourth. */
const fewestValues = 10

/** The fewest rows beside those that the factors use up. */
const spareRows = 30

/** Sums have up to this many sources, and are looked for among so many columns of numbers. */
const [maxSources, maxColumns] = [8, 100]

/** The rows with another cell than the commonest, for each factor; fewer are evidence enough of factors of one digit. */
const [rowsPerFactor, rowsPerPlainFactor] = [10, 4]

/** How far a sum that is not rounded may be off in rows that it is not found in, in the smallest differences of its cells. */
const othersExactness = 1e-2

/** What a source changes, and what the sum may miss, as shares of the sum's standard deviation. */
const negligible = 1e-7

/**
 * Finds the columns of numbers and dates that are multiples of another, but for a constant and rounding, in all rows that have both:
 * equal columns, other units. They are added to `found`.
 */
export function findUnits(columns: readonly SearchedColumn[], found: Found): void {
  const numbers = numbersIn(columns, maxColumns)
  const telling = tellingRows(numbers)
  for (const [k, last] of numbers.entries()) {
    const fits = (source: NumericColumn) => {
      const rows = telling.filter((i) => !Number.isNaN(source.cells[i]! + last.cells[i]!))
      const enough = rows.length >= spareRows ? rows : someOf(completeRows([last, source]))
      return enough.length >= spareRows ? leastSquares(last, [source], enough) : undefined
    }
    for (const source of numbers.filter((each) => each !== last && !found.isSum(each.d))) {
      if (found.isSum(last.d)) break
      const fit = fits(source)
      // what is not rounded is found from either side
      if (!fit?.fit || (fit.fit === 'exact' && numbers.indexOf(source) > k)) continue
      addSum(
        [
          { source, times: fit.factors[0]! },
          { source: last, times: 1 },
        ],
        numbers,
        found,
      )
    }
  }
}

/**
 * Finds the columns of numbers and dates that are sums of multiples of others, in all rows that have them: totals, differences. They
 * are added to `found`.
 */
export function findSums(columns: readonly SearchedColumn[], found: Found): void {
  const missing = new Map(columns.map(({ d, cells }) => [d, missingIn(cells)]))
  // a total is missing at least as often as its terms
  const numbers = numbersIn(columns, maxColumns).toSorted(
    (a, b) => missing.get(a.d)! - missing.get(b.d)! || a.d - b.d,
  )
  const telling = tellingRows(numbers)
  // a total of which a missing term counts as 0 is missing less often than its terms, of which hardly a row may have all
  for (const total of numbers) {
    const rarer = numbers.filter(({ d }) => missing.get(d)! > missing.get(total.d)! && !found.isSum(d))
    const used =
      rarer.length > 1 && !found.isSum(total.d) ? factorsOf(total, rarer, telling, true) : undefined
    if (used) addSum([...used, { source: total, times: 1 }], numbers, found)
  }
  for (const [k, last] of numbers.entries()) {
    if (found.isSum(last.d)) continue
    const before = numbers.slice(0, k).filter(({ d }) => !found.isSum(d))
    const sums = numbers.slice(0, k).filter(({ d }) => found.isSum(d))
    const used =
      factorsOf(last, before, telling) ??
      // of more parts than a sum has, other sums may be some
      (sums.length > 0 ? factorsOf(last, [...sums, ...before], telling) : undefined)
    if (used) addSum([...used, { source: last, times: 1 }], numbers, found)
  }
}

/** Adds what some columns, with their factors, say of one of them. */
function addSum(used: readonly Factor[], numbers: readonly NumericColumn[], found: Found): void {
  // the sum is the column that moves the most: a rest of others could fall outside of its range. Of two units it is the finer one,
  // which has numbers that are none of the coarser
  const moves = ({ source, times }: Factor) =>
    used.length > 2 ? Math.abs(times) * source.deviation : source.deviation / source.unit
  // of several that move about as much, it is one that needs no rounding: 100 * hour + minute is always a time such as 2147, whose hundredth is no hour
  const most = Math.max(...used.map(moves))
  const isWhole = (target: Factor) =>
    moves(target) > most / 2 &&
    used.every(({ source, times }) =>
      isNearWhole((times * source.unit) / (target.times * target.source.unit)),
    )
  const order = (a: Factor, b: Factor) =>
    Number(isWhole(b)) - Number(isWhole(a)) || moves(b) - moves(a) || b.source.d - a.source.d
  const parties = used.toSorted(order)
  const add = (target: NumericColumn, skipsMissing: boolean) => {
    const sources = numbers
      .filter((each) => each !== target && parties.some(({ source }) => source === each))
      .toSorted((a, b) => a.d - b.d)
    if (!sources.every(({ d }) => found.mayFollowFrom(target.d, d))) return false
    const sum = skipsMissing ? sumOfSome(target, sources) : sumOfColumns(target, sources)
    return sum !== undefined && found.add(sum.relation, (rows) => testOf(target, sources, rows, sum))
  }
  // a total without some of its terms is missing less often than these
  const byMissing = parties.toSorted((a, b) => missingIn(a.source.cells) - missingIn(b.source.cells))
  if (!byMissing.some(({ source }) => add(source, true))) parties.some(({ source }) => add(source, false))
}

/** A sum in which a missing source counts as 0, where that shows in some rows. */
function sumOfSome(target: NumericColumn, sources: readonly NumericColumn[]): Sum | undefined {
  const { cells } = target
  const missingAt = (i: number) => sources.filter((source) => Number.isNaN(source.cells[i]!)).length
  const rows = [...cells.keys()].filter((i) => !Number.isNaN(cells[i]!) && missingAt(i) < sources.length)
  const withSome = rows.filter((i) => missingAt(i) > 0)
  if (withoutCommonest(cells, withSome) < rowsPerFactor) return undefined
  const filled = sources.map((source) => ({ ...source, cells: source.cells.map(orZero) }))
  const sum = sumOfColumns(target, filled, rows)
  if (!sum) return undefined
  const gapsFollow = cells.every((cell, i) => Number.isNaN(cell) === (missingAt(i) === sources.length))
  const share = gapsFollow ? 1 : rows.length / cells.length
  const { gapsFollow: _, ...relation } = sum.relation
  return { ...sum, relation: { ...relation, share, skipsMissing: true, ...(gapsFollow && { gapsFollow }) } }
}

/** A sum, and how far it may be off in other rows. */
interface Sum {
  readonly relation: Linear
  readonly slack: number
}

interface Factor {
  readonly source: NumericColumn
  readonly times: number
}

/**
 * Numbers whose sum is the target, with their factors, by least squares on some of the rows; undefined if none are. A missing value
 * counts as 0 first: of a sum that is missing with its terms, these rows have all of them. Else, unless they `areZero`, rows without one are left out.
 */
function factorsOf(
  target: NumericColumn,
  candidates: readonly NumericColumn[],
  telling: readonly number[],
  areZero = false,
): Factor[] | undefined {
  const usedOf = (sources: readonly NumericColumn[], rows: readonly number[]) => {
    const { factors, fit } = leastSquares(target, sources, rows)
    if (fit !== 'exact') return undefined
    const used = sources.flatMap((source, k) =>
      Math.abs(factors[k]!) * source.deviation > negligible * target.deviation
        ? [{ source, times: factors[k]! }]
        : [],
    )
    return used.length > 0 && used.length <= maxSources ? used : undefined
  }
  const fewest = (sources: readonly NumericColumn[]) => 3 * sources.length + spareRows
  if (candidates.length === 0) return undefined
  let present = telling.filter((i) => !Number.isNaN(target.cells[i]!))
  if (present.length < fewest(candidates)) present = someOf(completeRows([target]))
  const used = present.length >= fewest(candidates) ? usedOf(candidates, present) : undefined
  if (used || areZero) return used
  let sources = [...candidates]
  const missing = new Map(sources.map((source) => [source, missingIn(source.cells)]))
  if (sources.every((source) => missing.get(source) === 0)) return undefined
  let rows = completeRows([target, ...sources])
  // the columns with the most missing values leave, until enough rows are complete
  while (sources.length > 0 && rows.length < fewest(sources)) {
    const most = Math.max(...sources.map((source) => missing.get(source)!))
    if (most === 0) return undefined
    sources = sources.filter((source) => missing.get(source) !== most)
    rows = completeRows([target, ...sources])
  }
  return sources.length === 0 ? undefined : usedOf(sources, someOf(rows))
}

const isNearWhole = (x: number) => Math.abs(x - Math.round(x)) < 1e-6 * Math.abs(x)

const missingIn = (cells: Float64Array) =>
  cells.reduce((count, cell) => count + Number(Number.isNaN(cell)), 0)

/** The relation of a sum to its sources, if it holds in every row that has them. */
function sumOfColumns(
  target: NumericColumn,
  sources: readonly NumericColumn[],
  rows = completeRows([target, ...sources]),
): Sum | undefined {
  if (rows.length < spareRows) return undefined
  if (sources.length > 1 && new Set(target.cells).size < fewestValues) return undefined
  // one or two rows would decide the factor of a source that hardly varies
  if (sources.some(({ cells }) => withoutCommonest(cells, rows) < leastRows)) return undefined
  const others = withoutCommonest(target.cells, rows) / (sources.length + 1)
  if (others < rowsPerPlainFactor) return undefined
  const { factors, constant, fit } = leastSquares(target, sources, tellingRows([target, ...sources], rows))
  if (!fit) return undefined
  const { column, decimals, cells, unit } = target
  const round = rounderOf(column, decimals)
  const holds = (times: readonly number[], plus: number) =>
    rows.every((i) => {
      const total = sources.reduce((sum, source, k) => sum + times[k]! * source.cells[i]!, plus)
      const off = Math.abs(total - cells[i]!) - 1e-12 * Math.abs(total)
      // a half is rounded up, down, or to the even number
      return fit === 'exact'
        ? round(total) === cells[i] && off <= exactness * unit
        : off <= (0.5 + exactness) * unit
    })
  // the shortest factors that hold; few rows with another cell than the commonest would decide longer ones
  for (let digits = 1; digits <= (others < rowsPerFactor ? 1 : 15); digits++) {
    const short = (x: number) => shortened(x, digits)
    const times = factors.map(short)
    for (const plus of [0, short(constant), Number(constant.toPrecision(12))]) {
      if (!holds(times, plus)) continue
      const isWithout = (i: number) => sources.some((source) => Number.isNaN(source.cells[i]!))
      const gapsFollow = cells.every((cell, i) => !isWithout(i) || Number.isNaN(cell))
      const by = sources.map((source) => source.column.name)
      const following = cells.filter((_, i) => gapsFollow || !isWithout(i)).length
      const relation: Linear = {
        kind: 'linear',
        column: column.name,
        by,
        share: following / cells.length,
        times,
        ...(plus !== 0 && { plus }),
        decimals,
        ...(gapsFollow && { gapsFollow }),
      }
      return { relation, slack: fit === 'exact' ? othersExactness * unit : unit }
    }
  }
  return undefined
}

/** The sum as some of the rows show it, which says nothing of a row without one of the cells. */
function testOf(
  target: NumericColumn,
  sources: readonly NumericColumn[],
  rows: readonly number[],
  { relation: { skipsMissing }, slack }: Sum,
): RowTest {
  const all = [target, ...sources]
  const isSaid = (cells: readonly number[]) =>
    skipsMissing ? !cells.every(Number.isNaN) : !cells.some(Number.isNaN)
  const complete = rows.filter(
    (i) => !Number.isNaN(target.cells[i]!) && isSaid(sources.map(({ cells }) => cells[i]!)),
  )
  const { factors: times, constant: plus } = leastSquares(target, sources, tellingRows(all, complete))
  const size = Math.abs(target.deviation) + Math.abs(plus)
  return (cells, own) => {
    const off = isSaid(cells) ? Math.abs(sumOf({ times, plus }, cells.map(orZero)) - own) : Number.NaN
    return Number.isNaN(off) ? undefined : off <= slack + 1e-9 * (size + Math.abs(own))
  }
}

/** A number of so many digits, or one by a number of so many, such as a day in milliseconds. */
function shortened(x: number, digits: number): number {
  const direct = Number(x.toPrecision(digits))
  const inverse = 1 / Number((1 / x).toPrecision(digits))
  return Math.abs(inverse - x) < Math.abs(direct - x) * 1e-3 ? inverse : direct
}
