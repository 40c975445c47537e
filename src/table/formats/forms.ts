import { joined } from '../../core/bytes.ts'
import { InputError } from '../../core/errors.ts'
import { type Column, pointsOf, type Table } from '../table.ts'
import { separated } from './csv-write.ts'
import { npyHeader, npyNumbers } from './npy.ts'
import { parquet } from './parquet-write.ts'
import { sql } from './sql.ts'
import { areFloat32, type Content, type Form, jsonOf, type TableWriter, writtenCells } from './write-cells.ts'

/** A file's columns. */
export interface Columns {
  readonly columns: readonly Column[]
}

const json =
  (before: string, between: string, after: string): Form =>
  (columns) => {
    let isFirst = true
    const names = columns.map(({ name }) => JSON.stringify(name))
    return {
      head: () => before,
      rows(table) {
        const objects = writtenCells(table, jsonOf, 'null').map(
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
  '.parquet': parquet,
  '.npy': (columns, count) => {
    requireNumberColumns(columns)
    return {
      head: (first) => npyHeader([count, columns.length], areFloat32(first.columns) ? '<f4' : '<f8'),
      rows(table) {
        const { data, dim } = pointsOf(table)
        const missing = data.findIndex(Number.isNaN)
        if (missing >= 0) throw noNumber(`column ${columns[missing % dim]?.name} has a missing cell`)
        return npyNumbers(areFloat32(table.columns) ? Float32Array.from(data) : data)
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

function noNumber(problem: string): InputError {
  return new InputError(`${problem}, and .npy holds only numbers: write .csv or .parquet`, 'conflict')
}

/** The writer of a format, for `count` rows; in SQL their table is called samples by default. Throws InputError if the format cannot hold the columns. */
export function writerOf(
  ending: FormEnding,
  { columns }: Columns,
  count: number,
  table = 'samples',
): TableWriter {
  return forms[ending](columns, count, table)
}

/** A table as a file's content, in Node or in a page. Throws InputError if the format cannot hold it. */
export function encodeRows(ending: FormEnding, table: Table, name?: string): Content {
  const writer = writerOf(ending, table, table.count, name)
  const parts = [writer.head(table), writer.rows(table), writer.end()]
  if (parts.every((part) => typeof part === 'string')) return parts.join('')
  const encoder = new TextEncoder()
  return joined(parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part)))
}
