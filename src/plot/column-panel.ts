import * as Plot from '@observablehq/plot'
import { bottomAxis, gridMarks, leftAxis } from './axes.ts'
import type { Distribution } from './column-axes.ts'
import { acrossAxis, type ColumnAxis, downAxis } from './column-axis.ts'
import { barMarks, histogramMarks, topOf } from './distribution.ts'
import type { Panel } from './figure.ts'
import type { Frame, Theme } from './layout.ts'

/** How a column is spread in one of the sets of rows that a panel compares, and what that is drawn in. */
export interface Spread extends Distribution {
  readonly color: string
}

interface Place {
  readonly frame: Frame
  readonly theme: Theme
  /** What the names of slots have at the frame's left, in pixels. */
  readonly room: number
  /** What stands over the frame. */
  readonly heading?: readonly Plot.Markish[]
}

/** A column's panel: lying bars for names, histograms over each other for numbers and dates. */
export function columnPanel(
  axis: ColumnAxis,
  drawn: readonly Spread[],
  { frame, theme, room, heading = [] }: Place,
): Panel {
  const domain = [0, topOf(drawn)]
  const ofShares = { label: null, tickFormat: '.2~p' }
  if (axis.kind === 'slots') {
    // two bars would fill a panel of their own
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
