import * as v from 'valibot'
import { hasGrain } from '../encodings/grain.ts'
import { roundedToGrain } from '../encodings/grain-axis.ts'
import { type EncodedColumn, encodedColumnSchema } from '../encodings/index.ts'
import { rounder } from '../encodings/rounding.ts'
import { all, type Computation } from '../operators/operators.ts'
import { fieldsOfOne, type RelationKind, type RelationOfCard } from './kind.ts'
import { endsOf, isInRange, isNumeric, ownWhereMissing } from './range.ts'

const schema = v.object({ kind: v.literal('copy'), ...fieldsOfOne, isEqual: encodedColumnSchema })

/**
 * A number or date that often equals another: the network also learns in which rows it does. What is out of range is not copied, and
 * of what the column's grain lacks, the nearest that it has.
 */
export interface Copy extends RelationOfCard {
  readonly kind: 'copy'
  /** 1 where the two are equal, else 0, encoded; its name is that of no column. */
  readonly isEqual: EncodedColumn
}

export const copy: RelationKind<Copy> = {
  schema,
  auxiliary: {
    column: ({ isEqual }) => isEqual,
    cell: (_, [source], own) => isEqualTo(source!, own),
  },
  held: () => [],
  mayBeSource: isNumeric,
  follow(_, { column }) {
    const [least, most] = endsOf(column)
    const onGrain: Computation = hasGrain(column) ? roundedToGrain(column) : (_, [x]) => x!
    return (ops, [source, isEqual, own]) => {
      const conditions = [
        ops.isAtLeast(isEqual!, ops.number(1)),
        ops.isAtLeast(source!, ops.number(least)),
        ops.isAtLeast(ops.number(most), source!),
      ]
      const copied = ops.select(all(ops, conditions), onGrain(ops, [source!]), own!)
      return ownWhereMissing(ops, [own!], own!, copied)
    }
  },
  choices: (_, { sources: [source] }, cell, cells, [isFree]) => [
    isFree && isInRange(source!, cell) && (!hasGrain(source!) || rounder(source!, null)(cell) === cell)
      ? { cells: cells.with(0, cell), rows: 1 }
      : { cells: cells.with(1, 0), rows: 1 },
  ],
}

/** 1 where two cells are equal, else 0; NaN where one is missing. */
export function isEqualTo(source: number, own: number): number {
  return Number.isNaN(source + own) ? Number.NaN : Number(source === own)
}
