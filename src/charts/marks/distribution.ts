import * as Plot from '@observablehq/plot'
import type { NumberAxis, SlotAxis } from './column-axis.ts'

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
    if (s === 0)
      return Plot.rectY(bars, {
        x1: 'x1',
        x2: 'x2',
        y: 'share',
        inset: 0,
        fill: color,
        fillOpacity: pale,
        // avoids seams between bins
        shapeRendering: 'crispEdges',
      })
    const corners = bars.flatMap(({ x1, x2, share }) => [
      [x1, share],
      [x2, share],
    ])
    return Plot.line(corners, { stroke: color, strokeWidth: outline })
  })
}

/** Bars side by side in each slot, vertical or horizontal. */
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
