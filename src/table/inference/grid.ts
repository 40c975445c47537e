import { InputError } from '../../core/errors.ts'
import { humanBytes, humanCount } from '../../core/format.ts'
import { type Limits, tooLarge } from './limits.ts'

/**
 * A growing grid of float64 numbers, stored row by row with nothing beside them, so that a large file takes only the
 * memory of its cells.
 */
export class Grid {
  values: Float64Array
  rows = 0
  /** The distance from one row to the next. */
  stride: number
  /** The likely number of rows, if it can be estimated: memory is then allocated once. */
  readonly #likelyRows: () => number
  /** Returns space for so many cells, or throws if that is too many. */
  readonly #allocate: (count: number) => Float64Array
  readonly #maxCells: number

  /** Throws InputError, here and later, if a table called `name` takes more than `limits.cells` bytes. */
  constructor(name: string, limits: Pick<Limits, 'cells'>, likelyRows: () => number = () => 0) {
    this.#likelyRows = likelyRows
    this.stride = 0
    this.values = new Float64Array(1024)
    this.#maxCells = Math.floor(limits.cells / 8)
    this.#allocate = (count) => {
      if (count > this.#maxCells)
        throw tooLarge(`${name} has more than ${humanCount(this.#maxCells)} cells`, 8 * count)
      try {
        return new Float64Array(count)
      } catch {
        throw new InputError(
          `the cells of ${name} take ${humanBytes(8 * count)}, which this machine has not free: \`drop\` columns, or give fewer rows`,
          'bad-data',
        )
      }
    }
  }

  /** Adds a row, whose cells must all be set; returns its offset. */
  addRow(): number {
    const start = this.rows * this.stride
    if (start + this.stride > this.values.length) this.#grow()
    this.rows++
    return start
  }

  /** Adds all rows at once, filled with missing cells. */
  addRows(count: number): void {
    this.values = this.#allocate(count * this.stride).fill(Number.NaN)
    this.rows = count
  }

  /** Makes room for another column, filled with NaN. */
  addColumn(column: number): void {
    if (column < this.stride) return
    if (this.rows === 0) {
      this.stride = column + 1
      return
    }
    const stride = Math.max(8, 2 * this.stride)
    const wider = this.#allocate(Math.ceil(1.5 * (this.rows + 1)) * stride).fill(Number.NaN)
    for (let i = 0; i < this.rows; i++)
      wider.set(this.values.subarray(i * this.stride, (i + 1) * this.stride), i * stride)
    this.values = wider
    this.stride = stride
  }

  /** Marks a column's cell in the newest row as missing: until it is set, its content is arbitrary. */
  clearNewest(column: number): void {
    this.values[(this.rows - 1) * this.stride + column] = Number.NaN
  }

  /** Replaces each cell of a column in the rows from `first` on; missing cells stay missing. */
  map(column: number, first: number, replace: (cell: number) => number): void {
    const { values, stride } = this
    const end = this.rows * stride
    for (let k = first * stride + column; k < end; k += stride) {
      const cell = values[k]!
      if (!Number.isNaN(cell)) values[k] = replace(cell)
    }
  }

  /** Whether all present cells of a column pass in the rows from `first` on. */
  every(column: number, first: number, passes: (cell: number) => boolean): boolean {
    const { values, stride } = this
    const end = this.rows * stride
    for (let k = first * stride + column; k < end; k += stride) {
      const cell = values[k]!
      if (!Number.isNaN(cell) && !passes(cell)) return false
    }
    return true
  }

  /** A column's present cells in the rows from `first` on. */
  cells(column: number, first: number): Float64Array {
    const { values, stride, rows } = this
    const cells = new Float64Array(rows - first)
    let count = 0
    for (let i = first, k = first * stride + column; i < rows; i++, k += stride) {
      const cell = values[k]!
      if (!Number.isNaN(cell)) cells[count++] = cell
    }
    return cells.subarray(0, count)
  }

  /** The rows from `first` on with only these columns, in ascending order; overwrites the grid. */
  keep(columns: readonly number[], first: number): Float64Array {
    const { values, stride, rows } = this
    const width = columns.length
    if (width === stride) return values.subarray(first * stride, rows * stride)
    // no row is written before it is read
    for (let i = first, to = 0; i < rows; i++)
      for (const column of columns) values[to++] = values[i * stride + column]!
    return values.subarray(0, (rows - first) * width)
  }

  #grow(): void {
    const least = (this.rows + 1) * this.stride
    const likely = Math.ceil(
      Math.max(this.#likelyRows() * this.stride, this.stride + 1.5 * this.values.length),
    )
    const larger = this.#allocate(Math.max(least, Math.min(likely, this.#maxCells)))
    larger.set(this.values.subarray(0, this.rows * this.stride))
    this.values = larger
  }
}
