import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTable as readFile } from '../../src/browser/read-table.ts'
import { readTable } from '../../src/node/run-folder.ts'
import { encodeRows } from '../../src/table/formats/forms.ts'
import { folderOf } from '../helpers/folders.ts'
import { cellsOf } from './cells.ts'

const { written } = folderOf('file')
const penguins = await readTable('models/penguins/train.csv')

/** The file as a page has it. */
const fileOf = (path: string) => new File([readFileSync(path)], basename(path))

describe('a file in a page', () => {
  it.each(['.csv', '.jsonl', '.parquet'] as const)('is read as Node reads it: %s', async (ending) => {
    const path = written(`penguins${ending}`, encodeRows(ending, penguins))
    const progress: { done: number; count: number }[] = []
    const inPage = await readFile(fileOf(path), { onReading: (each) => progress.push(each) })
    expect({ ...inPage, name: path }).toEqual(await readTable(path))
    expect(cellsOf(inPage)).toEqual(cellsOf(penguins))
    const { size } = fileOf(path)
    expect(progress.at(-1)).toEqual({ done: size, count: size })
  })

  it('gives the columns that the choice asks for', async () => {
    const choice = { types: { year: 'category' }, drop: ['island'] } as const
    const { columns } = await readFile(fileOf('models/penguins/train.csv'), { choice })
    expect(columns.find(({ name }) => name === 'year')!.kind).toBe('category')
    expect(columns.some(({ name }) => name === 'island')).toBe(false)
  })

  it('is refused in one line by its short name', async () => {
    const refused = await readFile(new File(['x'], 'photo.png')).catch((error) => error)
    expect(refused.name).toBe('InputError')
    expect(refused.message).toMatch(/^[^\n]*photo\.png[^\n]*must end in[^\n]*$/)
    const path = 'people.csv' as never
    await expect(readFile(path)).rejects.toThrow(/file is 'people\.csv', a string: give a File/)
  })
})
