import * as v from 'valibot'
import { day } from '../dates/calendar.ts'
import { isClock, unitOf } from '../dates/form.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { finite } from '../encodings/kind.ts'
import { rounding } from '../encodings/rounding.ts'
import { computeRow } from '../operators/columns.ts'
import { type Computation, modulo, quotient } from '../operators/operators.ts'
import { fieldsOfOne, type RelationKind, type RelationOfCard } from './kind.ts'
import { isInRange, ownWhereMissing } from './range.ts'

const schema = v.object({ kind: v.literal('piece'), ...fieldsOfOne, plus: finite })

/** The time of day of a date in another column, its day or its month, as the form of the column has it. */
export interface Piece extends RelationOfCard {
  readonly kind: 'piece'
  /** How many milliseconds the source is after the local time that the column is of. */
  readonly plus: number
}

/** The piece of a time that a column has. */
export function pieceOf({ form }: Pick<EncodedColumn, 'form'>, plus: number): Computation {
  const unit = unitOf(form!)
  const round = rounding({ kind: 'date', form: form! }, null)
  return (ops, [time]) => {
    const local = ops.subtract(time!, ops.number(plus))
    if (isClock(form!)) return ops.multiply(quotient(ops, modulo(ops, local, day), unit), ops.number(unit))
    return round(ops, [ops.multiply(quotient(ops, local, day), ops.number(day))])
  }
}

export const piece: RelationKind<Piece> = {
  schema,
  held: () => [],
  mayBeSource: ({ kind, form }) => kind === 'date' && !isClock(form!),
  describe: ({ column, by }) => `${column} is part of ${by[0]}`,
  follow({ plus }, { column }) {
    const made = pieceOf(column, plus)
    return (ops, [time, own]) => ownWhereMissing(ops, [time!, own!], own!, made(ops, [time!]))
  },
  choices({ plus }, { column, sources: [source] }, cell, [time], [isFree]) {
    if (!isFree || Number.isNaN(cell + time!)) return []
    const made = pieceOf(column, plus)
    // the same day at another time, or the same time on another day
    const own = computeRow(made, [time!])
    const moved = time! + cell - own
    return isInRange(source!, moved) && computeRow(made, [moved]) === cell
      ? [{ cells: [moved], rows: 1 }]
      : []
  },
}
