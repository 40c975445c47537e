/** Codes that have the year of a date in their row, as the number of an order does: CA-2016-152156 of 8 November 2016. */
import { textOf } from '../cell-text.ts'
import type { Part } from '../generated/part.ts'
import { yearIn } from '../generated/text-of-parts.ts'
import { settled } from '../generated/widen.ts'
import type { TableColumn } from '../table.ts'
import type { Word } from './words.ts'

/** A code has its year among its first numbers, and near its beginning. */
const [mostNumbers, longestStart] = [3, 100]

/** Nearly all codes have one. */
const nearlyAll = 0.9

/** A number of four digits is a year within these. */
const [firstYear, lastYear] = [1600, 2100]

/** The rows with another year than the commonest are so many; the codes of so few rows, and of so few of these, may have another year. */
const [fewestOther, mostWrong, mostWrongOfOther] = [10, 0.005, 0.05]

/** By row: a number of its code that may be a year, of four digits or two; -1 if it has none. */
export type Years = Int16Array

/**
 * The numbers of codes that may be years, each by row.
 *
 * @param cells - By row, the index of its word; NaN for a missing one.
 */
export function yearsIn(words: readonly Word[], cells: Float64Array): Years[] {
  const numbers = words.map(({ text }) =>
    (text.slice(0, longestStart).match(/\d+/g) ?? []).slice(0, mostNumbers).map((digits) => {
      const isYear = digits.length === 4 && Number(digits) >= firstYear && Number(digits) <= lastYear
      return isYear || digits.length === 2 ? Number(digits) : -1
    }),
  )
  const at = (code: number, place: number) => numbers[code]?.[place] ?? -1
  return Array.from({ length: mostNumbers }, (_, place) => place)
    .filter((place) => words.filter((_, code) => at(code, place) >= 0).length >= nearlyAll * words.length)
    .map((place) => Int16Array.from(cells, (code) => at(code, place)))
}

/** The columns, in which codes that have the year of another column's date follow it. */
export function withYears(
  columns: readonly TableColumn[],
  years: ReadonlyMap<string, readonly Years[]>,
): TableColumn[] {
  return columns.map((column) => {
    const { maker, name, cells } = column
    if (maker?.by !== 'form' || maker.isStated) return column
    for (const ofRows of years.get(name) ?? []) {
      const seen = new Set(ofRows)
      const isYear = (part: Part) =>
        'choices' in part &&
        part.choices.every((text) => /^\d\d(?:\d\d)?$/.test(text) && seen.has(Number(text)))
      const source = maker.alternatives.every(({ parts }) => parts.filter(isYear).length === 1)
        ? columns.find((date) => isYearOf(ofRows, date))
        : undefined
      if (!source) continue
      const follow = (part: Part) => (isYear(part) ? { ...part, yearOf: source.name } : part)
      const alternatives = maker.alternatives.map((way) => ({ ...way, parts: way.parts.map(follow) }))
      return { ...column, maker: settled({ ...maker, alternatives }, cells.length) }
    }
    return column
  })
}

/** Whether numbers are the years of a column of dates or years, in nearly all rows that have both. */
function isYearOf(ofRows: Years, date: TableColumn): boolean {
  if (!(date.kind === 'integer' || (date.kind === 'date' && date.form?.includes('YYYY')))) return false
  const text = textOf(date)
  const counts = new Map<number, number>()
  let [all, wrong] = [0, 0]
  for (const [i, number] of ofRows.entries()) {
    const cell = date.cells[i]!
    if (number < 0 || Number.isNaN(cell)) continue
    const year = Number(yearIn(text(cell)) ?? -1)
    counts.set(year, (counts.get(year) ?? 0) + 1)
    all++
    if ((number < 100 ? year % 100 : year) !== number && ++wrong > mostWrong * ofRows.length) return false
  }
  const other = all - Math.max(0, ...counts.values())
  return other >= fewestOther && wrong <= mostWrong * all && wrong <= mostWrongOfOther * other
}
