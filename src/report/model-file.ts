import type { Encoding } from '../table/encodings/encoding.ts'
import type { EncodedColumn } from '../table/encodings/index.ts'

/** What a model file holds of a column's training values, for everyone to read who has the file. */
export interface HeldValues {
  readonly column: string
  /** How many of the column's values the file contains unchanged. */
  readonly values: number
  /** Whether its smallest and largest value are among them. */
  readonly hasExtremes: boolean
  readonly sentence: string
}

/**
 * Lists what a model file itself reveals, before anything is sampled: its card holds values of the training rows,
 * which samples need to be decoded. Of numbers these are quantiles, the smallest and the largest, and every value that
 * many rows have; of few different values all; of names all.
 *
 * @param encoding - What the model does with each column.
 * @returns A line for each column, in the table's order.
 * @example
 * for (const { sentence } of heldValues(encoding)) console.log(sentence)
 */
export function heldValues(encoding: Encoding): HeldValues[] {
  return encoding.columns.map((column) => {
    const { values, hasExtremes, contents } = heldOf(column)
    const extremes = hasExtremes ? ', the smallest and the largest among them' : ''
    const sentence = `The model file holds ${contents} of ${column.name}${extremes}.`
    return { column: column.name, values, hasExtremes, sentence }
  })
}

function heldOf(
  column: EncodedColumn,
): Pick<HeldValues, 'values' | 'hasExtremes'> & { readonly contents: string } {
  switch (column.as) {
    case 'linear':
      return { values: 2, hasExtremes: true, contents: '2 values' }
    case 'quantile': {
      // six steps between the outermost values and their neighbours may be no row's: those count too
      const values = new Set(column.x).size
      return { values, hasExtremes: true, contents: `up to ${values} values` }
    }
    case 'steps':
      return {
        values: column.values.length,
        hasExtremes: true,
        contents: `all ${column.values.length} values`,
      }
    case 'category': {
      const values = (column.values ?? column.categories ?? []).length
      const isNumber = column.values !== undefined
      return { values, hasExtremes: isNumber, contents: `all ${values} ${isNumber ? 'values' : 'names'}` }
    }
    case 'constant':
      return { values: 1, hasExtremes: false, contents: 'the only value' }
    case 'key':
      return { values: 0, hasExtremes: false, contents: 'no value' }
  }
}
