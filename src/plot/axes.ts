import * as Plot from '@observablehq/plot'
import { columnRanges, type FloatArray, type Points } from '../core/points.ts'
import type { Panel } from './figure.ts'
import {
  type Appearance,
  type Domains,
  gridLayout,
  type Plane,
  padded,
  type Range,
  type Size,
  type Theme,
} from './layout.ts'
import { textWidth } from './text.ts'
import { timeTicks } from './time.ts'

/** Beyond this ratio of two columns' ranges one scale for both would show a line. */
const maxRatio = 3

/** A column's range over all points, with a margin of a twentieth. */
export function paddedRange(sets: readonly Points<FloatArray>[], d: number): Range {
  const ranges = sets.map(columnRanges)
  const low = Math.min(...ranges.map(({ min }) => min[d]!))
  const high = Math.max(...ranges.map(({ max }) => max[d]!))
  return padded([low, high])
}

/**
 * The ranges of all points' first two columns: at one scale in both directions, which fills the frame, unless one
 * column's range is more than three times the other's.
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

const spanOf = ([low, high]: Range) => high - low
const areUnequal = (x: Range, y: Range) => Math.max(spanOf(x) / spanOf(y), spanOf(y) / spanOf(x)) > maxRatio

/** A range of a span about the middle of another. */
function widen([low, high]: Range, span: number): Range {
  const middle = (low + high) / 2
  return [middle - span / 2, middle + span / 2]
}

interface PlaneRequest extends Plane, Pick<Parameters<typeof gridLayout>[0], 'margin' | 'caption'> {
  /** What must have room on the axes: the first two columns. */
  readonly sets: readonly Points<FloatArray>[]
  /** A frame's size, or its width where the points give its shape. */
  readonly frame: Size | number
  /** Panels in reading order, 1 by default, and how many stand in a row at most. */
  readonly count?: number
  readonly across?: number
}

/** The layout of panels that show two columns on the same axes, and `panel`, which makes the k-th of them. */
export function planeLayout(
  { sets, names, times = { x: false, y: false }, frame, count = 1, across = 1, ...rest }: PlaneRequest,
  appearance: Appearance,
) {
  const rows = Math.ceil(count / across)
  const columns = Math.ceil(count / rows)
  const size = typeof frame === 'number' ? frameFor(sets, frame) : frame
  const left = leftMargin(paddedRange(sets, 1), times.y)
  const margin = { left, ...rest.margin }
  const layout = gridLayout({ rows, columns, frame: size, ...rest, margin }, appearance)
  const domains = sharedDomains(sets, layout.frames[0]!)
  const panel = (k: number, marks: Plot.Markish[], options: Plot.PlotOptions = {}): Panel => {
    const frame = layout.frames[k]!
    const across = acrossTicks(domains.x, frame, times.x)
    const down = downTicks(domains.y, frame, times.y)
    const axes = [
      ...gridMarks(frame, layout.theme, { x: across.ticks, y: down.ticks }),
      // where the frame stands at the figure's edge
      ...(k + columns < count ? [] : [bottomAxis(names.x, frame, across)]),
      ...(frame.column === 0 ? [leftAxis(names.y, frame, down)] : []),
    ]
    const [x, y] = [domains.x, domains.y].map((domain) => ({ domain, axis: null }))
    return { frame, options: { x: x!, y: y!, ...options, marks: [...axes, ...marks] } }
  }
  return { layout, domains, panel }
}

/** Ticks that leave their labels room. */
const ticksAcross = ({ width }: Size) => Math.max(2, Math.min(8, Math.round(width / 60)))
const ticksDown = ({ height }: Size) => Math.max(2, Math.min(8, Math.round(height / 45)))

interface Ticks {
  /** How many, or where. */
  readonly ticks: number | number[]
  readonly tickFormat?: (value: number) => string
}

/** A column's ticks along a frame's lower edge: as many as their labels leave room for. */
export function acrossTicks(domain: Range, { width }: Size, isTime = false): Ticks {
  if (isTime) return timeTicks(domain, width, (label) => textWidth(label, fontSize) + 10)
  const most = Math.floor(width / (labelWidth(domain) + 10))
  const usual = Math.max(2, Math.min(ticksAcross({ width, height: 0 }), most))
  return {
    ticks: atLeastTwo(domain, usual, width, (step) => stepWidth(domain, step) + 6),
    ...labelled(domain),
  }
}

/** A column's ticks along a frame's left edge, and where its name stands beside them. */
export function downTicks(domain: Range, frame: Size, isTime = false): Ticks & { labelOffset: number } {
  const labelOffset = leftMargin(domain, isTime) - 10
  if (isTime) return { ...timeTicks(domain, frame.height, () => 24), labelOffset }
  const ticks = atLeastTwo(domain, ticksDown(frame), frame.height, () => 16)
  return { ticks, labelOffset, ...labelled(domain) }
}

/** As many ticks as usual, or some more where only one would be drawn and two have room: one tells no scale. */
function atLeastTwo(
  [low, high]: Range,
  usual: number,
  length: number,
  room: (step: number) => number,
): number {
  for (let count = usual; count <= usual + 3; count++) {
    const step = tickStep((high - low) / count)
    if ((length * step) / (high - low) < room(step)) break
    if (Math.floor(high / step) > Math.ceil(low / step)) return count
  }
  return usual
}

/** 1, 2 or 5 times a power of ten, as Plot spaces ticks that are to be about so far from each other. */
function tickStep(distance: number): number {
  const power = 10 ** Math.floor(Math.log10(distance))
  const error = distance / power
  return power * (error >= Math.sqrt(50) ? 10 : error >= Math.sqrt(10) ? 5 : error >= Math.SQRT2 ? 2 : 1)
}

/** What the ticks of a column along the left edge and its name need, in pixels. */
export function leftMargin(domain: Range, isTime = false): number {
  const width = isTime ? textWidth('12-31 23:59', fontSize) : labelWidth(domain)
  return Math.max(58, Math.ceil(width) + 34)
}

/** Of what stands at an axis, in pixels. */
export const fontSize = 11

/** A number's label is this wide, in pixels, to a character. */
const characterWidth = 6.8

const labelWidth = (domain: Range) => {
  const label = tickLabel(domain) ?? (() => '0.5')
  return characterWidth * Math.max(...domain.map((value) => label(value).length))
}

/** What the widest label takes of ticks that stand `step` apart. */
function stepWidth(domain: Range, step: number): number {
  if (tickLabel(domain)) return labelWidth(domain)
  const decimals = Math.max(0, -Math.floor(Math.log10(step)))
  return characterWidth * Math.max(...domain.map((value) => value.toFixed(decimals).length))
}

function labelled(domain: Range): { tickFormat?: (value: number) => string } {
  const tickFormat = tickLabel(domain)
  return tickFormat ? { tickFormat } : {}
}

/**
 * What ticks of a column say where its numbers are large or small: 2024, 50k, 1.5M, 1e9, 2e-12, with the digits that
 * tell them apart. Undefined for others, which Plot writes well.
 */
function tickLabel([low, high]: Range): ((value: number) => string) | undefined {
  const largest = Math.max(Math.abs(low), Math.abs(high))
  if (largest >= 0.001 && largest < 1000) return undefined
  const digits = Math.min(15, 2 + Math.max(0, Math.ceil(Math.log10(largest / (high - low)))))
  const short = (value: number) => Number(value.toPrecision(digits))
  const text = (value: number) => {
    // what is left of 0 after steps that floats cannot take
    if (Math.abs(value) < 1e-9 * largest) return '0'
    if (largest >= 1e9 || largest < 0.001) return short(value).toExponential().replace('e+', 'e')
    if (largest >= 1e6) return `${short(value / 1e6)}M`
    return largest >= 1e4 ? `${short(value / 1e3)}k` : String(short(value))
  }
  return (value) => text(value).replaceAll('-', '−')
}

export function gridMarks(
  frame: Size,
  theme: Theme,
  { x = ticksAcross(frame), y = ticksDown(frame) }: { x?: number | number[]; y?: number | number[] } = {},
): Plot.Markish[] {
  const line = { stroke: theme.grid, strokeOpacity: 1 }
  return [Plot.gridX({ ticks: x, ...line }), Plot.gridY({ ticks: y, ...line })]
}

const axisStyle = { labelAnchor: 'center', labelArrow: 'none' } as const

export function bottomAxis(label: string, frame: Size, options: Plot.AxisXOptions = {}): Plot.Markish {
  return Plot.axisX({ ...axisStyle, ticks: ticksAcross(frame), label, labelOffset: 36, ...options })
}

export function leftAxis(label: string, frame: Size, options: Plot.AxisYOptions = {}): Plot.Markish {
  return Plot.axisY({ ...axisStyle, ticks: ticksDown(frame), label, labelOffset: 48, ...options })
}
