import { type FloatArray, type Points, scaleColumns } from '../../numerics/points.ts'
import type { NumberForm } from '../table.ts'
import type { ColumnOfCard } from './kind.ts'

/** A number whose range [min, max] is scaled to [-1, 1], as in the recipes of points and on cards of format 1. */
export interface LinearColumn extends ColumnOfCard {
  readonly as: 'linear'
  readonly min: number
  readonly max: number
}

/** Columns of numbers, each with its range, as on cards and in config.json of format 1. */
export interface ScaledColumns {
  readonly columns: readonly string[]
  /** Columns whose samples are rounded to whole numbers. */
  readonly integerColumns?: readonly string[] | undefined
  /** How the numbers of each column are written in text; null for plain decimals. Absent if all are. */
  readonly numberForms?: readonly (NumberForm | null)[] | undefined
  readonly scaler?:
    | {
        readonly min: readonly number[]
        readonly max: readonly number[]
        /** From how many training rows, at least, each is derived. Default: 1. */
        readonly leastRows?: number | undefined
      }
    | undefined
}

/** The encoding of each column. */
export function linearColumns({
  columns,
  integerColumns = [],
  numberForms = [],
  scaler,
}: ScaledColumns): LinearColumn[] {
  return columns.map((name, d) => ({
    name,
    kind: integerColumns.includes(name) ? 'integer' : 'number',
    ...(numberForms[d] && { numberForm: numberForms[d] }),
    as: 'linear',
    min: scaler?.min[d] ?? Number.NaN,
    max: scaler?.max[d] ?? Number.NaN,
  }))
}

/** Points in data units as network inputs, in scaled space; into `result`, if given. */
export function scalePoints<A extends FloatArray, B extends FloatArray = A>(
  columns: readonly LinearColumn[],
  points: Points<A>,
  result?: B,
): Points<B> {
  const codes = columns.map(toCode)
  const [factors, shifts] = [codes.map(({ factor }) => factor), codes.map(({ shift }) => shift)]
  return scaleColumns(points, factors, shifts, result)
}

type Range = Pick<LinearColumn, 'min' | 'max'>

/** The factor and the shift from a cell to its code. */
export function toCode({ min, max }: Range): { factor: number; shift: number } {
  const factor = 2 / (max - min)
  return { factor, shift: -1 - min * factor }
}

/** The factor and the shift from a code to its cell. */
export function toCell({ min, max }: Range): { factor: number; shift: number } {
  return { factor: (max - min) / 2, shift: (max + min) / 2 }
}

/**
 * The cells of a dimension of samples in scaled space, in their precision; inside the range if `clip`. A whole number is the one
 * nearest to a sample's float32.
 */
export function scaledCells(
  column: LinearColumn,
  { data, count, dim }: Points<FloatArray>,
  d: number,
  clip: boolean,
): Float64Array {
  const { factor, shift } = toCell(column)
  const [low, high] = clip ? [column.min, column.max] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const [isWhole, isFloat32] = [column.kind === 'integer', data instanceof Float32Array]
  return Float64Array.from({ length: count }, (_, i) => {
    const cell = data[i * dim + d]! * factor + shift
    const inRange = Math.min(Math.max(isWhole ? Math.fround(cell) : cell, low), high)
    const result = isWhole ? Math.round(inRange) : inRange
    return isFloat32 ? Math.fround(result) : result
  })
}
