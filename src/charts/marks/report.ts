import * as Plot from '@observablehq/plot'
import { bottomAxis, fontSize, gridMarks, leftAxis } from './axes.ts'
import { legendHeight, renderFigure } from './figure.ts'
import { type Appearance, type Drawn, gridLayout, shortened, textWidth } from './layout.ts'

/** How well an attack distinguishes two kinds of rows. */
export interface AttackCurve {
  readonly label: string
  /** The area under the ROC curve and its intervals; the wider one allows for other attacks. */
  readonly auc: number
  readonly low: number
  readonly high: number
  readonly wide: readonly [number, number]
  /** The true positive rate at false positive rates of 0, 1, 2 … 100 %. */
  readonly roc: readonly number[]
}

/** Distinguishes the lines without colour. */
const dashes = ['none', '6 3', '2 2', '8 3 2 3']

/** Overlaid ROC curves, with the diagonal of guessing and a line at 1 % false alarms. */
export function rocFigure(title: string, curves: readonly AttackCurve[], appearance: Appearance): Drawn {
  const side = 300
  const labels = curves.map(({ label }) => ({ label }))
  const margin = { top: 12 + legendHeight(labels, side + 22), bottom: 48 }
  const layout = gridLayout({ frame: { width: side, height: side }, margin }, appearance)
  const { theme, frame } = layout
  const lines = curves.map(({ roc }, k) => {
    const points = roc.map((rate, percent) => [percent / 100, rate])
    const strokeDasharray = dashes[k % dashes.length]!
    return Plot.line(points, { stroke: theme.series[k]!, strokeWidth: 1.8, strokeDasharray })
  })
  const guess = { stroke: theme.muted, strokeWidth: 1 }
  const diagonal = [0, 1].map((rate) => [rate, rate])
  const note = { textAnchor: 'start', fill: theme.muted } as const
  const options: Plot.PlotOptions = {
    x: { domain: [0, 1], axis: null },
    y: { domain: [0, 1], axis: null },
    marks: [
      ...gridMarks(frame, theme, { x: 5, y: 5 }),
      bottomAxis('share of other rows taken for members', frame, { ticks: 5, tickFormat: '.0%' }),
      leftAxis('share of members found', frame, { ticks: 5, tickFormat: '.0%' }),
      Plot.line(diagonal, guess),
      Plot.ruleX([0.01], guess),
      Plot.text([[0.01, 0.97]], { text: ['1 % false alarms'], dx: 5, ...note }),
      Plot.text([[0.7, 0.6]], { text: ['guessing'], ...note }),
      ...lines,
    ],
  }
  return renderFigure({
    title,
    layout,
    panels: [{ frame, options }],
    legend: labels.map(({ label }, k) => ({
      label,
      color: theme.series[k]!,
      symbol: 'line' as const,
      dash: dashes[k % dashes.length]!,
    })),
  })
}

/** Each attack's area under the curve with its intervals, and a line at .5. */
export function aucFigure(title: string, curves: readonly AttackCurve[], appearance: Appearance): Drawn {
  const left = Math.ceil(Math.max(...curves.map(({ label }) => textWidth(label, fontSize)))) + 16
  const frameSize = { width: 320, height: 46 * curves.length }
  const layout = gridLayout({ frame: frameSize, margin: { top: 26, left, bottom: 48 } }, appearance)
  const { theme, frame } = layout
  const ends = curves.flatMap(({ wide }) => wide)
  const reach = Math.max(0.1, ...ends.map((end) => Math.abs(end - 0.5)))
  const rows = curves.map(({ wide: [from, to], ...curve }, k) => ({ ...curve, k, from, to }))
  const bar = { y: 'k', stroke: theme.samples }
  const options: Plot.PlotOptions = {
    x: { domain: [Math.max(0, 0.5 - 1.1 * reach), Math.min(1, 0.5 + 1.1 * reach)], axis: null },
    y: { domain: [curves.length - 0.5, -0.5], axis: null },
    marks: [
      ...gridMarks(frame, theme, { x: 5, y: [] }),
      bottomAxis('area under the ROC curve', frame, { ticks: 5 }),
      leftAxis('', frame, {
        ticks: curves.map((_, k) => k),
        tickFormat: (k: number) => curves[k]?.label ?? '',
        tickSize: 0,
        label: null,
      }),
      Plot.ruleX([0.5], { stroke: theme.foreground, strokeDasharray: '4 3' }),
      Plot.text([[0.5, -0.5]], { text: ['guessing'], dy: -10, fill: theme.muted }),
      Plot.ruleY(rows, { ...bar, x1: 'from', x2: 'to', strokeWidth: 1.5 }),
      Plot.ruleY(rows, { ...bar, x1: 'low', x2: 'high', strokeWidth: 6 }),
      Plot.dot(rows, { ...bar, x: 'auc', r: 4.5, fill: theme.background, strokeWidth: 2 }),
    ],
  }
  return renderFigure({ title, layout, panels: [{ frame, options }] })
}

interface HeatMatrix {
  readonly title: string
  readonly names: readonly string[]
  /** The number in a cell; undefined leaves it empty. */
  readonly cellOf: (row: number, column: number) => number | undefined
  readonly max: number
  readonly textOf: (value: number) => string
}

/** With more names, the cells are too small for numbers. */
const maxWritten = 20

/** Full colour would hide the number in the cell. */
const [writtenOpacity, plainOpacity] = [0.5, 1]

const nameRoom = 130

/** A matrix of cells, coloured by their numbers, which are written into them if there is room. */
export function heatMatrixFigure({ title, names, cellOf, max, textOf }: HeatMatrix, appearance: Appearance) {
  const D = names.length
  const isWritten = D <= maxWritten
  const [side, nameSize] = isWritten ? [30, fontSize] : [16, 9]
  const labels = names.map((name) => shortened(name, nameRoom, nameSize))
  const room = Math.ceil(Math.max(...labels.map((label) => textWidth(label, nameSize)))) + 14
  const frameSize = { width: side * D, height: side * D }
  const margin = { top: 8, left: room, bottom: room, right: 8 }
  const layout = gridLayout({ frame: frameSize, margin }, appearance)
  const { theme, frame } = layout
  const full = isWritten ? writtenOpacity : plainOpacity
  const cells = names.flatMap((_, row) =>
    names.flatMap((_, column) => {
      const value = cellOf(row, column)
      if (value === undefined) return []
      const opacity = Number((max > 0 ? (full * value) / max : 0).toFixed(3))
      const edges = { x1: column - 0.5, x2: column + 0.5, y1: row - 0.5, y2: row + 0.5 }
      return [{ row, column, text: textOf(value), opacity, ...edges }]
    }),
  )
  const edges = { x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2' }
  const names1 = { ticks: names.map((_, k) => k), tickFormat: (k: number) => labels[k] ?? '', tickSize: 0 }
  const options: Plot.PlotOptions = {
    x: { domain: [-0.5, D - 0.5], axis: null },
    y: { domain: [D - 0.5, -0.5], axis: null },
    opacity: { type: 'identity' },
    marks: [
      Plot.rect(cells, { ...edges, inset: 0.5, fill: theme.samples, fillOpacity: 'opacity' }),
      ...(isWritten ? [Plot.text(cells, { x: 'column', y: 'row', text: 'text', fontSize: 9 })] : []),
      bottomAxis('', frame, { ...names1, label: null, tickRotate: -90, fontSize: nameSize }),
      leftAxis('', frame, { ...names1, label: null, fontSize: nameSize }),
    ],
  }
  return renderFigure({ title, layout, panels: [{ frame, options }] })
}
