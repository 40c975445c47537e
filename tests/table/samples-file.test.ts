import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { pointsFromRows } from '../../src/numerics/points.ts'
import { tableToCsv } from '../../src/table/formats/csv-write.ts'
import {
  encodeSamples,
  encodeTrajectory,
  requireEnding,
  requireForm,
  sampleParts,
} from '../../src/table/formats/files.ts'
import { type Column, tableOfPoints } from '../../src/table/table.ts'
import { expectRefused } from '../helpers/refusals.ts'

const points = pointsFromRows([
  [0.1, -2],
  [3e-9, 4],
])
const columns = ['x', 'a, "b"']
/** As models of points draw them. */
const samples = tableOfPoints(
  columns.map((name) => ({ name, kind: 'number' })),
  points,
)

describe('samples of numbers', () => {
  it('as CSV have a header, quoted where needed, and short decimals', () => {
    expect(encodeSamples('a.csv', samples)).toBe('x,"a, ""b"""\n0.1,-2\n3e-9,4\n')
  })

  it('as .npy have an aligned header and little-endian float32', () => {
    const file = encodeSamples('A.NPY', samples) as Uint8Array
    const text = new TextDecoder('latin1').decode(file)
    const start = text.indexOf('\n') + 1
    expect(text.slice(1, 6)).toBe('NUMPY')
    expect(start % 64).toBe(0)
    expect(text).toContain("'shape': (2, 2)")
    expect(new DataView(file.buffer).getFloat32(start + 4, true)).toBe(-2)
    expect(file.length).toBe(start + 16)
  })

  it('with another ending are refused in a line that names the right ones', () => {
    expectRefused(
      () => encodeSamples('a.txt', samples),
      '.csv or .tsv or .json or .jsonl or .parquet or .npy or .sql; one of text also in .gz',
    )
  })
})

describe('a table of all kinds', () => {
  const columns: readonly Column[] = [
    { name: 'x', kind: 'number' },
    { name: 'n', kind: 'integer' },
    { name: 'b', kind: 'boolean', categories: ['FALSE', 'TRUE'] },
    { name: 'y', kind: 'boolean', categories: ['no', 'yes'] },
    { name: 'o', kind: 'boolean', categories: ['0', '1'] },
    { name: 'c', kind: 'category', categories: ['a, "b"', 'é'] },
    { name: 'd', kind: 'date', form: 'YYYY-MM-DD' },
    { name: 'key', kind: 'key' },
  ]
  const data = [0.1, 12_000_000, 1, 0, 1, 0, 86_400_000, 0, ...Array(7).fill(Number.NaN), 1]
  const double = tableOfPoints(columns, { data: Float64Array.from(data), count: 2, dim: 8 })
  const single = tableOfPoints(columns, { data: Float32Array.from(data), count: 2, dim: 8 })

  it.each([
    ['float64', double],
    ['float32', single],
  ])('is written with words, dates and empty cells, in %s', (_, table) => {
    const cells = ['0.1', '12000000', 'TRUE', 'no', '1', '"a, ""b"""', '1970-01-02', '0']
    const names = columns.map(({ name }) => name)
    const gaps = [...Array(7).fill(''), '1']
    for (const [ending, delimiter] of [
      ['.csv', ','],
      ['.tsv', '\t'],
    ] as const)
      expect(encodeSamples(`a${ending}`, table)).toBe(
        [names, cells, gaps].map((line) => `${line.join(delimiter)}\n`).join(''),
      )
    const rows = [
      '{"x":0.1,"n":12000000,"b":true,"y":"no","o":1,"c":"a, \\"b\\"","d":"1970-01-02","key":0}',
      '{"x":null,"n":null,"b":null,"y":null,"o":null,"c":null,"d":null,"key":1}',
    ]
    expect(encodeSamples('a.json', table)).toBe(`[${rows.join(',')}]\n`)
    expect(encodeSamples('a.jsonl', table)).toBe(`${rows.join('\n')}\n`)
  })

  it('is written with the shortest decimals that its precision needs', () => {
    const csv = (data: Float32Array | Float64Array) =>
      encodeSamples('a.csv', tableOfPoints(columns.slice(0, 1), { data, count: data.length, dim: 1 }))
    expect(csv(Float64Array.of(1 / 3))).toBe('x\n0.3333333333333333\n')
    expect(csv(Float32Array.of(1 / 3))).toBe('x\n0.33333334\n')
    expect(csv(Float64Array.of(2 ** 53, 1e20))).toBe('x\n9007199254740992\n100000000000000000000\n')
  })

  it('is compressed to the same bytes on every system', () => {
    const zipped = encodeSamples('a.csv.gz', double) as Uint8Array
    expect(gunzipSync(zipped).toString()).toBe(encodeSamples('a.csv', double))
    // no time, and no system
    expect([...zipped.subarray(4, 8), zipped[9]]).toEqual([0, 0, 0, 0, 255])
  })

  it('is refused as .npy before any row is drawn', async () => {
    const message = /^column b is a boolean, and \.npy holds only numbers: write \.csv or \.parquet$/
    expect(() => requireForm('a.npy', double)).toThrow(message)
    expect(() => encodeSamples('a.npy', double)).toThrow(message)
    let asked = 0
    async function* chunks() {
      asked++
      yield double
    }
    await expect(sampleParts('a.npy', chunks(), 2, double).next()).rejects.toThrow(message)
    expect(asked).toBe(0)
    requireForm('a.csv', double)
    requireForm('a.npy', { columns: [columns[0]!, columns[1]!, columns[7]!] })
  })

  it('is refused as .npy if a cell is missing', () => {
    const points = { data: Float64Array.of(1, 2, 3, Number.NaN), count: 2, dim: 2 }
    expect(() => encodeSamples('a.npy', tableOfPoints(columns.slice(0, 2), points))).toThrow(
      /^column n has a missing cell, and \.npy holds only numbers/,
    )
  })
})

it('the ending of a file name includes .gz, whatever the case', () => {
  expect(requireEnding('out', 'A.CSV.GZ', ['.csv', '.csv.gz'])).toBe('.csv.gz')
  expect(requireEnding('out', 'a.gz.csv', ['.csv', '.csv.gz'])).toBe('.csv')
  expect(() => requireEnding('out', 'a.csv/b', ['.csv'])).toThrow(InputError)
  expect(() => requireEnding('out', 'a.cvs', ['.csv', '.npy'])).toThrow(
    /^out is 'a\.cvs' \(did you mean \.csv\?\): the file's name must end in \.csv or \.npy$/,
  )
})

describe('a trajectory', () => {
  it('as CSV has a row for each sample and step, x_T first', () => {
    const state = (value: number) => pointsFromRows([[value], [value + 0.5]])
    expect(encodeTrajectory('t.csv', [state(0), state(1), state(2)], [5, 1], ['x'])).toBe(
      'sample,step,t,x\n0,0,5,0\n0,1,1,1\n0,2,0,2\n1,0,5,0.5\n1,1,1,1.5\n1,2,0,2.5\n',
    )
  })

  it('as .npy is [steps + 1, n, D]', () => {
    const file = encodeTrajectory('t.npy', [points, points, points], [2, 1], columns) as Uint8Array
    expect(new TextDecoder('latin1').decode(file)).toContain("'shape': (3, 2, 2)")
  })
})

it('tableToCsv writes more rows than it joins at once', () => {
  const count = 10_001
  const points = { data: Float64Array.from({ length: 2 * count }, (_, k) => k / 3), count, dim: 2 }
  const columns = ['a', 'b'].map((name): Column => ({ name, kind: 'number' }))
  const text = tableToCsv(tableOfPoints(columns, points))
  const lines = Array.from({ length: count }, (_, i) => `${(2 * i) / 3},${(2 * i + 1) / 3}`)
  expect(text).toBe(`a,b\n${lines.join('\n')}\n`)
})
