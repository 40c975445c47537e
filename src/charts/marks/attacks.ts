import * as Plot from '@observablehq/plot'
import { bottomAxis, fontSize, gridMarks, leftAxis } from './axes.ts'
import { legendHeight, renderFigure } from './figure.ts'
import { type Appearance, type Drawn, gridLayout, textWidth } from './layout.ts'

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
  const layout = gridLayout(
    {
      frame: { width: side, height: side },
      margin: { top: 12 + legendHeight(labels, side + 22), bottom: 48 },
    },
    appearance,
  )
  const { theme, frames } = layout
  const frame = frames[0]!
  const lines = curves.map(({ roc }, k) =>
    Plot.line(
      roc.map((rate, percent) => [percent / 100, rate]),
      { stroke: theme.series[k]!, strokeWidth: 1.8, strokeDasharray: dashes[k % dashes.length]! },
    ),
  )
  const guess = { stroke: theme.muted, strokeWidth: 1 }
  const options: Plot.PlotOptions = {
    x: { domain: [0, 1], axis: null },
    y: { domain: [0, 1], axis: null },
    marks: [
      ...gridMarks(frame, theme, { x: 5, y: 5 }),
      bottomAxis('share of other rows taken for members', frame, { ticks: 5, tickFormat: '.0%' }),
      leftAxis('share of members found', frame, { ticks: 5, tickFormat: '.0%' }),
      Plot.line(
        [
          [0, 0],
          [1, 1],
        ],
        guess,
      ),
      Plot.ruleX([0.01], guess),
      Plot.text([[0.01, 0.97]], {
        text: ['1 % false alarms'],
        textAnchor: 'start',
        dx: 5,
        fill: theme.muted,
      }),
      Plot.text([[0.7, 0.6]], { text: ['guessing'], textAnchor: 'start', fill: theme.muted }),
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
  const layout = gridLayout(
    { frame: { width: 320, height: 46 * curves.length }, margin: { top: 26, left, bottom: 48 } },
    appearance,
  )
  const { theme, frames } = layout
  const frame = frames[0]!
  const ends = curves.flatMap(({ wide }) => wide)
  const reach = Math.max(0.1, ...ends.map((end) => Math.abs(end - 0.5)))
  const rows = curves.map(({ auc, low, high, wide: [from, to] }, k) => ({ k, auc, low, high, from, to }))
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
      Plot.ruleY(rows, { y: 'k', x1: 'from', x2: 'to', stroke: theme.samples, strokeWidth: 1.5 }),
      Plot.ruleY(rows, { y: 'k', x1: 'low', x2: 'high', stroke: theme.samples, strokeWidth: 6 }),
      Plot.dot(rows, {
        x: 'auc',
        y: 'k',
        r: 4.5,
        fill: theme.background,
        stroke: theme.samples,
        strokeWidth: 2,
      }),
    ],
  }
  return renderFigure({ title, layout, panels: [{ frame, options }] })
}
