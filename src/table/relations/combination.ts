import * as v from 'valibot'
import { type EncodedColumn, encodedColumnSchema } from '../encodings/index.ts'
import { fieldsOfOne, type RelationKind, type RelationOfCard } from './kind.ts'
import { cellOf, cellsField, placeCount, placeOf, placing } from './look-up.ts'

const schema = v.pipe(
  v.object({
    kind: v.literal('combination'),
    ...fieldsOfOne,
    from: cellsField,
    to: cellsField,
    rows: v.pipe(v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(2))), v.readonly()),
    which: encodedColumnSchema,
  }),
  v.check(
    ({ from, to, rows }) => to.length > 0 && [from, rows].every(({ length }) => length === to.length),
    'from, to and rows must be of one length',
  ),
)

/**
 * A column whose values come in few combinations with those of another, neither of which determines the other, as counties with states: an
 * auxiliary column says which of the values that come with the source's cell it is, the commonest first. A cell of which no combination is
 * known has the first of all.
 */
export interface Combination extends RelationOfCard {
  readonly kind: 'combination'
  /** The source's cell in each combination: those of one cell are together, the commonest first; null for a missing value. */
  readonly from: readonly (number | null)[]
  /** The column's cell in each combination; null for a missing value. */
  readonly to: readonly (number | null)[]
  /** The number of training rows of each combination. */
  readonly rows: readonly number[]
  /** The number of the combination among those of its source's cell, encoded; no column has its name. */
  readonly which: EncodedColumn
}

export const combination: RelationKind<Combination> = {
  schema,
  auxiliary: {
    column: ({ which }) => which,
    cell: (relation, [source], own) => numberOf(relation, source!, own),
  },
  held: ({ column, by, to }) => [
    { columns: [...by, column], count: to.length, noun: ['combination', 'combinations'] },
  ],
  mayBeSource: (column) => placeCount(column) !== undefined,
  isTotal: (_, { gaps }) => !gaps,
  follow({ from, to }, { sources: [source] }) {
    const { count, placeAt } = placing(source!)
    const [starts, sizes] = [new Float64Array(count), new Float64Array(count).fill(1)]
    const cells = to.map(cellOf)
    for (const [k, cell] of from.entries()) {
      const place = placeAt(cellOf(cell))
      if (cell === from[k - 1]) sizes[place]!++
      else starts[place] = k
    }
    return (ops, [cell, which]) => {
      const place = placeOf(ops, cell!, source!)
      const number = ops.select(ops.isAtLeast(which!, ops.lookUp(sizes, place)), ops.number(0), which!)
      return ops.lookUp(cells, ops.add(ops.lookUp(starts, place), number))
    }
  },
  choices({ from, to, rows }, _, cell, [source], [isFree]) {
    let number = 0
    return to.flatMap((each, k) => {
      number = k > 0 && from[k] === from[k - 1] ? number + 1 : 0
      const of = cellOf(from[k]!)
      const isChoice = Object.is(cellOf(each), cell) && (isFree || Object.is(of, source))
      return isChoice ? [{ cells: [of, number], rows: rows[k]! }] : []
    })
  },
}

const numbersBefore = new WeakMap<Combination, ReadonlyMap<number, ReadonlyMap<number, number>>>()

/** The number of a combination among those of its source's cell; the number of all of them, which none has, for another one. */
function numberOf(relation: Combination, source: number, own: number): number {
  const known = numbersBefore.get(relation) ?? numbered(relation)
  numbersBefore.set(relation, known)
  return known.get(source)?.get(own) ?? relation.to.length
}

function numbered({ from, to }: Combination): ReadonlyMap<number, ReadonlyMap<number, number>> {
  const numbers = new Map<number, Map<number, number>>()
  for (const [k, cell] of to.entries()) {
    const ofSource = numbers.get(cellOf(from[k]!)) ?? new Map<number, number>()
    numbers.set(cellOf(from[k]!), ofSource.set(cellOf(cell), ofSource.size))
  }
  return numbers
}
