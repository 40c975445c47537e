import * as Plot from '@observablehq/plot'
import { bottomAxis, gridMarks, leftAxis } from './axes.ts'
import type { Distribution } from './column-axes.ts'
import { acrossAxis, type ColumnAxis, downAxis } from './column-axis.ts'
import { barMarks, histogramMarks, topOf } from './distribution.ts'
import type { Panel } from './figure.ts'
import type { Frame, Theme } from './layout.ts'

/** A column's distribution in one of a panel's sets of rows, and its colour. */
export interface Spread extends Distribution {
  readonly color: string
}

interface Place {
  readonly frame: Frame
  readonly theme: Theme
  /** The width for slot labels left of the frame, in pixels. */
  readonly room: number
  /** What to draw above the frame. */
  readonly heading?: readonly Plot.Markish[]
}

/** A column's panel: horizontal bars for names, overlaid histograms for numbers and dates. */
export function columnPanel(
  axis: ColumnAxis,
  drawn: readonly Spread[],
  { frame, theme, room, heading = [] }: Place,
): Panel {
  const domain = [0, topOf(drawn)]
  const ofShares = { label: null, tickFormat: '.2~p' }
  if (axis.kind === 'slots') {
    // otherwise two bars would fill the whole panel
    const [from, to] = [axis.domain[0], Math.max(axis.domain[1], 5.5)]
    return {
      frame,
      options: {
        x: { axis: null, domain },
        y: { axis: null, domain: [to, from] },
        marks: [
          Plot.gridX({ ticks: 4, stroke: theme.grid, strokeOpacity: 1 }),
          bottomAxis('', frame, { ...ofShares, ticks: 4 }),
          leftAxis('', frame, { ...downAxis(axis, frame, room), label: null }),
          ...barMarks(axis, drawn, true),
          ...heading,
        ],
      },
    }
  }
  return {
    frame,
    options: {
      x: { axis: null, domain: axis.domain },
      y: { axis: null, domain },
      marks: [
        ...gridMarks(frame, theme, { x: [], y: 4 }),
        bottomAxis('', frame, { ...acrossAxis(axis, frame), label: null }),
        leftAxis('', frame, { ...ofShares, ticks: 4 }),
        ...histogramMarks(axis, drawn),
        ...heading,
      ],
    },
  }
}
