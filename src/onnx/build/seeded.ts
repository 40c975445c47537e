import type { Candidates } from '../../model/candidates.ts'
import type { Description } from '../../model/description.ts'
import { maxSeed } from '../../numerics/random.ts'
import {
  blocksOf,
  codedColumns,
  dataUnitsOf,
  type Encoding,
  isScaled,
} from '../../table/encodings/encoding.ts'
import { type EncodedColumn, encodingKindOf, type QuantileColumn } from '../../table/encodings/index.ts'
import type { GraphOps } from '../../table/encodings/kind.ts'
import { restoredInGraph } from '../../table/relations/in-graph.ts'
import type { Column } from '../../table/table.ts'
import type { DType, Graph, Value } from '../graph.ts'
import { choiceInGraph, ofCandidates } from './candidates.ts'
import { conditionIn } from './condition.ts'
import { interpolated, nearestWhole } from './exact-decode.ts'
import { reverseProcess, type SamplerGraphOptions } from './sampler.ts'
import { normalsInGraph, uniformInGraph } from './seeded-noise.ts'
import { SeededGraphBuilder, toTheEnd } from './seeded-ops.ts'

/**
 * Builds the graph from a seed and an index, int64 [batch], to the sample of that index: its noise, the whole reverse
 * process, and its row as a tensor [batch] per column. Runs on any onnxruntime on a CPU. A table's graph has the
 * optional inputs known_values and known. If the runtime gets the probe's noise wrong, and in rows with an invalid
 * seed or index, each output is NaN, '', -2^63 or false.
 */
export function seededGraph(options: Parts): Graph {
  const graph = new SeededGraphBuilder()
  graph.scope('moonstep', () => fill(graph, options))
  return graph.build()
}

type Parts = Pick<SamplerGraphOptions, 'folded' | 'process' | 'encoding'> & Pick<Description, 'candidates'>

function fill(graph: SeededGraphBuilder, { folded, process, encoding, candidates }: Parts): void {
  const { dim } = folded.network
  const count = candidates?.count ?? 1
  const seed = graph.input('seed', ['batch'], 'int64')
  const index = graph.input('index', ['batch'], 'int64')
  const column = (value: Value) => graph.reshape(value, [-1, 1], ['batch', 1])
  const zeros = graph.op('Mul', [graph.cast(column(index), 'float32'), graph.scalar(0, 'float32')])
  /** A tensor [batch, width] for all candidates' rows. */
  const forAll = (value: Value): Value =>
    count === 1
      ? value
      : graph.typed(
          'Concat',
          new Array<Value>(count).fill(value),
          { shape: [ofCandidates, value.shape[1]!], dtype: value.dtype },
          { axis: 0 },
        )
  const condition = conditionIn(graph, folded.network, (name, width) => {
    const input = graph.optionalInput(name, ['given', width])
    // runtimes assume that tensors with the same declared shape have the same size
    return forAll(graph.typed('Add', [input, zeros], { shape: ['batch', width], dtype: 'float32' }))
  })

  const steps = process.isStochastic ? process.timesteps.length : 0
  const drawn = normalsInGraph(graph, seed, index, { steps, dim, candidates: count })
  const { isRight } = drawn
  const normals =
    count === 1
      ? drawn.normals
      : graph.reshape(drawn.normals, [1 + steps, -1, dim], [1 + steps, ofCandidates, dim])
  const first = graph.op('Gather', [normals, graph.scalar(0, 'int32')], { axis: 0 })
  const random = {
    x_T: first,
    noise: steps > 0 ? graph.slice(normals, { axis: 0, start: 1, end: toTheEnd, size: steps }) : undefined,
  }
  const states = reverseProcess(graph, { folded, process }, random, condition)

  const isInRange = (value: Value) =>
    graph.op('And', [
      graph.op('GreaterOrEqual', [value, graph.scalar(0, 'int64')]),
      graph.op('LessOrEqual', [value, graph.scalar(maxSeed, 'int64')]),
    ])
  const rows = column(graph.op('And', [isInRange(seed), isInRange(index)]))
  const all = graph.op('And', [rows, isRight])
  const end = states.at(-1)!
  const { columns, x_0 } = graph.scope('decode', () => {
    const cells = isScaled(encoding)
      ? pointCells(graph, encoding, end)
      : tableCells(graph, encoding, end, forAll(column(index)))
    const of = { columns: encoding.columns, cells, uniform: () => uniformInGraph(graph, seed, index) }
    const chosen = candidates ? chosenCells(graph, candidates, of, end) : { cells, x_0: end }
    return { columns: columnsInGraph(graph, encoding, chosen.cells, all), x_0: chosen.x_0 }
  })
  graph.output('x_0', graph.op('Where', [all, x_0, graph.scalar(Number.NaN, 'float32')]))
  const names = outputNames(encoding, condition !== undefined)
  // a graph makes no texts
  for (const [d, value] of columns.entries()) if (value) graph.output(names[d]!, value)
}

/** Returns the columns' names, or `<name>_column` if an input, another output or an inner tensor may have the name. */
export function outputNames(
  { columns }: { readonly columns: readonly Pick<Column, 'name'>[] },
  hasCondition: boolean,
): string[] {
  const usedNames = new Set(['seed', 'index', 'x_0', ...(hasCondition ? ['known_values', 'known'] : [])])
  const columnNames = new Set(columns.map(({ name }) => name))
  return columns.map(({ name }) => {
    let result = name.startsWith('moonstep/') ? `${name}_column` : name
    while (usedNames.has(result) || (result !== name && columnNames.has(result))) result += '_column'
    usedNames.add(result)
    return result
  })
}

/** Returns a column's output type: `float64` for numbers with gaps, else the type of its kind. */
export function typeOfColumn({ kind, categories, gaps }: EncodedColumn, isOfPoints: boolean): DType {
  if (kind === 'text' || (kind === 'category' && categories)) return 'string'
  if (gaps) return 'float64'
  if (kind === 'number') return isOfPoints ? 'float32' : 'float64'
  return kind === 'boolean' ? 'bool' : 'int64'
}

/** The cells of each row's chosen candidate, and its x_0. */
function chosenCells(
  graph: SeededGraphBuilder,
  candidates: Candidates,
  {
    columns,
    cells,
    uniform,
  }: {
    readonly columns: readonly EncodedColumn[]
    readonly cells: readonly Cells[]
    readonly uniform: () => Value
  },
  x_0: Value,
): { readonly cells: Cells[]; readonly x_0: Value } {
  const choose = choiceInGraph(graph, exactOps(graph), candidates, { columns, cells, uniform: uniform() })
  return {
    // onnxruntime's Where takes no bool
    cells: cells.map(({ cell, isMissing }) => ({
      cell: choose(cell),
      isMissing: isMissing && graph.cast(choose(graph.cast(isMissing, 'float64')), 'bool'),
    })),
    x_0: choose(x_0),
  }
}

/**
 * Columns [batch], each in its type, of cells with the same bits as those of `decode` in float64. Rows in which `isRight`
 * [batch, 1] is false get NaN, '', -2^63 or false. Columns of texts that are made for each row are left out.
 */
function columnsInGraph(
  graph: SeededGraphBuilder,
  encoding: Encoding,
  cells: readonly Cells[],
  isRight: Value,
): (Value | undefined)[] {
  const isOfPoints = isScaled(encoding)
  return cells.map(({ cell, isMissing }, d) => {
    const column = encoding.columns[d]!
    if (column.as === 'made') return undefined
    const isThere = isMissing ? graph.op('And', [isRight, graph.op('Not', [isMissing])]) : isRight
    const type = typeOfColumn(column, isOfPoints)
    const typed = inType(graph, column, { cell, isThere, type }, `column_${d}`)
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

/** Float64 operators, whose cells equal those of `decode`. `rows` are the samples' indices within their seed. */
function exactOps(graph: SeededGraphBuilder, rows = graph.scalar(0, 'float64')): GraphOps<Value> {
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
  return ops
}

/** The cells of samples x_0, whose `index` within their seed is int64 [rows, 1]. */
function tableCells(graph: SeededGraphBuilder, encoding: Encoding, x_0: Value, index: Value): Cells[] {
  const blocks = blocksOf(encoding)
  const rows = graph.cast(index, 'float64')
  const ops = exactOps(graph, rows)
  const drawn = codedColumns(encoding).map((column, d) => {
    const kind = encodingKindOf(column)
    const ofColumn = blocks.filter((block) => block.column === d)
    const [values, gap] = [
      ofColumn.filter(({ part }) => part === 'value'),
      ofColumn.find(({ part }) => part === 'gap'),
    ]
    const codes = values.map(({ size, start }) => {
      const block = columnsFrom(graph, x_0, start, size)
      return graph.cast(size > 1 ? graph.op('ArgMax', [block], { axis: 1 }) : block, 'float64')
    })
    // a column without dimensions uses any number with the batch's shape
    const code =
      values.length === 0 ? graph.cast(rows, 'float64') : kind.parts(column).graph(ops, codes, `column_${d}`)
    const cell = kind.graph(ops, column, code, `column_${d}`)
    const isMissing =
      gap &&
      graph.op('Greater', [columnsFrom(graph, x_0, gap.start + 1, 1), columnsFrom(graph, x_0, gap.start, 1)])
    return { cell, isMissing }
  })
  const related = new Set(encoding.relations?.flatMap(({ column, by }) => [column, ...by]))
  const asNumbers = drawn.map(({ cell, isMissing }, d) => ({
    cell,
    missing:
      isMissing && related.has(encoding.columns[d]!.name) ? graph.cast(isMissing, 'float64') : undefined,
  }))
  const restored = restoredInGraph(ops, encoding, asNumbers)
  return drawn.slice(0, encoding.columns.length).map((drawnCells, d) => {
    const follows = restored.get(d)
    return follows
      ? { cell: follows.cell, isMissing: follows.missing && graph.cast(follows.missing, 'bool') }
      : drawnCells
  })
}

function columnsFrom(graph: SeededGraphBuilder, x: Value, start: number, size: number): Value {
  return graph.slice(x, { axis: 1, start, end: start + size, size })
}

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
