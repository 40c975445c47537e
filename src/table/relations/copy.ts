import * as v from 'valibot'
import { hasGrain } from '../encodings/grain.ts'
import { grainRounder, roundedToGrain } from '../encodings/grain-axis.ts'
import { type EncodedColumn, encodedColumnSchema } from '../encodings/index.ts'
import { isAtLeast } from '../encodings/kind.ts'
import { defineRelation, type RelationOfCard, relationFields } from './kind.ts'
import { madeWhereThere } from './made.ts'
import { endsOf, isInRange } from './sum.ts'

const schema = v.pipe(
  v.object({ kind: v.literal('copy'), ...relationFields, isEqual: encodedColumnSchema }),
  v.check(({ by }) => by.length === 1, 'a copy has one source'),
)

/**
 * A number or date that often equals another: the network also learns in which rows it does. What is out of range is not copied, and
 * of what the column's grain lacks, the nearest that it has.
 */
export interface Copy extends RelationOfCard {
  readonly kind: 'copy'
  /** 1 where the two are equal, else 0, encoded; its name is that of no column. */
  readonly isEqual: EncodedColumn
}

export const copy = defineRelation<Copy>({
  kind: 'copy',
  schema,
  beside: {
    column: ({ isEqual }) => isEqual,
    cell: (_, [source], own) => (Number.isNaN(source! + own) ? Number.NaN : Number(source === own)),
  },
  mayBeSource: ({ as, kind }) => as !== 'derived' && ['number', 'integer', 'date'].includes(kind),
  isTotal: () => false,
  describe: ({ column, by, share }) =>
    `${column} equals ${by[0]} in ${Math.max(1, Math.round(100 * share))} % of the rows`,
  resolver(_, { column }) {
    const onGrain = hasGrain(column) ? grainRounder(column) : (x: number) => x
    return ([source, isEqual], own) =>
      Number.isNaN(own) || isEqual !== 1 || !isInRange(column, source!) ? undefined : onGrain(source!)
  },
  choices: (_, { sources: [source] }, cell, cells, [isFree]) => [
    isFree && isInRange(source!, cell) && (!hasGrain(source!) || grainRounder(source!)(cell) === cell)
      ? { cells: cells.with(0, cell), rows: 1 }
      : { cells: cells.with(1, 0), rows: 1 },
  ],
  graph(ops, _relation, { column, sources }, own, name) {
    const [source, isEqual] = sources
    const number = (part: string, value: number) => ops.constant(`${name}.${part}`, [1, 1], [value])
    const [least, most] = endsOf(column)
    // float32 has no comparison of equals
    const room = ops.exact ? 0 : 1e-6 * (most - least)
    const isCopied = [
      isEqual!.cell,
      isAtLeast(ops, source!.cell, number('least', least - room), `${name}.from`),
      isAtLeast(ops, number('most', most + room), source!.cell, `${name}.to`),
    ].reduce((a, b) => ops.op('Mul', [a, b]))
    const isOwn = ops.op('Sub', [number('all', 1), isCopied])
    const onGrain = hasGrain(column) && roundedToGrain(ops, column, source!.cell, `${name}.grain`)
    return madeWhereThere(ops, { made: onGrain || source!.cell, own: own!, sources: [source!], isOwn }, name)
  },
})
