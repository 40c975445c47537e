import * as v from 'valibot'
import { isDateForm } from '../dates/form.ts'
import { groupSeparators } from '../number-form.ts'
import { type Column, columnKinds } from '../table.ts'

/** Builds a graph's operators; `GraphBuilder` in src/onnx implements it. */
export interface GraphOps<V> {
  op(type: string, inputs: readonly V[], attributes?: Readonly<Record<string, number>>): V
  /** In the precision of codes and cells, unless given. */
  constant(name: string, shape: readonly number[], numbers: ArrayLike<number>, dtype?: 'int32'): V
  /** In a float64 graph, whose cells equal those of `decoder` bit for bit; elsewhere float32 rounds them. */
  readonly exact?: ExactOps<V>
}

/** Decoding in float64, in files that pages don't load, because they have no such graphs. */
export interface ExactOps<V> {
  /** The samples' indices among those of their seed [batch, 1]. */
  readonly rows: V
  whole(value: V, name: string): V
  interpolated(column: Column, code: V, name: string): V
}

/** A code as the codes of blocks: their sizes, and how it is split into them and joined again. */
export interface CodeParts {
  /** 1 for a number, the number of values for an index. Empty if there is nothing to learn. */
  readonly sizes: readonly number[]
  /** The code of a block, 0 for the first. */
  split(code: number, block: number): number
  join(codes: readonly number[]): number
  /** `join` as operators: codes [batch, 1] each. */
  graph<V>(ops: Pick<GraphOps<V>, 'op' | 'constant'>, codes: readonly V[], name: string): V
}

/** Fields of every encoded column. */
export interface ColumnOfCard extends Column {
  /** Whether cells may be missing: a block of two (present, missing) follows the value's. */
  readonly gaps?: boolean | undefined
}

/**
 * An encoding of a column: the network sees a cell's code, a number distributed about like a standard normal, or the
 * index of one of a few values. A new encoding is a file here and a line in index.ts.
 */
export interface EncodingKind<C extends Column = Column> {
  /** Its name on a card. */
  readonly as: string
  /** Schema of such a column on a card. */
  readonly schema: v.GenericSchema<unknown, C>
  /** The blocks of a code. */
  parts(column: C): CodeParts
  /** Encodes a cell. Throws InputError on a cell without a code. */
  encoder(column: C): (cell: number) => number
  /**
   * Decodes a code; `row` is the sample's index among those of its seed. `clip` keeps cells inside the training rows'
   * range, where they could leave it.
   */
  decoder(column: C, clip?: boolean): (code: number, row: number) => number
  /** The decoder as operators: codes [batch, 1] to cells [batch, 1]. Names of constants begin with `name`. */
  graph<V>(ops: GraphOps<V>, column: C, code: V, name: string): V
}

const finite = v.pipe(v.number(), v.finite())
export const numbers = v.pipe(v.array(finite), v.readonly())

const fewDigits = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(20))
const affix = v.pipe(v.string(), v.minLength(1), v.maxLength(8))

/** How numbers are written, on a card. */
export const numberFormSchema = v.pipe(
  v.strictObject({
    prefix: v.optional(affix),
    suffix: v.optional(affix),
    group: v.optional(v.picklist(groupSeparators)),
    decimal: v.optional(v.literal(',')),
    decimals: v.optional(fewDigits),
    width: v.optional(fewDigits),
    parentheses: v.optional(v.boolean()),
    duration: v.optional(v.boolean()),
  }),
  v.check(({ group, decimal = '.' }) => group !== decimal, 'group and decimal must differ'),
)

/** A card's fields of every column. */
export const columnFields = {
  name: v.string(),
  kind: v.picklist(columnKinds),
  categories: v.optional(v.pipe(v.array(v.string()), v.readonly())),
  form: v.optional(
    v.pipe(v.string(), v.check(isDateForm, 'form must be a form of dates, such as YYYY-MM-DD')),
  ),
  /** How numbers are written in text. */
  numberForm: v.optional(numberFormSchema),
  /** Whether cells may be missing: a block of two (present, missing) follows the value's. */
  gaps: v.optional(v.boolean()),
}

export { finite }

/** The maximum of a code on the standard normal's axis; one row in 300,000 would exceed it. */
export const maxCode = 4.5

/** Checks a definition's types and erases them: the registry finds them by their columns' `as`. */
export function defineEncoding<C extends Column & { readonly as: string }>(
  definition: EncodingKind<C>,
): EncodingKind<C> {
  return definition
}

/** 1 if a value is at or above a bound, otherwise 0: the product exceeds 1 for every other float32. */
export function isAtLeast<V>(ops: GraphOps<V>, value: V, bounds: V, name: string): V {
  if (ops.exact) return ops.op('Cast', [ops.op('GreaterOrEqual', [value, bounds])], { to: float64 })
  const scaled = ops.op('Mul', [
    ops.op('Sub', [value, bounds]),
    ops.constant(`${name}.steep`, [1, 1], [1e30]),
  ])
  const [zero, one] = [ops.constant(`${name}.zero`, [], [0]), ops.constant(`${name}.one`, [], [1])]
  return ops.op('Clip', [scaled, zero, one])
}

/** The number of ascending bounds that each value [batch, 1] reaches: [batch, 1]. A sum of zeros and ones is exact. */
export function countReached<V>(ops: GraphOps<V>, value: V, bounds: V, count: number, name: string): V {
  const reached = isAtLeast(ops, value, bounds, name)
  return ops.op('Gemm', [reached, ops.constant(`${name}.ones`, [count, 1], new Array(count).fill(1))])
}

/**
 * The number of ascending bounds that each value [batch, 1] reaches. With many bounds, a first search among every m-th
 * picks a row of m, and a second searches that row: 2 m comparisons instead of m^2.
 *
 * @param beyond - A number that no value reaches.
 */
export function segmentOf<V>(
  ops: GraphOps<V>,
  value: V,
  bounds: readonly number[],
  name: string,
  beyond = ops.exact ? Number.POSITIVE_INFINITY : 2 * maxCode,
): V {
  const m = Math.ceil(Math.sqrt(bounds.length + 1))
  if (m < 8) {
    if (bounds.length === 0) return ops.op('Mul', [value, ops.constant(`${name}.none`, [1, 1], [0])])
    const all = ops.constant(`${name}.bounds`, [1, bounds.length], bounds)
    return countReached(ops, value, all, bounds.length, `${name}.reached`)
  }
  const padded = Array.from({ length: m * m }, (_, k) => bounds[k] ?? beyond)
  const coarse = Array.from({ length: m - 1 }, (_, k) => padded[(k + 1) * m - 1]!)
  const coarseBounds = ops.constant(`${name}.coarse`, [1, m - 1], coarse)
  const row = countReached(ops, value, coarseBounds, m - 1, `${name}.coarse_reached`)
  const rows = ops.constant(`${name}.fine`, [m, m], padded)
  const picked = ops.op('Gather', [rows, ops.op('Cast', [row], { to: int32 })], { axis: 0 })
  const inRow = countReached(ops, value, ops.op('Flatten', [picked], { axis: 1 }), m, `${name}.fine_reached`)
  return ops.op('Add', [ops.op('Mul', [row, ops.constant(`${name}.width`, [1, 1], [m])]), inRow])
}

/** Values [batch, 1] kept between two numbers. */
export function clamped<V>(ops: GraphOps<V>, value: V, [least, most]: [number, number], name: string): V {
  const bound = (at: string, shape: number[], number: number) =>
    ops.constant(`${name}.${at}`, shape, [number])
  if (!ops.exact) return ops.op('Clip', [value, bound('least', [], least), bound('most', [], most)])
  return ops.op('Min', [ops.op('Max', [value, bound('least', [1, 1], least)]), bound('most', [1, 1], most)])
}

/** Numbers at indices [batch, 1], which are whole float32: [batch, 1]. */
export function lookUp<V>(ops: GraphOps<V>, numbers: ArrayLike<number>, index: V, name: string): V {
  const table = ops.constant(name, [numbers.length], numbers)
  return ops.op('Gather', [table, ops.op('Cast', [index], { to: int32 })], { axis: 0 })
}

/** ONNX's codes of the types int32 and float64. */
export const int32 = 6
const float64 = 11

/** Where a number is as near to one of the ascending values as to the next. */
export function midpoints(values: readonly number[]): number[] {
  return values.slice(1).map((value, k) => values[k]! + (value - values[k]!) / 2)
}

/** The index of the first of the ascending numbers that is above x. */
export function upperBound(rising: ArrayLike<number>, x: number): number {
  let [low, high] = [0, rising.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (rising[middle]! <= x) low = middle + 1
    else high = middle
  }
  return low
}
