import * as Plot from '@observablehq/plot'
import { counted } from '../../core/format.ts'
import type { FloatArray, Points } from '../../numerics/points.ts'
import { planeLayout } from '../marks/axes.ts'
import { type Panel, renderFigure } from '../marks/figure.ts'
import type { Appearance, Domains, Drawn, Frame, Plane } from '../marks/layout.ts'
import { dataOptions, type FigureDefinition } from './figure.ts'
import { dataAndSamples } from './row-sets.ts'

export const density = {
  name: 'density',
  description: 'heat maps of data and samples',
  needs: 'model',
  takes: [...dataOptions, 'count', 'seed', 'columns'],
  async draw(request, model) {
    const { data: file, rows, count = 10_000 } = request
    // a built-in dataset gets as many points as there are samples, so that both maps have the same resolution
    const fresh = file === undefined && rows === undefined ? { rows: count } : {}
    return densityFigure(await dataAndSamples({ ...request, ...fresh, count }, model), request)
  },
} as const satisfies FigureDefinition

/** The number of cells per axis, such that a filled cell holds several points. */
const cellsFor = (count: number) => Math.min(64, Math.max(12, Math.round(0.64 * Math.sqrt(count))))
const edges = { x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2' }
const cellMark = { ...edges, fill: 'share', inset: 0, shapeRendering: 'crispEdges' }

export function densityFigure(
  { data, samples, ...plane }: { data: Points<FloatArray>; samples: Points<FloatArray> } & Plane,
  appearance: Appearance,
): Drawn {
  const cells = cellsFor(Math.min(data.count, samples.count))
  const caption = `colour: share of the points in a cell, ${cells} by ${cells} cells`
  const sets = [data, samples]
  const { layout, domains, panel } = planeLayout(
    { sets, ...plane, frame: 320, count: 2, across: 2, margin: { top: 34, right: 90 }, caption },
    appearance,
  )
  const shares = sets.map((points) => cellShares(points, domains, cells))
  const max = shares.flat().reduce((a, { share }) => Math.max(a, share), 0)
  const color = { type: 'linear', scheme: layout.theme.scheme, domain: [0, max] } as Plot.ScaleOptions
  const counts = sets.map(({ count }) => counted(count, 'point'))
  const panels = ['data', 'samples'].map((name, k) => ({
    ...panel(k, [Plot.rect(shares[k], cellMark)], { color }),
    title: `${name}, ${counts[k]}`,
  }))
  return renderFigure({
    title: `Density of ${counts[0]} of the data beside ${counted(samples.count, 'sample')} of the model`,
    layout,
    panels: [...panels, colorBar(layout.frames[1]!, max, color)],
  })
}

/** The edges of the cells that hold points, and each one's share of the points. */
export function cellShares(points: Points<FloatArray>, { x, y }: Domains, cells: number) {
  const counts = new Float64Array(cells * cells)
  const [width, height] = [(x[1] - x[0]) / cells, (y[1] - y[0]) / cells]
  const place = (value: number, low: number, step: number) =>
    Math.min(cells - 1, Math.max(0, Math.floor((value - low) / step)))
  for (let i = 0; i < points.count; i++) {
    const column = place(points.data[i * points.dim]!, x[0], width)
    const row = place(points.data[i * points.dim + 1]!, y[0], height)
    counts[row * cells + column]! += 1
  }
  return Array.from(counts, (count, k) => {
    const [row, column] = [Math.floor(k / cells), k % cells]
    const [x1, x2] = [x[0] + column * width, x[0] + (column + 1) * width]
    const [y1, y2] = [y[0] + row * height, y[0] + (row + 1) * height]
    return { x1, x2, y1, y2, share: count / points.count }
  }).filter(({ share }) => share > 0)
}

function colorBar(panel: Frame, max: number, color: Plot.ScaleOptions): Panel {
  const frame = { ...panel, left: panel.left + panel.width + 16, width: 14 }
  const parts = 48
  const steps = Array.from({ length: parts }, (_, i) => ({
    y1: (max * i) / parts,
    y2: (max * (i + 1)) / parts,
    share: (max * (i + 0.5)) / parts,
  }))
  const marks = [
    Plot.rect(steps, { ...cellMark, x1: 0, x2: 1 }),
    Plot.axisY({ anchor: 'right', ticks: 6, tickFormat: '.2~p', label: null }),
  ]
  const [x, y] = [1, max].map((end) => ({ axis: null, domain: [0, end] }))
  return { frame, options: { x: x!, y: y!, color, marks } }
}
