import { describe, expect, it } from 'vitest'
import { previewOf } from '../../src/browser/histograms.ts'
import { readTable } from '../../src/browser/read-table.ts'
import { staffTable } from '../web/studio/staff.ts'

const file = (text: string, name = 'staff.csv') => new File([text], name)
const cellsOf = (csv: string, rows = 6) =>
  csv
    .trimEnd()
    .split('\n')
    .slice(1, rows + 1)
    .map((line) => line.split(',').map((cell) => cell || null))

describe('the preview of a file', () => {
  it('shows the cells of keys and texts as they stand, though the table keeps none', async () => {
    const csv = staffTable()
    const table = await readTable(file(csv))
    expect(table.columns.filter(({ kind }) => kind === 'text').map(({ name }) => name)).toEqual([
      'first_name',
      'last_name',
      'email',
      'plate',
    ])
    expect(previewOf(table)).toEqual(cellsOf(csv))
    // the table without what was read next to it knows no text
    const { count, columns } = table
    expect(previewOf({ count, columns })[0]!.slice(1, 5)).toEqual(Array(4).fill('(not kept)'))
  })

  it('shows gaps among texts as missing, and a key that is stated as it stands', async () => {
    const rows = Array.from(
      { length: 80 },
      (_, i) => `k${i},${i % 3 === 1 ? '' : `word${i}, of ${i * 7}`},${i % 5}`,
    )
    const csv = `code,note,x\n${rows.map((row) => row.replace(/,(word.*),(\d)$/, ',"$1",$2')).join('\n')}\n`
    const table = await readTable(file(csv), { choice: { types: { code: 'key' } } })
    expect(previewOf(table, 3)).toEqual([
      ['k0', 'word0, of 0', '0'],
      ['k1', null, '1'],
      ['k2', 'word2, of 14', '2'],
    ])
  })

  it('shows the first texts of a column with more of them than are kept while it is read', async () => {
    const rows = Array.from({ length: 20_500 }, (_, i) => `note ${i} of ${(i * 7919) % 30_011},${i % 4}`)
    const table = await readTable(file(`note,x\n${rows.join('\n')}\n`))
    expect(table.columns[0]!.kind).toBe('text')
    expect(
      previewOf(table, 30)
        .map(([note]) => note)
        .slice(0, 24),
    ).toEqual(rows.slice(0, 24).map((row) => row.split(',')[0]))
  })

  it('shows the texts of rows of JSON', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ note: `text ${i} and ${i * i}`, x: i % 4 }))
    const table = await readTable(file(JSON.stringify(rows), 'notes.json'))
    expect(previewOf(table, 2)).toEqual([
      ['text 0 and 0', '0'],
      ['text 1 and 1', '1'],
    ])
  })
})
