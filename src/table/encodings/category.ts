import * as v from 'valibot'
import { InputError } from '../../core/errors.ts'
import { type ColumnOfCard, columnFields, defineEncoding, lookUp, numbers } from './kind.ts'

const schema = v.pipe(
  v.object({ ...columnFields, as: v.literal('category'), values: v.optional(numbers) }),
  v.check(({ values, categories }) => (values ?? categories ?? []).length > 1, 'give two values or more'),
)

/**
 * One of a few values, whose code is its index: names, and whole numbers of 32 values or fewer, which stand in `values`,
 * rising.
 */
export interface CategoryColumn extends ColumnOfCard {
  readonly as: 'category'
  /** Whole numbers, rising; names stand in `categories`. */
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
          `column ${name} is ${cell}: the model knows ${values.join(', ')} alone, give one of these`,
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
