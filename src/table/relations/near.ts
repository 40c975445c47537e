import * as v from 'valibot'
import { type EncodedColumn, encodedColumnSchema } from '../encodings/index.ts'
import { numbers } from '../encodings/kind.ts'
import { rounder } from '../encodings/rounding.ts'
import { linear } from '../operators/operators.ts'
import { defineRelation, type RelationOfCard, relationFields } from './kind.ts'
import { decimalsIn, isInRange, kept, type Made, madeFields, ownWhereMissing } from './range.ts'
import { sumOf } from './sum.ts'

const schema = v.pipe(
  v.object({
    kind: v.literal('near'),
    ...relationFields,
    times: numbers,
    rest: encodedColumnSchema,
    ...madeFields,
  }),
  v.check(({ by, times }) => by.length === times.length, 'times must have a factor for each source'),
)

/** A number that is nearly a sum of multiples of others, or a date that follows another: the network also learns the rest, which is small. */
export interface Near extends RelationOfCard, Made {
  readonly kind: 'near'
  /** By source: its factor. */
  readonly times: readonly number[]
  /** The rest, encoded; its name is that of no column. */
  readonly rest: EncodedColumn
}

export const near = defineRelation<Near>({
  kind: 'near',
  schema,
  auxiliary: {
    column: ({ rest }) => rest,
    cell: ({ times }, cells, own) => own - sumOf({ times, plus: 0 }, cells),
  },
  mayBeSource: ({ kind }) => ['number', 'integer', 'date'].includes(kind),
  isTotal: () => false,
  describe({ column, by, times }) {
    const terms = by.map((name, k) => {
      const factor = Number(times[k]!.toPrecision(2))
      return Math.abs(factor) === 1 ? `${factor < 0 ? '-' : ''}${name}` : `${factor} ${name}`
    })
    return `${column} is nearly ${terms.join(' + ').replaceAll('+ -', '- ')}`
  },
  follow(relation, { column }) {
    const { times, plus } = withRest(relation)
    const keep = kept(relation, column)
    return (ops, columns) => {
      const [sources, own] = [columns.slice(0, -1), columns.at(-1)!]
      const made = keep(ops, [linear(ops, times, sources, plus)])
      return ownWhereMissing(ops, [own, made], own, made)
    }
  },
  choices(relation, { sources }, cell, cells, isFree) {
    const { times } = withRest(relation)
    const last = cells.length - 1
    // the rest makes up the difference where it can, otherwise the last free source that can
    for (const k of [last, ...[...sources.keys()].slice(0, last).reverse()]) {
      if (!isFree[k] || cells.some((each, j) => j !== k && Number.isNaN(each))) continue
      const others = sumOf({ times, plus: 0 }, cells.with(k, 0))
      const solved = rounder(sources[k]!, decimalsIn(sources[k]!))((cell - others) / times[k]!)
      if (isInRange(sources[k]!, solved)) return [{ cells: cells.with(k, solved), rows: 1 }]
    }
    return []
  },
})

/** The sum, with the rest as its last source. */
function withRest({ times }: Near) {
  return { times: [...times, 1], plus: 0 }
}
