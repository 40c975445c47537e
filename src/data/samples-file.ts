import { extname } from 'node:path'
import papaparse from 'papaparse'
import { InputError } from '../core/errors.ts'
import { shortFloat32 } from '../core/float32.ts'
import { nearest } from '../core/nearest.ts'
import type { Points } from '../core/points.ts'
import { writeNpy } from './npy.ts'

export const sampleEndings = ['.csv', '.json', '.npy'] as const
export const trajectoryEndings = ['.csv', '.npy'] as const

/** A file's ending. Errors: none of `endings`. */
export function requireEnding<E extends string>(option: string, path: string, endings: readonly E[]): E {
  const ending = endings.find((candidate) => candidate === extname(path).toLowerCase())
  if (!ending) {
    const near = nearest(extname(path), endings)
    throw new InputError(`${option} ${path}${near}: the file's name must end in ${endings.join(' or ')}`)
  }
  return ending
}

/** Points as CSV: a header of column names, then a row a point. */
export function pointsToCsv(points: Points, columns: readonly string[]): string {
  return csv(
    [...columns],
    Array.from({ length: points.count }, (_, i) => rowOf(points, i)),
  )
}

/** Points as a file's content by its ending; JSON is an array of objects by column name. */
export function encodeSamples(path: string, points: Points, columns: readonly string[]): string | Uint8Array {
  switch (requireEnding('--out', path, sampleEndings)) {
    case '.csv':
      return pointsToCsv(points, columns)
    case '.npy':
      return writeNpy(points.data, [points.count, points.dim])
    case '.json': {
      const objects = Array.from({ length: points.count }, (_, i) =>
        Object.fromEntries(rowOf(points, i).map((value, d) => [columns[d], value])),
      )
      return `${JSON.stringify(objects)}\n`
    }
  }
}

/** Every state of every sample in data units, x_T first: .npy [steps + 1, n, D], or CSV with `sample,step,t`. */
export function encodeTrajectory(
  path: string,
  states: readonly Points[],
  timesteps: readonly number[],
  columns: readonly string[],
): string | Uint8Array {
  const { count, dim } = states[0]!
  if (requireEnding('--trajectory', path, trajectoryEndings) === '.npy') {
    const data = new Float32Array(states.length * count * dim)
    states.forEach((state, k) => {
      data.set(state.data, k * count * dim)
    })
    return writeNpy(data, [states.length, count, dim])
  }
  const rows: number[][] = []
  for (let i = 0; i < count; i++)
    for (const [k, state] of states.entries()) rows.push([i, k, timesteps[k] ?? 0, ...rowOf(state, i)])
  return csv(['sample', 'step', 't', ...columns], rows)
}

function csv(fields: string[], data: number[][]): string {
  return `${papaparse.unparse({ fields, data }, { newline: '\n' })}\n`
}

/** A row's values, each as the shortest decimal that reads back as the same float32. */
function rowOf({ data, dim }: Points, i: number): number[] {
  return Array.from(data.subarray(i * dim, (i + 1) * dim), shortFloat32)
}
