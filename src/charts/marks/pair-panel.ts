import type * as Plot from '@observablehq/plot'
import { bottomAxis, gridMarks, leftAxis } from './axes.ts'
import { acrossAxis, type ColumnAxis, downAxis } from './column-axis.ts'
import type { Panel } from './figure.ts'
import type { Frame, Theme } from './layout.ts'
import { type Pair, type PairSet, pairMarks } from './pair-marks.ts'

interface Place {
  readonly frame: Frame
  readonly theme: Theme
  /** The maximum number of dots per set. */
  readonly max: number
  /** The results of `belowAxis` and `besideAxis`, for frames at an edge. */
  readonly axes: readonly Plot.Markish[]
}

/** A panel of two columns, with one set of rows over the other. */
export function pairPanel(pair: Pair, drawn: readonly PairSet[], { frame, theme, max, axes }: Place): Panel {
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
