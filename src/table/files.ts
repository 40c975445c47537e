import { extname } from 'node:path'
import { digestOf } from '../core/digest.ts'
import { assigned, InputError, nearest } from '../core/errors.ts'
import { readInput } from '../core/files.ts'
import { joinRows, type Points, sliceRows } from '../core/points.ts'
import { parseCsv, rowsOf, rowsToCsv } from './csv.ts'
import { npyHeader, npyNumbers, readNpy, writeNpy } from './npy.ts'
import { type NamedTable, requireFinite, type Table, tableOf, tableOfRows } from './table.ts'

export const sampleEndings = ['.csv', '.json', '.npy'] as const
export const trajectoryEndings = ['.csv', '.npy'] as const

/** A file's rows, all of them finite. */
export interface TableFile extends NamedTable {
  /** The file's SHA-256. */
  readonly sha256: string
}

/** Text of more bytes than this is no string in JavaScript. */
const longestText = 2 ** 29 - 24

/**
 * Reads a table as `moonstep sample` writes them, by the file's ending: .csv with or without a header, .json
 * (objects with the same keys, or arrays of numbers), .npy [n, D]. `option` is what the file is given for.
 * Throws: no such file, another ending, no points, rows of different lengths, a value that is no finite number.
 */
export async function readTable(option: string, file: string): Promise<TableFile> {
  const ending = requireEnding(option, file, sampleEndings)
  const bytes = await readInput(file, `give a ${sampleEndings.join(', ')} file of points`, option)
  if (ending !== '.npy' && bytes.length > longestText)
    throw new InputError(
      `${file} has ${bytes.length} bytes of text: give it as .npy, of any size`,
      'bad-data',
    )
  const table = parsers[ending](bytes, file)
  const named = { name: file, ...table }
  requireFinite(named)
  return { ...named, sha256: digestOf(bytes) }
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

const parsers: Record<(typeof sampleEndings)[number], (bytes: Uint8Array, file: string) => Table> = {
  '.csv': (bytes, file) => parseCsv(textOf(bytes), file),
  '.json': (bytes, file) => tableOfJson(textOf(bytes), file),
  '.npy': tableOfNpy,
}

function tableOfNpy(bytes: Uint8Array, file: string): Table {
  const { data, shape } = readNpy(bytes, file)
  const [count = 0, dim = 0] = shape
  if (shape.length !== 2 || count === 0 || dim === 0)
    throw new InputError(`${file} is of shape (${shape.join(', ')}): give points of shape (n, D)`, 'bad-data')
  return tableOf({ data, count, dim })
}

function tableOfJson(text: string, file: string): Table {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new InputError(
      `${file} is no JSON: give an array of points, such as [{"x": 1, "y": 2}]`,
      'bad-data',
    )
  }
  return tableOfRows(Array.isArray(value) ? value : [], file)
}

/** A file's ending. Throws: none of `endings`. */
export function requireEnding<E extends string>(option: string, path: string, endings: readonly E[]): E {
  const ending = endings.find((candidate) => candidate === extname(path).toLowerCase())
  if (!ending) {
    const near = nearest(extname(path), endings)
    throw new InputError(
      `${assigned(option, path)}${near}: the file's name must end in ${endings.join(' or ')}`,
      'out-of-range',
      { option, value: path },
    )
  }
  return ending
}

type Content = string | Uint8Array

/** A kind of file, for points that come a few at a time. */
interface SamplesFormat {
  head(count: number, columns: readonly string[]): Content
  rows(points: Points, columns: readonly string[], isFirst: boolean): Content
  readonly tail: string
}

const formats: Record<(typeof sampleEndings)[number], SamplesFormat> = {
  '.csv': {
    head: (_, columns) => rowsToCsv([columns]),
    rows: (points) => rowsToCsv(rowsOf(points)),
    tail: '',
  },
  '.json': {
    head: () => '[',
    rows(points, columns, isFirst) {
      const objects = rowsOf(points).map((row) =>
        JSON.stringify(Object.fromEntries(row.map((value, d) => [columns[d], value]))),
      )
      return `${isFirst ? '' : ','}${objects.join(',')}`
    },
    tail: ']\n',
  },
  '.npy': {
    head: (count, columns) => npyHeader([count, columns.length]),
    rows: ({ data }) => npyNumbers(data),
    tail: '',
  },
}

/**
 * `count` points as a file's content by its ending, part by part, or as CSV without a path: a header of column names, then
 * a row a point; JSON is an array of objects by column name.
 */
export async function* sampleParts(
  path: string | undefined,
  chunks: AsyncIterable<Points>,
  count: number,
  columns: readonly string[],
): AsyncGenerator<Content, void> {
  const ending = path === undefined ? '.csv' : requireEnding('out', path, sampleEndings)
  const { head, rows, tail } = formats[ending]
  let isFirst = true
  for await (const points of chunks) {
    // nothing is written before there is a sample to write
    if (isFirst) yield head(count, columns)
    yield rows(points, columns, isFirst)
    isFirst = false
  }
  yield tail
}

/** Points as a file's content by its ending. */
export function encodeSamples(path: string, points: Points, columns: readonly string[]): Content {
  const ending = requireEnding('out', path, sampleEndings)
  if (ending === '.npy') return writeNpy(points.data, [points.count, columns.length])
  const { head, rows, tail } = formats[ending]
  return `${head(points.count, columns)}${rows(points, columns, true)}${tail}`
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
