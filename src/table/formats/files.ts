import { basename, extname } from 'node:path'
import { Readable } from 'node:stream'
import { createGzip, gzipSync } from 'node:zlib'
import { assigned, InputError, nearest } from '../../core/errors.ts'
import { joinRows, type Points, sliceRows } from '../../numerics/points.ts'
import type { Table } from '../table.ts'
import { arrowWriter } from './arrow.ts'
import { rowsOf, rowsToCsv } from './csv.ts'
import { type Columns, encodeRows, requireNumberColumns, writerOf } from './forms.ts'
import { writeNpy } from './npy.ts'
import type { Content } from './write-cells.ts'

/** Endings of the formats that need no other package. */
const plainEndings = [
  ...(['.csv', '.tsv', '.json', '.jsonl', '.parquet', '.npy', '.sql'] as const),
  ...(['.csv.gz', '.tsv.gz', '.json.gz', '.jsonl.gz', '.sql.gz'] as const),
] as const
export const sampleEndings = [...plainEndings, '.arrow'] as const
export const trajectoryEndings = ['.csv', '.npy'] as const

/** A file's ending. Throws InputError if it isn't one of `endings`. */
export function requireEnding<E extends string>(option: string, path: string, endings: readonly E[]): E {
  const name = basename(path).toLowerCase()
  const match = endings.find((ending) => name.endsWith(ending))
  if (match !== undefined) return match
  const plain = endings.filter((ending) => !ending.endsWith('.gz'))
  const more = plain.length < endings.length ? '; one of text also in .gz' : ''
  throw new InputError(
    `${assigned(option, path)}${nearest(extname(path), plain)}: the file's name must end in ${plain.join(' or ')}${more}`,
    'out-of-range',
    { option, value: path },
  )
}

/**
 * Throws InputError if this file's format cannot hold the columns: .npy holds only numbers. Columns don't reveal missing values,
 * so the writer refuses those.
 */
export function requireForm(path: string, { columns }: Columns): void {
  if (requireEnding('out', path, sampleEndings) === '.npy') requireNumberColumns(columns)
}

/**
 * Encodes `count` rows in parts, by the file's ending, or as CSV without a path: a header of column names, then one row
 * per line. JSON is an array of objects by column name; JSONL has one object per line. Numbers are the shortest decimals
 * that read back the same, dates have their column's form, and a missing cell is empty or null. `table` is the table's name in
 * SQL, by default that of the file. Throws InputError on another ending, without the package of the format, or if the format
 * cannot hold the columns, before it requests the first row.
 */
export async function* sampleParts(
  path: string | undefined,
  chunks: AsyncIterable<Table> | Iterable<Table>,
  count: number,
  columns: Columns,
  table?: string,
): AsyncGenerator<Content, void> {
  const { form, isZipped, name } = formOf(path ?? '.csv', sampleEndings)
  const writer =
    form === '.arrow' ? await arrowWriter(columns.columns) : writerOf(form, columns, count, table ?? name)
  async function* parts() {
    let isFirst = true
    for await (const rows of chunks) {
      // write nothing before the first row
      if (isFirst) yield writer.head(rows)
      yield writer.rows(rows)
      isFirst = false
    }
    yield writer.end()
  }
  yield* isZipped ? zipped(parts()) : parts()
}

/** A table as a file's content, by its ending, for formats that need no other package. Throws as `sampleParts` does. */
export function encodeSamples(path: string, table: Table): Content {
  const { form, isZipped, name } = formOf(path, plainEndings)
  const content = encodeRows(form, table, name)
  return isZipped ? withoutSystem(gzipSync(content)) : content
}

/** The format of a file, and its name without the ending. */
function formOf<E extends string>(path: string, endings: readonly E[]) {
  const ending = requireEnding('out', path, endings)
  const form = ending.replace(/\.gz$/, '') as Exclude<E, `${string}.gz`>
  return { form, isZipped: form !== ending, name: basename(path).slice(0, -ending.length) || undefined }
}

/** Parts in gzip, the same for the same content. */
export async function* zipped(parts: AsyncIterable<Content>): AsyncGenerator<Uint8Array, void> {
  const gzip = createGzip()
  const source = Readable.from(parts).on('error', (error) => gzip.destroy(error))
  let isFirst = true
  for await (const part of source.pipe(gzip)) {
    yield isFirst ? withoutSystem(part) : part
    isFirst = false
  }
}

/** Clears the operating system in a gzip header, so that the same rows give the same bytes. */
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
