import * as Plot from '@observablehq/plot'
import { humanCount } from '../../core/format.ts'
import { type FloatArray, type Points, sliceRows } from '../../numerics/points.ts'
import { streams, uniforms } from '../../numerics/random.ts'
import { planeLayout } from './axes.ts'
import { renderFigure } from './figure.ts'
import type { Appearance, Drawn, Plane, Size } from './layout.ts'

interface Clouds extends Plane {
  readonly title: string
  readonly clouds: readonly {
    readonly title: string
    readonly points: Points<FloatArray>
    readonly of: 'data' | 'samples'
  }[]
}

/** Clouds of points side by side on the same axes: a dataset, samples and data, or the forward process over t. */
export function scatterFigure({ title, clouds, names, written }: Clouds, appearance: Appearance): Drawn {
  const sets = clouds.map(({ points }) => points)
  const max = Math.floor(maxMarks / clouds.length)
  const part = subsampleNote('points', Math.max(...sets.map(({ count }) => count)), max)
  const note = part && `${part}${clouds.length > 1 ? ' in a panel' : ''}`
  const { layout, panel } = planeLayout(
    {
      sets,
      names,
      written,
      frame: clouds.length > 2 ? 160 : 320,
      count: clouds.length,
      across: 6,
      margin: { top: clouds.length > 1 ? 34 : 16 },
      caption: note,
    },
    appearance,
  )
  const panels = clouds.map(({ title, points, of }, k) => {
    const rows = rowsOf(points, subsample(points.count, max))
    const r = dotRadius(rows.length, layout.frames[k]!)
    const dots = Plot.dot(rows, { r, fill: layout.theme[of], fillOpacity: 0.65 })
    return { ...panel(k, [dots]), title }
  })
  return renderFigure({ title, layout, panels, note })
}

/** The maximum number of marks in a figure: about two megabytes of SVG. */
export const maxMarks = 40_000

/** Picks at most `max` of `count` indices, a random one from each stretch, so that no periodic pattern shows. */
export function subsample(count: number, max: number): number[] {
  if (count <= max) return Array.from({ length: count }, (_, i) => i)
  const u = uniforms({ seed: 0, stream: streams.evaluation, step: 0, start: 0, count: max, dim: 1 })
  return Array.from({ length: max }, (_, i) => Math.floor(((i + u[i]!) * count) / max))
}

/** '20,000 of 100,000 points drawn'; undefined if all are. */
export function subsampleNote(noun: string, count: number, max: number): string | undefined {
  return count > max ? `${humanCount(max)} of ${humanCount(count)} ${noun} drawn` : undefined
}

/** Two columns of the rows `indices` (all by default), for Plot. */
export function rowsOf(points: Points<FloatArray>, indices: Iterable<number> = Array(points.count).keys()) {
  return Array.from(indices, (i) => [...sliceRows(points, i, i + 1).data] as [number, number])
}

export function dotRadius(count: number, { width, height }: Size): number {
  const room = Math.sqrt((width * height) / Math.max(1, count))
  return Math.min(2, Math.max(0.6, Number((room * 0.17).toFixed(2))))
}
