import * as v from 'valibot'
import { InputError } from '../../core/errors.ts'
import { isNeverBelow } from '../relations/order.ts'
import type { Column } from '../table.ts'
import { type RuleKind, written } from './kind.ts'

/** Numbers or dates that do not fall from one column to the next. */
export interface OrderRule {
  readonly kind: 'order'
  readonly columns: readonly string[]
  /** By pair of neighbours: whether they may not be equal. */
  readonly strict: readonly boolean[]
}

export const order: RuleKind<OrderRule> = {
  schema: v.pipe(
    v.strictObject({
      kind: v.literal('order'),
      columns: v.pipe(v.array(v.string()), v.minLength(2), v.readonly()),
      strict: v.pipe(v.array(v.boolean()), v.readonly()),
    }),
    v.check(
      ({ columns, strict }) => strict.length === columns.length - 1,
      'strict must be one shorter than columns',
    ),
  ),
  columns: ({ columns }) => columns,
  held: () => [],
  describe: ({ columns, strict }) =>
    columns.map((name, k) => `${k === 0 ? '' : strict[k - 1] ? ' < ' : ' <= '}${written(name)}`).join(''),
  test({ strict }, columns) {
    requireComparable(columns)
    return (cells) => {
      // the last cell that is there, since a missing value is in no order
      let before = Number.NaN
      let isStrict = false
      return cells.every((cell, k) => {
        isStrict ||= k > 0 && strict[k - 1]!
        if (Number.isNaN(cell)) return true
        const isMet = isNeverBelow(cell, [before]) && !(isStrict && cell === before)
        before = cell
        isStrict = false
        return isMet
      })
    }
  },
}

/** Throws InputError unless all are numbers, or all are dates. */
function requireComparable(columns: readonly Column[]): void {
  const kinds = columns.map(({ kind }) => (kind === 'integer' ? 'number' : kind))
  const other = columns.find((_, k) => !['number', 'date'].includes(kinds[k]!) || kinds[k] !== kinds[0])
  if (!other) return
  const [first] = columns
  const problem =
    kinds[0] === 'number' || kinds[0] === 'date'
      ? `${first!.name} is a ${first!.kind} and ${other.name} a ${other.kind}, which can't be compared`
      : `${first!.name} is a ${first!.kind}, which has no order: give numbers or dates`
  throw new InputError(problem, 'out-of-range')
}
