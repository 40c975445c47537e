import { blocksOf, dataUnitsOf, type Encoding, isScaled } from '../../table/encodings/encoding.ts'
import { type EncodedColumn, encodingKindOf, type QuantileColumn } from '../../table/encodings/index.ts'
import type { GraphOps } from '../../table/encodings/kind.ts'
import type { DType, Value } from '../graph.ts'
import type { SeededGraphBuilder } from './seeded-ops.ts'
import { interpolated, nearestWhole } from './seeded-quantile.ts'

/** Returns a column's output type: `float64` for numbers with gaps, else the type of its kind. */
export function typeOfColumn({ kind, categories, gaps }: EncodedColumn, isOfPoints: boolean): DType {
  if (kind === 'category' && categories) return 'string'
  if (gaps) return 'float64'
  if (kind === 'number') return isOfPoints ? 'float32' : 'float64'
  return kind === 'boolean' ? 'bool' : 'int64'
}

/**
 * Decodes x_0 to columns [batch], each in its type, with the same bits as `decode` in float64. Rows in which `isRight`
 * [batch, 1] is false get NaN, '', -2^63 or false.
 *
 * @param index the samples' indices within their seed, int64 [batch, 1]
 */
export function columnsInGraph(
  graph: SeededGraphBuilder,
  encoding: Encoding,
  { x_0, index, isRight }: { readonly x_0: Value; readonly index: Value; readonly isRight: Value },
): Value[] {
  const isOfPoints = isScaled(encoding)
  const decoded = isOfPoints ? pointCells(graph, encoding, x_0) : tableCells(graph, encoding, x_0, index)
  return decoded.map(({ cell, isMissing }, d) => {
    const column = encoding.columns[d]!
    const isThere = isMissing ? graph.op('And', [isRight, graph.op('Not', [isMissing])]) : isRight
    const typed = inType(
      graph,
      column,
      { cell, isThere, type: typeOfColumn(column, isOfPoints) },
      `column_${d}`,
    )
    return graph.reshape(typed, [-1], ['batch'])
  })
}

interface Cells {
  /** float64, or float32 for points: [batch, 1]. */
  readonly cell: Value
  /** For a column with gaps: bool [batch, 1]. */
  readonly isMissing?: Value | undefined
}

/** Points are float32: first converted to data units, then rounded if their column is whole. */
function pointCells(graph: SeededGraphBuilder, encoding: Encoding, x_0: Value): Cells[] {
  const { factors, shifts } = dataUnitsOf(encoding)
  const row = (name: string, numbers: readonly number[]) =>
    graph.constant(`decode.${name}`, [1, numbers.length], numbers, 'float64')
  const scaled = graph.op('Mul', [graph.cast(x_0, 'float64'), row('factors', factors)])
  const samples = graph.cast(graph.op('Add', [scaled, row('shifts', shifts)]), 'float32')
  return encoding.columns.map(({ kind }, d) => {
    const cell = columnsFrom(graph, samples, d, 1)
    if (kind !== 'integer') return { cell }
    // the sum of a float32 and 0.5 is exact in float64
    const raised = graph.op('Add', [graph.cast(cell, 'float64'), graph.scalar(0.5, 'float64')])
    return { cell: graph.op('Floor', [raised]) }
  })
}

function tableCells(graph: SeededGraphBuilder, encoding: Encoding, x_0: Value, index: Value): Cells[] {
  const blocks = blocksOf(encoding)
  const rows = graph.cast(index, 'float64')
  const inFloat64: Omit<GraphOps<Value>, 'exact'> = {
    op: (type, inputs, attributes) => graph.op(type as 'Add', inputs, attributes),
    constant: (name, shape, numbers, dtype) => graph.constant(name, shape, numbers, dtype ?? 'float64'),
  }
  const ops: GraphOps<Value> = {
    ...inFloat64,
    exact: {
      rows,
      whole: (value, name) => nearestWhole(inFloat64, value, name),
      interpolated: (column, code, name) => interpolated(ops, column as QuantileColumn, code, name),
    },
  }
  return encoding.columns.map((column, d) => {
    const [value, gap] = (['value', 'gap'] as const).map((part) =>
      blocks.find((block) => block.column === d && block.part === part),
    )
    const block = value && columnsFrom(graph, x_0, value.start, value.size)
    // a column without dimensions uses any number with the batch's shape
    const code = !block ? rows : value.size > 1 ? graph.op('ArgMax', [block], { axis: 1 }) : block
    const cell = encodingKindOf(column).graph(ops, column, graph.cast(code, 'float64'), `column_${d}`)
    const isMissing =
      gap &&
      graph.op('Greater', [columnsFrom(graph, x_0, gap.start + 1, 1), columnsFrom(graph, x_0, gap.start, 1)])
    return { cell, isMissing }
  })
}

function columnsFrom(graph: SeededGraphBuilder, x: Value, start: number, size: number): Value {
  return graph.slice(x, { axis: 1, start, end: start + size, size })
}

/** Casts cells to their column's type, with its placeholder for missing cells. */
function inType(
  graph: SeededGraphBuilder,
  { categories = [] }: EncodedColumn,
  { cell, isThere, type }: { readonly cell: Value; readonly isThere: Value; readonly type: DType },
  name: string,
): Value {
  const otherwise = (value: Value, none: number) =>
    graph.op('Where', [isThere, value, graph.scalar(none, value.dtype)])
  if (type === 'string') {
    const names = graph.strings(`${name}.names`, [...categories, ''])
    return graph.op('Gather', [names, graph.cast(otherwise(cell, categories.length), 'int64')], { axis: 0 })
  }
  if (type === 'bool') return graph.op('And', [isThere, graph.cast(cell, 'bool')])
  // casting NaN to an integer is undefined
  if (type === 'int64') return otherwise(graph.cast(otherwise(cell, 0), 'int64'), -(2 ** 63))
  return otherwise(cell, Number.NaN)
}
