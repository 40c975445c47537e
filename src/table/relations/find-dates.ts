import { upperBound } from '../../numerics/bounds.ts'
import { day, daysSince1970 } from '../dates/calendar.ts'
import { isClock, unitOf } from '../dates/form.ts'
import { isGenerated } from '../table.ts'
import { type DateOfParts, type DatePart, finestUnit } from './date-of-parts.ts'
import { numberOfPart, partsOfDates } from './date-parts.ts'
import type { Found, SearchedColumn } from './found.ts'
import type { LookUp } from './look-up.ts'
import { withoutCommonest } from './numbers.ts'

/** The fewest rows with a date, the fewest with another cell than a part's commonest, and the fewest for each number. */
const [fewestRows, fewestOther, rowsPerNumber] = [30, 10, 3]

/** The share of rows in which a date has its parts: the hour in which clocks are put back occurs twice. */
const dateShare = 0.995

const hour = 3_600_000

/** Differences of local time from UTC: none first. */
const shifts = [0, ...Array.from({ length: 28 }, (_, k) => (k < 14 ? k - 14 : k - 13) * hour)]

/** A season has at least so many rows, and tables at most so many seasons. */
const [seasonRows, maxSeasons] = [10, 500]

/** Rows that are looked at first. */
const fewRows = 200

/** Columns for parts of a date, in the order of the parts, with the numbers of names. */
type Sources = readonly {
  readonly part: DatePart
  readonly from: SearchedColumn
  readonly numbers?: number[]
}[]

/**
 * Finds columns that are parts of a date. A date that year, month and day give, or whose only parts are a day of the week and
 * a time of day, takes them from their columns, which the network learns better. Otherwise the parts follow from the date.
 */
export function findDates(columns: readonly SearchedColumn[], found: Found): void {
  for (const date of columns) {
    const { column, d } = date
    if (column.kind !== 'date' || column.as === 'constant' || isClock(column.form!)) continue
    const rows = [...date.cells.keys()].filter((i) => !Number.isNaN(date.cells[i]!))
    if (rows.length < fewestRows) continue
    const others = columns.filter(
      (each) => each.d !== d && found.mayBeSource(each.d) && !isGenerated(each.column),
    )
    const mayFollow = found.mayFollow(d) && column.form !== 'YYYY-MM'
    const byDay = mayFollow ? dateOfCalendar(date, others, rows) : undefined
    if (byDay) {
      found.add(byDay)
      continue
    }
    const parts = others.flatMap((other) =>
      found.mayFollow(other.d) ? (partOf(other, date, rows) ?? []) : [],
    )
    const isCoarse = parts.some(({ part }) => ['year', 'quarter', 'month', 'day'].includes(part!.of))
    const byClock = mayFollow && !isCoarse ? dateOfClock(date, others, rows) : undefined
    if (byClock) found.add(byClock)
    else if (found.mayBeSource(d)) for (const each of parts) found.add(each)
  }
}

/** A date of columns for year, month and day, and perhaps the time of day, which may be local time. */
function dateOfCalendar(date: SearchedColumn, others: readonly SearchedColumn[], rows: readonly number[]) {
  const { cells, column } = date
  const numbers = others.filter(({ column }) => column.categories === undefined)
  const isNear = (part: DatePart) => (other: SearchedColumn) =>
    rows.every((i) => [0, -day, day].some((ms) => numberOfPart(cells[i]! + ms, part) === other.cells[i]))
  const ofDay = (['year', 'month', 'day'] as const).flatMap((part) => {
    const from = numbers.find(isNear(part))
    return from ? [{ part, from }] : []
  })
  if (new Set(ofDay.map(({ from }) => from.d)).size < 3) return undefined
  const [year, month, dayOfMonth] = ofDay.map(({ from }) => from.cells)
  const days = Float64Array.from(
    cells,
    (_, i) => (daysSince1970(year![i]!, month![i]!, dayOfMonth![i]!) ?? Number.NaN) * day,
  )
  const hourOf = (of: SearchedColumn) => (i: number) => days[i]! + of.cells[i]! * hour
  const hours = numbers.find((of) => {
    const local = hourOf(of)
    const isHour = (i: number) =>
      isWithin(of.cells[i]!, 23) && isWithin(Math.abs(cells[i]! - local(i)), 15 * hour)
    return unitOf(column.form!) < day && !isConstant(of, rows) && rows.every(isHour)
  })
  const local = hours ? hourOf(hours) : (i: number) => days[i]!
  const plus = (i: number) => (hours ? Math.floor((cells[i]! - local(i)) / hour) * hour : 0)
  const seasons = seasonsOf(rows, local, plus)
  const unit = hours ? hour : day
  const isRight = (i: number) => {
    const rest = cells[i]! - local(i) - seasons.plus[upperBound(seasons.from, local(i))]!
    return rest >= 0 && rest < unit
  }
  const share = rows.filter(isRight).length / rows.length
  if (share < dateShare || seasons.from.length > maxSeasons) return undefined
  return relationOf(date, [...ofDay, ...timeOfDay(date, hours, numbers, rows)], share, seasons)
}

/** A date of columns for the day of the week and the time of day. */
function dateOfClock(
  date: SearchedColumn,
  others: readonly SearchedColumn[],
  rows: readonly number[],
): DateOfParts | undefined {
  const numbers = others.filter(({ column }) => column.categories === undefined)
  const isTimed = unitOf(date.column.form!) < day
  for (const plus of isTimed ? shifts : [0]) {
    const partAt = (part: DatePart) => (i: number) => numberOfPart(date.cells[i]! - plus, part)
    const isHour = (of: SearchedColumn) =>
      !isConstant(of, rows) &&
      rows.filter((i) => of.cells[i] === partAt('hour')(i)).length >= dateShare * rows.length
    const hours = isTimed ? numbers.find(isHour) : undefined
    const weekdays = others.flatMap((from) => {
      const numbers = numbersOf(from, partAt('weekday'), rows)
      return numbers && new Set(numbers.values()).size === 7
        ? [{ part: 'weekday' as const, from, ...namesOf(from, numbers) }]
        : []
    })
    const sources: Sources = [...weekdays.slice(0, 1), ...timeOfDay(date, hours, numbers, rows)]
    if (sources.length > 0) return relationOf(date, sources, 1, { from: [], plus: [plus] })
  }
  return undefined
}

/** Columns for a date's time of day: its hours, if there are some, minutes next to them, and seconds next to these. */
function timeOfDay(
  { cells }: SearchedColumn,
  hours: SearchedColumn | undefined,
  numbers: readonly SearchedColumn[],
  rows: readonly number[],
): Sources {
  if (!hours) return []
  const sources: { part: DatePart; from: SearchedColumn }[] = [{ part: 'hour', from: hours }]
  for (const part of ['minute', 'second'] as const) {
    const from = numbers.find(
      (of) => !isConstant(of, rows) && rows.every((i) => numberOfPart(cells[i]!, part) === of.cells[i]),
    )
    if (!from) break
    sources.push({ part, from })
  }
  return sources
}

function relationOf(
  { column, cells }: SearchedColumn,
  sources: Sources,
  share: number,
  { from, plus }: Seasons,
): DateOfParts {
  const parts = sources.map(({ part }) => part)
  const unit = finestUnit({ parts })
  const isWhole = cells.every((cell) => Number.isNaN(cell) || (cell - plus[0]!) % unit === 0)
  return {
    kind: 'dated',
    column: column.name,
    by: sources.map((source) => source.from.column.name),
    share,
    parts,
    numbers: sources.map((source) => source.numbers ?? null),
    from,
    plus,
    isDrawn: !parts.includes('year') || !isWhole,
  }
}

type Seasons = Pick<DateOfParts, 'from' | 'plus'>

/** The seasons of a shift that is a function of local time, but for a few rows. */
function seasonsOf(
  rows: readonly number[],
  local: (i: number) => number,
  plus: (i: number) => number,
): Seasons {
  const ordered = rows.map((i) => ({ at: local(i), plus: plus(i) })).toSorted((a, b) => a.at - b.at)
  const runs: { from: number; to: number; plus: number; rows: number }[] = []
  for (const { at, plus } of ordered) {
    const last = runs.at(-1)
    if (last?.plus === plus) Object.assign(last, { to: at, rows: last.rows + 1 })
    else runs.push({ from: at, to: at, plus, rows: 1 })
  }
  const seasons: typeof runs = []
  const isLong = runs.some((run) => run.rows >= seasonRows)
  for (const run of runs) {
    const last = seasons.at(-1)
    if (last?.plus === run.plus) last.to = run.to
    else if (!isLong || run.rows >= seasonRows) seasons.push({ ...run })
  }
  // a season begins in the middle between the last row before it and its first
  const from = seasons.slice(1).map((season, k) => Math.ceil((seasons[k]!.to + season.from) / 2))
  return { from, plus: seasons.map((season) => season.plus) }
}

/** How a column is a part of a date, if it is. */
function partOf(of: SearchedColumn, date: SearchedColumn, rows: readonly number[]): LookUp | undefined {
  const { cells, column } = of
  const isMissing = (i: number) => Number.isNaN(cells[i]!)
  if (cells.some((_, i) => isMissing(i) !== Number.isNaN(date.cells[i]!)) || isConstant(of, rows))
    return undefined
  const isTimed = unitOf(date.column.form!) < day && date.column.form !== 'YYYY-MM'
  for (const plus of isTimed ? shifts : [0])
    for (const part of partsOfDates) {
      const numberOf = (i: number) => numberOfPart(date.cells[i]! - plus, part)
      if (!numbersOf(of, numberOf, rows.slice(0, fewRows))) continue
      const byNumber = numbersOf(of, numberOf, rows)
      if (!byNumber) continue
      const [first, last] = [Math.min(...byNumber.keys()), Math.max(...byNumber.keys())]
      const [number, cell] = byNumber.entries().next().value!
      const isShifted = [...byNumber].every(([n, c]) => c - n === cell - number) && !column.categories
      const all = Array.from({ length: last - first + 1 }, (_, k) =>
        isShifted ? first + k + cell - number : byNumber.get(first + k),
      )
      const isYear = part === 'year' && !isShifted
      if (isYear || all.includes(undefined) || rows.length < rowsPerNumber * byNumber.size) continue
      return {
        kind: 'look-up',
        column: column.name,
        by: [date.column.name],
        share: 1,
        to: all as number[],
        part: { of: part, plus, first },
      }
    }
  return undefined
}

/** The cell beside each number, if each number has one cell in all rows. */
function numbersOf({ cells }: SearchedColumn, numberOf: (i: number) => number, rows: readonly number[]) {
  const byNumber = new Map<number, number>()
  for (const i of rows) {
    const [number, cell] = [numberOf(i), cells[i]!]
    if (Number.isNaN(cell) || (byNumber.get(number) ?? cell) !== cell) return undefined
    byNumber.set(number, cell)
  }
  return byNumber
}

/** Each cell's number, where that is not the cell itself; -1 for a cell without one. */
function namesOf({ column }: SearchedColumn, byNumber: ReadonlyMap<number, number>): { numbers?: number[] } {
  if (!column.categories && [...byNumber].every(([number, cell]) => number === cell)) return {}
  const numbers = new Array<number>(Math.max(...byNumber.values()) + 1).fill(-1)
  for (const [number, cell] of byNumber) numbers[cell] = number
  return { numbers }
}

const isWithin = (x: number, most: number) => x >= 0 && x <= most

/** Whether too few rows differ from the commonest cell. */
function isConstant({ cells }: SearchedColumn, rows: readonly number[]): boolean {
  return withoutCommonest(cells, rows) < fewestOther
}
