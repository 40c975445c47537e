import { InputError } from '../../core/errors.ts'
import { humanBytes, humanCount } from '../../core/format.ts'
import { type Limits, tooLarge } from './limits.ts'

/** So many cells have room from the beginning, whatever the limit is. */
const firstCells = 1024

/**
 * Growing columns of float64 numbers with nothing beside them, so that a large file takes only the memory of its cells,
 * and a column can be a table's as it is.
 */
export class Grid {
  /** The cells of each column, with room for more rows. Growing replaces the arrays. */
  readonly columns: Float64Array[] = []
  rows = 0
  /** For how many rows the columns have room. */
  #room = 0
  readonly #name: string
  /** The likely number of rows, if it can be estimated: memory is then allocated once. */
  readonly #likelyRows: () => number
  readonly #maxCells: number

  /** Throws InputError, here and later, if a table called `name` takes more than `limits.cells` bytes. */
  constructor(name: string, limits: Pick<Limits, 'cells'>, likelyRows: () => number = () => 0) {
    this.#name = name
    this.#likelyRows = likelyRows
    this.#maxCells = Math.floor(limits.cells / 8)
  }

  /** Adds a row of missing cells; returns its number. */
  addRow(): number {
    if (this.rows >= this.#room && this.columns.length > 0) this.#grow()
    for (const cells of this.columns) cells[this.rows] = Number.NaN
    return this.rows++
  }

  /** Adds all rows at once, of missing cells. */
  addRows(count: number): void {
    this.#requireCells(count)
    for (const d of this.columns.keys()) this.columns[d] = this.#allocate(count).fill(Number.NaN)
    this.rows = count
    this.#room = count
  }

  /** Adds a column of missing cells; returns its index. */
  addColumn(): number {
    this.#room = Math.max(this.#room, this.rows)
    const index = this.columns.push(new Float64Array()) - 1
    if (this.rows > 0) this.#requireCells(this.rows + 1)
    this.columns[index] = this.#allocate(this.#room).fill(Number.NaN, 0, this.rows)
    return index
  }

  /** A column's present cells in the rows from `first` on. */
  cells(column: number, first: number): Float64Array {
    return presentCells(this.all(column, first))
  }

  /** A column's cells in the rows from `first` on, a view on the same memory. */
  all(column: number, first: number): Float64Array {
    return this.columns[column]!.subarray(first, this.rows)
  }

  #grow(): void {
    this.#requireCells(this.rows + 1)
    const roomIn = (cells: number) => Math.floor(cells / this.columns.length)
    const likely = Math.ceil(Math.max(this.#likelyRows(), 1 + 1.5 * this.#room))
    this.#room = Math.max(this.rows + 1, roomIn(firstCells), Math.min(likely, roomIn(this.#maxCells)))
    for (const [d, cells] of this.columns.entries()) {
      const larger = this.#allocate(this.#room)
      larger.set(cells.subarray(0, this.rows))
      this.columns[d] = larger
    }
  }

  #requireCells(rows: number): void {
    const count = rows * this.columns.length
    if (count > Math.max(this.#maxCells, firstCells))
      throw tooLarge(`${this.#name} has more than ${humanCount(this.#maxCells)} cells`, 8 * count)
  }

  /** Memory for the cells of a column. */
  #allocate(rows: number): Float64Array {
    try {
      return new Float64Array(rows)
    } catch {
      throw new InputError(
        `the cells of ${this.#name} take ${humanBytes(8 * rows * this.columns.length)}, which this machine has not free: \`drop\` columns, or give fewer rows`,
        'bad-data',
      )
    }
  }
}

/** The cells that are not missing. */
export function presentCells(cells: Float64Array): Float64Array {
  const present = new Float64Array(cells.length)
  let count = 0
  for (const cell of cells) if (!Number.isNaN(cell)) present[count++] = cell
  return present.subarray(0, count)
}

/** Replaces each cell; missing cells stay missing. */
export function replaceCells(cells: Float64Array, replace: (cell: number) => number): void {
  for (let i = 0; i < cells.length; i++) if (!Number.isNaN(cells[i])) cells[i] = replace(cells[i]!)
}
