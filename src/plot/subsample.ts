import { humanCount } from '../core/format.ts'
import { type FloatArray, type Points, sliceRows } from '../core/points.ts'
import { streams, uniforms } from '../core/random.ts'
import type { Size } from './layout.ts'

/** Marks that a figure may have in all: some two megabytes of SVG. */
export const maxMarks = 40_000

/** Indices of at most `max` of `count` things: one of each stretch, by chance, so that no rhythm of theirs shows. */
export function subsample(count: number, max: number): number[] {
  if (count <= max) return Array.from({ length: count }, (_, i) => i)
  const u = uniforms({ seed: 0, stream: streams.evaluation, step: 0, start: 0, count: max, dim: 1 })
  return Array.from({ length: max }, (_, i) => Math.floor(((i + u[i]!) * count) / max))
}

/** The rows `indices` of two columns as what Plot draws. */
export function rowsOf(points: Points<FloatArray>, indices: readonly number[]): { x: number; y: number }[] {
  return indices.map((i) => {
    const [x, y] = sliceRows(points, i, i + 1).data
    return { x: x!, y: y! }
  })
}

/** '20,000 of 100,000 points drawn', or nothing where all are. */
export function subsampleNote(what: string, count: number, drawn: number): string | undefined {
  if (drawn >= count) return undefined
  return `${humanCount(drawn)} of ${humanCount(count)} ${what} drawn`
}

/** Smaller dots where there are more of them in the frame. */
export function dotRadius(count: number, { width, height }: Size): number {
  const room = Math.sqrt((width * height) / Math.max(1, count))
  return Math.min(2, Math.max(0.6, Number((room * 0.17).toFixed(2))))
}
