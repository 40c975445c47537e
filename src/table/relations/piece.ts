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

const schema = v.object({
  kind: v.literal('piece'),
  ...fieldsOfOne,
  plus: finite,
  isMonth: v.optional(v.boolean()),
})

/** The time of day of a date in another column, its day or its month, as the form of the column has it. */
export interface Piece extends RelationOfCard {
  readonly kind: 'piece'
  /** How many milliseconds the source is after the local time that the column is of. */
  readonly plus: number
  /** Whether it is the first day of the month, in whatever form. Default: as the form says. */
  readonly isMonth?: boolean | undefined
}

/** The piece of a time that a column has. */
export function pieceOf(
  { form }: Pick<EncodedColumn, 'form'>,
  { plus, isMonth }: Pick<Piece, 'plus' | 'isMonth'>,
): Computation {
  const unit = unitOf(form!)
  const round = rounding({ kind: 'date', form: isMonth ? 'YYYY-MM' : form! }, null)
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
  follow(relation, { column }) {
    const made = pieceOf(column, relation)
    return (ops, [time, own]) => ownWhereMissing(ops, [time!, own!], own!, made(ops, [time!]))
  },
  choices(relation, { column, sources: [source] }, cell, [time], [isFree]) {
    if (!isFree || Number.isNaN(cell + time!)) return []
    const made = pieceOf(column, relation)
    // the same day at another time, the same time on another day, or the first one of a month that is shorter
    const moved = time! + cell - computeRow(made, [time!])
    const chosen = [moved, cell + relation.plus].find(
      (each) => isInRange(source!, each) && computeRow(made, [each]) === cell,
    )
    return chosen === undefined ? [] : [{ cells: [chosen], rows: 1 }]
  },
}
