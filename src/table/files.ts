import { basename, extname } from 'node:path'
import { Readable } from 'node:stream'
import { createGzip, gzipSync } from 'node:zlib'
import { assigned, InputError, nearest } from '../core/errors.ts'
import { type FloatArray, joinRows, type Points, sliceRows } from '../core/points.ts'
import { rowsOf, rowsToCsv } from './csv.ts'
import { type Content, cellsOf, type Form, separated } from './csv-write.ts'
import { npyHeader, npyNumbers, writeNpy } from './npy.ts'
import { ParquetRows } from './parquet-write.ts'
import type { Column, Table } from './table.ts'
import { columnsOf, jsonOf, shortest } from './write-cells.ts'

export const sampleEndings = [
  '.csv',
  '.tsv',
  '.json',
  '.jsonl',
  '.parquet',
  '.npy',
  '.csv.gz',
  '.tsv.gz',
  '.json.gz',
  '.jsonl.gz',
] as const
export const trajectoryEndings = ['.csv', '.npy'] as const

/** A file's ending. Throws: none of `endings`. */
export function requireEnding<E extends string>(option: string, path: string, endings: readonly E[]): E {
  const name = basename(path).toLowerCase()
  const found = endings.find((ending) => name.endsWith(ending))
  if (found !== undefined) return found
  const plain = endings.filter((ending) => !ending.endsWith('.gz'))
  const more = plain.length < endings.length ? '; one of text also in .gz' : ''
  throw new InputError(
    `${assigned(option, path)}${nearest(extname(path), plain)}: the file's name must end in ${plain.join(' or ')}${more}`,
    'out-of-range',
    { option, value: path },
  )
}

/** What the cells of a file are: their columns' names alone, where all are numbers. */
type Columns = readonly string[] | Pick<Table, 'columns'>

const json =
  (before: string, between: string, after: string): Form =>
  (columns) => {
    let isFirst = true
    const names = columns.map(({ name }) => JSON.stringify(name))
    return {
      head: () => before,
      rows(points) {
        const writers = columns.map((column) => jsonOf(column, shortest(points.data)))
        const objects = cellsOf(points, writers, 'null').map(
          (cells) => `{${cells.map((cell, d) => `${names[d]}:${cell}`).join(',')}}`,
        )
        const text = `${isFirst ? '' : between}${objects.join(between)}`
        isFirst = false
        return text
      },
      end: () => after,
    }
  }

const forms: Record<'.csv' | '.tsv' | '.json' | '.jsonl' | '.parquet' | '.npy', Form> = {
  '.csv': separated(','),
  '.tsv': separated('\t'),
  '.json': json('[', ',', ']\n'),
  '.jsonl': json('', '\n', '\n'),
  '.parquet': (columns) => {
    const file = new ParquetRows(columns)
    return { head: () => '', rows: (points) => file.add(points), end: () => file.end() }
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
}

/**
 * Throws InputError where a file of this name cannot hold such columns: .npy holds numbers alone. A gap, which the columns
 * do not tell, is refused where it is written.
 */
export function requireForm(path: string, columns: Columns): void {
  if (requireEnding('out', path, sampleEndings) === '.npy') requireNumberColumns(columnsOf(columns))
}

function requireNumberColumns(columns: readonly Column[]): void {
  const other = columns.find(({ kind }) => kind === 'category' || kind === 'boolean' || kind === 'date')
  if (other) throw noNumber(`column ${other.name} is a ${other.kind}`)
}

function requireNoGaps(columns: readonly Column[], { data, dim }: Points<FloatArray>): void {
  const k = data.findIndex(Number.isNaN)
  if (k >= 0) throw noNumber(`column ${columns[k % dim]?.name} has a missing cell`)
}

function noNumber(what: string): InputError {
  return new InputError(`${what}, and .npy holds numbers alone: write .csv or .parquet`, 'conflict')
}

/**
 * `count` rows as a file's content by its ending, part by part, or as CSV without a path: a header of column names, then a
 * row a line; JSON is an array of objects by column name, or an object a line. Numbers are the shortest decimals that read
 * back as the same, dates are of their column's form, and a missing cell is empty or null. Throws InputError on another
 * ending, and where the form cannot hold the columns, before the first row is asked for.
 */
export async function* sampleParts(
  path: string | undefined,
  chunks: AsyncIterable<Points<FloatArray>>,
  count: number,
  columns: Columns,
): AsyncGenerator<Content, void> {
  const { writer, isZipped } = writerOf(path, count, columns)
  async function* parts() {
    let isFirst = true
    for await (const points of chunks) {
      // nothing is written before there is a row to write
      if (isFirst) yield writer.head(points)
      yield writer.rows(points)
      isFirst = false
    }
    yield writer.end()
  }
  yield* isZipped ? zipped(parts()) : parts()
}

/** Rows as a file's content by its ending. Throws as `sampleParts` does. */
export function encodeSamples(path: string, points: Points<FloatArray>, columns: Columns): Content {
  const { writer, isZipped } = writerOf(path, points.count, columns)
  const parts = [writer.head(points), writer.rows(points), writer.end()]
  if (parts.every((part) => typeof part === 'string')) {
    const text = parts.join('')
    return isZipped ? withoutSystem(gzipSync(text)) : text
  }
  return new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array))))
}

function writerOf(path: string | undefined, count: number, columns: Columns) {
  const ending = path === undefined ? '.csv' : requireEnding('out', path, sampleEndings)
  const form = ending.replace(/\.gz$/, '') as keyof typeof forms
  return { writer: forms[form](columnsOf(columns), count), isZipped: form !== ending }
}

async function* zipped(parts: AsyncIterable<Content>): AsyncGenerator<Uint8Array, void> {
  const gzip = createGzip()
  const source = Readable.from(parts).on('error', (error) => gzip.destroy(error))
  let isFirst = true
  for await (const part of source.pipe(gzip)) {
    yield isFirst ? withoutSystem(part) : part
    isFirst = false
  }
}

/** A gzip file's first bytes without the operating system that wrote it: the same rows are the same bytes. */
function withoutSystem(bytes: Uint8Array): Uint8Array {
  bytes[9] = 255
  return bytes
}

/** Every state of every sample in data units, x_T first: .npy [steps + 1, n, D], or CSV with `sample,step,t`. */
export function encodeTrajectory(
  path: string,
  states: readonly Points[],
  timesteps: readonly number[],
  columns: readonly string[],
): Content {
  const { count, dim } = states[0]!
  if (requireEnding('trajectory', path, trajectoryEndings) === '.npy')
    return writeNpy(joinRows(states).data, [states.length, count, dim])
  const rows: unknown[][] = [['sample', 'step', 't', ...columns]]
  for (let i = 0; i < count; i++)
    for (const [k, state] of states.entries())
      rows.push([i, k, timesteps[k] ?? 0, ...rowsOf(sliceRows(state, i, i + 1)).flat()])
  return rowsToCsv(rows)
}
