import { InputError } from '../../../src/core/errors.ts'
import { counted } from '../../../src/core/format.ts'
import { type LinearColumn, scalePoints } from '../../../src/table/encodings/scaled.ts'
import { parseCsv } from '../../../src/table/formats/csv.ts'
import { matchColumns } from '../../../src/table/match-columns.ts'
import { requireNumbers } from '../../../src/table/numbers.ts'
import { type NamedTable, pointsOf } from '../../../src/table/table.ts'
import { requireSize } from './file-size.ts'

/** The text of a file. Throws InputError on one that is too large for a page. */
export async function textOf(file: Blob, name: string): Promise<string> {
  requireSize(file, name)
  return file.text()
}

/** Scaled training points lie within 1; rows further away than this don't belong to the same data. */
const near = 3

/**
 * A CSV file's points in data units, with the model's columns. Throws InputError on anything but a CSV of numbers, other
 * columns than the model's, or if most rows are nowhere near the model's ranges.
 */
export function fittingCsv(columns: readonly LinearColumn[], text: string, name: string): NamedTable {
  const table = { name, ...parseCsv(text, name) }
  requireNumbers(table, 'this page')
  const cells = matchColumns(table, { name: 'the model', columns })
  const { count } = table
  const matched = { name, count, columns: columns.map((column, d) => ({ ...column, cells: cells[d]! })) }
  const { data, dim } = scalePoints(columns, pointsOf(matched))
  let fitting = 0
  for (let i = 0; i < count; i++)
    if (data.subarray(i * dim, (i + 1) * dim).every((x) => Math.abs(x) <= near)) fitting++
  if (fitting < count / 2) {
    const short = (value: number) => Number(value.toPrecision(3))
    const ranges = columns.map(({ name, min, max }) => `${name} ${short(min)} to ${short(max)}`).join(', ')
    throw new InputError(
      `${name}: only ${fitting} of ${counted(count, 'row')} lie near what the model was trained on (${ranges}): give its own data, or drop the file on the training section`,
      'bad-data',
    )
  }
  return matched
}

/** A CSV file's two columns of numbers, to train on. Throws InputError on any other file. */
export function planeCsv(text: string, name: string): NamedTable {
  const { count, columns } = parseCsv(text, name)
  if (columns.length !== 2)
    throw new InputError(
      `${name} has ${counted(columns.length, 'column')}: to train on this page, give two columns of numbers, x and y say`,
      'bad-data',
    )
  const table = { name, count, columns }
  requireNumbers(table, 'training on this page')
  return table
}
