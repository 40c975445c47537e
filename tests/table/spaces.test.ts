import { expect, it } from 'vitest'
import { readCsv } from '../../src/table/formats/csv.ts'
import { tableOfRows } from '../../src/table/inference/rows.ts'
import { read, words } from './cells.ts'

it('spaces at the ends of names are left out, which the table notes', () => {
  const cells = ['free ', 'paid', 'free ', '\tlate ', 'paid']
  expect(words(cells)).toEqual(['free', 'paid', 'free', 'late', 'paid'])
  expect(read(cells).notes).toEqual([
    "a.csv, column a: 'free ' and 1 more: the spaces at the ends of a name are left out",
  ])
  expect(read(['free ', 'paid']).notes).toEqual([
    "a.csv, column a: 'free ': the spaces at the ends of a name are left out",
  ])
})

it('names that differ only by spaces at their ends are one, which the table notes', () => {
  const note = "column a: 'free' and 'free ' differ only by spaces at their ends: they are one name"
  const { column, notes } = read(['free', 'paid', 'free '])
  expect(column!.categories).toEqual(['free', 'paid'])
  expect(notes).toEqual([`a.csv, ${note}`])
  expect(tableOfRows([{ a: 'free ' }, { a: 'free' }], 'rows').notes).toEqual([`rows, ${note}`])
})

it('spaces after commas, and around numbers and dates, are not noted', () => {
  const { notes, columns } = readCsv('a, b, c\n1, x, 2025-05-31 \n2 , y z, 2025-06-01\n', 'a.csv')
  expect(columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['a integer', 'b category', 'c date'])
  expect(notes).toEqual([])
})
