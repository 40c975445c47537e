import { mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { writeNpy } from '../../src/table/formats/npy.ts'
import { readTable } from '../../src/table/formats/read-table.ts'
import { namesOf, pointsOf } from '../../src/table/table.ts'
import { folderOf } from '../helpers/folders.ts'
import { expectRejected } from '../helpers/refusals.ts'
import { lines, wordsOf } from './cells.ts'

const { at, written } = folderOf('points')

const read = async (name: string, content: string | Uint8Array) => {
  const table = await readTable('samples', written(name, content))
  const { data, count, dim } = pointsOf(table)
  return { data: [...data], count, dim, columns: namesOf(table) }
}

const npyOf = (shape: number[], ...data: number[]) => writeNpy(Float32Array.from(data), shape)

describe('readTable', () => {
  it.each<[string, string, string, string[]]>([
    ['CSV without a header', 'b.csv', '1,2\n3,4\n', ['x0', 'x1']],
    ['JSON of arrays', 'B.JSON', '[[1, 2], [3, 4]]', ['x0', 'x1']],
    ['JSON with keys in another order', 'b.json', '[{"a": 1, "b": 2}, {"b": 4, "a": 3}]', ['a', 'b']],
    ['JSON after a byte-order mark', 'b.json', '\ufeff[[1, 2], [3, 4]]', ['x0', 'x1']],
  ])('reads %s', async (_, name, content, columns) => {
    expect(await read(name, content)).toEqual({ data: [1, 2, 3, 4], count: 2, dim: 2, columns })
  })

  it.each<[string, string, string | Uint8Array]>([
    ['.npy with NaN', 'n.npy', npyOf([2, 2], 1, 2, Number.NaN, 4)],
    ['JSON with null', 'n.json', '[[1, 2], [null, 4]]'],
    ['JSON without a key', 'n.json', '[{"x0": 1, "x1": 2}, {"x1": 4}]'],
  ])('reads missing values from %s', async (_, name, content) => {
    const { data, ...rest } = await read(name, content)
    expect(rest).toEqual({ count: 2, dim: 2, columns: ['x0', 'x1'] })
    expect([data[0], data[2], data[3]]).toEqual([1, Number.NaN, 4])
  })

  it('reads JSON keys that JavaScript objects inherit like all others', async () => {
    const content = '[{"toString": 1, "constructor": "a"}, {"b": 2, "__proto__": "constructor"}]'
    expect((await read('keys.json', content)).columns).toEqual(['toString', 'constructor', 'b', '__proto__'])
  })

  it('keeps ids, free text and empty columns if it is asked to keep all', async () => {
    const table = await readTable('rows', written('all.csv', 'id,note,gap,x\n1,only,,2.5\n'), {
      keepsAll: true,
    })
    expect(table.columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'id integer',
      'note category',
      'gap number',
      'x number',
    ])
    expect(table.columns[2]!.cells[0]).toBeNaN()
  })

  it('keeps any number of different texts if it is asked to keep all', async () => {
    const file = written(
      'many.csv',
      lines('key,note', 21_000, (i) => `${i},note ${i}`),
    )
    const table = await readTable('rows', file, { keepsAll: true, choice: { types: { key: 'category' } } })
    expect(table.columns.map(({ categories }) => categories!.length)).toEqual([21_000, 21_000])
    expect(wordsOf(table)[20_999]).toEqual(['20999', 'note 20999'])
  })

  it.each<[string, string, string | Uint8Array, RegExp]>([
    [
      'another ending',
      'c.xls',
      '1,2\n',
      /^samples is '.*c\.xls' \(did you mean \.xlsx\?\): the file's name must end in \.csv or /,
    ],
    ['JSON of one row', 'c.json', '[[1, 2]]', /c\.json has one row: give at least 2, ideally 1000/],
    ['JSON lines of one row', 'c.jsonl', '{"a": 1}', /c\.jsonl has one row/],
    ['.npy of one row', 'c.npy', npyOf([1, 2], 1, 2), /c\.npy has one row/],
    ['a trajectory', 'c.npy', npyOf([2, 3, 2], ...Array(12)), /shape \(2, 3, 2\): give points of shape/],
    ['a list in .npy', 'c.npy', npyOf([3], 1, 2, 3), /shape \(3\)/],
    ['.npy without rows', 'c.npy', npyOf([0, 2]), /shape \(0, 2\)/],
    ['.npy without columns', 'c.npy', npyOf([2, 0]), /shape \(2, 0\)/],
    ['infinity in .npy', 'c.npy', npyOf([2, 2], -Infinity, 2, 3, 4), /row 1, column x0 is -Infinity/],
    ['JSON that is cut', 'c.json', '[[1, 2]', /c\.json, line 1, column 8: it ends too early/],
    ['JSON of something else', 'c.json', '{"a": 1}', /is no array of points/],
    ['a number in JSON beyond float64', 'c.json', '[{"a": 1e999}]', /row 1, column a is Infinity/],
  ])('refuses %s in one line', async (_, name, content, message) => {
    await expectRejected(() => read(name, content), message)
  })

  it('refuses a folder, and a path without a file', async () => {
    await expect(readTable('against', at('nowhere.csv'))).rejects.toThrow(
      /^against is '\S+nowhere\.csv': there is no such file: give a \.csv, \.tsv, .* file of rows/,
    )
    mkdirSync(at('d.csv'))
    await expect(readTable('against', at('d.csv'))).rejects.toThrow(/d\.csv': that is a folder: give a /)
  })
})
