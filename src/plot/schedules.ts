import * as Plot from '@observablehq/plot'
import { bottomAxis, gridMarks, leftAxis } from './axes.ts'
import { type Drawn, legendHeight, renderFigure } from './figure.ts'
import { type Appearance, gridLayout, themes } from './layout.ts'

/** More lines would share a colour. */
export const mostSchedules = 6

/** A schedule's table, index 0 the clean sample. */
export interface NamedSchedule {
  readonly name: string
  readonly alphaBars: readonly number[]
}

/** Beyond this many timesteps the dots of a line would run together. */
const mostDots = 40

/** 1 - alphaBar_t, the noise's share of x_t's variance, over t: a line for each schedule. */
export function schedulesFigure(
  schedules: readonly NamedSchedule[],
  { theme: themeName, size }: Appearance,
): Drawn {
  const theme = themes[themeName]
  const colorOf = (k: number) => theme.series[k]!
  const legend = schedules.map(({ name }, k) => ({ label: name, color: colorOf(k), symbol: 'line' as const }))
  const layout = gridLayout({
    rows: 1,
    columns: 1,
    frame: { width: 460, height: 300 },
    size,
    margin: { top: 18 + legendHeight(legend, 460) },
  })
  const frame = layout.frames[0]!
  const T = Math.max(...schedules.map(({ alphaBars }) => alphaBars.length - 1))
  const lines = schedules.flatMap(({ alphaBars }, k) => {
    const points = alphaBars.map((alphaBar, t) => ({ t, variance: 1 - alphaBar }))
    const channels = { x: 't', y: 'variance' }
    return [
      Plot.line(points, { ...channels, stroke: colorOf(k), strokeWidth: 2 }),
      ...(T <= mostDots ? [Plot.dot(points, { ...channels, r: 3, fill: colorOf(k) })] : []),
    ]
  })
  const ticks = T <= 12 ? { ticks: Array.from({ length: T + 1 }, (_, t) => t) } : {}
  const every = { ...ticks, tickFormat: 'd' }
  const options: Plot.PlotOptions = {
    x: { domain: [0, T], axis: null, inset: 8 },
    y: { domain: [0, 1], axis: null, insetTop: 8, insetBottom: 8 },
    marks: [
      ...gridMarks(frame, theme),
      bottomAxis('t', frame, every),
      leftAxis('1 − alphaBar_t', frame, { tickFormat: '.1f' }),
      ...lines,
    ],
  }
  const svg = renderFigure({
    title: `1 - alphaBar_t of ${schedules.map(({ name }) => name).join(', ')}`,
    layout,
    theme,
    panels: [{ frame, options }],
    legend,
  })
  return { svg, notes: [] }
}
