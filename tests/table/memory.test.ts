import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { CsvReader } from '../../src/table/formats/csv.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const heap = () => {
  collect()
  return process.memoryUsage().heapUsed
}

it('a reader of CSV keeps words in memory, but not the text around them', () => {
  const reader = new CsvReader('a.csv')
  reader.push('word,n\n')
  const before = heap()
  // each piece brings a new word, a few letters of a million
  for (let i = 0; i < 40; i++)
    reader.push(
      `${Array.from({ length: 20_000 }, (_, k) => `a word that is piece ${i}'s,${k % 7}.5`).join('\n')}\n`,
    )
  expect(heap() - before).toBeLessThan(10e6)
  const { count, columns } = reader.end()
  expect([columns[0]!.categories!.length, count]).toEqual([40, 800_000])
})

it('a reader of CSV keeps each cell in eight bytes, whatever is in it', () => {
  const reader = new CsvReader('a.csv', { choice: {}, minRows: 2, keepsAll: false }, 12e6)
  reader.push('text,n,d\n')
  collect()
  const before = process.memoryUsage()
  for (let i = 0; i < 100; i++)
    reader.push(
      `${Array.from({ length: 2000 }, (_, k) => `free text of row number ${i * 2000 + k},${(i * 2000 + k) * 1.25},2011-12-31 10:${10 + (k % 50)}`).join('\n')}\n`,
    )
  collect()
  const after = process.memoryUsage()
  // 200,000 rows of three cells are 4.8 MB; the grid has room for as many rows as the first ones let expect
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(9e6)
  expect(after.heapUsed - before.heapUsed).toBeLessThan(5e6)
  const { count, columns } = reader.end()
  expect(columns[0]).toMatchObject({ name: 'text', kind: 'text' })
  expect([count, columns.length]).toEqual([200_000, 3])
})
