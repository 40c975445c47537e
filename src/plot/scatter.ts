import * as Plot from '@observablehq/plot'
import type { FloatArray, Points } from '../core/points.ts'
import { frameFor, planeAxes, sharedDomains } from './axes.ts'
import { type Panel, renderFigure } from './figure.ts'
import { type Appearance, type AxisNames, type Drawn, gridLayout, panelGrid, themes } from './layout.ts'
import { dotRadius, maxMarks, rowsOf, subsample, subsampleNote } from './subsample.ts'

/** A cloud of points, the first two columns of them. */
export interface Cloud {
  readonly title: string
  readonly points: Points<FloatArray>
  readonly of: 'data' | 'samples'
}

/** Clouds of points side by side on the same axes: a dataset, samples beside data, the forward process over t. */
export function scatterFigure(
  { title, clouds, names }: { title: string; clouds: readonly Cloud[]; names: AxisNames },
  { theme: themeName, size }: Appearance,
): Drawn {
  const theme = themes[themeName]
  const sets = clouds.map(({ points }) => points)
  const max = Math.floor(maxMarks / clouds.length)
  const largest = Math.max(...sets.map(({ count }) => count))
  const part = subsampleNote('points', largest, Math.min(largest, max))
  const note = part && `${part}${clouds.length > 1 ? ' in a panel' : ''}`
  const layout = gridLayout({
    ...panelGrid(clouds.length, 6),
    frame: frameFor(sets, clouds.length > 2 ? 160 : 320),
    size,
    margin: { top: clouds.length > 1 ? 34 : 16 },
    caption: note,
  })
  const domains = sharedDomains(sets, layout.frames[0]!)
  const panels = clouds.map(({ title, points, of }, k): Panel => {
    const frame = layout.frames[k]!
    const below = layout.frames.some(
      ({ row, column }, j) => j < clouds.length && row > frame.row && column === frame.column,
    )
    const { marks, ...scales } = planeAxes(domains, names, frame, theme, !below)
    const rows = rowsOf(points, subsample(points.count, max))
    const dots = Plot.dot(rows, {
      x: 'x',
      y: 'y',
      r: dotRadius(rows.length, frame),
      fill: theme[of],
      fillOpacity: 0.65,
    })
    return { frame, title, options: { ...scales, marks: [...marks, dots] } }
  })
  return renderFigure({ title, layout, theme, panels, note })
}
