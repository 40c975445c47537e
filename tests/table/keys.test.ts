import { describe, expect, it } from 'vitest'
import { readCsv } from '../../src/table/formats/csv.ts'
import { lines } from './cells.ts'

const kindsOf = (text: string) =>
  Object.fromEntries(readCsv(text, 'a.csv').columns.map(({ name, kind }) => [name, kind]))

describe('a column named like an id whose whole numbers recur', () => {
  it('is a category, in the order of its numbers, as routes are', () => {
    const text = lines('route_id,x', 60, (i) => `${[10, 9, 203][i % 3]},${i % 7}`)
    expect(readCsv(text, 'a.csv').columns[0]).toMatchObject({
      kind: 'category',
      categories: ['9', '10', '203'],
    })
  })

  it('is a number if most ids have fewer than three rows, for each would be made anew', () => {
    expect(kindsOf(lines('patientId,x', 60, (i) => `${100 + (i >> 1)},${i % 7}`)).patientId).toBe('integer')
  })

  it('is a number if it is a year, if the caller says so, and with another name', () => {
    const text = (name: string) => lines(`${name},x`, 60, (i) => `${1990 + (i % 6)},${i % 7}`)
    expect([kindsOf(text('yearID')).yearID, kindsOf(text('paid')).paid]).toEqual(['integer', 'integer'])
    const told = readCsv(text('route_id'), 'a.csv', { types: { route_id: 'integer' } })
    expect(told.columns[0]!.kind).toBe('integer')
  })
})

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
