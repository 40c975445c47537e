import { describe, expect, it } from 'vitest'
import { columnNamed, textsOf } from '../../src/table/columns.ts'
import { readCsv } from '../../src/table/formats/csv.ts'
import { tableToCsv } from '../../src/table/formats/csv-write.ts'
import { encodeRows } from '../../src/table/formats/forms.ts'
import { tableOfRows, toRows } from '../../src/table/inference/rows.ts'
import { type ColumnType, definitionOf } from '../../src/table/table.ts'
import { expectRefused } from '../helpers/refusals.ts'
import { many } from './cells.ts'

/** A file's column `name`, with cells that may have commas, and one of numbers beside it. */
function columnOf(
  cells: readonly string[],
  { name = 'when', type }: { name?: string; type?: ColumnType } = {},
) {
  const text = `${name},other\n${cells.map((cell, i) => `"${cell}",${i % 2}.5`).join('\n')}\n`
  const table = readCsv(text, 'a.csv', type ? { types: { [name]: type } } : {})
  const column = table.columns.find((each) => each.name === name)
  return {
    table,
    column: column && definitionOf(column),
    times: [...(column?.cells ?? [])],
    notes: table.notes,
  }
}

/** The first column of a table as CSV writes it. */
function writtenAgain(cells: readonly string[], options?: Parameters<typeof columnOf>[1]): string[] {
  const { table, column } = columnOf(cells, options)
  const again = readCsv(tableToCsv(table), 'again.csv', { types: { [column!.name]: 'category' } })
  return textsOf(columnNamed(again.columns, column!.name))
}

describe('a column of dates is written again as its rows are', () => {
  it.each<[string[], string]>([
    [['03/15/2024', '12/05/2024'], 'MM/DD/YYYY'],
    [['3/15/2024', '12/5/2024'], 'M/D/YYYY'],
    [['15.03.2024', '05.12.2024'], 'DD.MM.YYYY'],
    [['2024/03/05', '2024/12/15'], 'YYYY/MM/DD'],
    [['Jun 12 1998', 'May 3 1998'], 'MMM D YYYY'],
    [['Jun 12, 1998', 'May 3, 1998'], 'MMM D, YYYY'],
    [['June 12, 1998', 'May 3, 1998'], 'MMMM D, YYYY'],
    [['12 June 1998', '03 May 1998'], 'DD MMMM YYYY'],
    [['10:20 AM', '9:05 PM'], 'h:mm A'],
    [['3/15/2024 10:20', '3/5/2024 9:05'], 'M/D/YYYY h:mm'],
    [['3/15/2024 10:20 AM', '3/5/2024 09:05 PM'], 'M/D/YYYY hh:mm A'],
    [['15.03.2024 10:20:30', '05.03.2024 09:00:00'], 'DD.MM.YYYY hh:mm:ss'],
    [['Fri, 12 Jun 1998 10:20:00 GMT', 'Sat, 13 Jun 1998 09:00:00 GMT'], 'ddd, DD MMM YYYY hh:mm:ss [GMT]'],
    [['2024-W12', '2020-W53'], 'GGGG-[W]WW'],
    [['2024-03-05T10:00:00+02:00', '2024-03-06T00:30:00+02:00'], 'YYYY-MM-DDThh:mm:ss+02:00'],
    [['2024-03-05T10:00:00Z', '2024-03-06T00:30:00Z'], 'YYYY-MM-DDThh:mm:ssZ'],
  ])('%j', (cells, form) => {
    expect(columnOf(cells).column).toEqual({ name: 'when', kind: 'date', form })
    expect(writtenAgain(cells)).toEqual(cells)
  })

  it('with Z if its rows have several offsets', () => {
    const { column, times } = columnOf(['2024-03-05T10:00:00+02:00', '2024-03-05T10:00:00+01:00'])
    expect(column!.form).toBe('YYYY-MM-DDThh:mm:ssZ')
    expect(times).toEqual([Date.UTC(2024, 2, 5, 8), Date.UTC(2024, 2, 5, 9)])
  })

  it.each([
    ['addresses of machines', ['10.20.30.40', '1.2.3.4']],
    ['versions', ['1.2.3', '1.2.4']],
    ['days and times of day', ['03/15/2024', '10:20']],
    ['dates in two orders', ['15/03/2024', '03/15/2024']],
    ['dates in two forms', ['2024-03-15', '03/15/2024']],
  ])('but %s are names', (_, cells) => {
    expect(columnOf(cells).column!.kind).toBe('category')
  })
})

describe('which of day and month comes first', () => {
  const open = ['03/04/2024', '05/06/2024', '07/07/2024']

  it('is decided by the whole column, which a note says', () => {
    const { column, times, notes } = columnOf([...open, '08/15/2024'])
    expect([column!.form, times[0]]).toEqual(['MM/DD/YYYY', Date.UTC(2024, 2, 4)])
    expect(notes).toEqual([
      "a.csv, column when: its dates have the month first, as other cells show, so '03/04/2024' is 4 March: { types: { when: 'date:dmy' } } makes it the other",
    ])
    const dayFirst = columnOf([...open, '15/08/2024'])
    expect([dayFirst.column!.form, dayFirst.times[0]]).toEqual(['DD/MM/YYYY', Date.UTC(2024, 3, 3)])
    expect(dayFirst.notes[0]).toMatch(/have the day first, .* '03\/04\/2024' is 3 April:/)
  })

  it('is asked for if no cell decides it', () => {
    expectRefused(
      () => columnOf(open),
      "a.csv, line 2, column when: '03/04/2024' may be 3 April or 4 March, and no cell of the column shows which: say it with { types: { when: 'date:dmy' } } or { types: { when: 'date:mdy' } }, or write dates as 2011-12-31",
    )
    expectRefused(() => columnOf(open, { type: 'date' }), /may be 3 April or 4 March/)
    expectRefused(() => columnOf(['04.04.2024', '03.04.2024']), /line 3, .* '03\.04\.2024' may be 3 April/)
  })

  it('does not matter to whether a first line is a row', () => {
    const { count, columns } = readCsv('03/04/2024,1\n15/04/2024,2\n', 'a.csv')
    expect([columns.map(({ name }) => name), count]).toEqual([['x0', 'x1'], 2])
  })

  it('may be given', () => {
    expect(columnOf(open, { type: 'date:dmy' })).toMatchObject({
      column: { form: 'DD/MM/YYYY' },
      times: [Date.UTC(2024, 3, 3), Date.UTC(2024, 5, 5), Date.UTC(2024, 6, 7)],
      notes: [],
    })
    expect(columnOf(open, { type: 'date:mdy' }).times[0]).toBe(Date.UTC(2024, 2, 4))
    expect(columnOf(['2024/03/04', '2024/05/06'], { type: 'date:ymd' }).column!.form).toBe('YYYY/MM/DD')
    expectRefused(
      () => columnOf([...open, '08/15/2024'], { type: 'date:dmy' }),
      /^a\.csv, line 5, column when: '08\/15\/2024' is no date with the day first: correct it/,
    )
    expectRefused(() => columnOf(open, { type: 'date:ymd' }), /'03\/04\/2024' is no date with the year first/)
    expectRefused(
      () => columnOf(open, { type: 'date:dym' as 'date' }),
      /^unknown types date:dym .*choose from/,
    )
  })

  it('is decided by what most cells show, and the others are gaps', () => {
    const cells = many(200, (i) =>
      i === 7 ? '31.02.2024' : `${String(1 + (i % 28)).padStart(2, '0')}.0${1 + (i % 9)}.20${10 + (i % 15)}`,
    )
    const { column, times, notes } = columnOf(cells)
    expect(column!.form).toBe('DD.MM.YYYY')
    expect(times.filter(Number.isNaN)).toHaveLength(1)
    expect(notes[0]).toMatch(
      /199 of 200 cells are dates, the rest are '31\.02\.2024', which count as missing/,
    )
  })

  const two = (number: number) => String(number).padStart(2, '0')
  /** Different times, of days up to the 12th. */
  const early = many(
    20_500,
    (i) =>
      `${two(1 + (i % 12))}/${two(1 + (Math.floor(i / 12) % 12))}/${2000 + Math.floor(i / 720)} 10:0${Math.floor(i / 144) % 5}`,
  )

  it('is known late in a column of more dates than are kept as words', () => {
    expect(new Set(early).size).toBe(20_500)
    const byMonth = columnOf([...early, '03/15/2024 10:20', '05/04/2024 10:20'])
    expect(byMonth.column!.form).toBe('MM/DD/YYYY hh:mm')
    expect([byMonth.times[1], byMonth.times[20_500], byMonth.times[20_501]]).toEqual([
      Date.UTC(2000, 1, 1, 10),
      Date.UTC(2024, 2, 15, 10, 20),
      Date.UTC(2024, 4, 4, 10, 20),
    ])
    const byDay = columnOf([...early, '15/03/2024 10:20'])
    expect([byDay.column!.form, byDay.times[1]]).toEqual(['DD/MM/YYYY hh:mm', Date.UTC(2000, 0, 2, 10)])
    const bothWays = columnOf([...early, '15/03/2024 10:20', '03/15/2024 10:20'])
    expect(bothWays.times.map(Number.isNaN).indexOf(true)).toBe(20_501)
  })

  it('is asked for if it is not known even then', () => {
    expectRefused(
      () => columnOf(early),
      /^a\.csv, line 3, column when: '02\/01\/2000 10:00' may be 2 January or 1 February/,
    )
    expect(columnOf(early, { type: 'date:mdy' }).times[1]).toBe(Date.UTC(2000, 1, 1, 10))
  })
})

describe('whole numbers since 1970', () => {
  const [seconds, milliseconds] = [
    ['1709632800', '1709632861', ''],
    ['1709632800000', '1709632861500', ''],
  ]

  it.each([
    'time',
    'date',
    'created_at',
    'createdAt',
    'timestamp',
    'epoch',
    'ts',
    'event.ts',
    'start-time',
    'startTime',
    'when',
  ])('are dates in a column %s, which a note says', (name) => {
    const { column, times, notes } = columnOf(seconds, { name })
    expect(column).toEqual({ name, kind: 'date', form: 's' })
    expect(times.slice(0, 2)).toEqual([1_709_632_800_000, 1_709_632_861_000])
    expect(notes).toHaveLength(1)
    expect(notes[0]).toMatch(
      /its numbers count seconds since 1970, as its name says: \{ types: .* \} makes them numbers$/,
    )
  })

  it.each(['size', 'update', 'cat', 'latest', 'facts'])('are numbers in a column %s', (name) => {
    expect(columnOf(seconds, { name }).column!.kind).toBe('integer')
  })

  it.each([
    ['a number before 1971', ['1709632800', '31535999']],
    ['a number after 2100', ['1709632800', '4133980800']],
    ['seconds and milliseconds', ['1709632800', '1709632800000']],
    ['fractions', ['1709632800', '1709632800.5']],
  ])('are numbers if there are %s', (_, cells) => {
    expect(columnOf(cells, { name: 'time' }).column!.kind).not.toBe('date')
  })

  it('are dates, and no ids, in a column of more numbers than are kept as words', () => {
    const cells = many(20_100, (i) => String(1_709_632_800 + 7 * i))
    expect(columnOf(cells, { name: 'ts' }).column).toEqual({ name: 'ts', kind: 'date', form: 's' })
    const given = columnOf(cells, { name: 'size', type: 'date' })
    expect([given.column!.form, given.times[20_099]]).toEqual(['s', 1000 * (1_709_632_800 + 7 * 20_099)])
  })

  it('are dates in any column that is given as one, and numbers if that is given', () => {
    expect(columnOf(milliseconds, { name: 'size', type: 'date' })).toMatchObject({
      column: { form: 'ms' },
      notes: [],
    })
    expect(columnOf(seconds, { name: 'time', type: 'integer' }).column!.kind).toBe('integer')
    expectRefused(() => columnOf(['5', '6'], { name: 'time', type: 'date' }), /'5' is no date/)
  })

  it('come back as whole numbers in every form', () => {
    const { table } = columnOf(milliseconds, { name: 'time' })
    expect(encodeRows('.csv', table)).toBe('time,other\n1709632800000,0.5\n1709632861500,1.5\n,0.5\n')
    expect(JSON.parse(encodeRows('.json', table) as string)[1]).toEqual({
      time: 1_709_632_861_500,
      other: 1.5,
    })
    expect(toRows(table)[0]).toEqual({ time: 1_709_632_800_000, other: 0.5 })
    expect(tableOfRows(toRows(table), 'rows').columns).toEqual(table.columns)
  })
})
