import * as v from 'valibot'
import { InputError } from '../../core/errors.ts'
import { type ColumnOfCard, columnFields, defineEncoding, lookUp, numbers } from './kind.ts'

const schema = v.pipe(
  v.object({ ...columnFields, as: v.literal('category'), values: v.optional(numbers) }),
  v.check(({ values, categories }) => (values ?? categories ?? []).length > 1, 'give two values or more'),
)

/**
 * One of a few values, encoded as its index: names, or whole numbers with at most 32 distinct values, which `values`
 * lists in ascending order.
 */
export interface CategoryColumn extends ColumnOfCard {
  readonly as: 'category'
  /** Whole numbers, ascending; names are in `categories`. */
  readonly values?: readonly number[] | undefined
}

const countOf = ({ values, categories = [] }: CategoryColumn) => values?.length ?? categories.length

export const category = defineEncoding<CategoryColumn>({
  as: 'category',
  schema,
  size: countOf,
  encoder(column) {
    const { name, values } = column
    if (!values) return (cell) => cell
    const indices = new Map(values.map((value, i) => [value, i]))
    return (cell) => {
      const index = indices.get(cell)
      if (index === undefined)
        throw new InputError(
          `column ${name} is ${cell}: the model knows only ${values.join(', ')}: give one of these`,
          'bad-data',
        )
      return index
    }
  },
  decoder({ values }) {
    return values ? (code) => values[code] ?? Number.NaN : (code) => code
  },
  graph: (ops, { values }, code, name) => (values ? lookUp(ops, values, code, `${name}.values`) : code),
})
