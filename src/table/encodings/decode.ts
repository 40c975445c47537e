/** A network's outputs as cells. */
import { columnOf, type FloatArray, type Points, scaleColumns } from '../../numerics/points.ts'
import { inBatches, NumberColumns } from '../operators/columns.ts'
import type { Operators } from '../operators/operators.ts'
import { restoreCells } from '../relations/restore.ts'
import type { Table } from '../table.ts'
import { isOfNames, unknownCode } from './category.ts'
import { type Block, blocksOf, codedColumns, type Encoding, isScaled } from './encoding.ts'
import { encodingKindOf } from './index.ts'
import { scaledCells, toCell } from './scaled.ts'

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

interface DecodeOptions {
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
  const cells = decodeColumns(encoding, samples, options)
  restoreCells(encoding, cells)
  return decodedTable(encoding, samples, cells)
}

/** The table of decoded columns. */
export function decodedTable(
  encoding: Encoding,
  { data, count }: Points<FloatArray>,
  cells: readonly Float64Array[],
): Table {
  const isFloat32 = isScaled(encoding) && data instanceof Float32Array
  const columns = encoding.columns.map((column, d) => ({
    ...column,
    cells: cells[d]!,
    ...(isFloat32 && { isFloat32 }),
  }))
  return { count, columns }
}

/**
 * `decode` before the cells that follow from others are restored, which are 0 where the network does not see them: the cells of
 * the columns, then the cells of the auxiliary columns.
 */
export function decodeColumns(
  encoding: Encoding,
  samples: Points<FloatArray>,
  { clip = false, indexOf = (row) => row }: DecodeOptions = {},
): Float64Array[] {
  if (isScaled(encoding)) return encoding.columns.map((column, d) => scaledCells(column, samples, d, clip))
  const { data, count, dim } = samples
  const cells = codedColumns(encoding).map(() => new Float64Array(count))
  const decodeAll = decoderOf(encoding)
  inBatches(count, (from, to) => {
    const codeOf = ({ size, start }: Block) =>
      Float64Array.from({ length: to - from }, (_, i) => {
        const at = (from + i) * dim + start
        return size === 1 ? data[at]! : largestOf(data, at, size)
      })
    const ops = new NumberColumns(to - from, (row) => indexOf(from + row))
    for (const [d, column] of decodeAll(ops, codeOf).entries()) cells[d]!.set(column, from)
  })
  return cells
}

/** The index of the first of the largest numbers from `at` on. */
function largestOf(data: FloatArray, at: number, size: number): number {
  let largest = 0
  for (let k = 1; k < size; k++) if (data[at + k]! > data[at + largest]!) largest = k
  return largest
}

/** Decodes the codes of training rows; a name that is not learned is missing. */
export function decodeCells(encoding: Encoding, codes: Points): Table {
  const { columns } = encoding
  const { count } = codes
  const ops = new NumberColumns(count)
  const cells = codedColumns(encoding).map((column, d) => {
    const all = columnOf(codes, d)
    const code = isOfNames(column) ? all.map((each) => (each === unknownCode ? Number.NaN : each)) : all
    const cell = encodingKindOf(column).decode(column)(ops, [code])
    return ops.select(ops.isMissing(code), ops.number(Number.NaN), cell)
  })
  // other columns have their own codes, exceptions among them
  const unseen = new Set(columns.filter(({ as }) => as === 'derived').map(({ name }) => name))
  restoreCells(encoding, cells, undefined, ({ column }) => unseen.has(column))
  return { count, columns: columns.map((column, d) => ({ ...column, cells: cells[d]! })) }
}

type Decoder = <V>(ops: Operators<V>, codeOf: (block: Block) => V) => V[]

const decoders = new WeakMap<Encoding, Decoder>()

/**
 * Returns a function to the cells of all columns that have codes, given the codes of their blocks: a number, the index of one of
 * some, or for a missing value 1 where there is one.
 */
export function decoderOf(encoding: Encoding): Decoder {
  const known = decoders.get(encoding)
  if (known) return known
  const blocks = blocksOf(encoding)
  const columns = codedColumns(encoding).map((column, d) => {
    const kind = encodingKindOf(column)
    const own = blocks.filter((block) => block.column === d)
    return {
      values: own.filter(({ part }) => part === 'value'),
      missing: own.find(({ part }) => part === 'missing'),
      join: kind.parts(column).join,
      decodeCode: kind.decode(column),
    }
  })
  const decoder: Decoder = (ops, codeOf) =>
    columns.map(({ values, missing, join, decodeCode }) => {
      const cell = decodeCode(ops, [join(ops, values.map(codeOf))])
      return missing ? ops.select(codeOf(missing), ops.number(Number.NaN), cell) : cell
    })
  decoders.set(encoding, decoder)
  return decoder
}
