import { type Points, toFloat32 } from '../numerics/points.ts'
import { pointsOf, type Table } from '../table/table.ts'

let hasWarned = false

/**
 * Adds `points` to a table's samples for one more version: its cells in float32, made when they are first read, with a warning for
 * the whole process. Copies, JSON and messages to a page leave the property out, as it is not enumerable: they would read it.
 */
export function withTablePoints<S extends { readonly table: Table }>(
  samples: S,
): S & { readonly points: Points } {
  let points: Points | undefined
  const get = () => {
    if (!hasWarned)
      console.warn(
        'points of a table is deprecated and ends with the next version: use table.columns[d].cells, or toRows(table)',
      )
    hasWarned = true
    points ??= toFloat32(pointsOf(samples.table))
    return points
  }
  return Object.defineProperty(samples, 'points', { get }) as S & { readonly points: Points }
}
