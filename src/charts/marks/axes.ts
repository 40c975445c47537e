import * as Plot from '@observablehq/plot'
import { columnRanges, type FloatArray, type Points } from '../../numerics/points.ts'
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
  textWidth,
  type Written,
} from './layout.ts'
import { endLabels, formTicks, type Ticks, tickLabel, tickStep } from './number-ticks.ts'

/** If two columns' ranges differ by more than this ratio, a common scale would show a mere line. */
const maxRatio = 3

function paddedRange(sets: readonly Points<FloatArray>[], d: number): Range {
  const ranges = sets.map(columnRanges)
  const low = Math.min(...ranges.map(({ min }) => min[d]!))
  const high = Math.max(...ranges.map(({ max }) => max[d]!))
  return padded([low, high])
}

/** The first two columns' ranges over all points, on a common scale unless one range is over three times the other. */
export function sharedDomains(sets: readonly Points<FloatArray>[], { width, height }: Size): Domains {
  const [x, y] = [paddedRange(sets, 0), paddedRange(sets, 1)]
  if (areUnequal(x, y)) return { x, y }
  const perPixel = Math.max(spanOf(x) / width, spanOf(y) / height)
  return { x: widen(x, perPixel * width), y: widen(y, perPixel * height) }
}

/** A frame `width` wide in the points' proportions; square if each column has its own scale. */
export function frameFor(sets: readonly Points<FloatArray>[], width: number): Size {
  const [x, y] = [paddedRange(sets, 0), paddedRange(sets, 1)]
  const ratio = areUnequal(x, y) ? 1 : Math.min(1.4, Math.max(0.5, spanOf(y) / spanOf(x)))
  return { width, height: Math.round(width * ratio) }
}

const spanOf = ([low, high]: Range) => high - low
const areUnequal = (x: Range, y: Range) => Math.max(spanOf(x) / spanOf(y), spanOf(y) / spanOf(x)) > maxRatio

function widen([low, high]: Range, span: number): Range {
  const middle = (low + high) / 2
  return [middle - span / 2, middle + span / 2]
}

interface PlaneRequest extends Plane, Pick<Parameters<typeof gridLayout>[0], 'margin' | 'caption'> {
  /** The points that the axes must cover, in their first two columns. */
  readonly sets: readonly Points<FloatArray>[]
  /** A frame's size, or only its width if the points determine its height. */
  readonly frame: Size | number
  /** The number of panels in reading order (1 by default), and the maximum per row. */
  readonly count?: number
  readonly across?: number
}

/** Lays out panels that show two columns on the same axes; `panel` creates the k-th. */
export function planeLayout(
  { sets, names, written, frame, count = 1, across = 1, ...rest }: PlaneRequest,
  appearance: Appearance,
) {
  const rows = Math.ceil(count / across)
  const columns = Math.ceil(count / rows)
  const size = typeof frame === 'number' ? frameFor(sets, frame) : frame
  const left = leftMargin(paddedRange(sets, 1), written?.y)
  const margin = { left, ...rest.margin }
  const layout = gridLayout({ rows, columns, frame: size, ...rest, margin }, appearance)
  const domains = sharedDomains(sets, layout.frames[0]!)
  const panel = (k: number, marks: Plot.Markish[], options: Plot.PlotOptions = {}): Panel => {
    const frame = layout.frames[k]!
    const across = acrossTicks(domains.x, frame, written?.x)
    const down = downTicks(domains.y, frame, written?.y)
    const axes = [
      ...gridMarks(frame, layout.theme, { x: across.ticks, y: down.ticks }),
      // only for frames at the figure's edge
      ...(k + columns < count ? [] : [bottomAxis(names.x, frame, across)]),
      ...(frame.column === 0 ? [leftAxis(names.y, frame, down)] : []),
    ]
    const [x, y] = [domains.x, domains.y].map((domain) => ({ domain, axis: null }))
    return { frame, options: { x: x!, y: y!, ...options, marks: [...axes, ...marks] } }
  }
  return { layout, domains, panel }
}

const ticksAcross = ({ width }: Size) => Math.max(2, Math.min(8, Math.round(width / 60)))
const ticksDown = ({ height }: Size) => Math.max(2, Math.min(8, Math.round(height / 45)))

/** A column's ticks along the lower edge, as many as their labels leave room for. */
export function acrossTicks(domain: Range, { width }: Size, written?: Written): Ticks {
  const room = (label: string) => textWidth(label, fontSize) + 10
  if (written === 'time') return timeTicks(domain, width, room)
  if (written) return formTicks(domain, width, (label) => Math.max(40, width / 8, room(label)), written)
  const most = Math.floor(width / (labelWidth(domain) + 10))
  const tickCount = Math.max(2, Math.min(ticksAcross({ width, height: 0 }), most))
  return {
    ticks: atLeastTwo(domain, tickCount, width, (step) => stepWidth(domain, step) + 6),
    ...labelled(domain),
  }
}

/** A column's ticks along the left edge, and the offset of its name next to them. */
export function downTicks(domain: Range, frame: Size, written?: Written): Ticks & { labelOffset: number } {
  const labelOffset = leftMargin(domain, written) - 10
  if (written === 'time') return { ...timeTicks(domain, frame.height, () => 24), labelOffset }
  if (written) {
    const pitch = Math.max(24, frame.height / 8)
    return { ...formTicks(domain, frame.height, () => pitch, written), labelOffset }
  }
  const ticks = atLeastTwo(domain, ticksDown(frame), frame.height, () => 16)
  return { ticks, labelOffset, ...labelled(domain) }
}

/** The usual number of ticks, or a few more if only one would be drawn and two fit: a single tick shows no scale. */
function atLeastTwo([low, high]: Range, tickCount: number, length: number, room: (step: number) => number) {
  for (let count = tickCount; count <= tickCount + 3; count++) {
    const step = tickStep((high - low) / count)
    if ((length * step) / (high - low) < room(step)) break
    if (Math.floor(high / step) > Math.ceil(low / step)) return count
  }
  return tickCount
}

export function leftMargin(domain: Range, written?: Written): number {
  const widest = (labels: readonly string[]) => Math.max(...labels.map((label) => textWidth(label, fontSize)))
  const width =
    written === 'time'
      ? widest(['12-31 23:59'])
      : written
        ? widest(endLabels(domain, written))
        : labelWidth(domain)
  return Math.max(58, Math.ceil(width) + 34)
}

export const fontSize = 11

const characterWidth = 6.8

const labelWidth = (domain: Range) => {
  const label = tickLabel(domain) ?? (() => '0.5')
  return characterWidth * Math.max(...domain.map((value) => label(value).length))
}

function stepWidth(domain: Range, step: number): number {
  if (tickLabel(domain)) return labelWidth(domain)
  const decimals = Math.max(0, -Math.floor(Math.log10(step)))
  return characterWidth * Math.max(...domain.map((value) => value.toFixed(decimals).length))
}

function labelled(domain: Range): { tickFormat?: (value: number) => string } {
  const tickFormat = tickLabel(domain)
  return tickFormat ? { tickFormat } : {}
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

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000]
const [month, year] = [30.44 * day, 365.25 * day]

/** The distance between two ticks of time: a duration, or a number of calendar months. */
interface Step {
  readonly milliseconds: number
  readonly months?: number
}

const steps: readonly Step[] = [
  ...[1, 10, 100].map((n) => ({ milliseconds: n })),
  ...[1, 5, 15, 30].map((n) => ({ milliseconds: n * second })),
  ...[1, 5, 15, 30].map((n) => ({ milliseconds: n * minute })),
  ...[1, 3, 6, 12].map((n) => ({ milliseconds: n * hour })),
  ...[1, 2, 7, 14].map((n) => ({ milliseconds: n * day })),
  ...[1, 3, 6].map((n) => ({ milliseconds: n * month, months: n })),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].map((n) => ({
    milliseconds: n * year,
    months: 12 * n,
  })),
]

const isClock = ([low, high]: Range) => low > -day / 2 && high < 1.5 * day

/** Ticks of a range in ms since 1970 (UTC), and their labels: as many as fit `pitch` pixels apart, at least one. */
export function timeTicks(domain: Range, length: number, pitch: (label: string) => number) {
  const perPixel = (domain[1] - domain[0]) / length
  const at = steps.findIndex((step) => {
    const label = labelOf(step, domain)(domain[0])
    return step.milliseconds / perPixel >= pitch(label)
  })
  for (let k = at < 0 ? steps.length - 1 : at; k >= 0; k--) {
    const ticks = ticksOf(steps[k]!, domain)
    const tickFormat = labelOf(steps[k]!, domain)
    // a step too fine for the room yields a single tick
    if (ticks.length > 0)
      return { ticks: k === at ? ticks : [ticks[Math.floor(ticks.length / 2)]!], tickFormat }
  }
  const tickFormat = labelOf(steps[0]!, domain)
  return { ticks: [(domain[0] + domain[1]) / 2], tickFormat }
}

function ticksOf({ milliseconds, months }: Step, [low, high]: Range): number[] {
  const ticks: number[] = []
  if (months === undefined) {
    // weeks start on Monday; 1 January 1970 was a Thursday
    const origin = milliseconds % (7 * day) === 0 ? 4 * day : 0
    const first = Math.ceil((low - origin) / milliseconds)
    for (let k = first; origin + k * milliseconds <= high; k++) ticks.push(origin + k * milliseconds)
    return ticks
  }
  const monthOf = (time: number) => new Date(time).getUTCFullYear() * 12 + new Date(time).getUTCMonth()
  const first = Math.floor(monthOf(low) / months)
  for (let k = first; k * months <= monthOf(high); k++) {
    const time = startOf(k * months)
    if (time >= low && time <= high) ticks.push(time)
  }
  return ticks
}

/** The first moment of a month, counted from the year 0. */
function startOf(months: number): number {
  // Date.UTC maps the years 0 to 99 to the last century
  return new Date(0).setUTCFullYear(Math.floor(months / 12), ((months % 12) + 12) % 12, 1)
}

function labelOf({ milliseconds, months = 0 }: Step, domain: Range): (time: number) => string {
  return (time) => {
    const text = new Date(time).toISOString().replace(/^[+-]\d{2}(?=\d{4})/, '')
    if (months >= 12) return text.slice(0, 4)
    if (months > 0) return text.slice(0, 7)
    if (milliseconds >= day) return text.slice(0, 10)
    const clock =
      milliseconds >= minute ? text.slice(11, 16) : text.slice(11, milliseconds >= second ? 19 : 23)
    return isClock(domain) ? clock : `${text.slice(5, 10)} ${clock}`
  }
}
