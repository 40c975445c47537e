import * as Plot from '@observablehq/plot'
import { bottomAxis, gridMarks, leftAxis } from '../src/charts/marks/axes.ts'
import { renderFigure } from '../src/charts/marks/figure.ts'
import { gridLayout } from '../src/charts/marks/layout.ts'
import type { Row } from './row.ts'

/** Points, and a dashed line that belongs to them. */
export interface Curve {
  readonly name: string
  readonly points: NonNullable<Row['points']>
  readonly dashed: NonNullable<Row['points']>
}

interface Curves {
  readonly title: string
  readonly x: string
  readonly y: string
  /** By title, side by side and on the same axes. */
  readonly panels: Readonly<Record<string, readonly Curve[]>>
}

/** Curves on logarithmic axes, with a tick for each x. */
export function curvesFigure({ title, x, y, panels }: Curves): string {
  const columns = Object.keys(panels).length
  const frame = { width: columns > 1 ? 200 : 380, height: 240 }
  const layout = gridLayout({ columns, frame }, { theme: 'light' })
  const { theme, frames } = layout
  const all = Object.values(panels).flat()
  const names = [...new Set(all.map(({ name }) => name))]
  const color = (name: string) => theme.series[names.indexOf(name)]!
  const points = all.flatMap((curve) => [...curve.points, ...curve.dashed])
  const ticks = [...new Set(points.map(([at]) => at))].sort((a, b) => a - b)
  const log = (values: readonly number[]) =>
    ({ type: 'log', axis: null, domain: [Math.min(...values) / 1.2, Math.max(...values) * 1.2] }) as const
  const marks = (curve: Curve) => [
    Plot.line(curve.dashed, { stroke: color(curve.name), strokeDasharray: '4 3' }),
    Plot.line(curve.points, { stroke: color(curve.name) }),
    Plot.dot(curve.points, { fill: color(curve.name), r: 2.5 }),
  ]
  const bottom = bottomAxis(x, frame, { ticks, tickFormat: (value: number) => value.toLocaleString('en') })
  const left = leftAxis(y, frame, { tickFormat: '~g' })
  return renderFigure({
    title,
    layout,
    panels: Object.entries(panels).map(([heading, curves], index) => ({
      frame: frames[index]!,
      title: heading,
      options: {
        x: log(ticks),
        y: log(points.map(([, value]) => value)),
        marks: [
          ...gridMarks(frame, theme, { x: ticks }),
          bottom,
          ...(index === 0 ? [left] : []),
          ...curves.map(marks),
        ],
      },
    })),
    legend: names.map((label) => ({ label, color: color(label), symbol: 'line' })),
  }).svg
}
