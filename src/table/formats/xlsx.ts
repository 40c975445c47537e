/** Excel's .xlsx: rows of typed cells, read with the optional package hucre. */
import { InputError, messageOf, unknownName } from '../../core/errors.ts'
import { counted, printable } from '../../core/format.ts'
import { textOfDate } from '../dates.ts'
import type { ReadingOptions } from '../inference/choice.ts'
import { requireUnpacked } from '../inference/limits.ts'
import { type ReadTable, TableBuilder } from '../inference/table-builder.ts'
import { numberedNames } from '../table.ts'
import { headerOf } from './header.ts'

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
  let table: ReturnType<typeof tableWith> | undefined
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
      if (!table) {
        table = tableWith(cells, name, options)
        if (table.hasNames) continue
      }
      addRow(table.builder, cells, `${name}, row ${index + 1}`, index + 1)
    }
    if (!table) {
      const others =
        sheet === undefined && names.length > 1 ? `, one of ${names.map(printable).join(', ')}` : ''
      throw new InputError(
        `${name}: the sheet ${printable(sheet ?? names[0] ?? '')} is empty: give another with \`sheet\`${others}`,
        'bad-data',
      )
    }
  } catch (error) {
    if (error instanceof InputError) throw error
    const reason = messageOf(error).replaceAll(/\s+/g, ' ')
    throw new InputError(`${name} is no whole .xlsx file (${reason}): save it again`, 'bad-data')
  }
  const read = table.builder.finish()
  return { ...read, notes: [...table.notes, ...read.notes] }
}

/** A table without rows, with the columns of a sheet's first row. */
function tableWith(first: readonly Cell[], name: string, options: ReadingOptions) {
  const builder = new TableBuilder({ name, place: 'row', isText: false }, options)
  builder.requireColumns(first.length)
  const head = first.map((cell) => textOf(cell).trim())
  const hasNames = first.some((cell) => typeof cell === 'string')
  const { names, notes } = hasNames ? headerOf(head, name) : { names: numberedNames(first.length), notes: [] }
  for (const [d, column] of names.entries()) builder.addColumn(column, hasNames && head[d] === '')
  builder.requireChosenColumns()
  return { builder, hasNames, notes }
}

function addRow(builder: TableBuilder, cells: readonly Cell[], where: string, row: number): void {
  const { length } = builder.columns
  if (cells.length > length)
    throw new InputError(
      `${where}: ${counted(cells.length, 'cell')}, not ${length}: give every column a name in the first row`,
      'bad-data',
    )
  builder.addValues(cells.map(cellOf), row)
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

const [endSignature, entrySignature] = [0x06054b50, 0x02014b50]
const [endSize, entrySize, longestComment] = [22, 46, 2 ** 16]
/** What a size of 32 bits says if the real one has 64. */
const beyond32 = 0xffffffff

/**
 * Throws InputError if a zip archive unpacks to more than is allowed, by what its directory says: before anything is
 * unpacked. Whatever unpacks it has to stop at these sizes.
 */
function requireSmallZip(bytes: Uint8Array, name: string, maxSize: number | undefined): void {
  const broken = new InputError(`${name} is no whole .xlsx file: save it again`, 'bad-data')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let end = bytes.length - endSize
  const first = Math.max(0, end - longestComment)
  while (end >= first && view.getUint32(end, true) !== endSignature) end--
  if (end < first) throw broken
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  let unpacked = 0
  for (let i = 0; i < count; i++) {
    if (at + entrySize > bytes.length || view.getUint32(at, true) !== entrySignature) throw broken
    const size = view.getUint32(at + 24, true)
    // a sheet of more than 4 GB
    if (size === beyond32) throw broken
    unpacked += size
    at +=
      entrySize +
      view.getUint16(at + 28, true) +
      view.getUint16(at + 30, true) +
      view.getUint16(at + 32, true)
  }
  requireUnpacked(name, { unpacked, packed: bytes.length, maxSize })
}
