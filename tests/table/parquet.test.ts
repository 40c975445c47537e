import { readFileSync } from 'node:fs'
import { parquetMetadata } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { encodeSamples, sampleParts } from '../../src/table/formats/files.ts'
import { readParquet } from '../../src/table/formats/parquet-read.ts'
import { type Table, tableOfPoints } from '../../src/table/table.ts'
import { expectRejected } from '../helpers/refusals.ts'
import { cellsOf, wordsOf } from './cells.ts'

const plain = { choice: {}, minRows: 2 }
const pandas = new Uint8Array(readFileSync(new URL('fixtures/pandas.parquet', import.meta.url)))

/** The columns by name, of cells as people write them. */
function columnsOf(table: Table) {
  const rows = wordsOf(table)
  return Object.fromEntries(table.columns.map(({ name }, d) => [name, rows.map((row) => row[d])]))
}

describe('a Parquet file', () => {
  it('from pandas is read with its types and gaps', async () => {
    const table = await readParquet(pandas, 'p', plain)
    expect(columnsOf(table)).toEqual({
      age: [39, null, 50, 17],
      fare: [7.25, null, 512.3292, -0.5],
      half: [0.1, 0.2, 0.3, null],
      sex: ['male', 'female', 'male', null],
      zip: ['02134', null, '10001', '02134'],
      member: ['true', 'false', null, 'true'],
      day: ['2011-12-31', '2012-01-01', null, '2012-02-29'],
      at: ['2011-12-31 10:00:00.250', '2012-01-01 00:00:00.000', '2012-01-02 00:00:00.000', null],
      zoned: ['2011-12-31T09:00:00.250Z', '2011-12-31T23:00:00.000Z', '2012-01-01T23:00:00.000Z', null],
      price: [12.34, 0.1, null, -7.07],
      clock: ['07:30:00', '23:59:59', null, '00:00:00'],
    })
    expect(table.columns.map(({ kind }) => kind).join(' ')).toBe(
      'integer number number category category boolean date date date number date',
    )
    expect(table.leftOut).toEqual([{ name: 'tags', reason: 'its cells are lists or structures', kind: null }])
  })

  it('is read with the columns and kinds of a choice', async () => {
    const choice = { columns: ['zip', 'age'], types: { zip: 'number' } } as const
    expect(columnsOf(await readParquet(pandas, 'p', { choice, minRows: 2 }))).toEqual({
      age: [39, null, 50, 17],
      zip: [2134, null, 10001, 2134],
    })
    const refused = (choice: object) => readParquet(pandas, 'p', { choice, minRows: 2 })
    await expect(refused({ drop: ['agee'] })).rejects.toThrow(/^unknown column agee \(did you mean age\?\)/)
    await expect(refused({ types: { sex: 'integer' } })).rejects.toThrow(
      /^p, row 1, column sex: 'male' is no whole number/,
    )
    await expect(refused({ types: { tags: 'category' } })).rejects.toThrow(
      /^p, column tags can have no kind: its cells are lists/,
    )
  })

  it('names the columns that are left out in their order', async () => {
    const columnData = [
      { name: 'gaps', data: [null, null], type: 'DOUBLE' },
      { name: 'tags', data: [{ a: 1 }, { a: 2 }], type: 'VARIANT' },
      { name: 'x', data: [1.5, 2.5], type: 'DOUBLE' },
    ] as const
    const bytes = new Uint8Array(
      parquetWriteBuffer({ columnData: columnData.map((each) => ({ ...each, data: [...each.data] })) }),
    )
    const { leftOut } = await readParquet(bytes, 'p', plain)
    expect(leftOut.map(({ name }) => name)).toEqual(['gaps', 'tags'])
  })

  it('of several row groups is read in order', async () => {
    const count = 2500
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 'i', data: Array.from({ length: count }, (_, i) => BigInt((7 * i) % count)), type: 'INT64' },
        { name: 's', data: Array.from({ length: count }, (_, i) => `s${i % 9}`), type: 'STRING' },
      ],
      rowGroupSize: 1000,
    })
    expect(parquetMetadata(bytes).row_groups.length).toBeGreaterThan(2)
    const choice = { types: { i: 'integer' } } as const
    const table = await readParquet(new Uint8Array(bytes), 'p', { choice, minRows: 2 })
    expect(table.columns[1]!.categories).toHaveLength(9)
    expect(cellsOf(table)).toEqual(Array.from({ length: count }, (_, i) => [(7 * i) % count, i % 9]))
  })

  it('keeps all digits of decimals', async () => {
    const bytes = parquetWriteBuffer({
      columnData: [{ name: 'price', data: [0.35, 0.57, 1234567.89] }],
      schema: [
        { name: 'root', num_children: 1 },
        { name: 'price', type: 'INT64', converted_type: 'DECIMAL', scale: 2, precision: 18 },
      ],
    })
    const { columns } = await readParquet(new Uint8Array(bytes), 'p', plain)
    expect(columns.map(({ cells }) => [...cells])).toEqual([[0.35, 0.57, 1234567.89]])
  })

  it('with int64 ids of more digits than a number keeps has them as texts', async () => {
    const data = [12345678901234567n, 12345678901234569n]
    const bytes = new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: 'id', data, type: 'INT64' },
          { name: 'x', data: [1.5, 2.5], type: 'DOUBLE' },
        ],
      }),
    )
    const table = await readParquet(bytes, 'p', plain)
    expect(table.columns[0]).toMatchObject({ name: 'id', kind: 'category', categories: data.map(String) })
  })

  it('that is cut anywhere is refused in one line', async () => {
    for (let length = 0; length < pandas.length; length += 37) {
      const part = pandas.slice(0, length)
      await expectRejected(() => readParquet(part, 'p', plain), /^p is no whole Parquet file /)
    }
  })

  it('with a changed byte is read or refused', async () => {
    for (let k = 4; k < pandas.length; k += 97) {
      const changed = pandas.slice()
      changed[k]! ^= 0x15
      await readParquet(changed, 'p', plain).catch((error) => expect(error).toBeInstanceOf(InputError))
    }
  })
})

describe('a table that is written as Parquet', () => {
  const table = tableOfPoints(
    [
      { name: 'n', kind: 'number' },
      { name: 'i', kind: 'integer' },
      { name: 'b', kind: 'boolean', categories: ['FALSE', 'TRUE'] },
      { name: 'y', kind: 'boolean', categories: ['no', 'yes'] },
      { name: 'o', kind: 'boolean', categories: ['0', '1'] },
      { name: 'c', kind: 'category', categories: ['x', 'ÿ "\n.'] },
      { name: 'd', kind: 'date', form: 'YYYY-MM-DD' },
      { name: 'z', kind: 'date', form: 'YYYY-MM-DDThh:mm:ssZ' },
      { name: 't', kind: 'date', form: 'hh:mm' },
      { name: 'k', kind: 'key' },
    ],
    {
      // biome-ignore format: two rows
      data: Float64Array.of(
        0.1, 2 ** 53, 1, 1, 1, 1, 0, 1000, 60_000, 0,
        NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, 1,
      ),
      count: 2,
      dim: 10,
    },
  )

  it('has a type of Parquet for each kind', () => {
    const bytes = encodeSamples('a.parquet', table) as Uint8Array
    const { schema, created_by } = parquetMetadata(bytes.slice().buffer as ArrayBuffer)
    expect(created_by).toBe('moonstep')
    expect(schema.slice(1).map(({ name, type, logical_type }) => [name, type, logical_type])).toEqual([
      ['n', 'DOUBLE', undefined],
      ['i', 'INT64', undefined],
      ['b', 'BOOLEAN', undefined],
      ['y', 'BYTE_ARRAY', { type: 'STRING' }],
      ['o', 'INT64', undefined],
      ['c', 'BYTE_ARRAY', { type: 'STRING' }],
      ['d', 'INT64', { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MILLIS' }],
      ['z', 'INT64', { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' }],
      ['t', 'BYTE_ARRAY', { type: 'STRING' }],
      ['k', 'INT64', undefined],
    ])
    expect(schema.slice(1).every(({ repetition_type }) => repetition_type === 'OPTIONAL')).toBe(true)
  })

  it('is read again with the same cells', async () => {
    const bytes = encodeSamples('a.parquet', table) as Uint8Array
    expect(columnsOf(await readParquet(bytes, 'p', { choice: {}, minRows: 2, keepsAll: true }))).toEqual({
      n: [0.1, null],
      i: [2 ** 53, null],
      b: ['true', null],
      y: ['yes', null],
      o: [1, null],
      c: ['ÿ "\n.', null],
      d: ['1970-01-01', null],
      z: ['1970-01-01T00:00:01Z', null],
      t: ['00:01', null],
      k: [0, 1],
    })
  })

  it('has row groups of 100,000 rows, whatever the chunks', async () => {
    const chunk = (start: number, count: number): Table => ({
      count,
      columns: [
        { name: 'a', kind: 'number', cells: Float64Array.from({ length: count }, (_, k) => start + k) },
      ],
    })
    const bytesOf = async (sizes: readonly number[]) => {
      async function* chunks() {
        let start = 0
        for (const size of sizes) {
          yield chunk(start, size)
          start += size
        }
      }
      const parts: Uint8Array[] = []
      for await (const part of sampleParts('a.parquet', chunks(), 102_000, chunk(0, 0)))
        parts.push(Buffer.from(part))
      return new Uint8Array(Buffer.concat(parts))
    }
    const bytes = await bytesOf(Array(51).fill(2000))
    expect(Buffer.from(await bytesOf(Array(34).fill(3000))).equals(bytes)).toBe(true)
    expect(parquetMetadata(bytes.buffer).row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([
      100_000, 2000,
    ])
    const { columns } = await readParquet(bytes, 'p', { choice: {}, minRows: 2, keepsAll: true })
    expect(columns.map(({ cells }) => [cells.length, cells.every((x, k) => x === k)])).toEqual([
      [102_000, true],
    ])
  })

  it('is refused if a whole number is beyond int64', () => {
    const columns = [{ name: 'i', kind: 'integer', cells: Float64Array.of(1e19) }] as const
    expect(() => encodeSamples('a.parquet', { count: 1, columns })).toThrow(
      /^column i has 10000000000000000000, which is beyond the whole numbers of Parquet/,
    )
  })
})
