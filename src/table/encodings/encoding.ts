/**
 * How a column's cells become dimensions of the model, and back: each kind of encoding is a file and a line
 * in index.ts.
 */
import { InputError } from '../../core/errors.ts'
import { allocate, type FloatArray, type Points, scaleColumns } from '../../numerics/points.ts'
import { matchColumns } from '../match-columns.ts'
import { besideColumns, withBeside, withoutBeside } from '../relations/beside.ts'
import type { Relation } from '../relations/index.ts'
import { restoreCells } from '../relations/restore.ts'
import type { Rule } from '../rules/index.ts'
import { definitionOf, type NamedTable, pointsOf, type Table, tableOfPoints } from '../table.ts'
import { type EncodedColumn, encodingKindOf } from './index.ts'
import { type LinearColumn, linearColumns, type ScaledColumns, scalePoints, toCell } from './scaled.ts'

/** How a table's cells become a network's numbers and back; plain data, in the order of the table's columns. */
export interface Encoding {
  readonly columns: readonly EncodedColumn[]
  /** Columns that follow from others: at most one relation for each, after those of its sources. */
  readonly relations?: readonly Relation[] | undefined
  /** What every row must meet, as the user states it. */
  readonly rules?: readonly Rule[] | undefined
  /** Columns that are known of every row, their gaps as gaps: the rest of it is drawn to match. */
  readonly context?: readonly string[] | undefined
}

/** An encoding on cards and in config.json: ranges if every column is linear (as in format 1), otherwise the columns. */
export interface CardEncoding extends ScaledColumns {
  readonly encoding?: Encoding | undefined
}

/** The encoding on a card or in a run's config.json. */
export function encodingOf(card: CardEncoding): Encoding {
  return card.encoding ?? { columns: linearColumns(card) }
}

/** An encoding as written on a card. */
export function cardEncoding(encoding: Encoding): CardEncoding {
  const columns = encoding.columns.map(({ name }) => name)
  if (!isScaled(encoding)) return { columns, encoding }
  return {
    scaler: { min: encoding.columns.map(({ min }) => min), max: encoding.columns.map(({ max }) => max) },
    columns,
    integerColumns: encoding.columns.filter(({ kind }) => kind === 'integer').map(({ name }) => name),
    ...(encoding.columns.some(({ numberForm }) => numberForm) && {
      numberForms: encoding.columns.map(({ numberForm = null }) => numberForm),
    }),
  }
}

/** Whether each dimension is a column's number, scaled by its range: then states on the way have data units too. */
export function isScaled(encoding: Encoding): encoding is { readonly columns: readonly LinearColumn[] } {
  return encoding.columns.every(({ as, gaps }) => as === 'linear' && !gaps)
}

/**
 * Fits the encoding of a numeric table to its ranges. Throws InputError on a column with a single value, which has no
 * range.
 */
export function fitEncoding({ columns }: Table): Encoding {
  return {
    columns: columns.map((column) => {
      const range = rangeOf(column.cells)
      if (!(range.max > range.min))
        throw new InputError(
          `column ${column.name} has only the value ${range.min} and cannot be scaled: leave it out`,
          'bad-data',
        )
      return { ...definitionOf(column), as: 'linear', ...range }
    }),
  }
}

function rangeOf(cells: Float64Array): { readonly min: number; readonly max: number } {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const cell of cells) {
    min = Math.min(min, cell)
    max = Math.max(max, cell)
  }
  return { min, max }
}

/** The columns that have codes: those of the table, then what relations learn beside them. */
export function codedColumns({ columns, relations }: Encoding): readonly EncodedColumn[] {
  return [...columns, ...besideColumns(relations)]
}

/** Model dimensions that belong together: a column's value, or whether it is present. */
export interface Block {
  /** Its index among the columns that have codes. */
  readonly column: number
  readonly part: 'value' | 'gap'
  /** 1 for a number; one for each name of a category; 2 for a gap (present, missing). */
  readonly size: number
  /** Its own code, given the column's, NaN for a missing cell: whether it is missing, or its part of the value. */
  readonly split: (code: number) => number
  /** Its first model dimension. */
  readonly start: number
  /** Whether its column is known of every row. */
  readonly isContext?: boolean | undefined
}

/** An encoding's blocks, in the order of the model's dimensions. */
export function blocksOf(encoding: Encoding): readonly Block[] {
  const blocks: Block[] = []
  let start = 0
  const context = new Set(encoding.context)
  const add = (block: Omit<Block, 'start' | 'isContext'>) => {
    blocks.push({ ...block, start, ...(isContext(block.column) && { isContext: true }) })
    start += block.size
  }
  const isContext = (d: number) => d < encoding.columns.length && context.has(encoding.columns[d]!.name)
  for (const [column, encoded] of codedColumns(encoding).entries()) {
    const parts = encodingKindOf(encoded).parts(encoded)
    for (const [k, size] of parts.sizes.entries())
      add({ column, part: 'value', size, split: (code) => parts.split(code, k) })
    if (encoded.gaps) add({ column, part: 'gap', size: 2, split: (code) => Number(Number.isNaN(code)) })
  }
  return blocks
}

/** The number of the model's dimensions. */
export function dimensionsOf(encoding: Encoding): number {
  return blocksOf(encoding).reduce((sum, { size }) => sum + size, 0)
}

/**
 * A table's cells as codes [rows, columns that have codes]: a number or an index each, NaN for a missing cell. Training keeps
 * codes because a category takes one number instead of one for each name. Throws InputError on other columns than the
 * encoding's, an unknown name, or a missing cell in a column without gaps.
 */
export function encodeCells(encoding: Encoding, table: NamedTable): Points {
  const matched = matchColumns(table, { name: 'the model', ...encoding })
  const rows = pointsOf({ count: table.count, columns: matched.map((cells) => ({ cells })) })
  return encodeRows(encoding, withBeside(encoding, rows))
}

/** `encodeCells` of rows that have what relations learn beside the columns at their ends. */
export function encodeRows(encoding: Encoding, { data, count, dim }: Points<FloatArray>): Points {
  const codes = new Float32Array(data.length)
  for (const [d, column] of codedColumns(encoding).entries()) {
    const encodeCell = encodingKindOf(column).encoder(column)
    for (let k = d; k < data.length; k += dim)
      codes[k] = Number.isNaN(data[k]) ? Number.NaN : encodeCell(data[k]!)
  }
  return { data: codes, count, dim }
}

/** Decodes codes to a table. */
export function decodeCells(encoding: Encoding, codes: Points): Table {
  const { columns, relations } = encoding
  const dim = columns.length
  const data = new Float64Array(codes.count * dim)
  for (const [d, column] of columns.entries()) {
    const decodeCell = encodingKindOf(column).decoder(column)
    for (let i = 0; i < codes.count; i++) {
      const code = codes.data[i * codes.dim + d]!
      data[i * dim + d] = Number.isNaN(code) ? Number.NaN : decodeCell(code, i)
    }
  }
  const points = { data, count: codes.count, dim }
  // other columns have their own codes, exceptions among them
  const isUnseen = (name: string) => columns.some((column) => column.name === name && column.as === 'derived')
  restoreCells({ columns, relations: relations?.filter(({ column }) => isUnseen(column)) }, points)
  return tableOfPoints(columns, points)
}

/**
 * A row's codes, which begin at `from`, as network inputs in `data` from `at` on: one-hot blocks of +-1, with NaN in the
 * value's block of a missing cell.
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

/** Writes what a block has of a known gap, beside its mark: 0 for a number, none of the names. */
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
  data.fill(Number.isNaN(code) ? Number.NaN : -1, first, first + size)
  if (!Number.isNaN(code)) data[first + code] = 1
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

/** Factors and shifts by column from scaled space to data units. Throws if a column is not linear. */
export function dataUnitsOf(encoding: Encoding): { factors: number[]; shifts: number[] } {
  if (!isScaled(encoding)) throw new Error('only a table of scaled numbers has data units')
  const cells = encoding.columns.map(toCell)
  return { factors: cells.map(({ factor }) => factor), shifts: cells.map(({ shift }) => shift) }
}

/** Scaled space to data units only, for intermediate states, which are no rows yet. */
export function toDataUnits<A extends FloatArray>(encoding: Encoding, points: Points<A>): Points<A> {
  const { factors, shifts } = dataUnitsOf(encoding)
  return scaleColumns(points, factors, shifts)
}

export interface DecodeOptions {
  /** Whether scaled numbers are clipped to their columns' ranges; other columns never leave theirs. */
  readonly clip?: boolean | undefined
  /** A row's sample index among those of its seed, which gives its key. Default: the row's own index. */
  readonly indexOf?: ((row: number) => number) | undefined
}

/**
 * Decodes samples in scaled space to rows: scaled numbers in the samples' precision, other tables in float64. A
 * category is the first of the largest numbers in its block. Cells that follow from others are restored.
 */
export function decode(encoding: Encoding, samples: Points<FloatArray>, options?: DecodeOptions): Table {
  const rows = decodeBlocks(encoding, samples, options)
  restoreCells(encoding, rows)
  return tableOfPoints(encoding.columns, withoutBeside(encoding, rows))
}

/**
 * `decode` before the cells that follow from others are restored, which are 0 where the network does not see them: rows, each
 * with what relations learn beside the columns at its end.
 */
export function decodeBlocks(
  encoding: Encoding,
  samples: Points<FloatArray>,
  { clip = false, indexOf = (row) => row }: DecodeOptions = {},
): Points<FloatArray> {
  const columns = codedColumns(encoding)
  const { data, count, dim } = samples
  const length = count * columns.length
  const cells: FloatArray = isScaled(encoding) ? allocate(data, length) : new Float64Array(length)
  const blocks = blocksOf(encoding)
  for (const [d, column] of columns.entries()) {
    const kind = encodingKindOf(column)
    const decodeCell = kind.decoder(column, clip)
    const { join } = kind.parts(column)
    const ofColumn = blocks.filter((block) => block.column === d)
    const values = ofColumn.filter(({ part }) => part === 'value')
    const gap = ofColumn.find(({ part }) => part === 'gap')
    const codes = values.map(() => 0)
    for (let i = 0; i < count; i++) {
      for (const [k, { size, start }] of values.entries()) {
        const at = i * dim + start
        codes[k] = size === 1 ? data[at]! : largestOf(data, at, size)
      }
      const code = join(codes)
      const isMissing = gap !== undefined && largestOf(data, i * dim + gap.start, 2) === 1
      cells[i * columns.length + d] = isMissing ? Number.NaN : decodeCell(code, indexOf(i))
    }
  }
  return { data: cells, count, dim: columns.length }
}

/** The index of the first of the largest numbers from `at` on. */
function largestOf(data: FloatArray, at: number, size: number): number {
  let largest = 0
  for (let k = 1; k < size; k++) if (data[at + k]! > data[at + largest]!) largest = k
  return largest
}
