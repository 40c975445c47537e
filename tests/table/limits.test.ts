import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readTable as readFile } from '../../src/browser/read-table.ts'
import { CsvReader } from '../../src/table/formats/csv.ts'
import { encodeRows } from '../../src/table/formats/forms.ts'
import { readTableBytes } from '../../src/table/formats/read-bytes.ts'
import { readTable } from '../../src/table/formats/read-table.ts'
import { limitsOf, unpackedLimit } from '../../src/table/inference/limits.ts'
import { tableOfRows } from '../../src/table/inference/rows.ts'
import { folderOf } from '../helpers/folders.ts'
import { expectRefused, expectRejected } from '../helpers/refusals.ts'
import { lines } from './cells.ts'

const { written } = folderOf('limits')

const csv = lines('a,b', 5000, (i) => `${i % 7},${i % 3}.5`)

/** More bytes than its few cells let expect. */
const blank = `a,b\n1,2\n3,4\n${'\n'.repeat(50_000)}`

/** The bytes of a stream, which says nothing of its end before it is there. */
async function* piecesOf(content: Uint8Array, size = 1000) {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size)
}

const readStream = (content: Uint8Array, maxSize?: number) =>
  readTableBytes('.csv', { name: 'a.csv', size: 0, bytes: piecesOf(content) }, { maxSize })

describe('a file of tables is refused before it takes the memory', () => {
  it('if it unpacks to more than it may, by its own last bytes or as it comes', async () => {
    const content = gzipSync(csv)
    const message =
      /unpacks to [\d.]+ KB or more, \d+ times its size: if that is right, raise `maxSize` to 1\.0 GB or more$/
    await expectRejected(
      () => readTable('dataset', written('a.csv.gz', content), { maxSize: 20_000 }),
      message,
    )
    await expectRejected(() => readFile(new File([content], 'a.csv.gz'), { maxSize: 20_000 }), message)
    await expectRejected(() => readStream(gzipSync(blank), 20_000), /^a\.csv unpacks to/)
    const table = await readTable('dataset', written('a.csv.gz', content), { maxSize: 200_000 })
    expect(table.count).toBe(5000)
  })

  it('if its last bytes say that it unpacks to more, before it is read, unless gzip cannot pack so well', async () => {
    const unread = {
      [Symbol.asyncIterator]: () => {
        throw new Error('it was read')
      },
    }
    const last = Buffer.alloc(4)
    last.writeUInt32LE(500_000)
    const ends = [Buffer.from('1f8b', 'hex'), last] as const
    const sourceOf = (size: number) => ({ name: 'a.csv', size, bytes: unread, ends })
    const options = { maxSize: 100_000 }
    await expectRejected(
      () => readTableBytes('.csv', sourceOf(1000), options),
      /^a\.csv unpacks to 500\.0 KB or more, 500 times its size/,
    )
    await expect(readTableBytes('.csv', sourceOf(400), options)).rejects.toThrow('it was read')
  })

  it('if its last bytes say less than it unpacks to', async () => {
    const content = gzipSync(blank)
    content.writeUInt32LE(10, content.length - 4)
    await expectRejected(
      () => readTable('dataset', written('liar.csv.gz', content), { maxSize: 20_000 }),
      /liar\.csv\.gz unpacks to/,
    )
  })

  it('if it is compressed again and again', async () => {
    let content = gzipSync(csv)
    for (let i = 0; i < 2; i++) content = gzipSync(content)
    expect((await readStream(content)).count).toBe(5000)
    await expectRejected(
      () => readStream(gzipSync(content)),
      /^a\.csv is compressed more than 3 times: unpack it$/,
    )
  })

  it('if its cells take more than they may', async () => {
    const message = /has more than 1,250 cells: if that is right, raise `maxSize` to 1\.0 GB or more$/
    await expectRejected(() => readTable('dataset', written('a.csv', csv), { maxSize: 10_000 }), message)
    const rows = Array.from({ length: 2000 }, (_, i) => ({ a: i % 7 }))
    await expectRejected(
      () => readTable('dataset', written('a.json', JSON.stringify(rows)), { maxSize: 10_000 }),
      message,
    )
    const table = tableOfRows(rows, 'rows')
    await expectRejected(
      () => readTable('dataset', written('a.npy', encodeRows('.npy', table)), { maxSize: 10_000 }),
      /a\.npy has more than 10\.0 KB: if/,
    )
    await expectRejected(
      () =>
        readTable('dataset', written('a.parquet', encodeRows('.parquet', table)), {
          maxSize: 10_000,
        }),
      /a\.parquet unpacks to 16\.0 KB or more/,
    )
    expect((await readTable('dataset', written('a.csv', csv), { maxSize: 80_000 })).count).toBe(5000)
  })

  it('if a page of Parquet claims more values than the file has rows', async () => {
    const table = tableOfRows(
      Array.from({ length: 2000 }, (_, i) => ({ a: i % 7 })),
      'rows',
    )
    const content = Buffer.from(encodeRows('.parquet', table) as Uint8Array)
    // the field num_values of a page's header, as Thrift's compact protocol writes 2000 and 8000
    const at = content.indexOf(Buffer.from('15a01f', 'hex'))
    content.set(Buffer.from('15807d', 'hex'), at)
    expect(at).toBeGreaterThan(0)
    await expectRejected(
      () => readTable('dataset', written('liar.parquet', content)),
      /liar\.parquet is no whole Parquet file \(a page of a has more values than rows\): write it again$/,
    )
  })

  it('if it has more columns than a table may', async () => {
    const head = Array.from({ length: 70_000 }, (_, d) => `c${d}`)
    const message = /has more than 65,536 columns: if that is right, raise `maxSize` to \d+\.0 GB or more$/
    expectRefused(() => {
      const reader = new CsvReader('a.csv')
      reader.push(`${head.join()}\n1\n2\n3\n`)
    }, message)
    const row = `{${head.map((name) => `"${name}":1`).join()}}`
    await expectRejected(() => readTable('dataset', written('wide.json', `[${row},${row}]`)), message)
  })

  it('if its first line has more columns, as soon as that is sure, however long the line is', () => {
    const message =
      /^a\.csv has more than 65,536 columns: if that is right, raise `maxSize` to 9\.0 GB or more$/
    for (const delimiter of [',', ';', '\t', '|']) {
      const reader = new CsvReader('a.csv')
      reader.push(`name${delimiter}`.repeat(60_000))
      expectRefused(() => reader.push(`name${delimiter}`.repeat(60_000)), message)
    }
    const size = { choice: {}, minRows: 2, maxSize: 1e12 }
    expectRefused(
      () => new CsvReader('a.csv', size).push('a,'.repeat(600_000)),
      /^a\.csv has more than 524,287 columns: give a table of fewer$/,
    )
  })

  it('unless its first line has commas in quotes, or beside other delimiters', () => {
    const commas = ','.repeat(70_000)
    for (const head of [`"${commas}";b`, `a;${commas};c`, `a${'\n1'.repeat(70_000)}`]) {
      const reader = new CsvReader('a.csv')
      expect(() => reader.push(head)).not.toThrow()
    }
  })

  it('if the limit is no size', async () => {
    const file = written('a.csv', csv)
    await expectRejected(
      () => readTable('dataset', file, { maxSize: 0 }),
      /^maxSize is 0: give a whole number from 1/,
    )
    await expectRejected(
      () => readTable('dataset', file, { maxSize: '1GB' as never }),
      /^maxSize is '1GB', a string/,
    )
  })
})

describe('the limits of reading', () => {
  it('allow a compressed file a hundred times its size, and a small one 256 MiB', () => {
    expect(unpackedLimit(1000, undefined)).toBe(2 ** 28)
    expect(unpackedLimit(10e6, undefined)).toBe(1e9)
    expect(unpackedLimit(1e9, undefined)).toBe(2 ** 33)
    expect(unpackedLimit(1e9, 5e9)).toBe(5e9)
  })

  it('rise with the size, but a smaller size leaves those of lines and columns', () => {
    expect(limitsOf()).toEqual({ cells: 2 ** 33, record: 2 ** 26, columns: 2 ** 16 })
    expect(limitsOf(2 ** 34)).toEqual({ cells: 2 ** 34, record: 2 ** 27, columns: 2 ** 17 })
    expect(limitsOf(1000)).toEqual({ cells: 1000, record: 2 ** 26, columns: 2 ** 16 })
    expect(limitsOf(1e15).record).toBeLessThan(2 ** 29 - 24)
  })
})

it('a line of many pieces is read as one, in any encoding', async () => {
  const long = 'ä€😀x'.repeat(40_000)
  const bytes = new TextEncoder().encode(`a,b\n${long},1\ny,2\n${long},3\n`)
  for (const size of [999, 70_001]) {
    const source = { name: 'a.csv', size: 0, bytes: piecesOf(bytes, size) }
    const { columns, notes } = await readTableBytes('.csv', source)
    expect(columns[0]!.categories).toEqual(['y', long])
    expect(notes).toEqual([])
  }
})
