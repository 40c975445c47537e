import { type FloatArray, type Points, scaleColumns } from '../../numerics/points.ts'
import type { LinearColumn } from './linear.ts'
import { toCode } from './scaling.ts'

/** Columns of numbers, each with its range, as on cards and in config.json of format 1. */
export interface ScaledColumns {
  readonly columns: readonly string[]
  /** Columns whose samples are rounded to whole numbers. */
  readonly integerColumns?: readonly string[] | undefined
  readonly scaler?: { readonly min: readonly number[]; readonly max: readonly number[] } | undefined
}

/** The encoding of each column. */
export function linearColumns({ columns, integerColumns = [], scaler }: ScaledColumns): LinearColumn[] {
  return columns.map((name, d) => ({
    name,
    kind: integerColumns.includes(name) ? 'integer' : 'number',
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
