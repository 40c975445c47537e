import { extname } from 'node:path'
import { assigned, InputError, nearest } from '../core/errors.ts'
import { joinRows, type Points, sliceRows } from '../core/points.ts'
import { rowsOf, rowsToCsv } from './csv.ts'
import { npyHeader, npyNumbers, writeNpy } from './npy.ts'

export const sampleEndings = ['.csv', '.json', '.npy'] as const
export const trajectoryEndings = ['.csv', '.npy'] as const

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
