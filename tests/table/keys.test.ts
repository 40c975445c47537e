import { describe, expect, it } from 'vitest'
import { readCsv } from '../../src/table/formats/csv.ts'
import { lines } from './cells.ts'

describe('a table of one row per step', () => {
  const notes = (text: string) => readCsv(text, 'a.csv').notes
  const note = (name: string) =>
    `a.csv, column ${name}: each row is one step of a series, and rows are drawn independently: samples repeat some steps and lack others, and no row follows from the one before`
  const month = (i: number) => `${2000 + Math.floor(i / 12)}-${`${1 + (i % 12)}`.padStart(2, '0')}-01`

  it.each<[string, string, (i: number) => string]>([
    ['years', 'Year', (i) => `${1867 + i}`],
    ['every fourth year, not in order', 'year', (i) => `${1900 + 4 * ((7 * i) % 30)}`],
    ['months', 'at', month],
    [
      'working days',
      'day',
      (i) => new Date(Date.UTC(2024, 0, 1 + 7 * Math.floor(i / 5) + (i % 5))).toISOString().slice(0, 10),
    ],
  ])('is noted, of %s', (_, name, cell) => {
    expect(notes(lines(`${name},x`, 30, (i) => `${cell(i)},${(7 * i) % 5}`))).toEqual([note(name)])
  })

  it.each<[string, string, (i: number) => string]>([
    ['dates that repeat', 'at', (i) => month(i % 15)],
    ['dates at any distance', 'at', (i) => `${2000 + i}-0${1 + (i % 9)}-1${(i * i) % 10}`],
    ['row numbers', 'id', (i) => `${i}`],
  ])('is not noted, of %s', (_, name, cell) => {
    expect(notes(lines(`${name},x`, 30, (i) => `${cell(i)},${(7 * i) % 5}`))).toEqual([])
  })
})

describe('consecutive whole numbers that are not named like a key', () => {
  const kindOf = (name: string, cell: (i: number) => string, count = 300) =>
    readCsv(
      lines(`${name},y`, count, (i) => `${i + 1},${cell(i)}`),
      'a.csv',
    ).columns[0]!.kind
  const noise = (i: number) => ((7919 * i) % 101) / 100 - 0.5

  it.each<[string, string, (i: number) => string]>([
    [
      'another column goes up and down with them',
      'integer',
      (i) => `${100 * Math.sin(i / 40) + 20 * noise(i)}`,
    ],
    ['another column mostly rises with them', 'integer', (i) => `${i * i + 3000 * noise(i)}`],
    ['the rows are sorted by another column', 'key', (i) => `${1000 - Math.floor(i / 2)}`],
    [
      'the rows are of series, one after the other',
      'key',
      (i) => `${((i / 30) | 0) % 2 ? i % 30 : 100 + (i % 30)}`,
    ],
    ['another column has nothing to do with them', 'key', (i) => `${noise(i)}`],
    ['another column lacks numbers', 'key', (i) => (i === 9 ? '' : `${Math.sin(i / 40)}`)],
    ['dates go up and down with them', 'key', (i) => `2024-01-${10 + Math.round(9 * Math.sin(i / 40))}`],
  ])('where %s are of kind %s', (_, kind, cell) => {
    expect(kindOf('x', cell)).toBe(kind)
    // a name that says so is believed
    expect(kindOf('id', cell)).toBe('key')
    expect(kindOf('ticket_no', cell)).toBe('key')
  })
})
