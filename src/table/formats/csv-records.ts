import { endOfQuotes } from '../condition-text.ts'
import type { CsvFormat } from './csv-head.ts'

/** The records of a text. */
export interface CsvRecords {
  readonly rows: readonly (readonly string[])[]
  /** The places of rows that are one quoted empty cell, which differs from an empty line. */
  readonly missing: ReadonlySet<number>
  /** Where the first record begins that may go on behind the text. */
  readonly end: number
  /** Whether the quotes of the record after the last row are not closed, or are closed within a cell. */
  readonly isUnclosed: boolean
}

/**
 * Splits CSV at its delimiters and line ends. A cell in quotes may have both, and "" for a quote; spaces may follow the closing
 * quote. Each character is looked at a few times: papaparse, which this project writes CSV with, looks through the spaces before a
 * line's end again for each quote in the line, and keeps an object for each. `isLast` says that nothing follows the text, so that
 * its last record is complete.
 */
export function recordsIn(text: string, format: CsvFormat, isLast: boolean): CsvRecords {
  return text.includes('"') ? quotedRecords(text, format, isLast) : plainRecords(text, format, isLast)
}

function plainRecords(text: string, { delimiter, newline }: CsvFormat, isLast: boolean): CsvRecords {
  const lines = text.split(newline)
  const end = isLast ? text.length : text.length - lines.pop()!.length
  return { rows: lines.map((line) => line.split(delimiter)), missing: new Set(), end, isUnclosed: false }
}

function quotedRecords(text: string, { delimiter, newline }: CsvFormat, isLast: boolean): CsvRecords {
  const rows: string[][] = []
  const missing = new Set<number>()
  let [row, at, end, isUnclosed]: [string[], number, number, boolean] = [[], 0, 0, false]
  const ends = { [delimiter]: -2, [newline]: -2 }
  /** Where a mark is next; -1 if nowhere. */
  const next = (mark: string) => {
    const known = ends[mark]!
    if (known === -1 || known >= at) return known
    ends[mark] = text.indexOf(mark, at)
    return ends[mark]
  }
  const isEnd = (place: number) => text.startsWith(delimiter, place) || text.startsWith(newline, place)
  for (;;) {
    const isQuoted = text.charAt(at) === '"'
    const closed = isQuoted ? endOfQuotes(text, at) : -1
    let cellEnd: number
    if (isQuoted) {
      cellEnd = closed
      while (closed > 0 && cellEnd < text.length && !isEnd(cellEnd) && text.charAt(cellEnd).trim() === '')
        cellEnd++
      isUnclosed = closed < 0 ? isLast : cellEnd < text.length && !isEnd(cellEnd)
      if (isUnclosed || closed < 0) break
    } else {
      const places = [next(delimiter), next(newline)].filter((place) => place >= 0)
      cellEnd = Math.min(text.length, ...places)
    }
    if (cellEnd === text.length && !isLast) break
    row.push(isQuoted ? text.slice(at + 1, closed - 1).replaceAll('""', '"') : text.slice(at, cellEnd))
    if (text.startsWith(delimiter, cellEnd)) {
      at = cellEnd + delimiter.length
      continue
    }
    if (isQuoted && row.length === 1 && row[0] === '') missing.add(rows.length)
    rows.push(row)
    row = []
    end = at = Math.min(text.length, cellEnd + newline.length)
    if (cellEnd === text.length) break
  }
  return { rows, missing, end, isUnclosed }
}
