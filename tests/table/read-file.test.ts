import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { readTable as readFile } from '../../src/browser/read-table.ts'
import { readTable } from '../../src/node/run-folder.ts'
import { encodeRows } from '../../src/table/formats/forms.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-file-'))
afterAll(() => rmSync(folder, { recursive: true }))

const penguins = await readTable('models/penguins/train.csv')

/** The file as a page has it. */
const fileOf = (path: string) => new File([readFileSync(path)], basename(path))

function written(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('a file in a page', () => {
  it.each(['.csv', '.tsv', '.json', '.jsonl', '.parquet'] as const)(
    'of the form %s is read as Node reads it',
    async (ending) => {
      const path = written(`penguins${ending}`, encodeRows(ending, penguins.points, penguins))
      const inNode = await readTable(path)
      const progress: { done: number; count: number }[] = []
      const inPage = await readFile(fileOf(path), { onReading: (each) => progress.push(each) })
      expect({ ...inPage, name: path }).toEqual(inNode)
      expect(inPage.points.data).toEqual(penguins.points.data)
      const { size } = fileOf(path)
      expect(progress.at(-1)).toEqual({ done: size, count: size })
    },
  )

  it('may be compressed, and of another encoding', async () => {
    const text = 'name,x\nMüller,1\nMeyer,2\nMüller,3\nMeyer,4\n'
    for (const [name, content] of [
      ['a.csv.gz', gzipSync(text)],
      ['b.csv', Buffer.from(text, 'latin1')],
      ['c.csv', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ] as const) {
      const path = written(name, content)
      const { columns, notes } = await readFile(fileOf(path))
      expect(columns[0]!.categories).toEqual(['Meyer', 'Müller'])
      expect(notes.length).toBe(name === 'b.csv' ? 1 : 0)
    }
    const cut = written('cut.csv.gz', gzipSync('x,y\n'.repeat(9999)).subarray(0, 40))
    await expect(readFile(fileOf(cut))).rejects.toThrow('cut.csv.gz is no whole gzip file: compress it again')
  })

  it('has its columns as the choice says', async () => {
    const table = await readFile(fileOf('models/penguins/train.csv'), {
      choice: { types: { year: 'category' }, drop: ['island'] },
    })
    expect(table.columns.find(({ name }) => name === 'year')!.kind).toBe('category')
    expect(table.columns.some(({ name }) => name === 'island')).toBe(false)
  })

  it.each([
    ['empty.csv', '', /empty\.csv/],
    ['photo.png', 'x', /photo\.png.*must end in/],
    [
      'book.csv',
      Buffer.from([0x50, 0x4b, 0x03, 0x04, 0, 0]),
      /book\.csv is a zip archive, as spreadsheets are: save it as CSV/,
    ],
    ['one.csv', 'a,b\n1,2\n', /one\.csv/],
  ])('%s is refused in a line', async (name, content, message) => {
    const refused = await readFile(new File([content], name)).catch((error) => error)
    expect(refused.name).toBe('InputError')
    expect(refused.message).toMatch(message)
    expect(refused.message).not.toContain('\n')
  })

  it('is a File', async () => {
    await expect(readFile('people.csv' as never)).rejects.toThrow(
      /file is 'people\.csv', a string: give a File/,
    )
  })
})
