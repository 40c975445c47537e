/**
 * How a column's cells become dimensions of the model (encode.ts), and back (decode.ts): each kind of encoding is a file and a
 * line in index.ts.
 */
import { InputError } from '../../core/errors.ts'
import { columnRanges } from '../../numerics/points.ts'
import { leastRows } from '../least-rows.ts'
import { Outermost } from '../outermost.ts'
import { auxiliaryColumns } from '../relations/auxiliary.ts'
import type { Relation } from '../relations/index.ts'
import type { Rule } from '../rules/index.ts'
import { definitionOf, type Table, type TableColumn } from '../table.ts'
import { type EncodedColumn, encodingKindOf } from './index.ts'
import { type LinearColumn, linearColumns, type ScaledColumns } from './scaled.ts'

/** How a table's cells become a network's numbers and back; plain data, in the order of the table's columns. */
export interface Encoding {
  readonly columns: readonly EncodedColumn[]
  /** Columns that follow from others: at most one relation for each, after those of its sources. */
  readonly relations?: readonly Relation[] | undefined
  /** What every row must meet, as the user states it. */
  readonly rules?: readonly Rule[] | undefined
  /** Columns that are known of every row, their missing values as missing values: the rest of it is drawn to match. */
  readonly context?: readonly string[] | undefined
  /** From how many training rows, at least, everything is derived that it holds. Default: 1, on cards of earlier versions. */
  readonly leastRows?: number | undefined
}

/** An encoding on cards and in config.json: ranges if every column is linear (as in format 1), otherwise the columns. */
export interface CardEncoding extends ScaledColumns {
  readonly encoding?: Encoding | undefined
}

/** The encoding on a card or in a run's config.json. */
export function encodingOf(card: CardEncoding): Encoding {
  const { encoding, scaler } = card
  return (
    encoding ?? { columns: linearColumns(card), ...(scaler?.leastRows && { leastRows: scaler.leastRows }) }
  )
}

/** An encoding as written on a card. */
export function cardEncoding(encoding: Encoding): CardEncoding {
  const { leastRows } = encoding
  const columns = encoding.columns.map(({ name }) => name)
  if (!isScaled(encoding)) return { columns, encoding }
  return {
    scaler: {
      min: encoding.columns.map(({ min }) => min),
      max: encoding.columns.map(({ max }) => max),
      ...(leastRows && { leastRows }),
    },
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
 *
 * @param ends - What a column's ends are: its smallest and largest value, or the means of the three smallest and of the three largest, which
 * give away no row.
 */
export function fitEncoding({ columns }: Table, ends: 'exact' | 'means' = 'exact'): Encoding {
  return {
    columns: columns.map((column) => {
      const [min, max] = ends === 'exact' ? rangeOf(column) : new Outermost().addAll(column.cells).means
      if (!(max > min))
        throw new InputError(
          rangeOf(column)[0] === min
            ? `column ${column.name} has only the value ${min} and cannot be scaled: leave it out`
            : `column ${column.name} has too few rows to be scaled by the means of ${leastRows}: give more rows`,
          'bad-data',
        )
      return { ...definitionOf(column), as: 'linear', min, max }
    }),
    ...(ends === 'means' && { leastRows }),
  }
}

function rangeOf({ cells }: TableColumn): readonly [number, number] {
  const { min, max } = columnRanges({ data: cells, count: cells.length, dim: 1 })
  return [min[0]!, max[0]!]
}

/** The columns that have codes: those of the table, then the auxiliary columns of relations. */
export function codedColumns({ columns, relations }: Encoding): readonly EncodedColumn[] {
  return [...columns, ...auxiliaryColumns(relations)]
}

/** Model dimensions that belong together: a column's value, or whether it is present. */
export interface Block {
  /** Its index among the columns that have codes. */
  readonly column: number
  readonly part: 'value' | 'missing'
  /** 1 for a number; one for each name of a category; 2 for a missing value (present, missing). */
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
  const add = (block: Omit<Block, 'start'>) => {
    blocks.push({ ...block, start })
    start += block.size
  }
  for (const [column, encoded] of codedColumns(encoding).entries()) {
    const isContext = column < encoding.columns.length && context.has(encoded.name)
    const of = { column, ...(isContext && { isContext }) }
    const parts = encodingKindOf(encoded).parts(encoded)
    for (const [k, size] of parts.sizes.entries())
      add({ ...of, part: 'value', size, split: (code) => parts.split(code, k) })
    if (encoded.gaps) add({ ...of, part: 'missing', size: 2, split: (code) => Number(Number.isNaN(code)) })
  }
  return blocks
}

/** The number of the model's dimensions. */
export function dimensionsOf(encoding: Encoding): number {
  return blocksOf(encoding).reduce((sum, { size }) => sum + size, 0)
}
