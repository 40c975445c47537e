import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { pointsFromRows } from '../../src/numerics/points.ts'
import { encodeSamples } from '../../src/table/formats/files.ts'
import { writeNpy } from '../../src/table/formats/npy.ts'
import { readTable } from '../../src/table/formats/read-table.ts'
import { namesOf } from '../../src/table/table.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-points-'))
afterAll(() => rmSync(folder, { recursive: true }))

const at = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const read = async (name: string, content: string | Uint8Array) => {
  const table = await readTable('samples', at(name, content))
  const { data, count, dim } = table.points
  return { data: [...data], count, dim, columns: namesOf(table) }
}

describe('readTable', () => {
  const points = pointsFromRows([
    [0.1, -2],
    [3e-9, 4],
    [5, 6.25],
  ])

  it.each([
    ['a.csv', ['x', 'b c'], [0.1, -2, 3e-9, 4, 5, 6.25]],
    ['a.json', ['x', 'b c'], [0.1, -2, 3e-9, 4, 5, 6.25]],
    ['a.npy', ['x0', 'x1'], [...points.data]],
    ['A.NPY', ['x0', 'x1'], [...points.data]],
  ])('reads %s as sample writes it', async (name, columns, data) => {
    const content = encodeSamples(name, points, ['x', 'b c'])
    expect(await read(name, content)).toEqual({ data, count: 3, dim: 2, columns })
  })

  it.each<[string, string, string, string[]]>([
    ['CSV without a header', 'b.csv', '1,2\n3,4\n', ['x0', 'x1']],
    ['JSON of arrays', 'b.json', '[[1, 2], [3, 4]]', ['x0', 'x1']],
    ['JSON with keys in another order', 'b.json', '[{"a": 1, "b": 2}, {"b": 4, "a": 3}]', ['a', 'b']],
    ['JSON after a byte-order mark', 'b.json', '\ufeff[[1, 2], [3, 4]]', ['x0', 'x1']],
    [
      'JSON with the key __proto__',
      'b.json',
      '[{"a": 1, "__proto__": 2}, {"a": 3, "__proto__": 4}]',
      ['a', '__proto__'],
    ],
  ])('reads %s', async (_, name, content, columns) => {
    expect(await read(name, content)).toEqual({ data: [1, 2, 3, 4], count: 2, dim: 2, columns })
  })

  it.each<[string, string, string | Uint8Array]>([
    ['.npy with NaN', 'n.npy', writeNpy(Float32Array.of(1, 2, Number.NaN, 4), [2, 2])],
    ['JSON with null', 'n.json', '[[1, 2], [null, 4]]'],
    ['JSON without a key', 'n.json', '[{"x0": 1, "x1": 2}, {"x1": 4}]'],
    ['JSON lines without a key', 'n.jsonl', '{"x0": 1}\n{"x1": 4}\n'],
    ['CSV with a gap', 'n.csv', '1,2\n,4\n'],
  ])('reads gaps of %s', async (_, name, content) => {
    const { data, ...rest } = await read(name, content)
    expect(rest).toEqual({ count: 2, dim: 2, columns: ['x0', 'x1'] })
    expect([data[0], data[2], data[3]]).toEqual([1, Number.NaN, 4])
  })

  it('reads keys that objects inherit as others', async () => {
    const content = '[{"toString": 1, "constructor": "a"}, {"b": 2, "__proto__": "constructor"}]'
    expect(await read('keys.json', content)).toEqual({
      data: [1, 0, Number.NaN, Number.NaN, Number.NaN, Number.NaN, 2, 0],
      count: 2,
      dim: 4,
      columns: ['toString', 'constructor', 'b', '__proto__'],
    })
  })

  it.each<[string, string, string | Uint8Array, RegExp]>([
    [
      'another ending',
      'c.xls',
      '1,2\n',
      /^samples is '.*c\.xls': the file's name must end in \.csv or \.tsv or /,
    ],
    ['an empty CSV file', 'c.csv', '', /c\.csv is empty/],
    ['CSV with infinity', 'c.csv', 'a,b\n1,2\n3,inf\n', /line 3, column b: 'inf' is no finite number/],
    ['CSV of one row', 'c.csv', 'a,b\n1,2\n', /c\.csv has one row: give at least 2, ideally 1000/],
    ['JSON of one row', 'c.json', '[[1, 2]]', /c\.json has one row/],
    ['JSON lines of one row', 'c.jsonl', '{"a": 1}', /c\.jsonl has one row/],
    ['.npy of one row', 'c.npy', writeNpy(Float32Array.of(1, 2), [1, 2]), /c\.npy has one row/],
    [
      'a trajectory',
      'c.npy',
      writeNpy(new Float32Array(12), [2, 3, 2]),
      /shape \(2, 3, 2\): give points of shape/,
    ],
    ['a list', 'c.npy', writeNpy(new Float32Array(3), [3]), /shape \(3\)/],
    ['no rows', 'c.npy', writeNpy(new Float32Array(0), [0, 2]), /shape \(0, 2\)/],
    ['no columns', 'c.npy', writeNpy(new Float32Array(0), [2, 0]), /shape \(2, 0\)/],
    [
      'an infinity',
      'c.npy',
      writeNpy(Float32Array.of(-Infinity, 2, 3, 4), [2, 2]),
      /row 1, column x0 is -Infinity/,
    ],
    ['no JSON', 'c.json', '[[1, 2]', /c\.json is no JSON/],
    ['JSON of something else', 'c.json', '{"a": [1, 2]}', /is no array of points/],
    ['an empty array', 'c.json', '[]', /is no array of points/],
    ['an array of numbers', 'c.json', '[1, 2]', /is no array of points/],
    ['an array of nothing', 'c.json', '[[], []]', /is no array of points/],
    ['null among the rows', 'c.json', '[[1], null]', /is no array of points/],
    ['rows of different lengths', 'c.json', '[[1, 2], [3]]', /row 2: its columns differ from those of row 1/],
    ['arrays among objects', 'c.json', '[{"0": 1}, [2]]', /row 2: its columns differ/],
    [
      'text in an array',
      'c.json',
      '[[1, "2"]]',
      /row 1, column x1: "2" is no number: give rows of other values/,
    ],
    ['an array in a cell', 'c.json', '[{"a": [1]}]', /row 1, column a: an array is no cell/],
    ['an object in a cell', 'c.json', '[{"a": {"b": 1}}]', /row 1, column a: this object is no cell/],
    ['a number beyond float64', 'c.json', '[{"a": 1e999}]', /row 1, column a is Infinity/],
  ])('refuses %s in one line', async (_, name, content, message) => {
    const refused = expect(read(name, content)).rejects
    await refused.toThrow(InputError)
    await expect(read(name, content)).rejects.toThrow(message)
    await expect(read(name, content)).rejects.toThrow(/^[^\n]+$/)
  })

  it('refuses a file that is not there, and a folder', async () => {
    await expect(readTable('against', join(folder, 'nowhere.csv'))).rejects.toThrow(
      /^against is '\S+nowhere\.csv': there is no such file: give a \.csv, \.tsv, .* file of rows/,
    )
    mkdirSync(join(folder, 'd.csv'))
    await expect(readTable('against', join(folder, 'd.csv'))).rejects.toThrow(
      /d\.csv': that is a folder: give a /,
    )
  })
})
