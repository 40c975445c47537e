import { InputError } from '../../core/errors.ts'
import type { Table } from '../table.ts'

/** Float32 has every whole number up to this one. */
const largestWhole = 2 ** 24

/** The smallest and largest numbers with float32's full precision. */
const [smallestFloat32, largestFloat32] = [2 ** -126, (2 - 2 ** -23) * 2 ** 127]

/**
 * What a table's numbers lose in samples, which are float32: a line for each column that loses some. Throws InputError
 * if a column has a number beyond float32.
 */
export function float32Losses({ columns }: Table): string[] {
  return columns.flatMap(({ name, kind, cells }): string[] => {
    let [min, max, size, tiny] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
    for (const value of cells) {
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
    // the column's span in float32 steps at its largest number
    const steps = (max - min) / (size * 2 ** -23)
    return steps < 1000
      ? [
          `column ${name} spans ${min} to ${max}: float32 distinguishes only ${Math.max(1, Math.floor(steps))} values in it; subtract a constant`,
        ]
      : []
  })
}
