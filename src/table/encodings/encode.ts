/** A table's cells as codes, and as a network's inputs. */
import type { FloatArray, Points } from '../../numerics/points.ts'
import { matchColumns } from '../match-columns.ts'
import { withAuxiliary } from '../relations/auxiliary.ts'
import { type NamedTable, pointsOf, type Table } from '../table.ts'
import { codeTest, isOfNames, unknownCode } from './category.ts'
import { type Block, blocksOf, codedColumns, dimensionsOf, type Encoding, isScaled } from './encoding.ts'
import { encodingKindOf } from './index.ts'
import { scalePoints } from './scaled.ts'

/**
 * A table's cells as codes [rows, columns that have codes]: a number or an index each, NaN for a missing cell. Training keeps
 * codes because a category takes one number instead of one for each name. Throws InputError on other columns than the
 * encoding's, or an unknown name.
 *
 * @param unknown - Names that the encoding lacks are refused, or, of training rows, kept as `unknownCode`; in the context, where nothing is
 * drawn, they count as missing.
 */
export function encodeCells(
  encoding: Encoding,
  table: NamedTable,
  unknown: 'refused' | 'kept' = 'refused',
): Points {
  return encodeColumns(
    encoding,
    withAuxiliary(encoding, matchColumns(table, { name: 'the model', ...encoding }, unknown)),
    unknown,
  )
}

/** `encodeCells` of all columns that have codes: a number that is not one of a column's codes counts as the nearest, or is kept as unknown. */
export function encodeColumns(
  encoding: Encoding,
  columns: readonly Float64Array[],
  unknown: 'refused' | 'kept' = 'refused',
): Points {
  const [count, dim] = [columns[0]!.length, columns.length]
  const data = new Float32Array(count * dim)
  const context = new Set(encoding.context)
  for (const [d, column] of codedColumns(encoding).entries()) {
    const encodeCell = encodingKindOf(column).encoder(column)
    const isContext = context.has(column.name)
    const isMissing = isContext && isOfNames(column)
    const hasCode = codeTest(column)
    const isAuxiliary = d >= encoding.columns.length
    /** The code of a number that is not one of the column's codes. */
    const otherCode = (cell: number) =>
      unknown === 'kept' || isContext ? unknownCode : isAuxiliary ? Number.NaN : encodeCell(cell)
    for (const [i, cell] of columns[d]!.entries()) {
      const code = Number.isNaN(cell) ? Number.NaN : hasCode(cell) ? encodeCell(cell) : otherCode(cell)
      data[i * dim + d] = isMissing && code === unknownCode ? Number.NaN : code
    }
  }
  return { data, count, dim }
}

/** Whether a block's own code is that of a name that is not learned. */
export function isUnknown({ size, part }: Pick<Block, 'size' | 'part'>, code: number): boolean {
  return code === unknownCode && size > 1 && part === 'value'
}

/**
 * A row's codes, which begin at `from`, as network inputs in `data` from `at` on: one-hot blocks of +-1, with NaN in the
 * value's block of a missing cell and of a name that is not learned.
 */
export function expandRow(
  blocks: readonly Block[],
  codes: FloatArray,
  from: number,
  data: FloatArray,
  at: number,
): void {
  for (const block of blocks) {
    writeBlock(block, block.split(codes[from + block.column]!), data, at)
  }
}

/** Writes what a block has of a known missing value, next to its mark: 0 for a number, none of the names. */
export function writeNoValue(
  { size, start }: Pick<Block, 'size' | 'start'>,
  data: FloatArray,
  at: number,
): void {
  data.fill(size === 1 ? 0 : -1, at + start, at + start + size)
}

/** Writes the code of a block, for a row whose dimensions begin at `at`: the number itself, or one-hot with +-1. */
export function writeBlock(
  { size, start }: Pick<Block, 'size' | 'start'>,
  code: number,
  data: FloatArray,
  at: number,
): void {
  const first = at + start
  if (size === 1) {
    data[first] = code
    return
  }
  const hasValue = !Number.isNaN(code) && code !== unknownCode
  data.fill(hasValue ? -1 : Number.NaN, first, first + size)
  if (hasValue) data[first + code] = 1
}

/** A table's rows as network inputs, in scaled space; into `result`, if given. */
export function encode<B extends FloatArray = Float64Array>(
  encoding: Encoding,
  table: Table,
  result?: B,
): Points<B> {
  if (isScaled(encoding)) return scalePoints(encoding.columns, pointsOf(table), result)
  const codes = encodeCells(encoding, { name: 'the table', ...table })
  const blocks = blocksOf(encoding)
  const dim = dimensionsOf(encoding)
  const data = result ?? (new Float64Array(codes.count * dim) as FloatArray as B)
  for (let i = 0; i < codes.count; i++) expandRow(blocks, codes.data, i * codes.dim, data, i * dim)
  return { data, count: codes.count, dim }
}
