import * as v from 'valibot'
import { type Column, columnKinds, dateForms } from '../table.ts'

/** What makes the operators of a graph; `GraphBuilder` of src/onnx is one. */
export interface GraphOps<V> {
  op(type: string, inputs: readonly V[], attributes?: Readonly<Record<string, number>>): V
  /** Of the precision of the codes and cells, unless it is told. */
  constant(name: string, shape: readonly number[], numbers: ArrayLike<number>, dtype?: 'int32'): V
  /** Of a graph in float64, whose cells are those of `decoder` bit for bit; elsewhere float32 rounds them. */
  readonly exact?: ExactOps<V>
}

/** What decodes in float64: in files that pages, which have no such graphs, don't load. */
export interface ExactOps<V> {
  /** The samples' indices among those of their seed [batch, 1]. */
  readonly rows: V
  whole(value: V, name: string): V
  interpolated(column: Column, code: V, name: string): V
}

/** What every encoded column has. */
export interface ColumnOfCard extends Column {
  /** Whether cells may be missing: a block of two, there or missing, stands beside the value's. */
  readonly gaps?: boolean | undefined
}

/**
 * A way of encoding a column: what the network sees in place of a cell is its code, a number that lies about as a
 * standard normal, or the index of one of a few values. A new way is a file here and a line in index.ts.
 */
export interface EncodingKind<C extends Column = Column> {
  /** What a card calls it. */
  readonly as: string
  /** A column of it, as a card has it. */
  readonly schema: v.GenericSchema<unknown, C>
  /** 0 where there is nothing to learn, 1 for a number, and for an index the number of values. */
  size(column: C): number
  /** A cell to its code. Throws InputError on a cell that has none. */
  encoder(column: C): (cell: number) => number
  /** A code to a cell; `row` is the sample's index among those of its seed. */
  decoder(column: C): (code: number, row: number) => number
  /** The operators of the decoder: codes [batch, 1] to cells [batch, 1]. The names of constants begin with `name`. */
  graph<V>(ops: GraphOps<V>, column: C, code: V, name: string): V
}

const finite = v.pipe(v.number(), v.finite())
export const numbers = v.pipe(v.array(finite), v.readonly())

/** What a card has of every column. */
export const columnFields = {
  name: v.string(),
  kind: v.picklist(columnKinds),
  categories: v.optional(v.pipe(v.array(v.string()), v.readonly())),
  form: v.optional(v.picklist(dateForms)),
  /** Whether cells may be missing: a block of two, there or missing, stands beside the value's. */
  gaps: v.optional(v.boolean()),
}

export { finite }

/** Checks a definition's types, and hides them: the registry knows columns by their `as`. */
export function defineEncoding<C extends Column & { readonly as: string }>(
  definition: EncodingKind<C>,
): EncodingKind<C> {
  return definition
}

/** 1 where a value is at or above a bound, else 0: the product is beyond 1 for every other float32. */
function isAtLeast<V>(ops: GraphOps<V>, value: V, bounds: V, name: string): V {
  if (ops.exact) return ops.op('Cast', [ops.op('GreaterOrEqual', [value, bounds])], { to: float64 })
  const scaled = ops.op('Mul', [
    ops.op('Sub', [value, bounds]),
    ops.constant(`${name}.steep`, [1, 1], [1e30]),
  ])
  const [zero, one] = [ops.constant(`${name}.zero`, [], [0]), ops.constant(`${name}.one`, [], [1])]
  return ops.op('Clip', [scaled, zero, one])
}

/** How many of the rising bounds each value [batch, 1] reaches: [batch, 1]. A sum of zeros and ones is exact. */
export function countReached<V>(ops: GraphOps<V>, value: V, bounds: V, count: number, name: string): V {
  const reached = isAtLeast(ops, value, bounds, name)
  return ops.op('Gemm', [reached, ops.constant(`${name}.ones`, [count, 1], new Array(count).fill(1))])
}

/** The numbers at indices [batch, 1], which are whole but float32: [batch, 1]. */
export function lookUp<V>(ops: GraphOps<V>, numbers: ArrayLike<number>, index: V, name: string): V {
  const table = ops.constant(name, [numbers.length], numbers)
  return ops.op('Gather', [table, ops.op('Cast', [index], { to: int32 })], { axis: 0 })
}

/** ONNX's numbers of the types int32 and float64. */
export const int32 = 6
const float64 = 11

/** Where x stands in rising numbers: the index of the first one above it. */
export function upperBound(rising: ArrayLike<number>, x: number): number {
  let [low, high] = [0, rising.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (rising[middle]! <= x) low = middle + 1
    else high = middle
  }
  return low
}
