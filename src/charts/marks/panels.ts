import * as Plot from '@observablehq/plot'
import { bottomAxis, gridMarks, leftAxis } from './axes.ts'
import { acrossAxis, type ColumnAxis, downAxis, type NumberAxis, type SlotAxis } from './column-axis.ts'
import type { Distribution } from './column-shares.ts'
import type { Panel } from './figure.ts'
import type { Frame, Theme } from './layout.ts'

/** What to draw for one of a figure's sets of rows. */
export interface Drawn {
  readonly color: string
  readonly shares: readonly number[]
}

/** The opacity of a filled histogram, and of a bar, which nothing overlaps. */
const pale = 0.45
export const solid = 0.8
const outline = 1.6

/** Overlaid histograms: the first filled, the others as outlines. */
export function histogramMarks({ edges }: NumberAxis, sets: readonly Drawn[]): Plot.Markish[] {
  return sets.map(({ color, shares }, s) => {
    const bars = shares.map((share, k) => ({ x1: edges[k]!, x2: edges[k + 1]!, share }))
    // avoids seams between bins
    const style = { fill: color, fillOpacity: pale, inset: 0, shapeRendering: 'crispEdges' }
    if (s === 0) return Plot.rectY(bars, { x1: 'x1', x2: 'x2', y: 'share', ...style })
    const corners = bars.flatMap(({ x1, x2, share }) => [x1, x2].map((x) => [x, share]))
    return Plot.line(corners, { stroke: color, strokeWidth: outline })
  })
}

export function barMarks({ labels }: SlotAxis, sets: readonly Drawn[], isLying: boolean): Plot.Markish[] {
  const thickness = 0.84 / sets.length
  return sets.map(({ color, shares }, s) => {
    const bars = labels.map((_, k) => {
      const from = k - 0.42 + s * thickness
      return { from, to: from + thickness, share: shares[k]! }
    })
    const style = { fill: color, fillOpacity: solid, inset: 0, [isLying ? 'insetBottom' : 'insetRight']: 0.5 }
    return isLying
      ? Plot.rect(bars, { x1: 0, x2: 'share', y1: 'from', y2: 'to', ...style })
      : Plot.rect(bars, { y1: 0, y2: 'share', x1: 'from', x2: 'to', ...style })
  })
}

/** The largest share of all sets with a small margin; 1 if there is none. */
export function topOf(sets: readonly Pick<Drawn, 'shares'>[]): number {
  return sets.flatMap(({ shares }) => shares).reduce((a, share) => Math.max(a, share), 0) * 1.08 || 1
}

/** 0.199 as 19.9%. */
export function percentText(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1%'
  return `${Number((100 * share).toFixed(1))}%`
}

export type Spread = Distribution & Drawn

interface Place {
  readonly frame: Frame
  readonly theme: Theme
  readonly room: number
  readonly heading?: readonly Plot.Markish[]
}

/** A column's panel: horizontal bars for names, overlaid histograms for numbers and dates. */
export function columnPanel(axis: ColumnAxis, drawn: readonly Spread[], place: Place): Panel {
  const { frame, theme, room, heading = [] } = place
  const shares = { axis: null, domain: [0, topOf(drawn)] }
  const ofShares = { label: null, tickFormat: '.2~p', ticks: 4 }
  if (axis.kind === 'number') {
    const marks = [
      ...gridMarks(frame, theme, { x: [], y: 4 }),
      bottomAxis('', frame, { ...acrossAxis(axis, frame), label: null }),
      leftAxis('', frame, ofShares),
      ...histogramMarks(axis, drawn),
      ...heading,
    ]
    return { frame, options: { x: { axis: null, domain: axis.domain }, y: shares, marks } }
  }
  const marks = [
    Plot.gridX({ ticks: 4, stroke: theme.grid, strokeOpacity: 1 }),
    bottomAxis('', frame, ofShares),
    leftAxis('', frame, { ...downAxis(axis, frame, room), label: null }),
    ...barMarks(axis, drawn, true),
    ...heading,
  ]
  // otherwise two bars would fill the whole panel
  const domain = [Math.max(axis.domain[1], 5.5), axis.domain[0]]
  return { frame, options: { x: shares, y: { axis: null, domain }, marks } }
}

/** An axis whose name has the usual font size, whatever the size of its labels. */
export function belowAxis(name: string, frame: Frame, axis: ColumnAxis, labelOffset: number): Plot.Markish[] {
  const ticks = bottomAxis('', frame, { ...acrossAxis(axis, frame), label: null })
  return [ticks, bottomAxis(name, frame, { ticks: [], labelOffset })]
}

export function leftOfAxis(name: string, frame: Frame, axis: ColumnAxis, labelOffset: number) {
  const ticks = leftAxis('', frame, { ...downAxis(axis, frame), label: null })
  return [ticks, leftAxis(name, frame, { ticks: [], labelOffset })]
}
