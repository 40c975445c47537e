import type * as Plot from '@observablehq/plot'
import { acrossTicks, downTicks, fontSize, leftMargin } from './axes.ts'
import { type Range, type Size, shortened, textWidth, type Written } from './layout.ts'

/** The positions of a column's cells along an edge: numbers and times by value, names in slots. */
export type ColumnAxis = NumberAxis | SlotAxis

interface OfAxis {
  readonly name: string
  readonly domain: Range
}

export interface NumberAxis extends OfAxis {
  readonly kind: 'number'
  readonly written: Written
  /** The edges of the histogram's bins, evenly spaced; cells beyond them count in the outermost bins. */
  readonly edges: readonly number[]
  /** Whether some cells lie beyond the edges. */
  readonly isCut: boolean
}

/** A slot for each name, one unit wide, centred on 0, 1, 2 and so on. */
export interface SlotAxis extends OfAxis {
  readonly kind: 'slots'
  readonly labels: readonly string[]
  readonly slotOf: (cell: number) => number
}

/** Slot labels are smaller than numbers, because there are more of them, and at most this wide. */
const [slotFont, maxSlotLabel] = [9, 84]

function slotLabels({ labels }: SlotAxis, room = maxSlotLabel): string[] {
  return labels.map((label) => shortened(label, room, slotFont))
}

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

/** Labels a column's cells along the lower edge; slot labels are vertical. */
export function acrossAxis(axis: ColumnAxis, frame: Size): AxisOptions {
  if (axis.kind === 'slots') return { ...slotTicks(axis), tickRotate: -90 }
  return acrossTicks(axis.domain, frame, axis.written)
}

/** The same along the left edge. */
export function downAxis(axis: ColumnAxis, frame: Size, room?: number): AxisOptions {
  if (axis.kind === 'slots') return slotTicks(axis, room)
  return downTicks(axis.domain, frame, axis.written)
}

export function leftRoom(axis: ColumnAxis): number {
  return axis.kind === 'number' ? leftMargin(axis.domain, axis.written) : slotRoom(axis) + 34
}

/** The height that a column takes below the frame, without its name. */
export function bottomRoom(axis: ColumnAxis): number {
  return axis.kind === 'number' ? fontSize + 9 : slotRoom(axis) + 8
}

/** A cell's position; numbers beyond the axis are placed at its end. NaN for a missing number. */
export function placeOf(axis: ColumnAxis, cell: number): number {
  if (axis.kind === 'slots') return axis.slotOf(cell)
  if (!axis.isCut) return cell
  return Math.min(Math.max(cell, axis.domain[0]), axis.domain[1])
}
