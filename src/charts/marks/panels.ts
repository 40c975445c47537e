import * as Plot from '@observablehq/plot'
import { bottomAxis, gridMarks, leftAxis } from './axes.ts'
import { acrossAxis, type ColumnAxis, downAxis } from './column-axis.ts'
import type { Distribution } from './column-shares.ts'
import { barMarks, histogramMarks, topOf } from './distribution.ts'
import type { Panel } from './figure.ts'
import type { Frame, Theme } from './layout.ts'
import { type Pair, type PairSet, pairMarks } from './pair-marks.ts'

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

interface PairPlace {
  readonly frame: Frame
  readonly theme: Theme
  /** The maximum number of dots per set. */
  readonly max: number
  /** The results of `belowAxis` and `besideAxis`, for frames at an edge. */
  readonly axes: readonly Plot.Markish[]
}

/** A panel of two columns, with one set of rows over the other. */
export function pairPanel(
  pair: Pair,
  drawn: readonly PairSet[],
  { frame, theme, max, axes }: PairPlace,
): Panel {
  const { x, y } = pair
  const grid = gridMarks(frame, theme, {
    x: x.kind === 'number' ? acrossAxis(x, frame).ticks : [],
    y: y.kind === 'number' ? downAxis(y, frame).ticks : [],
  })
  return {
    frame,
    options: {
      x: { domain: x.domain, axis: null },
      // puts the first name at the top
      y: { domain: y.domain, axis: null, reverse: y.kind === 'slots' },
      marks: [...grid, ...axes, ...pairMarks(pair, drawn, { frame, theme, max })],
    },
  }
}

/** An axis whose name has the usual font size, whatever the size of its labels. */
export function belowAxis(name: string, frame: Frame, axis: ColumnAxis, labelOffset: number): Plot.Markish[] {
  const ticks = bottomAxis('', frame, { ...acrossAxis(axis, frame), label: null })
  return [ticks, bottomAxis(name, frame, { ticks: [], labelOffset })]
}

export function besideAxis(
  name: string,
  frame: Frame,
  axis: ColumnAxis,
  labelOffset: number,
): Plot.Markish[] {
  const ticks = leftAxis('', frame, { ...downAxis(axis, frame), label: null })
  return [ticks, leftAxis(name, frame, { ticks: [], labelOffset })]
}
