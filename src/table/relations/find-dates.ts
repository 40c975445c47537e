import { upperBound } from '../../numerics/bounds.ts'
import { day, daysSince1970 } from '../dates/calendar.ts'
import { isClock, unitOf } from '../dates/form.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { leastRows } from '../least-rows.ts'
import { computeRow } from '../operators/columns.ts'
import { isGenerated } from '../table.ts'
import { type DateOfParts, type DatePart, dateOfParts, finestUnit } from './date-of-parts.ts'
import { numberOfPart } from './date-parts.ts'
import { isConstant, numbersOf, partOf, shifts } from './find-parts.ts'
import type { Found, RowTest, SearchedColumn } from './found.ts'
import { type Piece, pieceOf } from './piece.ts'

/** The fewest rows with a date. */
const fewestRows = 30

/** The share of rows in which a date has its parts: the hour in which clocks are put back occurs twice. */
const dateShare = 0.995

const hour = 3_600_000

/** A season has at least so many rows, and tables at most so many seasons. */
const [seasonRows, maxSeasons] = [10, 500]

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
    const add = (relation: DateOfParts) => found.add(relation, () => testOfDate(relation, columns), dateShare)
    if (byDay && add(byDay)) continue
    const parts = others.flatMap((other) =>
      found.mayFollow(other.d) ? (partOf(other, date, rows) ?? []) : [],
    )
    const isCoarse = parts.some(
      ({ relation }) => !['weekday', 'hour', 'minute', 'second'].includes(relation.part!.of),
    )
    const byClock = mayFollow && !isCoarse ? dateOfClock(date, others, rows) : undefined
    if (byClock && add(byClock)) continue
    if (!found.mayBeSource(d)) continue
    for (const { relation, learn } of parts) found.add(relation, learn)
    for (const other of others) {
      const piece = found.mayFollow(other.d) ? pieceIn(other, date, rows) : undefined
      if (piece) found.add(piece, () => testOfPiece(other.column, piece))
    }
  }
}

/** How a column of times, days or months is part of a finer date, if it is in all rows. */
function pieceIn(of: SearchedColumn, date: SearchedColumn, rows: readonly number[]): Piece | undefined {
  const { column, cells } = of
  if (column.kind !== 'date' || column.as === 'constant' || isConstant(of, rows)) return undefined
  const isOfClock = isClock(column.form!)
  if (cells.some((cell, i) => Number.isNaN(cell) !== Number.isNaN(date.cells[i]!))) return undefined
  const isEqual = rows.every((i) => date.cells[i] === cells[i])
  for (const isMonth of [false, true]) {
    if (isMonth ? isOfClock || isEqual : !isTimed(date.column) || (!isOfClock && isTimed(column))) continue
    for (const plus of isTimed(date.column) ? shifts : [0]) {
      const made = pieceOf(column, { plus, isMonth })
      if (rows.every((i) => computeRow(made, [date.cells[i]!]) === cells[i]))
        return {
          kind: 'piece',
          column: column.name,
          by: [date.column.name],
          share: 1,
          plus,
          ...(isMonth && { isMonth }),
        }
    }
  }
  return undefined
}

/** Whether a date has a time of day. */
function isTimed({ form }: EncodedColumn): boolean {
  return form !== 'YYYY-MM' && unitOf(form!) < day
}

function testOfPiece(column: EncodedColumn, relation: Piece): RowTest {
  const made = pieceOf(column, relation)
  return ([time], own) => (Number.isNaN(time! + own) ? undefined : computeRow(made, [time!]) === own)
}

/** Whether a date is made of its parts, which nothing is learned for but when clocks change. */
function testOfDate(relation: DateOfParts, columns: readonly SearchedColumn[]): RowTest {
  const named = (name: string) => columns.find(({ column }) => column.name === name)!.column
  const follow = dateOfParts.follow(relation, {
    column: named(relation.column),
    sources: relation.by.map(named),
  })
  return (sources, own) => (Number.isNaN(own) ? undefined : computeRow(follow, [...sources, own]) === own)
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
      return numbers && new Set(numbers.values()).size === 7 && areCommon(from, rows)
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
  const fewest = runs.some((run) => run.rows >= seasonRows) ? seasonRows : leastRows
  for (const run of runs) {
    const last = seasons.at(-1)
    if (last?.plus === run.plus) last.to = run.to
    else if (run.rows >= fewest) seasons.push({ ...run })
  }
  const from = seasons.slice(1).map((season, k) => roundestBetween(seasons[k]!.to, season.from))
  return { from, plus: seasons.map((season) => season.plus) }
}

/** The time between two rows, after the first, at which the longest unit begins: the middle would say when both are. */
function roundestBetween(after: number, to: number): number {
  const units = [2 ** 10, 2 ** 8, 2 ** 6, 2 ** 4, 2 ** 2, 1].map((days) => days * day)
  const begins = (unit: number) => Math.floor(to / unit) * unit
  return [...units, hour, hour / 60, 1000, 1].map(begins).find((time) => time > after)!
}

/** Whether each cell is that of three rows or more. */
function areCommon({ cells }: SearchedColumn, rows: readonly number[]): boolean {
  const counts = new Map<number, number>()
  for (const i of rows) counts.set(cells[i]!, (counts.get(cells[i]!) ?? 0) + 1)
  return [...counts.values()].every((count) => count >= leastRows)
}

/** Each cell's number, where that is not the cell itself; -1 for a cell without one. */
function namesOf({ column }: SearchedColumn, byNumber: ReadonlyMap<number, number>): { numbers?: number[] } {
  if (!column.categories && [...byNumber].every(([number, cell]) => number === cell)) return {}
  const numbers = new Array<number>(Math.max(...byNumber.values()) + 1).fill(-1)
  for (const [number, cell] of byNumber) numbers[cell] = number
  return { numbers }
}

const isWithin = (x: number, most: number) => x >= 0 && x <= most
