import { InputError } from '../core/errors.ts'
import { columnRanges, type FloatArray, type Points, scaleColumns } from '../core/points.ts'
import type { Column, Table } from './table.ts'

/** How a column becomes one of the network's dimensions: its [min, max] is scaled to [-1, 1]. */
export interface EncodedColumn extends Column {
  readonly min: number
  readonly max: number
}

/** How a table becomes what a network learns, and back; plain data, in the order of the table's columns. */
export interface Encoding {
  readonly columns: readonly EncodedColumn[]
}

/** An encoding as cards of format 1 and config.json have it. */
export interface CardEncoding {
  readonly columns: readonly string[]
  /** Those whose samples are rounded to whole numbers. */
  readonly integerColumns: readonly string[]
  readonly scaler: { readonly min: readonly number[]; readonly max: readonly number[] }
}

/** The encoding that a card, or a run's config.json, holds. */
export function encodingOf({ columns, integerColumns, scaler: { min, max } }: CardEncoding): Encoding {
  return {
    columns: columns.map((name, d) => ({
      name,
      kind: integerColumns.includes(name) ? 'integer' : 'number',
      min: min[d] ?? Number.NaN,
      max: max[d] ?? Number.NaN,
    })),
  }
}

/** The same for a card. */
export function cardEncoding({ columns }: Encoding): CardEncoding {
  return {
    scaler: { min: columns.map(({ min }) => min), max: columns.map(({ max }) => max) },
    columns: columns.map(({ name }) => name),
    integerColumns: columns.filter(({ kind }) => kind === 'integer').map(({ name }) => name),
  }
}

/** The encoding of a table by its own ranges. Throws InputError on a column of a single value, which has no range. */
export function fitEncoding({ columns, points }: Table): Encoding {
  const { min, max } = columnRanges(points)
  return {
    columns: columns.map((column, d) => {
      const range = { min: min[d] ?? Number.NaN, max: max[d] ?? Number.NaN }
      if (!(range.max > range.min))
        throw new InputError(
          `column ${column.name} has the one value ${range.min}: leave it out, it cannot be scaled`,
          'bad-data',
        )
      return { ...column, ...range }
    }),
  }
}

/** A table's rows as the network sees them, in scaled space; into `result`, where it is given. */
export function encode<A extends FloatArray, B extends FloatArray = A>(
  { columns }: Encoding,
  { points }: Pick<Table<A>, 'points'>,
  result?: B,
): Points<B> {
  const factors = columns.map(({ min, max }) => 2 / (max - min))
  const shifts = columns.map(({ min }, d) => -1 - min * factors[d]!)
  return scaleColumns(points, factors, shifts, result)
}

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
          `column ${name} spans ${min} to ${max}: float32 tells only ${Math.max(1, Math.floor(steps))} values in it apart; take a constant off it`,
        ]
      : []
  })
}

/** The factor and the shift, by column, that take scaled space to data units. */
export function dataUnitsOf({ columns }: Encoding): { factors: number[]; shifts: number[] } {
  return {
    factors: columns.map(({ min, max }) => (max - min) / 2),
    shifts: columns.map(({ min, max }) => (max + min) / 2),
  }
}

/** Scaled space to data units, and nothing else: for states on the way, which are no rows yet. */
export function toDataUnits<A extends FloatArray>(encoding: Encoding, points: Points<A>): Points<A> {
  const { factors, shifts } = dataUnitsOf(encoding)
  return scaleColumns(points, factors, shifts)
}

/** The rows that samples in scaled space are; `clip` moves them into the ranges of the columns. */
export function decode<A extends FloatArray>(
  encoding: Encoding,
  samples: Points<A>,
  { clip = false }: { readonly clip?: boolean | undefined } = {},
): Table<A> {
  const { columns } = encoding
  const points = toDataUnits(encoding, samples)
  const { data, dim } = points
  for (const [d, { kind, min, max }] of columns.entries()) {
    if (!clip && kind === 'number') continue
    for (let k = d; k < data.length; k += dim) {
      const value = clip ? Math.min(Math.max(data[k]!, min), max) : data[k]!
      data[k] = kind === 'integer' ? Math.round(value) : value
    }
  }
  return { columns, points }
}
