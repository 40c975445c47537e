/** Whether a first line is a row, by comparing it with those below. */
import { readDates } from '../dates.ts'
import { isMissingWord, numberOf } from '../inference/cells.ts'

/** With fewer rows below it, a first line with a text names the columns; of more, those within so many characters are compared. */
const [fewestRows, mostCharacters] = [10, 2 ** 14]

/** A column is of numbers or dates if so many of its cells are. */
const mostlyShare = 0.9

/** A column whose cells are so many different ones, as a share, has texts that do not repeat. */
const repeatingShare = 0.5

/** A value recurs if so many rows below have it. */
const recurring = 2

/**
 * Whether a first line is a row: no cell is unlike its column, as a text above numbers is or one that is none of a few categories, and
 * one is such as names hardly are: a category that recurs, a decimal within the column's range, or a date above dates.
 */
export function isRowLike(
  head: readonly string[],
  below: readonly (readonly string[])[],
  hasDecimalCommas: boolean,
): boolean {
  let left = mostCharacters
  const rows = below.filter((row) => {
    left -= row.reduce((sum, cell) => sum + cell.length + 1, 0)
    return left >= 0
  })
  if (rows.length < fewestRows) return false
  const likeness = head.map((cell, d) => {
    const present = (text: string) => text !== '' && !isMissingWord(text)
    const cells = rows.map((row) => row[d]?.trim() ?? '').filter(present)
    const text = cell.trim()
    return present(text) && cells.length > 0 ? likenessOf(text, cells, hasDecimalCommas) : 'open'
  })
  return likeness.includes('like') && !likeness.includes('unlike')
}

function likenessOf(text: string, cells: readonly string[], hasDecimalCommas: boolean) {
  const isMostly = (is: (cell: string) => boolean) => cells.filter(is).length >= mostlyShare * cells.length
  const numbers = cells
    .map((cell) => numberOf(cell, hasDecimalCommas))
    .filter((number) => !Number.isNaN(number))
  const number = numberOf(text, hasDecimalCommas)
  if (numbers.length >= mostlyShare * cells.length) {
    if (Number.isNaN(number)) return 'unlike'
    const isWithin = numbers.some((each) => each <= number) && numbers.some((each) => each >= number)
    return isWithin && !Number.isInteger(number) ? 'like' : 'open'
  }
  const isDate = (cell: string) => readDates(cell).length > 0
  if (isMostly(isDate)) return isDate(text) ? 'like' : 'unlike'
  if (!Number.isNaN(number)) return 'unlike'
  if (cells.filter((cell) => cell === text).length >= recurring) return 'like'
  return new Set(cells).size <= repeatingShare * cells.length ? 'unlike' : 'open'
}
