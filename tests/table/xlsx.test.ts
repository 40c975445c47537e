import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readTable as readFile } from '../../src/browser/read-table.ts'
import { readTable } from '../../src/table/formats/read-table.ts'
import { namesOf } from '../../src/table/table.ts'
import { folderOf } from '../helpers/folders.ts'
import { expectRejected } from '../helpers/refusals.ts'
import { bookOf } from '../helpers/xlsx.ts'
import { zipOf } from '../helpers/zip.ts'
import { wordsOf } from './cells.ts'

const { written } = folderOf('xlsx')

/** Written by openpyxl: fixtures/make_excel.py. */
const excel = 'tests/table/fixtures/excel.xlsx'

const text = (content: string) => new TextEncoder().encode(content)

const number = (cell: string, value: number) => `<c r="${cell}"><v>${value}</v></c>`
const word = (cell: string, value: string) => `<c r="${cell}" t="inlineStr"><is><t>${value}</t></is></c>`
const row = (index: number, ...cells: string[]) => `<row r="${index}">${cells.join('')}</row>`

const sheetOf = (...rows: string[]) => zipOf(bookOf(rows.join('')))

describe('the table of an .xlsx file', () => {
  it('is on its first sheet: names, numbers, dates, times of day, booleans, and formulas by their values', async () => {
    const { notes, ...table } = await readTable('dataset', excel)
    expect(table.columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'x0 integer',
      'name category',
      'age integer',
      'born date',
      'seen date',
      'wakes date',
      'member boolean',
      'fee number',
      'fee_2 category',
    ])
    expect(wordsOf(table).map((cells) => cells.slice(1, 6))).toEqual([
      ['Ann', 39, '1987-03-01', '2025-05-31 08:30:00', '06:45:00'],
      ['Bob', 50, '1976-12-31', '2025-06-01 12:00:15', '07:00:00'],
      ['Ann', null, '2000-02-29', null, '23:59:00'],
    ])
    expect(notes).toEqual([
      expect.stringMatching(/2 columns are named fee: the second is called fee_2$/),
      expect.stringMatching(
        /column fee_2: 'a' and 'a ' differ only by spaces at their ends: they are one name$/,
      ),
    ])
  })

  it('is on the sheet that is named', async () => {
    const table = await readTable('dataset', excel, { sheet: 'other sheet' })
    expect(namesOf(table)).toEqual(['x', 'y'])
    expect(wordsOf(table)).toEqual([0, 1, 2, 3].map((i) => [i, i * 0.5]))
    await expectRejected(
      () => readTable('dataset', excel, { sheet: 'other' }),
      /^unknown sheet other \(did you mean other sheet\?\): choose from people, other sheet$/,
    )
  })

  it('begins with its first row with content, skips empty rows, and ends with its last column', async () => {
    const sheet = sheetOf(
      row(3, word('A3', 'a'), word('B3', 'b'), word('C3', ' ')),
      row(4, number('B4', 2), '<c r="Z4" s="0"/>'),
      row(9, number('A9', 1), number('B9', 3)),
    )
    const table = await readTable('dataset', written('gaps.xlsx', sheet))
    expect(namesOf(table)).toEqual(['a', 'b'])
    expect(wordsOf(table)).toEqual([
      [null, 2],
      [1, 3],
    ])
  })

  it('has no names in a first row of numbers', async () => {
    const sheet = sheetOf(row(1, number('A1', 1), number('B1', 2)), row(2, number('A2', 3), number('B2', 4)))
    const table = await readTable('dataset', written('bare.xlsx', sheet))
    expect(namesOf(table)).toEqual(['x0', 'x1'])
    expect(wordsOf(table)).toEqual([
      [1, 2],
      [3, 4],
    ])
  })
})

describe('an .xlsx file is refused in one line', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['if it is none', Buffer.from('a,b\n1,2\n3,4\n5,6\n7,8\n'), /is no whole \.xlsx file: save it again$/],
    ['if it is cut', readFileSync(excel).subarray(0, 4000), /is no whole \.xlsx file/],
    ['if it is another archive', zipOf([{ name: 'a', content: text('b') }]), /is no whole \.xlsx file \(/],
    ['if the sheet is empty', sheetOf(), /the sheet one is empty: give another with `sheet`$/],
    [
      'if a row has more cells than there are names, with its row',
      sheetOf(row(1, word('A1', 'a')), row(2, number('A2', 1)), row(5, number('A5', 1), number('B5', 2))),
      /, row 5: 2 cells, not 1: give every column a name in the first row$/,
    ],
    [
      'if it unpacks to more than a hundred times its size and 256 MiB',
      zipOf(bookOf('').map((part) => ({ ...part, size: 2 ** 28 }))),
      /unpacks to 1\.3 GB or more, [\d,]+ times its size: if that is right, raise `maxSize` to 2\.0 GB or more$/,
    ],
    [
      'if a cell is where no sheet has one',
      sheetOf(row(1, word('A1', 'a')), row(2, number('ZZZZZ2', 1))),
      /is no whole \.xlsx file \(/,
    ],
  ])('%s', async (_, content, message) => {
    await expectRejected(() => readTable('dataset', written('x.xlsx', content)), message)
  })

  it('if a part unpacks to more than the archive says', async () => {
    const sheet = row(1, word('A1', 'a')) + row(2, word('A2', 'x'.repeat(1e6)))
    const parts = bookOf(sheet).map((part) => ({ ...part, size: Math.min(part.content.length, 500) }))
    await expectRejected(
      () => readTable('dataset', written('liar.xlsx', zipOf(parts)), { maxSize: 100_000 }),
      /is no whole \.xlsx file|unpacks to/,
    )
  })

  it('if a sheet is asked of another format, or a page has none to read it with', async () => {
    const csv = written('a.csv', 'a,b\n1,2\n3,4\n')
    await expectRejected(
      () => readTable('dataset', csv, { sheet: 'people' }),
      /^`sheet` is for \.xlsx files, and /,
    )
    const file = new File([readFileSync(excel)], 'excel.xlsx')
    await expectRejected(
      () => readFile(file),
      /^excel\.xlsx: a page reads no spreadsheets: save the sheet as CSV$/,
    )
  })
})
