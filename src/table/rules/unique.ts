import * as v from 'valibot'
import { unitOf } from '../dates.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { endsOf, unitIn } from '../relations/range.ts'
import { type Bounds, isAboveLow, isBelowHigh, isWithin } from './column-range.ts'
import { placesOf, type RuleKind, ruleProblem, written } from './kind.ts'

/** Columns whose cells together are those of no other row. Rows with a missing value in one of them are like no other. */
export interface UniqueRule {
  readonly kind: 'unique'
  readonly columns: readonly string[]
}

export const unique: RuleKind<UniqueRule> = {
  schema: v.strictObject({
    kind: v.literal('unique'),
    columns: v.pipe(v.array(v.string()), v.minLength(1), v.readonly()),
  }),
  columns: ({ columns }) => columns,
  held: () => [],
  describe: ({ columns }) => `unique(${columns.map(written).join(', ')})`,
  test() {
    // by the rows that were asked about before: drawn cells are made so that it holds
    const before = new Set<string>()
    return (cells) => cells.some(Number.isNaN) || before.size < before.add(cells.join()).size
  },
}

/** The combinations of cells that columns may have, numbered. */
interface Combinations {
  /** How many there are, at most 2^53. */
  readonly count: number
  /** The cells of the combination of a number, by column. */
  cells(number: number): readonly number[]
}

/** The cells that a column may have, numbered. */
interface Cells {
  readonly count: number
  readonly cell: (k: number) => number
}

/**
 * The combinations of learned columns.
 *
 * @param rule - The rule that wants them unique.
 * @param columns - All columns.
 * @param limits - By column's index, the bounds of its cells.
 * @returns The combinations. Throws InputError on a column whose cells can't be numbered.
 */
export function combinationsOf(
  rule: UniqueRule,
  columns: readonly EncodedColumn[],
  limits: ReadonlyMap<number, Bounds> = new Map(),
): Combinations {
  const digits = placesOf(rule.columns, columns, unique.describe(rule)).map((d) => {
    const bounds = limits.get(d)
    if (bounds && bounds.low === bounds.high) return { count: 1, cell: () => bounds.low }
    const cells = cellsOf(rule, columns[d]!)
    return bounds ? cellsWithin(cells, bounds) : cells
  })
  return {
    count: digits.reduce((product, { count }) => Math.min(2 ** 53, product * count), 1),
    cells(number) {
      let left = number
      return digits.map(({ count, cell }) => {
        const digit = left % count
        left = Math.floor(left / count)
        return cell(digit)
      })
    },
  }
}

/** So many cells are looked at one by one to see whether they are within bounds. */
const mostListed = 100_000

/** The cells that are within bounds; of more than are listed, which are in order, those between the ends. */
function cellsWithin({ count, cell }: Cells, bounds: Bounds): Cells {
  if (count <= mostListed || bounds.in) {
    const all = count <= mostListed ? Array.from({ length: count }, (_, k) => cell(k)) : [...bounds.in!]
    const listed = all.filter((each) => isWithin(bounds, each))
    return { count: listed.length, cell: (k) => listed[k]! }
  }
  const firstWhere = (holds: (cell: number) => boolean) => {
    let [low, high] = [0, count]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (holds(cell(middle))) high = middle
      else low = middle + 1
    }
    return low
  }
  const first = firstWhere((each) => isAboveLow(bounds, each))
  const end = firstWhere((each) => !isBelowHigh(bounds, each))
  return { count: Math.max(0, end - first), cell: (k) => cell(first + k) }
}

/** Its names or values, or all that its unit allows between its ends. */
function cellsOf(rule: UniqueRule, column: EncodedColumn): Cells {
  const { name, kind, categories } = column
  if (column.as === 'constant') return { count: 1, cell: () => column.value }
  if (categories) return { count: categories.length, cell: (k) => k }
  if (column.as === 'category' || column.as === 'steps') {
    const values = column.values!
    return { count: values.length, cell: (k) => values[k]! }
  }
  const [least, most] = endsOf(column)
  const unit =
    kind === 'date' ? unitOf(column.form!) : unitIn(column, column.as === 'quantile' ? column.decimals : null)
  if (column.as !== 'quantile' || unit === 0)
    throw ruleProblem(
      unique.describe(rule),
      `the cells of ${name} can't be numbered, as it ${column.as === 'derived' ? 'follows from others: make it independent' : 'has too many decimals: leave it out'}`,
    )
  const scale = unit < 1 ? Math.round(1 / unit) : 1
  return {
    count: Math.floor((most - least) / unit + 0.5) + 1,
    cell: (k) => (unit < 1 ? Math.round(least * scale + k) / scale : least + k * unit),
  }
}
