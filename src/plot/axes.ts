import * as Plot from '@observablehq/plot'
import { columnRanges, type FloatArray, type Points } from '../core/points.ts'
import type { Panel } from './figure.ts'
import { type Appearance, type AxisNames, type Domains, gridLayout, type Size, type Theme } from './layout.ts'

/** Beyond this ratio of two columns' ranges one scale for both would show a line. */
const maxRatio = 8

/** A column's range over all points, with a margin of a twentieth. */
export function paddedRange(sets: readonly Points<FloatArray>[], d: number): Range {
  const ranges = sets.map(columnRanges)
  const low = Math.min(...ranges.map(({ min }) => min[d]!))
  const high = Math.max(...ranges.map(({ max }) => max[d]!))
  const pad = (high - low || Math.abs(low) || 1) / 20
  return [low - pad, high + pad]
}

/**
 * The ranges of all points' first two columns: at one scale in both directions, which fills the frame, unless one
 * column's range is more than eight times the other's.
 */
export function sharedDomains(sets: readonly Points<FloatArray>[], { width, height }: Size): Domains {
  const [x, y] = [paddedRange(sets, 0), paddedRange(sets, 1)]
  if (areUnequal(x, y)) return { x, y }
  const perPixel = Math.max(spanOf(x) / width, spanOf(y) / height)
  return { x: widen(x, perPixel * width), y: widen(y, perPixel * height) }
}

/**
 * A frame `width` wide in the shape of the points, so that one scale for both directions leaves little of it empty;
 * a square where each column has a scale of its own.
 */
export function frameFor(sets: readonly Points<FloatArray>[], width: number): Size {
  const [x, y] = [paddedRange(sets, 0), paddedRange(sets, 1)]
  const ratio = areUnequal(x, y) ? 1 : Math.min(1.4, Math.max(0.5, spanOf(y) / spanOf(x)))
  return { width, height: Math.round(width * ratio) }
}

type Range = readonly [number, number]

const spanOf = ([low, high]: Range) => high - low
const areUnequal = (x: Range, y: Range) => Math.max(spanOf(x) / spanOf(y), spanOf(y) / spanOf(x)) > maxRatio

/** A range of a span about the middle of another. */
function widen([low, high]: Range, span: number): Range {
  const middle = (low + high) / 2
  return [middle - span / 2, middle + span / 2]
}

interface PlaneRequest extends Pick<Parameters<typeof gridLayout>[0], 'margin' | 'caption'> {
  /** What must have room on the axes: the first two columns. */
  readonly sets: readonly Points<FloatArray>[]
  readonly names: AxisNames
  /** A frame's size, or its width where the points give its shape. */
  readonly frame: Size | number
  /** Panels in reading order, 1 by default, and how many stand in a row at most. */
  readonly count?: number
  readonly across?: number
}

/** The layout of panels that show two columns on the same axes, and `panel`, which makes the k-th of them. */
export function planeLayout(
  { sets, names, frame, count = 1, across = 1, ...rest }: PlaneRequest,
  appearance: Appearance,
) {
  const rows = Math.ceil(count / across)
  const columns = Math.ceil(count / rows)
  const size = typeof frame === 'number' ? frameFor(sets, frame) : frame
  const layout = gridLayout({ rows, columns, frame: size, ...rest }, appearance)
  const domains = sharedDomains(sets, layout.frames[0]!)
  const panel = (k: number, marks: Plot.Markish[], options: Plot.PlotOptions = {}): Panel => {
    const frame = layout.frames[k]!
    const axes = [
      ...gridMarks(frame, layout.theme),
      // where the frame stands at the figure's edge
      ...(k + columns < count ? [] : [bottomAxis(names.x, frame)]),
      ...(frame.column === 0 ? [leftAxis(names.y, frame)] : []),
    ]
    const [x, y] = [domains.x, domains.y].map((domain) => ({ domain, axis: null }))
    return { frame, options: { x: x!, y: y!, ...options, marks: [...axes, ...marks] } }
  }
  return { layout, domains, panel }
}

/** Ticks that leave their labels room. */
const ticksAcross = ({ width }: Size) => Math.max(2, Math.min(8, Math.round(width / 60)))
const ticksDown = ({ height }: Size) => Math.max(2, Math.min(8, Math.round(height / 45)))

export function gridMarks(frame: Size, theme: Theme): Plot.Markish[] {
  return [
    Plot.gridX({ ticks: ticksAcross(frame), stroke: theme.grid, strokeOpacity: 1 }),
    Plot.gridY({ ticks: ticksDown(frame), stroke: theme.grid, strokeOpacity: 1 }),
  ]
}

const axisStyle = { labelAnchor: 'center', labelArrow: 'none' } as const

export function bottomAxis(label: string, frame: Size, options: Plot.AxisXOptions = {}): Plot.Markish {
  return Plot.axisX({ ...axisStyle, ticks: ticksAcross(frame), label, labelOffset: 36, ...options })
}

export function leftAxis(label: string, frame: Size, options: Plot.AxisYOptions = {}): Plot.Markish {
  return Plot.axisY({ ...axisStyle, ticks: ticksDown(frame), label, labelOffset: 48, ...options })
}
