/** Cells of a column with more words than are kept: dates whose form goes on changing, and what fits in nowhere. */
import { type DateForm, type DateOrder, fits, joinForms, orderOf, readDates } from '../dates.ts'
import { detachedCopy, hashOf } from './cells.ts'
import { withMonthFirst } from './date-column.ts'
import type { Word } from './words.ts'

/** The maximum number of words to keep: a column with more holds numbers or dates, or cannot be learned. */
export const maxWords = 20_000

/** The dates of a column so far. */
export interface Dates {
  form: DateForm
  /** Which of day and month comes first; undefined as long as no cell shows it, and they are read with the day first. */
  order: DateOrder | undefined
  /** The first cell that the order decides. */
  doubtful: Word | undefined
}

/**
 * Reads a cell of a column of dates, and widens the form to include it; undefined if it does not go with the others.
 * `isSwapped` says that it is the first to show that the month comes first, so that the times so far have to be swapped.
 */
export function nextDate(
  dates: Dates,
  word: Word,
  mayBeEpoch: boolean,
): { readonly time: number; readonly isSwapped: boolean } | undefined {
  const readings = readDates(word.text, mayBeEpoch)
  const { order } = dates
  const date = order === undefined ? readings[0] : readings.find(({ form }) => fits(form, order))
  if (!date) return undefined
  const formOrder = orderOf(date.form)
  const isOpen = order === undefined && (formOrder === 'dmy' || formOrder === 'mdy')
  const isSwapped = isOpen && readings.length === 1 && formOrder === 'mdy'
  const form = joinForms(isSwapped ? withMonthFirst(dates.form) : dates.form, date.form)
  if (form === undefined) return undefined
  dates.form = form
  if (readings.length > 1) dates.doubtful ??= { ...word, text: detachedCopy(word.text) }
  else if (isOpen) dates.order = formOrder
  return { time: date.time, isSwapped }
}

/** Cells that are no numbers in a column of numbers, or no dates in one of dates. */
export interface OddCells {
  count: number
  /** The hashes that stand for them in the grid. */
  readonly hashes: Set<number>
  /** The first few. */
  readonly texts: string[]
}

/** How many odd cells are kept to be listed. */
const maxListed = 4

/** Counts an odd cell; returns its hash. */
export function addOdd(odd: OddCells, text: string): number {
  const hash = hashOf(text)
  odd.count++
  odd.hashes.add(hash)
  if (odd.texts.length < maxListed) odd.texts.push(text)
  return hash
}
