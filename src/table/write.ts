import { extname } from 'node:path'
import { assigned, InputError, nearest } from '../core/errors.ts'
import type { Points } from '../core/points.ts'
import { rowOf, rowsOf, rowsToCsv } from './csv.ts'
import { joinBytes, npyHeader, npyNumbers, writeNpy } from './npy.ts'

export const sampleEndings = ['.csv', '.json', '.npy'] as const
export const trajectoryEndings = ['.csv', '.npy'] as const

/** A file's ending. Errors: none of `endings`. */
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

/** A kind of file, for points that come a few at a time. */
interface SamplesFormat {
  head(count: number, columns: readonly string[]): Content
  rows(points: Points, columns: readonly string[], isFirst: boolean): Content
  readonly tail: string
}

type Content = string | Uint8Array

const csvFormat: SamplesFormat = {
  head: (_, columns) => rowsToCsv([columns]),
  rows: (points) => rowsToCsv(rowsOf(points)),
  tail: '',
}

const formats: Record<(typeof sampleEndings)[number], SamplesFormat> = {
  '.csv': csvFormat,
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

/** `count` points as CSV, part by part: a header of column names, then a row a point. */
export function csvParts(
  chunks: AsyncIterable<Points>,
  count: number,
  columns: readonly string[],
): AsyncGenerator<Content, void> {
  return partsOf(csvFormat, chunks, count, columns)
}

/** `count` points as a file's content by its ending, part by part; JSON is an array of objects by column name. */
export function sampleParts(
  path: string,
  chunks: AsyncIterable<Points>,
  count: number,
  columns: readonly string[],
): AsyncGenerator<Content, void> {
  return partsOf(formats[requireEnding('out', path, sampleEndings)], chunks, count, columns)
}

async function* partsOf(
  { head, rows, tail }: SamplesFormat,
  chunks: AsyncIterable<Points>,
  count: number,
  columns: readonly string[],
): AsyncGenerator<Content, void> {
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
  const { head, rows, tail } = formats[requireEnding('out', path, sampleEndings)]
  const [first, rest] = [head(points.count, columns), rows(points, columns, true)]
  return typeof first === 'string' ? `${first}${rest}${tail}` : joinBytes(first, rest as Uint8Array)
}

/** Every state of every sample in data units, x_T first: .npy [steps + 1, n, D], or CSV with `sample,step,t`. */
export function encodeTrajectory(
  path: string,
  states: readonly Points[],
  timesteps: readonly number[],
  columns: readonly string[],
): string | Uint8Array {
  const { count, dim } = states[0]!
  if (requireEnding('trajectory', path, trajectoryEndings) === '.npy') {
    const data = new Float32Array(states.length * count * dim)
    states.forEach((state, k) => {
      data.set(state.data, k * count * dim)
    })
    return writeNpy(data, [states.length, count, dim])
  }
  const rows: unknown[][] = [['sample', 'step', 't', ...columns]]
  for (let i = 0; i < count; i++)
    for (const [k, state] of states.entries()) rows.push([i, k, timesteps[k] ?? 0, ...rowOf(state, i)])
  return rowsToCsv(rows)
}
