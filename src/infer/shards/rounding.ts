/** What else the cells of a drawn row could be, had float32 been rounded otherwise on the way to them. */
import { upperBound } from '../../numerics/bounds.ts'
import { power } from '../../numerics/elementary.ts'
import type { FloatArray } from '../../numerics/points.ts'
import { day } from '../../table/dates/calendar.ts'
import { unitOf } from '../../table/dates.ts'
import { decodeColumns } from '../../table/encodings/decode.ts'
import { blocksOf, type Encoding } from '../../table/encodings/encoding.ts'
import { hasGrain } from '../../table/encodings/grain.ts'
import { axisOf } from '../../table/encodings/grain-axis.ts'
import type { EncodedColumn, QuantileColumn } from '../../table/encodings/index.ts'
import { restoreCells } from '../../table/relations/restore.ts'
import type { Manifest } from './part.ts'

/** A drawn row: its cells, and the network's output, from which they were decoded. */
export interface DrawnRow {
  readonly cells: FloatArray
  readonly x_0: FloatArray
}

/** What rounding may make of a cell of a drawn row. */
export interface Rounding {
  /** What follows from the file's cells, if the cell follows from others. */
  readonly following: number | undefined
  /** Numbers that the cell may be between: the number itself, even beneath a missing value or a frequent value, and what else may follow. */
  readonly spans: readonly (readonly [number, number])[]
}

/**
 * How far rounding moves a code, which is about a standard normal: between providers most differ by 1e-7, and 4 in 100,000 of a
 * trained model by more than this. Where values lie far apart, so little leads past the next one.
 */
const codeTolerance = 1e-4

/** Returns a function from a row of a file, and what was drawn for it, to what rounding may make of that, by column. */
export function roundingOf(
  encoding: Encoding,
  { clip, complete, given = {} }: Manifest['choice'],
): (cells: FloatArray, x_0: FloatArray) => (d: number) => Rounding {
  const { columns, relations = [] } = encoding
  const blocks = blocksOf(encoding)
  const sources = columns.map(({ name }) =>
    Object.hasOwn(given, name) ? undefined : relations.find(({ column }) => column === name)?.by,
  )
  const decoded = (data: FloatArray) =>
    decodeColumns(encoding, { data, count: 1, dim: data.length }, { clip })
  const moved = (x_0: FloatArray, by: number) => {
    const data = Float64Array.from(x_0)
    for (const { column, part, size, start } of blocks) {
      if (size === 1) data[start]! += by
      // the first name of these two blocks stands for the number itself
      else if (part === 'missing' || columns[column]?.as === 'quantile')
        data[start] = Number.POSITIVE_INFINITY
    }
    return data
  }
  /** A row's own cell or, if it follows from others, what follows from those of the file. */
  const cellWith = (cells: FloatArray, drawn: readonly Float64Array[], d: number) => {
    const by = sources[d]
    if (!by) return drawn[d]![0]!
    const row = drawn.map(([cell], e) => Float64Array.of(e === d ? cell! : (cells[e] ?? cell!)))
    const isKnown = (_: number, e: number) => by.includes(columns[e]!.name)
    const request = { isKnown, allowsMissing: complete !== true, uniform: () => 0.5 }
    restoreCells(encoding, row, request)
    return row[d]![0]!
  }
  // what relations learn in addition to the columns may turn over too, as names do
  const turns = blocks
    .filter(({ column, size }) => column >= columns.length && size > 1)
    .flatMap(({ start, size }) => Array.from({ length: size }, (_, k) => start + k))
  return (cells, x_0) => {
    const exact = decoded(x_0)
    const [below, above] = [-codeTolerance, codeTolerance].map((by) => decoded(moved(x_0, by)))
    const turned = turns.map((at) => Float64Array.from(x_0).fill(Number.POSITIVE_INFINITY, at, at + 1))
    return (d) => {
      const [one, other] = [cellWith(cells, below!, d), cellWith(cells, above!, d)]
      const others = sources[d] ? turned.map((data) => cellWith(cells, decoded(data), d)) : []
      return {
        following: sources[d] && cellWith(cells, exact, d),
        spans: [[Math.min(one, other), Math.max(one, other)], ...others.map((cell) => [cell, cell] as const)],
      }
    }
  }
}

/**
 * Whether a column's cell is at most a step of its grid, and `slack`, away from another. So is any other name, any missing value, and any value
 * that the network draws as a name.
 */
export function isWithinStep(column: EncodedColumn, cell: number, other: number, slack: number): boolean {
  if (Number.isNaN(cell)) return true
  const within = (step: number) => Math.abs(cell - other) <= step + slack
  switch (column.as) {
    case 'category':
      return column.values?.includes(cell) ?? true
    case 'steps': {
      const { values } = column
      const place = upperBound(values, other)
      return cell === values[place - 2] || cell === values[place]
    }
    case 'quantile':
      return column.frequent?.includes(cell) === true || within(stepOf(column))
    case 'linear':
      return column.kind === 'integer' && within(1)
    default:
      return false
  }
}

/** The largest difference between neighbours among the values that a number or date may have; a month is at most 31 days. */
function stepOf(column: QuantileColumn): number {
  if (hasGrain(column)) {
    const { width, scale } = axisOf(column)
    return width.reduce((a, b) => Math.max(a, b)) / scale
  }
  const { kind, form = 'YYYY-MM-DD', decimals } = column
  if (kind === 'date') return form === 'YYYY-MM' ? 31 * day : unitOf(form)
  return decimals === null ? 0 : power(10, -decimals)
}
