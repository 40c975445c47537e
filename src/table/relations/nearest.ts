import * as v from 'valibot'
import { midpoints } from '../../numerics/bounds.ts'
import type { Operators } from '../operators/operators.ts'
import { fieldsOfOne, type RelationKind, type RelationOfCard } from './kind.ts'
import { cellOf, cellsField, placeCount, placeOf, placing } from './look-up.ts'
import { ownWhereMissing } from './range.ts'

const schema = v.pipe(
  v.object({
    kind: v.literal('nearest'),
    ...fieldsOfOne,
    from: cellsField,
    to: v.pipe(v.array(v.pipe(v.number(), v.finite())), v.readonly()),
    rows: v.pipe(v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(2))), v.readonly()),
  }),
  v.check(
    ({ from, to, rows }) => to.length > 0 && [from, rows].every(({ length }) => length === to.length),
    'from, to and rows must be of one length',
  ),
)

/**
 * A number or date of which each name has few values, as the years in which storms had a name: it takes the nearest of these to what the network
 * drew, which so learns it as a number. A name of which no value is known leaves it as it is.
 */
export interface Nearest extends RelationOfCard {
  readonly kind: 'nearest'
  /** The source's cell in each combination: those of one cell are together; null for a missing value. */
  readonly from: readonly (number | null)[]
  /** The column's cell in each combination, rising among those of one source's cell. */
  readonly to: readonly number[]
  /** The number of training rows of each combination. */
  readonly rows: readonly number[]
}

export const nearest: RelationKind<Nearest> = {
  schema,
  held: ({ column, by, to }) => [
    { columns: [...by, column], count: to.length, noun: ['combination', 'combinations'] },
  ],
  mayBeSource: (column) => placeCount(column) !== undefined,
  mayDiffer: true,
  follow({ from, to }, { sources: [source] }) {
    const { count, placeAt } = placing(source!)
    const cells = Array.from({ length: count }, (): number[] => [])
    for (const [k, cell] of to.entries()) cells[placeAt(cellOf(from[k]!))]!.push(cell)
    const [least, most] = [Math.min(...to), Math.max(...to)]
    // all places on one axis, each after the one before and half a width from it
    const width = 2 * (most - least) + 1
    const bounds = cells.flatMap((of, place) =>
      [-(width - (most - least)) / 2, ...midpoints(of).map((middle) => middle - least)].map(
        (at) => place * width + at,
      ),
    )
    const all = cells.flatMap((of) => (of.length > 0 ? of : [Number.NaN]))
    return <V>(ops: Operators<V>, [name, own]: readonly V[]) => {
      const place = ops.multiply(placeOf(ops, name!, source!), ops.number(width))
      const inside = ops.min(ops.max(own!, ops.number(least)), ops.number(most))
      const at = ops.add(place, ops.subtract(inside, ops.number(least)))
      const found = ops.lookUp(all, ops.countReached(bounds.slice(1), at))
      return ownWhereMissing(ops, [own!, found], own!, found)
    }
  },
  choices: ({ from, to, rows }, _, cell, [source], [isFree]) =>
    to.flatMap((each, k) => {
      const of = cellOf(from[k]!)
      return each === cell && (isFree || Object.is(of, source)) ? [{ cells: [of], rows: rows[k]! }] : []
    }),
}
