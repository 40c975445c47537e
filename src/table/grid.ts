/**
 * Rows of numbers that grow: float64, row by row, one number a cell and nothing beside it, so that a large file takes
 * the memory of its cells.
 */
export class Grid {
  values: Float64Array
  rows = 0
  /** Numbers from one row to the next. */
  stride: number
  /** How many rows there will be, where that can be told: memory is then taken once. */
  readonly #likelyRows: () => number

  constructor(likelyRows: () => number = () => 0) {
    this.#likelyRows = likelyRows
    this.stride = 0
    this.values = new Float64Array(1024)
  }

  /** Adds a row, of which each cell is to be put; returns where it begins. */
  addRow(): number {
    const start = this.rows * this.stride
    if (start + this.stride > this.values.length) this.#grow()
    this.rows++
    return start
  }

  /** Adds rows of missing cells, as many as there will be. */
  addRows(count: number): void {
    this.values = new Float64Array(count * this.stride).fill(Number.NaN)
    this.rows = count
  }

  /** Makes room for another column, of which all cells are NaN. */
  addColumn(column: number): void {
    if (column < this.stride) return
    if (this.rows === 0) {
      this.stride = column + 1
      return
    }
    const stride = Math.max(8, 2 * this.stride)
    const wider = new Float64Array(Math.ceil(1.5 * (this.rows + 1)) * stride).fill(Number.NaN)
    for (let i = 0; i < this.rows; i++)
      wider.set(this.values.subarray(i * this.stride, (i + 1) * this.stride), i * stride)
    this.values = wider
    this.stride = stride
  }

  /** Makes a column's cell in the newest row a missing one: what it holds before it is put is nothing. */
  clearNewest(column: number): void {
    this.values[(this.rows - 1) * this.stride + column] = Number.NaN
  }

  /** Replaces each cell of a column, of the rows from `first` on; a missing one stays missing. */
  map(column: number, first: number, replace: (cell: number) => number): void {
    const { values, stride } = this
    const end = this.rows * stride
    for (let k = first * stride + column; k < end; k += stride) {
      const cell = values[k]!
      if (!Number.isNaN(cell)) values[k] = replace(cell)
    }
  }

  /** Whether all cells of a column that are not missing pass, of the rows from `first` on. */
  every(column: number, first: number, passes: (cell: number) => boolean): boolean {
    const { values, stride } = this
    const end = this.rows * stride
    for (let k = first * stride + column; k < end; k += stride) {
      const cell = values[k]!
      if (!Number.isNaN(cell) && !passes(cell)) return false
    }
    return true
  }

  /** A column's cells that are not missing, of the rows from `first` on. */
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

  /** The rows from `first` on with these columns alone, in ascending order; they take the place of what was there. */
  keep(columns: readonly number[], first: number): Float64Array {
    const { values, stride, rows } = this
    const width = columns.length
    if (width === stride) return values.subarray(first * stride, rows * stride)
    // a row is written no later than it is read
    for (let i = first, to = 0; i < rows; i++)
      for (const column of columns) values[to++] = values[i * stride + column]!
    return values.subarray(0, (rows - first) * width)
  }

  #grow(): void {
    const least = this.stride + 1.5 * this.values.length
    const larger = new Float64Array(Math.ceil(Math.max(this.#likelyRows() * this.stride, least)))
    larger.set(this.values.subarray(0, this.rows * this.stride))
    this.values = larger
  }
}
