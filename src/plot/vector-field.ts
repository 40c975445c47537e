import * as Plot from '@observablehq/plot'
import type { Points } from '../core/points.ts'
import { planeAxes, sharedDomains } from './axes.ts'
import { type Drawn, type Panel, renderFigure } from './figure.ts'
import { type Appearance, gridLayout, panelGrid, themes } from './layout.ts'
import { rowsOf } from './subsample.ts'

export interface FieldPanel {
  readonly t: number
  /** The negative predicted noise at each point of the grid, [count, 2] in scaled space. */
  readonly arrows: Points
  /** How many states of the path x has gone through when it is at t. */
  readonly reached: number
}

export interface VectorField {
  /** Where the arrows stand, [count, 2] in scaled space. */
  readonly grid: Points
  readonly panels: readonly FieldPanel[]
  /** One sample's states from x_T to x_0, [states, 2] in scaled space. */
  readonly path: Points
  readonly names: readonly [string, string]
}

/** The longest arrow, in distances between neighbours of the grid. */
const longest = 1.15

/** Arrows of the negative predicted noise at falling t, one sample's reverse path over them up to each t. */
export function vectorFieldFigure(
  { grid, panels: fields, path, names }: VectorField,
  { theme: themeName, size }: Appearance,
): Drawn {
  const theme = themes[themeName]
  const layout = gridLayout({
    ...panelGrid(fields.length, 3),
    frame: { width: 220, height: 220 },
    size,
    caption: true,
  })
  const domains = sharedDomains([grid, path], layout.frames[0]!)
  const spacing = layout.frames[0]!.width / Math.sqrt(grid.count)
  const places = rowsOf(grid, all(grid))
  const states = rowsOf(path, all(path))
  const panels = fields.map(({ t, arrows, reached }, k): Panel => {
    const frame = layout.frames[k]!
    const below = k + layoutColumns(layout.frames) < fields.length
    const { marks, ...scales } = planeAxes(domains, { x: names[0], y: names[1] }, frame, theme, !below)
    const directions = rowsOf(arrows, all(arrows))
    const strongest = Math.max(...directions.map(lengthOf)) || 1
    const field = directions.map((arrow, i) => ({
      ...places[i]!,
      length: Math.sqrt(lengthOf(arrow) / strongest) * longest * spacing,
      // Plot turns clockwise from straight up
      rotate: (Math.atan2(arrow.x, arrow.y) * 180) / Math.PI,
    }))
    const line = { x: 'x', y: 'y', stroke: theme.path, strokeLinejoin: 'round' } as const
    return {
      frame,
      title: `t = ${t}`,
      options: {
        ...scales,
        length: { type: 'identity' },
        marks: [
          ...marks,
          Plot.vector(field, {
            x: 'x',
            y: 'y',
            length: 'length',
            rotate: 'rotate',
            stroke: theme.data,
            strokeWidth: 1,
          }),
          Plot.line(states, { ...line, strokeWidth: 1, strokeOpacity: 0.45 }),
          Plot.line(states.slice(0, reached), { ...line, strokeWidth: 2.2 }),
          Plot.dot(states.slice(reached - 1, reached), {
            x: 'x',
            y: 'y',
            r: 4,
            fill: theme.path,
            stroke: theme.background,
          }),
        ],
      },
    }
  })
  const svg = renderFigure({
    title: `The negative predicted noise at t = ${fields.map(({ t }) => t).join(', ')}, and one sample's reverse path`,
    layout,
    theme,
    panels,
    caption: "an arrow's length: the square root of its noise's, scaled in each panel",
    legend: [
      { label: 'negative predicted noise', color: theme.data, symbol: 'line' },
      { label: "one sample's reverse path, so far", color: theme.path, symbol: 'line' },
    ],
  })
  return { svg, notes: [] }
}

const all = ({ count }: Points) => Array.from({ length: count }, (_, i) => i)
const lengthOf = ({ x, y }: { x: number; y: number }) => Math.hypot(x, y)
const layoutColumns = (frames: readonly { column: number }[]) =>
  Math.max(...frames.map(({ column }) => column)) + 1
