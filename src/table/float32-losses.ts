import { InputError } from '../core/errors.ts'
import type { Table } from './table.ts'

/** The largest whole number up to which float32 has every one. */
const largestWhole = 2 ** 24

/** The smallest and the largest number that float32 has in full precision. */
const [smallestFloat32, largestFloat32] = [2 ** -126, (2 - 2 ** -23) * 2 ** 127]

/**
 * What samples, which are float32, lose of a table's numbers: a line for each column that loses some. Throws InputError
 * where a column has a number beyond float32.
 */
export function float32Losses({ columns, points: { data, dim } }: Table): string[] {
  return columns.flatMap(({ name, kind }, d): string[] => {
    let [min, max, size, tiny] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
    for (let k = d; k < data.length; k += dim) {
      const value = data[k]!
      min = Math.min(min, value)
      max = Math.max(max, value)
      size = Math.max(size, Math.abs(value))
      if (value !== 0 && Math.abs(value) < smallestFloat32) tiny = value
    }
    if (size > largestFloat32)
      throw new InputError(
        `column ${name} has ${max === size ? max : min}, which is beyond float32 (3.4e38): give the column another unit, or leave it out`,
        'bad-data',
      )
    if (tiny !== 0)
      return [`column ${name} has ${tiny}, which float32 takes for 0: give the column another unit`]
    if (kind === 'integer' && size > largestWhole)
      return [
        `column ${name} has whole numbers up to ${size}: samples are float32, exact up to 16,777,216; leave ids out`,
      ]
    // float32's step at the largest number, by what the column spans
    const steps = (max - min) / (size * 2 ** -23)
    return steps < 1000
      ? [
          `column ${name} spans ${min} to ${max}: float32 distinguishes only ${Math.max(1, Math.floor(steps))} values in it; subtract a constant`,
        ]
      : []
  })
}
