import { type Table as ArrowTable, DataType, tableFromIPC } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { toArrow } from '../../src/index.ts'
import { sampleParts } from '../../src/table/formats/files.ts'
import type { Table } from '../../src/table/table.ts'
import { expectRejected } from '../helpers/refusals.ts'
import { columns, count, expectedRow, rowsFrom } from './every-type.ts'

async function written(parts: readonly Table[]): Promise<Buffer> {
  const rows = parts.reduce((sum, { count }) => sum + count, 0)
  const list: Buffer[] = []
  for await (const part of sampleParts('a.arrow', parts, rows, { columns: parts[0]!.columns }))
    list.push(Buffer.from(part))
  return Buffer.concat(list)
}

/** Rows as code reads them: whole numbers as bigints, points in time as milliseconds. */
function rowsOf(table: ArrowTable): unknown[][] {
  const vectors = table.schema.fields.map((_, d) => table.getChildAt(d)!)
  return Array.from({ length: table.numRows }, (_, i) => vectors.map((vector) => vector.get(i)))
}

const whole = new Set(['id', 'n', 'o', 'since'])
const times = new Set(['day', 'at'])
const inArrow = (i: number) =>
  expectedRow(i).map((cell, d) => {
    const { name } = columns[d]!
    if (cell === null) return null
    if (whole.has(name)) return BigInt(cell as number)
    if (times.has(name)) return Date.parse(`${cell}Z`.replace(/(?<=^.{10})Z/, 'T00:00Z'))
    // a time of day is in its own form
    if (name === 'clock') return expect.stringMatching(/^\d\d?:\d\d [AP]M$/)
    return cell
  })

const all = Array.from({ length: count }, (_, i) => inArrow(i))

describe('samples as an Arrow file', () => {
  it('have the types and the cells of the table, and null for gaps', async () => {
    const table = tableFromIPC(await written([rowsFrom(0, count)]))
    expect(table.schema.fields.map(({ name, type }) => [name, String(type)])).toEqual([
      ['id', 'Int64'],
      [columns[1]!.name, 'Dictionary<Int32, Utf8>'],
      ['x', 'Float64'],
      ['n', 'Int64'],
      ['b', 'Bool'],
      ['y', 'Dictionary<Int32, Utf8>'],
      ['o', 'Int64'],
      ['day', 'Date32<DAY>'],
      ['at', 'Timestamp<MILLISECOND, UTC>'],
      ['clock', 'Utf8'],
      ['month', 'Utf8'],
      ['since', 'Int64'],
      ['select', 'Utf8'],
    ])
    expect(table.schema.fields.every(({ nullable }) => nullable)).toBe(true)
    expect(rowsOf(table)).toEqual(all)
  })

  it('have the same bytes however the rows arrive, and in every file of a process', async () => {
    const file = await written([rowsFrom(0, count)])
    const pieces = [0, 1, 2, 300, count]
    const parts = pieces.slice(1).map((to, k) => rowsFrom(pieces[k]!, to))
    expect((await written(parts)).equals(file)).toBe(true)
    expect((await written([rowsFrom(0, count)])).equals(file)).toBe(true)
  })

  it('of many rows are batches, which share their names', async () => {
    const rows = 150_000
    const piece = (from: number, to: number): Table => {
      const cellsBy = (cell: (i: number) => number) =>
        Float64Array.from({ length: to - from }, (_, i) => cell(i))
      return {
        count: to - from,
        columns: [
          { name: 'kind', kind: 'category', categories: ['a', 'b', 'c'], cells: cellsBy((i) => (2 * i) % 3) },
          { name: 'x', kind: 'number', cells: cellsBy((i) => from + i + 0.5) },
        ],
      }
    }
    const bytes = await written([piece(0, 100_000), piece(100_000, rows)])
    const table = tableFromIPC(bytes)
    expect(table.batches.map(({ numRows }) => numRows)).toEqual([65_536, 65_536, 18_928])
    expect([table.getChild('x')!.get(0), table.getChild('x')!.get(rows - 1)]).toEqual([0.5, rows - 0.5])
    expect(table.getChild('kind')!.get(1)).toBe('c')
    // an index of 4 bytes and a number of 8 for each row, and no more than a thousandth for the rest
    expect(bytes.length).toBeLessThan(12.012 * rows + 4096)
  })

  it('are refused if a whole number is beyond 64 bits', async () => {
    const columns = [{ name: 'n', kind: 'integer', cells: Float64Array.of(1e19) }] as const
    await expectRejected(
      () => written([{ count: 1, columns }]),
      /^column n has 10000000000000000000, which is beyond the whole numbers of Arrow: write another form, \.csv say$/,
    )
  })
})

describe('toArrow', () => {
  it('gives the table that a file has', async () => {
    const table: ArrowTable = await toArrow(rowsFrom(0, count))
    const read = tableFromIPC(await written([rowsFrom(0, count)]))
    expect(table.schema.fields.map(String)).toEqual(read.schema.fields.map(String))
    expect(rowsOf(table)).toEqual(all)
    expect(DataType.isDictionary(table.getChild('y')!.type)).toBe(true)
  })

  it('gives a table without rows its columns', async () => {
    const table: ArrowTable = await toArrow({
      count: 0,
      columns: columns.map((column) => ({ ...column, cells: new Float64Array() })),
    })
    expect([table.numRows, table.schema.fields.map(({ name }) => name)]).toEqual([
      0,
      columns.map(({ name }) => name),
    ])
  })

  it('refuses what is no table', async () => {
    await expectRejected(() => toArrow({ table: 1 } as never), /^the table is an object/)
  })
})
