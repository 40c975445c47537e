/** Known cells as network inputs, and as they are kept in decoded rows. */
import { type Condition, type Points, sliceRows } from '../numerics/points.ts'
import { blocksOf, dimensionsOf, type Encoding, encodeRows, writeNoValue } from './encodings/encoding.ts'
import type { Known } from './known.ts'
import { withBeside } from './relations/beside.ts'
import { chooseUnseenSources, type KnownCells } from './relations/restore.ts'

/** Rows `from` to `from + count` of the known cells, as network inputs. */
export function conditionOf(encoding: Encoding, known: Known, from: number, count: number): Condition {
  const isSame = known.cells.count === 1
  const rows = isSame ? known.cells : sliceRows(known.cells, from, from + count)
  const codes = encodeRows(encoding, withBeside(encoding, rows))
  const condition = conditionOfCodes(encoding, codes, known)
  return isSame
    ? { known: repeated(condition.known, count), values: repeated(condition.values, count) }
    : condition
}

/** The condition of rows that know nothing but their context: that of training rows, by their codes [rows, columns]. */
export function contextOfCodes(encoding: Encoding, codes: Points): Condition | undefined {
  const context = contextColumns(encoding)
  if (context.size === 0) return undefined
  const { data, count, dim } = codes
  const ofContext = data.map((code, k) => (context.has(k % dim) ? code : Number.NaN))
  return conditionOfCodes(encoding, { data: ofContext, count, dim }, { context })
}

/** The indices of the columns that are known of every row. */
export function contextColumns({ columns, context }: Encoding): ReadonlySet<number> {
  return new Set(context?.map((name) => columns.findIndex((column) => column.name === name)))
}

function conditionOfCodes(
  encoding: Encoding,
  codes: Points,
  { missing, context, mayLack = true }: Omit<Known, 'cells'>,
): Condition {
  const blocks = blocksOf(encoding)
  const dim = dimensionsOf(encoding)
  const marks = new Float32Array(codes.count * blocks.length)
  const values = new Float32Array(codes.count * dim)
  for (let i = 0; i < codes.count; i++)
    for (const [b, block] of blocks.entries()) {
      const { column, part, size, start } = block
      const code = codes.data[i * codes.dim + column]!
      const isKnown = !Number.isNaN(code)
      const isContextGap = !isKnown && context?.has(column) === true
      const isGap = missing?.has(column) === true || isContextGap
      if (!(isKnown || isContextGap || (part === 'gap' && (isGap || !mayLack)))) continue
      marks[i * blocks.length + b] = 1
      const at = i * dim + start
      if (part === 'value' && isContextGap) writeNoValue(block, values, i * dim)
      else if (size === 1) values[at] = code
      else {
        values.fill(-1, at, at + size)
        values[at + (part === 'value' ? block.split(code) : isGap ? 1 : 0)] = 1
      }
    }
  return {
    known: { data: marks, count: codes.count, dim: blocks.length },
    values: { data: values, count: codes.count, dim },
  }
}

function repeated({ data, dim }: Points, count: number): Points {
  const all = new Float32Array(count * dim)
  for (let i = 0; i < count; i++) all.set(data, i * dim)
  return { data: all, count, dim }
}

/** The known cells with the sources of those that the network does not see: a row for each sample if there are any. */
export function withSources(
  encoding: Encoding,
  known: Known,
  count: number,
  uniform: KnownCells['uniform'],
): Known {
  const isUnseen = (d: number) => encoding.columns[d]!.as === 'derived'
  const { cells, missing } = known
  const hasUnseen = cells.data.some((cell, k) => isUnseen(k % cells.dim) && !Number.isNaN(cell))
  if (!hasUnseen) return known
  const { dim } = cells
  const data = new Float64Array(count * dim)
  for (let i = 0; i < count; i++)
    data.set(cells.count === 1 ? cells.data : cells.data.subarray(i * dim, (i + 1) * dim), i * dim)
  const all = { data, count, dim }
  chooseUnseenSources(encoding, all, { isKnown: (_, d) => missing?.has(d) === true, uniform })
  return { ...known, cells: all }
}

/** Whether the cell of row i, column d is known. */
export function knownIn({ cells: { data, count, dim }, missing, context }: Known): KnownCells['isKnown'] {
  return (i, d) =>
    missing?.has(d) === true ||
    context?.has(d) === true ||
    !Number.isNaN(data[(count === 1 ? 0 : i) * dim + d]!)
}

/**
 * Writes the known cells into decoded rows that begin with row `from`, so that they are exact to the last digit. What
 * relations learn beside the columns stays as it is.
 */
export function keepKnown(
  { data, count, dim }: Points<Float64Array>,
  { cells, missing, context }: Known,
  from: number,
): void {
  const isSame = cells.count === 1
  for (let i = 0; i < count; i++)
    for (let d = 0; d < cells.dim; d++) {
      const cell = cells.data[(isSame ? 0 : from + i) * cells.dim + d]!
      if (!Number.isNaN(cell)) data[i * dim + d] = cell
      else if (missing?.has(d) || context?.has(d)) data[i * dim + d] = Number.NaN
    }
}
