import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { maxSizeOf } from '../../src/cli/options.ts'
import { moonstep, refuses } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { expectRefused } from '../helpers/refusals.ts'

const { at, written } = folderOf('file-options')

const rows = Array.from({ length: 2000 }, (_, i) => `${i % 7},${i % 3}.5`).join('\n')
const csv = written('rows.csv', `a,b\n${rows}\n`)
const packed = written('rows.csv.gz', gzipSync(`a,b\n${rows}\n${'\n'.repeat(1e5)}`))

describe('--max-size', () => {
  it.each([
    ['500', Number.NaN],
    ['500MB', 500e6],
    ['16 GB', 16e9],
    ['8GiB', 2 ** 33],
    ['1.5kb', 1500],
    ['1TB', 1e12],
    ['0GB', Number.NaN],
    ['9999999TB', Number.NaN],
    ['2 bytes', Number.NaN],
    ['-1GB', Number.NaN],
  ])('of %s is %d bytes', (text, bytes) => {
    const read = () => maxSizeOf({ 'max-size': text })
    if (Number.isNaN(bytes)) expectRefused(read, `--max-size ${text}: give a size such as 500MB or 16GB`)
    else expect(read()).toBe(bytes)
  })

  it.each([
    [
      'train',
      ['train', '--dataset', csv, '--out', at('run'), '--max-size', '10KB'],
      /has more than 1,250 cells/,
    ],
    [
      'train, of what a file unpacks to',
      ['train', '--dataset', packed, '--out', at('run'), '--max-size', '40KB'],
      /unpacks to/,
    ],
    [
      'impute',
      ['impute', 'models/penguins/model.onnx', csv, '--max-size', '10KB'],
      /has more than 1,250 cells/,
    ],
    [
      'plot',
      ['plot', 'dataset', '--data', csv, '--out', at('figure.svg'), '--max-size', '10KB'],
      /has more than 1,250 cells/,
    ],
    ['evaluate', ['evaluate', csv, '--against', csv, '--max-size', '10KB'], /has more than 1,250 cells/],
  ])('bounds the files of %s, whose line names it', async (_, words, message) => {
    const { status, stderr } = await moonstep(...words)
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/: if that is right, raise --max-size to 1\.0 GB or more\n$/)
    expect(status).toBe(2)
  })
})

it('--sheet is refused with a file that has no sheets, and a sheet that is not there with the nearest', async () => {
  const ofCsv = await moonstep('train', '--dataset', csv, '--out', at('run'), '--sheet', 'people')
  expect(ofCsv.stderr).toMatch(/--sheet is for \.xlsx files, and \S+rows\.csv is none: leave it out\n$/)
  const excel = 'tests/table/fixtures/excel.xlsx'
  const other = await moonstep('train', '--dataset', excel, '--out', at('run'), '--sheet', 'peple')
  expect(other.stderr).toMatch(/unknown sheet peple \(did you mean people\?\)/)
  const ofCsvs = await moonstep('evaluate', csv, '--against', csv, '--sheet', 'people')
  expect(ofCsvs.stderr).toMatch(/--sheet is for \.xlsx files, and \S+rows\.csv is none: leave it out\n$/)
  expect(ofCsvs.status).toBe(2)
  const builtIn = await moonstep('train', '--dataset', 'two-moons', '--out', at('run'), '--sheet', 'people')
  expect(builtIn.stderr).toMatch(/--sheet is for tables, and two-moons is built in/)
  const figure = await moonstep('plot', 'dataset', '--sheet', 'people', '--out', at('figure.svg'))
  expect(figure.stderr).toMatch(/--sheet is for a table's file: give --data, or leave it out\n$/)
  expect([ofCsv.status, other.status, builtIn.status, figure.status]).toEqual([2, 2, 2, 2])
})

it('--sheet of evaluate is of each spreadsheet that it reads, beside files without sheets', async () => {
  const excel = 'tests/table/fixtures/excel.xlsx'
  const rows = written('few.csv', `x,y\n${'1,2.5\n3,4.5\n'.repeat(10)}`)
  for (const files of [
    [excel, '--against', rows],
    [rows, '--against', excel],
    [excel, '--against', excel],
  ]) {
    // the sheet has the columns of the file, and is then found to be short
    await refuses(
      ['evaluate', ...files, '--sheet', 'other sheet'],
      /excel\.xlsx has 4 points: give at least 12/,
    )
    await refuses(
      ['evaluate', ...files, '--sheet', 'other'],
      /unknown sheet other \(did you mean other sheet\?\)/,
    )
  }
})
