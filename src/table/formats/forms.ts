import { joined } from '../../core/bytes.ts'
import { InputError } from '../../core/errors.ts'
import type { FloatArray, Points } from '../../numerics/points.ts'
import type { Column, Table } from '../table.ts'
import { type Content, type Form, separated, type TableWriter, writtenCells } from './csv-write.ts'
import { npyHeader, npyNumbers } from './npy.ts'
import { ParquetRows } from './parquet-write.ts'
import { sql } from './sql.ts'
import { columnsOf, jsonOf, shortest } from './write-cells.ts'

/** A file's columns: only their names if all are numbers. */
export type Columns = readonly string[] | Pick<Table, 'columns'>

const json =
  (before: string, between: string, after: string): Form =>
  (columns) => {
    let isFirst = true
    const names = columns.map(({ name }) => JSON.stringify(name))
    return {
      head: () => before,
      rows(points, texts = columns) {
        const writers = texts.map((column) => jsonOf(column, shortest(points.data)))
        const objects = writtenCells(points, writers, 'null').map(
          (cells) => `{${cells.map((cell, d) => `${names[d]}:${cell}`).join(',')}}`,
        )
        const text = `${isFirst ? '' : between}${objects.join(between)}`
        isFirst = false
        return text
      },
      end: () => after,
    }
  }

/** The formats to write rows in. */
export type FormEnding = '.csv' | '.tsv' | '.json' | '.jsonl' | '.parquet' | '.npy' | '.sql'

const forms: Record<FormEnding, Form> = {
  '.csv': separated(','),
  '.tsv': separated('\t'),
  '.json': json('[', ',', ']\n'),
  '.jsonl': json('', '\n', '\n'),
  '.parquet': (columns) => {
    const file = new ParquetRows(columns)
    return { head: () => '', rows: (points, texts) => file.add(points, texts), end: () => file.end() }
  },
  '.npy': (columns, count) => {
    requireNumberColumns(columns)
    return {
      head: ({ data }) => npyHeader([count, columns.length], data instanceof Float64Array ? '<f8' : '<f4'),
      rows(points) {
        requireNoGaps(columns, points)
        return npyNumbers(points.data)
      },
      end: () => '',
    }
  },
  '.sql': sql,
}

export function requireNumberColumns(columns: readonly Column[]): void {
  const other = columns.find(
    ({ kind }) => kind === 'category' || kind === 'boolean' || kind === 'date' || kind === 'text',
  )
  if (other) throw noNumber(`column ${other.name} is a ${other.kind}`)
}

function requireNoGaps(columns: readonly Column[], { data, dim }: Points<FloatArray>): void {
  const k = data.findIndex(Number.isNaN)
  if (k >= 0) throw noNumber(`column ${columns[k % dim]?.name} has a missing cell`)
}

function noNumber(problem: string): InputError {
  return new InputError(`${problem}, and .npy holds only numbers: write .csv or .parquet`, 'conflict')
}

/** The name of a table in SQL, if nothing else gives one. */
const defaultTable = 'samples'

/** The writer of a format, for `count` rows. Throws InputError if the format cannot hold the columns. */
export function writerOf(
  ending: FormEnding,
  columns: Columns,
  count: number,
  table = defaultTable,
): TableWriter {
  return forms[ending](columnsOf(columns), count, table)
}

/** Rows as a file's content, in Node or in a page. Throws InputError if the format cannot hold them. */
export function encodeRows(
  ending: FormEnding,
  points: Points<FloatArray>,
  columns: Columns,
  table?: string,
): Content {
  const writer = writerOf(ending, columns, points.count, table)
  const parts = [writer.head(points), writer.rows(points), writer.end()]
  if (parts.every((part) => typeof part === 'string')) return parts.join('')
  const encoder = new TextEncoder()
  return joined(parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part)))
}
