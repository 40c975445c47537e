/** Columns of texts that are made for each row: cells become the numbers of the rows in which their text stands first. */
import { type ReadTexts, TextSummary } from '../generated/text-summary.ts'
import { hashOf, isMissingWord } from './cells.ts'
import type { ColumnBuilder } from './column-builder.ts'
import { type Decision, type Finished, keptColumn } from './decision.ts'
import type { Grid } from './grid.ts'
import type { Word } from './words.ts'

/** Free text has more distinct values than this, in more than half of its cells. */
const maxWordsOfText = 50

/** Whether so many distinct texts among so many cells are free text or ids rather than names. */
export function isFreeText(distinct: number, cells: number): boolean {
  return distinct > maxWordsOfText && distinct > cells / 2
}

/** A column of many numbers, or dates, and many texts that are none: texts, of which most are numbers. */
export function decideOdd({ builder, grid, first }: Finished): Decision {
  const { index, odd } = builder
  const summary = new TextSummary()
  for (const text of odd.texts) summary.add(text)
  grid.map(index, first, (cell) => {
    if (odd.hashes.has(cell)) return cell
    summary.add(String(cell))
    return hashOf(String(cell))
  })
  const hashes = grid.cells(index, first)
  numberTexts(grid, index, first)
  return madeColumn(builder, summary, { rows: grid.rows - first, cells: hashes.length, hashes })
}

/** A column of too many texts to keep them all: they are made for each row. */
export function decideTexts({ builder, grid, first }: Finished): Decision {
  const hashes = grid.cells(builder.index, first)
  numberTexts(grid, builder.index, first)
  return madeColumn(builder, builder.texts!, { rows: grid.rows - first, cells: hashes.length, hashes })
}

/** The cells of a column that are present become the numbers of their rows. */
export function numberRows(grid: Grid, index: number, first: number): void {
  let row = 0
  grid.map(index, first, () => row++)
}

/** The same for hashes of texts, or for what else is the same in the same texts, which take the number of the first of these. */
function numberTexts(grid: Grid, index: number, first: number): void {
  const rows = new Map<number, number>()
  let row = 0
  grid.map(index, first, (text) => {
    const same = rows.get(text) ?? row
    if (same === row) rows.set(text, row)
    row++
    return same
  })
}

/** A column of texts that are made for each row. */
function madeColumn(builder: ColumnBuilder, summary: TextSummary, texts: ReadTexts): Decision {
  const { name, role } = builder
  return keptColumn(builder, { kind: 'text', maker: summary.maker(name, { ...texts, stated: role.stated }) })
}

/** A column of texts that are all known: missing words are missing values, the others are made for each row. */
export function decideText(finished: Finished, used: readonly Word[], counts: Uint32Array): Decision {
  const { builder, grid, first } = finished
  const { words, index } = builder
  const missing = used.find(({ text }) => isMissingWord(text))
  builder.missingWord = missing?.text
  const summary = new TextSummary()
  const hashes: number[] = []
  let cells = 0
  for (const [code, { text }] of words.entries()) {
    if (counts[code] === 0 || isMissingWord(text)) continue
    summary.add(text, counts[code])
    hashes.push(hashOf(text))
    cells += counts[code]!
  }
  grid.map(index, first, (code) => (isMissingWord(words[code]!.text) ? Number.NaN : code))
  numberTexts(grid, index, first)
  return madeColumn(builder, summary, { rows: grid.rows - first, cells, hashes })
}
