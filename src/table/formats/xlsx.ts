/** Excel's .xlsx: rows of typed cells, read with the optional package hucre. */
import { InputError, messageOf, unknownName } from '../../core/errors.ts'
import { counted, printable } from '../../core/format.ts'
import { textOfDate } from '../dates.ts'
import type { ReadingOptions } from '../inference/choice.ts'
import { type ReadTable, TableBuilder } from '../inference/table-builder.ts'
import { numberedNames } from '../table.ts'
import { headerOf } from './header.ts'
import { requireSmallZip } from './zip-size.ts'

/** A cell of a sheet; a formula's is its value when the file was saved. */
type Cell = unknown

/**
 * Reads the table on a sheet, the first one by default. Its first row with content names the columns if it has a text;
 * otherwise they are x0, x1, … Throws InputError without the package hucre, on an unknown sheet, a file that is damaged,
 * encrypted or unpacks to too much, a row of more cells than columns, and as `TableBuilder` does.
 */
export async function readXlsx(
  bytes: Uint8Array,
  name: string,
  options: ReadingOptions,
  sheet: string | undefined,
): Promise<ReadTable> {
  requireSmallZip(bytes, name, options.maxSize)
  const hucre = await import('hucre/xlsx').catch(() => {
    throw new InputError(`${name}: .xlsx needs another package: npm install hucre`, 'not-available')
  })
  const noWorkbook = (error: unknown) => {
    if (error instanceof InputError) return error
    const reason = messageOf(error).replaceAll(/\s+/g, ' ')
    return new InputError(`${name} is no whole .xlsx file (${reason}): save it again`, 'bad-data')
  }
  let reader: SheetReader | undefined
  try {
    const names: string[] = []
    const noteName = (info: { readonly name: string }) => {
      names.push(info.name)
      return false
    }
    await hucre.readXlsx(bytes, { sheets: noteName })
    if (sheet !== undefined && !names.includes(sheet))
      throw unknownName('sheet', sheet, names.map(printable), { noun: 'sheet' })
    for await (const { index, values } of hucre.streamXlsxRows(bytes, { sheet: sheet ?? 0 })) {
      const cells = withoutEmptyEnd(values)
      if (cells.length === 0) continue
      reader ??= new SheetReader(name, options, cells)
      reader.push(cells, index + 1)
    }
    if (!reader) {
      const others =
        sheet === undefined && names.length > 1 ? `, one of ${names.map(printable).join(', ')}` : ''
      throw new InputError(
        `${name}: the sheet ${printable(sheet ?? names[0] ?? '')} is empty: give another with \`sheet\`${others}`,
        'bad-data',
      )
    }
  } catch (error) {
    throw noWorkbook(error)
  }
  return reader.end()
}

/** Builds a table from the rows of a sheet. */
class SheetReader {
  readonly #name: string
  readonly #builder: TableBuilder
  readonly #notes: readonly string[]
  #isFirst = true
  readonly #hasNames: boolean

  constructor(name: string, options: ReadingOptions, first: readonly Cell[]) {
    this.#name = name
    this.#builder = new TableBuilder({ name, place: 'row', isText: false }, options)
    this.#builder.requireColumns(first.length)
    const head = first.map((cell) => textOf(cell).trim())
    this.#hasNames = first.some((cell) => typeof cell === 'string')
    const { names, notes } = this.#hasNames
      ? headerOf(head, name)
      : { names: numberedNames(first.length), notes: [] }
    this.#notes = notes
    for (const [d, column] of names.entries())
      this.#builder.addColumn(column, this.#hasNames && head[d] === '')
    this.#builder.requireChosenColumns()
  }

  /** `row` is its number in the sheet. */
  push(cells: readonly Cell[], row: number): void {
    const isHead = this.#isFirst && this.#hasNames
    this.#isFirst = false
    if (isHead) return
    const { grid, columns } = this.#builder
    if (cells.length > columns.length)
      throw new InputError(
        `${this.#name}, row ${row}: ${counted(cells.length, 'cell')}, not ${columns.length}: give every column a name in the first row`,
        'bad-data',
      )
    const place = grid.addRow()
    for (const [d, column] of columns.entries())
      if (column) grid.columns[column.index]![place] = column.value(cellOf(cells[d]), row)
  }

  end(): ReadTable {
    const table = this.#builder.finish()
    return { ...table, notes: [...this.#notes, ...table.notes] }
  }
}

/** Formatted cells without content go on to the right of a table. */
function withoutEmptyEnd(cells: readonly Cell[]): readonly Cell[] {
  const last = cells.findLastIndex((cell) => textOf(cell).trim() !== '')
  return cells.slice(0, last + 1)
}

/** Excel's dates have no zone; a time of day is one before its first day. */
function cellOf(cell: Cell): unknown {
  if (!(cell instanceof Date)) return cell
  const time = cell.getTime()
  if (!Number.isNaN(time) && time < firstDay) return cell.toISOString().slice(11, 19)
  return textOfDate(cell, true) ?? cell
}

const firstDay = Date.UTC(1900, 0, 1)

function textOf(cell: Cell): string {
  return cell === null || cell === undefined ? '' : String(cellOf(cell))
}
