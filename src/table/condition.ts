/** Known cells as network inputs, and as they are kept in decoded columns. */
import type { Condition, Points } from '../numerics/points.ts'
import { encodeColumns, writeNoValue } from './encodings/encode.ts'
import { blocksOf, dimensionsOf, type Encoding } from './encodings/encoding.ts'
import type { Known } from './known.ts'
import { withAuxiliary } from './relations/auxiliary.ts'
import { chooseUnseenSources, type KnownCells } from './relations/restore.ts'

/** The known cells of so many rows, as network inputs. */
export function conditionOf(encoding: Encoding, known: Known, count: number): Condition {
  const isMissing = (d: number) => known.missing?.has(d) === true || known.context?.has(d) === true
  const codes = encodeColumns(encoding, withAuxiliary(encoding, known.cells, isMissing))
  const condition = conditionOfCodes(encoding, codes, known)
  if (known.count !== 1) return condition
  return { known: repeated(condition.known, count), values: repeated(condition.values, count) }
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
  { missing, context, allowsMissing = true }: Omit<Known, 'count' | 'cells'>,
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
      const isMissingContext = !isKnown && context?.has(column) === true
      const isMissing = missing?.has(column) === true || isMissingContext
      if (!(isKnown || isMissingContext || (part === 'missing' && (isMissing || !allowsMissing)))) continue
      marks[i * blocks.length + b] = 1
      const at = i * dim + start
      if (part === 'value' && isMissingContext) writeNoValue(block, values, i * dim)
      else if (size === 1) values[at] = code
      else {
        values.fill(-1, at, at + size)
        values[at + (part === 'value' ? block.split(code) : isMissing ? 1 : 0)] = 1
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
  const hasUnseen = encoding.columns.some(
    ({ as }, d) => as === 'derived' && known.cells[d]!.some((cell) => !Number.isNaN(cell)),
  )
  if (!hasUnseen) return known
  const cells = ofEach(known, count)
  chooseUnseenSources(encoding, cells, { isKnown: (_, d) => known.missing?.has(d) === true, uniform })
  return { ...known, count, cells }
}

/** The known cells of so many samples, which may be written to. */
export function ofEach(known: Pick<Known, 'count' | 'cells'>, count: number): Float64Array[] {
  return known.cells.map((cells) =>
    known.count === 1 ? new Float64Array(count).fill(cells[0]!) : cells.slice(),
  )
}

/** Whether the cell of row i, column d is known. */
export function knownIn({ cells, count, missing, context }: Known): KnownCells['isKnown'] {
  return (i, d) =>
    missing?.has(d) === true || context?.has(d) === true || !Number.isNaN(cells[d]![count === 1 ? 0 : i]!)
}

/** Writes the known cells into decoded columns, so that they are exact to the last digit. Auxiliary columns stay as they are. */
export function keepKnown(columns: readonly Float64Array[], { cells, count, missing, context }: Known): void {
  for (const [d, known] of cells.entries()) {
    const isMissing = missing?.has(d) || context?.has(d)
    for (const i of columns[d]!.keys()) {
      const cell = known[count === 1 ? 0 : i]!
      if (isMissing || !Number.isNaN(cell)) columns[d]![i] = cell
    }
  }
}
