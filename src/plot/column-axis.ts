import type * as Plot from '@observablehq/plot'
import { acrossTicks, downTicks, fontSize, leftMargin } from './axes.ts'
import type { Range, Size } from './layout.ts'
import { shortened, textWidth } from './text.ts'

/** Where a column's cells stand along an edge: numbers and times by their size, names in slots. */
export type ColumnAxis = NumberAxis | SlotAxis

interface OfAxis {
  readonly name: string
  /** What the edge shows. */
  readonly domain: Range
}

export interface NumberAxis extends OfAxis {
  readonly kind: 'number'
  readonly isTime: boolean
  /** The borders of the histogram's bins, evenly spaced; what lies beyond them counts to the outermost bins. */
  readonly edges: readonly number[]
  /** Whether some cells lie beyond the edges. */
  readonly isCut: boolean
}

/** A slot for each name, one unit wide, with its middle at 0, 1, 2 and so on. */
export interface SlotAxis extends OfAxis {
  readonly kind: 'slots'
  readonly labels: readonly string[]
  /** The slot of a cell. */
  readonly slotOf: (cell: number) => number
}

/** Names in slots are smaller than numbers, for there are more of them, and no wider than this. */
const [slotFont, maxSlotLabel] = [9, 84]

/** The names of slots, cut where they are longer than there is room for. */
export function slotLabels({ labels }: SlotAxis, room = maxSlotLabel): string[] {
  return labels.map((label) => shortened(label, room, slotFont))
}

/** What the names of slots take, in pixels. */
export function slotRoom(axis: SlotAxis, room = maxSlotLabel): number {
  return Math.ceil(Math.max(...slotLabels(axis, room).map((label) => textWidth(label, slotFont))))
}

function slotTicks(axis: SlotAxis, room?: number) {
  const labels = slotLabels(axis, room)
  return {
    ticks: labels.map((_, k) => k),
    tickFormat: (k: number) => labels[k] ?? '',
    tickSize: 3,
    fontSize: slotFont,
  }
}

type AxisOptions = Plot.AxisXOptions & Plot.AxisYOptions & { readonly ticks: number | number[] }

/** How a column's cells are labelled along the lower edge; the names of slots stand upright. */
export function acrossAxis(axis: ColumnAxis, frame: Size): AxisOptions {
  if (axis.kind === 'slots') return { ...slotTicks(axis), tickRotate: -90 }
  return acrossTicks(axis.domain, frame, axis.isTime)
}

/** The same along the left edge. */
export function downAxis(axis: ColumnAxis, frame: Size, room?: number): AxisOptions {
  if (axis.kind === 'slots') return slotTicks(axis, room)
  return downTicks(axis.domain, frame, axis.isTime)
}

/** What a column takes left of the frame, its name included. */
export function leftRoom(axis: ColumnAxis): number {
  return axis.kind === 'number' ? leftMargin(axis.domain, axis.isTime) : slotRoom(axis) + 34
}

/** What a column takes below the frame, without its name. */
export function bottomRoom(axis: ColumnAxis): number {
  return axis.kind === 'number' ? fontSize + 9 : slotRoom(axis) + 8
}

/** Where a cell stands: a number beyond the axis at its end. NaN of a number that is missing. */
export function placeOf(axis: ColumnAxis, cell: number): number {
  if (axis.kind === 'slots') return axis.slotOf(cell)
  if (!axis.isCut) return cell
  return Math.min(Math.max(cell, axis.domain[0]), axis.domain[1])
}
