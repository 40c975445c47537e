/** The interpreter of `Operators` that writes a graph, in float64: its cells have the bits of those that are computed. */
import type { Numbers, Operators } from '../../table/operators/operators.ts'
import type { Value } from '../graph.ts'
import type { SeededGraphBuilder } from './seeded-ops.ts'

/** A column of a graph: float64, or bool for a condition, [rows, 1] or [1, 1]. */
export interface GraphColumn {
  readonly value: Value
  /** Whether a cell may be NaN. */
  readonly allowsMissing: boolean
}

/** With more bounds, two searches of their square root are faster. */
const mostBounds = 49

export class ExactOperators implements Operators<GraphColumn> {
  readonly #graph: SeededGraphBuilder
  readonly #rows: Value
  /** Constants by their numbers. */
  readonly #lists = new Map<string, Value>()
  /** A condition that no cell meets. */
  readonly #never: GraphColumn

  /** @param rows - The samples' indices within their seed, float64 [rows, 1]. */
  constructor(graph: SeededGraphBuilder, rows: Value) {
    this.#graph = graph
    this.#rows = rows
    this.#never = this.number(0)
  }

  number(value: number) {
    return { value: this.#list([1, 1], [value]), allowsMissing: Number.isNaN(value) }
  }

  add(a: GraphColumn, b: GraphColumn) {
    return this.#of('Add', a, b)
  }
  subtract(a: GraphColumn, b: GraphColumn) {
    return this.#of('Sub', a, b)
  }
  multiply(a: GraphColumn, b: GraphColumn) {
    return this.#of('Mul', a, b)
  }
  divide(a: GraphColumn, b: GraphColumn) {
    return this.#of('Div', a, b)
  }
  floor(a: GraphColumn) {
    return this.#of('Floor', a)
  }
  min(a: GraphColumn, b: GraphColumn) {
    return this.#withMissing(this.#of('Min', a, b), a, b)
  }
  max(a: GraphColumn, b: GraphColumn) {
    return this.#withMissing(this.#of('Max', a, b), a, b)
  }

  round(a: GraphColumn) {
    // adding a half would itself round
    const below = this.floor(a)
    return this.add(below, this.isAtLeast(this.subtract(a, below), this.number(0.5)))
  }

  isAtLeast(a: GraphColumn, b: GraphColumn): GraphColumn {
    const inputs = [this.#number(a), this.#number(b)]
    return { value: this.#graph.op('GreaterOrEqual', inputs), allowsMissing: false }
  }

  isMissing(a: GraphColumn): GraphColumn {
    if (!a.allowsMissing) return this.#never
    return { value: this.#graph.op('IsNaN', [this.#number(a)]), allowsMissing: false }
  }

  select(condition: GraphColumn, a: GraphColumn, b: GraphColumn): GraphColumn {
    if (condition === this.#never) return b
    const inputs = [this.#condition(condition), this.#number(a), this.#number(b)]
    return { value: this.#graph.op('Where', inputs), allowsMissing: a.allowsMissing || b.allowsMissing }
  }

  lookUp(numbers: Numbers, index: GraphColumn): GraphColumn {
    // an index of NaN has no number
    const isMissing = this.isMissing(index)
    const { value } = this.select(isMissing, this.number(0), index)
    const found = this.#gather(this.#list([numbers.length], numbers), value)
    return this.select(isMissing, this.number(Number.NaN), {
      value: found,
      allowsMissing: numbers.some(Number.isNaN),
    })
  }

  countReached(bounds: Numbers, value: GraphColumn): GraphColumn {
    if (bounds.length === 0) return this.number(0)
    if (bounds.length <= mostBounds) return this.#count(this.#list([1, bounds.length], bounds), value)
    // a first search among every m-th bound picks a row of m, and a second one searches that row
    const m = Math.ceil(Math.sqrt(bounds.length + 1))
    const all = Array.from({ length: m * m }, (_, k) => bounds[k] ?? Number.POSITIVE_INFINITY)
    const coarse = Array.from({ length: m - 1 }, (_, k) => all[(k + 1) * m - 1]!)
    const row = this.#count(this.#list([1, m - 1], coarse), value)
    const picked = this.#gather(this.#list([m, m], all), row.value)
    const inRow = this.#count(this.#graph.op('Flatten', [picked], { axis: 1 }), value)
    return this.add(this.multiply(row, this.number(m)), inRow)
  }

  sampleIndex() {
    return { value: this.#rows, allowsMissing: false }
  }

  /** A column with a cell for each row, in float64. */
  ofRows(column: GraphColumn): Value {
    const value = this.#number(column)
    if (value.shape[0] !== 1) return value
    const zeros = this.#graph.op('Mul', [this.#rows, this.number(0).value])
    return this.#graph.op('Add', [value, zeros])
  }

  /** How many of the bounds [1 or rows, count] each value reaches. A sum of zeros and ones is exact. */
  #count(bounds: Value, value: GraphColumn): GraphColumn {
    const reached = this.#graph.op('GreaterOrEqual', [this.#number(value), bounds])
    const count = Number(bounds.shape[1])
    const ones = this.#list([count, 1], new Array(count).fill(1))
    return {
      value: this.#graph.op('Gemm', [this.#graph.cast(reached, 'float64'), ones]),
      allowsMissing: false,
    }
  }

  #of(op: 'Add' | 'Sub' | 'Mul' | 'Div' | 'Floor' | 'Min' | 'Max', ...columns: GraphColumn[]): GraphColumn {
    const value = this.#graph.op(
      op,
      columns.map((column) => this.#number(column)),
    )
    return { value, allowsMissing: columns.some(({ allowsMissing }) => allowsMissing) }
  }

  /** onnxruntime takes the other one of a number and NaN. */
  #withMissing(found: GraphColumn, ...columns: GraphColumn[]): GraphColumn {
    return columns.reduce(
      (result, column) => this.select(this.isMissing(column), this.number(Number.NaN), result),
      found,
    )
  }

  #gather(list: Value, index: Value): Value {
    return this.#graph.op('Gather', [list, this.#graph.cast(index, 'int32')], { axis: 0 })
  }

  #number({ value }: GraphColumn): Value {
    return value.dtype === 'bool' ? this.#graph.cast(value, 'float64') : value
  }

  #condition({ value }: GraphColumn): Value {
    return value.dtype === 'bool' ? value : this.#graph.cast(value, 'bool')
  }

  #list(shape: readonly number[], numbers: Numbers): Value {
    const key = `${shape.join()}:${Array.from(numbers, (x) => (Object.is(x, -0) ? '-0' : x)).join()}`
    let list = this.#lists.get(key)
    if (!list) {
      list = this.#graph.constant(`cells.numbers_${this.#lists.size}`, shape, numbers, 'float64')
      this.#lists.set(key, list)
    }
    return list
  }
}
