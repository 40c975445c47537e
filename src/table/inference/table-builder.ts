import { InputError } from '../../core/errors.ts'
import { humanCount, printable } from '../../core/format.ts'
import type { FloatArray } from '../../numerics/points.ts'
import { isGenerated, type Table, type TableColumn } from '../table.ts'
import { checkChoice, type ReadingOptions, requireChosenColumns, roleOf, typesWith } from './choice.ts'
import { ColumnBuilder } from './column-builder.ts'
import type { LeftOut } from './decision.ts'
import { Grid } from './grid.ts'
import { decide } from './infer.ts'
import { dependsOn, isSeries } from './keys.ts'
import { type Limits, limitsOf, tooManyColumns } from './limits.ts'
import { quoted, type Source } from './words.ts'
import { withYears, type Years, yearsIn } from './years-in-codes.ts'

/** A table that was read, and what to report about it. */
export interface ReadTable extends Table {
  /** Notes on what could be read in several ways. */
  readonly notes: readonly string[]
  /** The columns that can't be learned or carry no information, in the source's order. */
  readonly leftOut: readonly LeftOut[]
  /** Of the columns that are generated, the first cells as they stand, to show; absent if there are none. */
  readonly firstTexts?: ReadonlyMap<string, readonly (string | null)[]> | undefined
}

/** A column's name is in every message about it, on the model's card and in the files of samples. */
const longestName = 1000

/** Builds a table row by row, or column by column; a dropped column costs nothing. */
export class TableBuilder {
  readonly grid: Grid
  /** All of the source's columns. */
  readonly names: string[] = []
  /** By index in the source; undefined if dropped. */
  readonly columns: (ColumnBuilder | undefined)[] = []
  /** The columns that are not dropped, by index in the grid. */
  readonly keptColumns: ColumnBuilder[] = []
  readonly #source: Source
  readonly #options: ReadingOptions
  readonly #limits: Limits
  readonly #leftOut: LeftOut[] = []
  /** The names so far: a source may have tens of thousands. */
  readonly #taken = new Set<string>()
  /** What sees the cells of a column, by its index in the source. */
  readonly #watchers: (((value: unknown, row: number) => void) | undefined)[] = []
  /** The number of rows so far, with those that are not taken. */
  #rows = 0

  /** `likelyRows` estimates the number of rows, so that memory is allocated once. */
  constructor(source: Source, options: ReadingOptions, likelyRows?: () => number) {
    checkChoice(options.choice)
    this.#source = source
    this.#options = options
    this.#limits = limitsOf(options.maxSize)
    this.grid = new Grid(source.name, this.#limits, likelyRows)
  }

  /** Adds a column; `isUnnamed` means that the source has no name for it, as for pandas' index. */
  addColumn(name: string, isUnnamed = false): ColumnBuilder | undefined {
    this.requireColumns(this.names.length + 1)
    if (name.length > longestName)
      throw new InputError(
        `${this.#source.name}, column ${this.names.length + 1}: its name, ${quoted(name)}, has ${humanCount(name.length)} characters: give one of at most ${humanCount(longestName)}`,
        'bad-data',
      )
    const role = roleOf(name, this.#options)
    const isNamedId = role.isNamedId || isUnnamed
    const builder = role.isDropped
      ? undefined
      : new ColumnBuilder(name, { ...role, isNamedId }, this.#source, this.grid)
    this.#watchers[this.names.length] = this.#options.watch?.cells?.(name)
    this.names.push(name)
    this.#taken.add(name)
    this.columns.push(builder)
    if (builder) this.keptColumns.push(builder)
    return builder
  }

  /** Whether a column has this name already. */
  has(name: string): boolean {
    return this.#taken.has(name)
  }

  /** Throws InputError if a source has more columns than a table may have. */
  requireColumns(count: number): void {
    if (count > this.#limits.columns) throw tooManyColumns(this.#source.name, count, this.#limits)
  }

  /** Throws InputError if the choice names a column that was not added. */
  requireChosenColumns(): void {
    const { choice, keepsAll } = this.#options
    // rows to complete have the kinds of a model's columns, and may lack some
    requireChosenColumns(keepsAll ? { ...choice, types: undefined } : choice, this.names)
  }

  /** Leaves out a column that has no usable cells; throws InputError if a kind is given for it. */
  leaveOut(name: string, reason: string): void {
    const { isDropped, kind } = roleOf(name, this.#options)
    this.names.push(name)
    this.#taken.add(name)
    this.columns.push(undefined)
    if (isDropped) return
    if (kind !== undefined)
      throw new InputError(
        `${this.#source.name}, column ${printable(name)} can have no kind: ${reason}`,
        'bad-data',
      )
    this.#leftOut.push({ name, reason, kind: null })
  }

  /** Takes a column back if all of its cells are missing; whether it did. */
  forgetEmpty(name: string): boolean {
    const d = this.names.indexOf(name)
    const column = this.columns[d]
    if (!column || !this.grid.all(column.index, 0).every(Number.isNaN)) return false
    this.columns[d] = undefined
    this.keptColumns.splice(this.keptColumns.indexOf(column), 1)
    return true
  }

  /** Uses complete numbers, row by row, as the cells of all columns. */
  adoptNumbers(numbers: FloatArray): void {
    const { grid, columns } = this
    const dim = columns.length
    grid.addRows(numbers.length / dim)
    for (const [d, column] of columns.entries()) {
      if (!column) continue
      const cells = grid.columns[column.index]!
      for (let row = 0, k = d; row < grid.rows; row++, k += dim)
        cells[row] = column.number(numbers[k]!, row + 1)
    }
  }

  /** Renames the columns, in the source's order. */
  rename(names: readonly string[]): void {
    for (const [d, name] of names.entries()) {
      this.names[d] = name
      const column = this.columns[d]
      if (column) column.name = name
    }
  }

  /** Shows the next row's values, by index in the source, to what watches; whether to read it. */
  takesRow(values: ArrayLike<unknown>): boolean {
    const { watch } = this.#options
    if (!watch) return true
    const row = this.#rows++
    for (let d = 0; d < this.#watchers.length; d++) this.#watchers[d]?.(values[d], row)
    return watch.takes?.(row) ?? true
  }

  /** The same for the rows of a source that is read column by column: their places in the grid, -1 for one that is not read. */
  takeRows(count: number): (row: number) => number {
    const { watch } = this.#options
    const takes = watch?.takes?.bind(watch)
    if (!takes) {
      this.grid.addRows(count)
      return (row) => row
    }
    let taken = 0
    const places = Int32Array.from({ length: count }, (_, row) => (takes(row) ? taken++ : -1))
    this.grid.addRows(taken)
    return (row) => places[row]!
  }

  /** What watches a column of such a source. */
  watcherOf(name: string): ((value: unknown, row: number) => void) | undefined {
    return this.#watchers[this.names.indexOf(name)]
  }

  /** Adds a row with a value for each column, unless what watches does not take it. Throws InputError as `ColumnBuilder.value`. */
  addValues(row: readonly unknown[], number: number): void {
    if (!this.takesRow(row)) return
    const { grid, columns } = this
    const place = grid.addRow()
    for (let d = 0; d < columns.length; d++) {
      const column = columns[d]
      if (column) grid.columns[column.index]![place] = column.value(row[d], number)
    }
  }

  /** Adds a row with a text for each column. Throws InputError on a text that doesn't fit a given kind. */
  addTexts(texts: readonly string[], line: number): void {
    if (!this.takesRow(texts)) return
    const { grid, columns } = this
    const place = grid.addRow()
    for (let d = 0; d < columns.length; d++) {
      const column = columns[d]
      if (column) grid.columns[column.index]![place] = column.text(texts[d]!, line)
    }
  }

  /**
   * Returns the table of the rows from `first` on. Throws InputError on too few rows, a column that doesn't fit any
   * kind, or if no column is left.
   */
  finish(first = 0): ReadTable {
    const { name } = this.#source
    const { minRows, keepsAll, watch } = this.#options
    const count = this.grid.rows - first
    if (count < minRows)
      throw new InputError(
        `${name} has ${count === 1 ? 'one row' : 'no rows'}: give at least ${minRows}, ideally 1000`,
        'bad-data',
      )
    // one of several may be empty
    if (count <= 0) return { count: 0, columns: [], notes: [], leftOut: [] }
    const columns: TableColumn[] = []
    const notes: string[] = []
    const leftOut: LeftOut[] = [...this.#leftOut]
    const firstTexts = new Map<string, readonly (string | null)[]>()
    const years = new Map<string, readonly Years[]>()
    const unnamedKeys = new Map<string, TableColumn>()
    for (const builder of this.keptColumns) {
      const cells = this.grid.all(builder.index, first)
      const texts = builder.firstTexts().slice(first)
      const ofRows = (each: Years) => each.subarray(first)
      const ofCodes = builder.mode === 'words' ? yearsIn(builder.words, cells) : builder.years.map(ofRows)
      const decision = decide({ builder, cells })
      if ('leftOut' in decision) leftOut.push(decision.leftOut)
      else {
        columns.push({ ...decision.column, cells })
        if (decision.column.maker) years.set(builder.name, ofCodes)
        if (decision.numbers) unnamedKeys.set(builder.name, decision.numbers)
        if (isGenerated(decision.column)) firstTexts.set(builder.name, texts)
        for (const note of decision.notes) notes.push(`${name}, column ${printable(builder.name)}: ${note}`)
      }
    }
    if (columns.length === 0) {
      const out = leftOut.find(({ kind }) => kind !== null) ?? leftOut[0]
      const keeping = out?.kind ? `; ${typesWith(out.name, out.kind)} keeps it` : ''
      const why = out
        ? `${printable(out.name)} is left out, ${out.reason}${keeping}`
        : '`columns` and `drop` leave none'
      throw new InputError(`${name} has no column left: ${why}`, 'bad-data')
    }
    for (const [d, { name }] of columns.entries()) {
      const numbers = unnamedKeys.get(name)
      if (!numbers || !columns.some((other) => dependsOn(other, numbers.cells))) continue
      columns[d] = numbers
      firstTexts.delete(name)
    }
    const steps = keepsAll || watch ? undefined : columns.find((column) => isSeries(column, column.cells))
    if (steps)
      notes.push(
        `${name}, column ${printable(steps.name)}: each row is one step of a series, and rows are drawn independently: samples repeat some steps and lack others, and no row follows from the one before`,
      )
    const places = new Map(this.names.map((name, d) => [name, d]))
    return {
      count,
      columns: withYears(columns, years),
      notes,
      leftOut: leftOut.sort((a, b) => places.get(a.name)! - places.get(b.name)!),
      ...(firstTexts.size > 0 && { firstTexts }),
    }
  }
}
