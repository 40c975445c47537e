import { type Candidates, sharedSteps } from '../../model/candidates.ts'
import type { Description } from '../../model/description.ts'
import { maxSeed } from '../../numerics/random.ts'
import { dataUnitsOf, decoderOf } from '../../table/encodings/decode.ts'
import { type Encoding, isScaled } from '../../table/encodings/encoding.ts'
import type { EncodedColumn } from '../../table/encodings/index.ts'
import { restored } from '../../table/relations/restore.ts'
import type { Column } from '../../table/table.ts'
import type { DType, Graph, Value } from '../graph.ts'
import { choiceInGraph, ofCandidates } from './candidates.ts'
import { conditionIn } from './condition.ts'
import { ExactOperators, type GraphColumn } from './exact-operators.ts'
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
  const steps = process.isStochastic ? process.timesteps.length : 0
  const shared = sharedSteps(candidates ?? {}, process)
  const condition = conditionIn(graph, folded.network, (name, width) => {
    const input = graph.optionalInput(name, ['given', width])
    // runtimes assume that tensors with the same declared shape have the same size
    const ofRows = graph.typed('Add', [input, zeros], { shape: ['batch', width], dtype: 'float32' })
    return shared > 0 ? ofRows : forAll(ofRows)
  })

  const { normals, isRight } = normalsInGraph(graph, seed, index, { steps, dim, candidates: count, shared })
  /** The noise of some steps of all candidates, from a draw on: [steps, candidates, dim]. */
  const ofAll = (start: number, size: number): Value | undefined => {
    if (size === 0) return undefined
    const some = graph.slice(normals, { axis: 0, start, end: toTheEnd, size: size * count })
    return count === 1 ? some : graph.reshape(some, [size, -1, dim], [size, ofCandidates, dim])
  }
  const ofFirst = (value: Value) => graph.op('Gather', [value, graph.scalar(0, 'int32')], { axis: 0 })
  const random =
    shared > 0
      ? {
          x_T: ofFirst(normals),
          noise: graph.slice(normals, { axis: 0, start: 1, end: 1 + shared, size: shared }),
          fork: { step: shared, noise: ofAll(1 + shared, steps - shared)!, forAll },
        }
      : {
          x_T: ofFirst(ofAll(0, 1 + steps)!),
          noise: ofAll(count, steps),
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
    const ops = new ExactOperators(graph, graph.cast(forAll(column(index)), 'float64'))
    const cells = isScaled(encoding)
      ? pointCells(graph, encoding, end)
      : tableCells(graph, ops, encoding, end)
    const chosen = candidates
      ? chosenCells(
          graph,
          candidates,
          { ops, columns: encoding.columns, cells, uniform: uniformInGraph(graph, seed, index) },
          end,
        )
      : { cells, x_0: end }
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

/** Returns a column's output type: `float64` for numbers with missing values, else the type of its kind. */
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
  of: Parameters<typeof choiceInGraph>[2],
  x_0: Value,
): { readonly cells: GraphColumn[]; readonly x_0: Value } {
  const choose = choiceInGraph(graph, candidates, of)
  const cells = of.cells.map((cell) => ({ ...cell, value: choose(cell.value) }))
  return { cells, x_0: choose(x_0) }
}

/**
 * Columns [batch], each in its type, of cells with the same bits as those of `decode` in float64. Rows in which `isRight`
 * [batch, 1] is false get NaN, '', -2^63 or false. Columns of texts that are made for each row are left out.
 */
function columnsInGraph(
  graph: SeededGraphBuilder,
  encoding: Encoding,
  cells: readonly GraphColumn[],
  isRight: Value,
): (Value | undefined)[] {
  const isOfPoints = isScaled(encoding)
  return encoding.columns.map((column, d) => {
    if (column.as === 'generated') return undefined
    const { value: cell, allowsMissing } = cells[d]!
    const isThere = allowsMissing
      ? graph.op('And', [isRight, graph.op('Not', [graph.op('IsNaN', [cell])])])
      : isRight
    const type = typeOfColumn(column, isOfPoints)
    const typed = inType(graph, column, { cell, isThere, type }, `column_${d}`)
    return graph.reshape(typed, [-1], ['batch'])
  })
}

/** Points are float32: first converted to data units, then rounded if their column is whole. */
function pointCells(graph: SeededGraphBuilder, encoding: Encoding, x_0: Value): GraphColumn[] {
  const { factors, shifts } = dataUnitsOf(encoding)
  const row = (name: string, numbers: readonly number[]) =>
    graph.constant(`decode.${name}`, [1, numbers.length], numbers, 'float64')
  const scaled = graph.op('Mul', [graph.cast(x_0, 'float64'), row('factors', factors)])
  const samples = graph.cast(graph.op('Add', [scaled, row('shifts', shifts)]), 'float32')
  return encoding.columns.map(({ kind }, d) => {
    const cell = columnsFrom(graph, samples, d, 1)
    if (kind !== 'integer') return { value: cell, allowsMissing: false }
    // the sum of a float32 and 0.5 is exact in float64
    const raised = graph.op('Add', [graph.cast(cell, 'float64'), graph.scalar(0.5, 'float64')])
    return { value: graph.op('Floor', [raised]), allowsMissing: false }
  })
}

/** The cells of samples x_0. */
function tableCells(graph: SeededGraphBuilder, ops: ExactOperators, encoding: Encoding, x_0: Value) {
  const drawn = decoderOf(encoding)(ops, ({ part, size, start }) => {
    if (part === 'missing') {
      const [there, missing] = [start, start + 1].map((at) => columnsFrom(graph, x_0, at, 1))
      return { value: graph.op('Greater', [missing!, there!]), allowsMissing: false }
    }
    const block = columnsFrom(graph, x_0, start, size)
    const code = size > 1 ? graph.op('ArgMax', [block], { axis: 1 }) : block
    return { value: graph.cast(code, 'float64'), allowsMissing: false }
  })
  const cells = restored(encoding, ops, drawn).slice(0, encoding.columns.length)
  return cells.map((cell) => ({ ...cell, value: ops.ofRows(cell) }))
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
