/** Columns of texts that are made for each row: cells become the numbers of the rows in which their text stands first. */
import { type ReadTexts, TextSummary } from '../generated/text-summary.ts'
import { leastRows } from '../least-rows.ts'
import { Outermost } from '../outermost.ts'
import type { TableColumn } from '../table.ts'
import { hashOf, isMissingWord } from './cells.ts'
import type { ColumnBuilder } from './column-builder.ts'
import { type Decision, type Finished, keptColumn } from './decision.ts'
import { presentCells, replaceCells } from './grid.ts'
import type { Word } from './words.ts'

/** Free text has more distinct values than this, in more than half of its cells. */
const maxWordsOfText = 50

/** Whether so many distinct texts among so many cells are free text or ids rather than names. */
export function isFreeText(distinct: number, cells: number): boolean {
  return distinct > maxWordsOfText && distinct > cells / 2
}

/** Names that too few rows share are not learned, and learned ones replace them: in more than this share of the cells, trees find that. */
const mostUnlearned = 1 / 3

/** Whether many cells of a column of names, or all of a column of few names, have one that fewer rows share than anything is learned of. */
export function areOftenRare({ kind, cells }: Pick<TableColumn, 'kind' | 'cells'>): boolean {
  if (kind !== 'category') return false
  const rows = new Map<number, number>()
  for (const cell of cells) if (!Number.isNaN(cell)) rows.set(cell, (rows.get(cell) ?? 0) + 1)
  const counts = [...rows.values()]
  const sum = (all: readonly number[]) => all.reduce((total, count) => total + count, 0)
  const [all, unlearned] = [sum(counts), sum(counts.filter((count) => count < leastRows))]
  // nor is anything learned of fewer texts
  return rows.size > maxWordsOfText ? unlearned > mostUnlearned * all : all >= leastRows && unlearned === all
}

/** A column of too many texts to keep them all: they are made for each row. */
export function decideTexts({ builder, cells }: Finished): Decision {
  const hashes = presentCells(cells)
  // without the header's, if it was read as one
  const categories = builder.kept?.slice(builder.kept.length - hashes.length)
  numberTexts(cells)
  const read = { rows: cells.length, cells: hashes.length, hashes }
  return madeColumn(builder, builder.texts!, read, categories)
}

/** The first number of a key that continues after these. */
export function nextKey(numbers: Float64Array): number {
  return Math.max(1, new Outermost().addAll(numbers).next)
}

/** A key, whose cells become the numbers of their rows; `texts` are those of its cells, if they are kept, after that of the header. */
export function decideKey(
  { builder, cells }: Finished,
  texts: readonly string[] | undefined,
  first?: number,
): Decision {
  for (let row = 0; row < cells.length; row++) cells[row] = row
  const categories = builder.role.keepsTexts ? texts?.slice(texts.length - cells.length) : undefined
  return keptColumn(builder, {
    kind: 'key',
    ...(first !== undefined && { first }),
    ...(categories && { categories }),
  })
}

/** Codes that are the same for the same text become the number of the first row with that text; only rows with one count. */
function numberTexts(cells: Float64Array): void {
  const rows = new Map<number, number>()
  let row = 0
  replaceCells(cells, (text) => {
    const same = rows.get(text) ?? row
    if (same === row) rows.set(text, row)
    row++
    return same
  })
}

/** A column of texts that are made for each row. */
function madeColumn(
  builder: ColumnBuilder,
  summary: TextSummary,
  texts: ReadTexts,
  categories: readonly string[] | undefined,
): Decision {
  const maker = summary.maker(builder.name, { ...texts, stated: builder.role.stated })
  return keptColumn(builder, { kind: 'text', maker, ...(categories && { categories }) })
}

/** A column of texts that are all known: missing words are missing values, the others are made for each row. */
export function decideText(
  { builder, cells }: Finished,
  used: readonly Word[],
  counts: Uint32Array,
): Decision {
  const { words } = builder
  const missing = used.find(({ text }) => isMissingWord(text))
  builder.missingWord = missing?.text
  const summary = new TextSummary()
  const hashes: number[] = []
  let present = 0
  for (const [code, { text }] of words.entries()) {
    if (counts[code] === 0 || isMissingWord(text)) continue
    summary.add(text, counts[code])
    for (let cell = 0; cell < counts[code]!; cell++) hashes.push(hashOf(text))
    present += counts[code]!
  }
  replaceCells(cells, (code) => (isMissingWord(words[code]!.text) ? Number.NaN : code))
  const categories = builder.role.keepsTexts
    ? Array.from(presentCells(cells), (code) => words[code]!.text)
    : undefined
  numberTexts(cells)
  return madeColumn(builder, summary, { rows: cells.length, cells: present, hashes }, categories)
}
