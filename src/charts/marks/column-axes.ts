import { textOf } from '../../table/cell-text.ts'
import { isDaily, isWeekly } from '../../table/dates.ts'
import type { Column, DateForm } from '../../table/table.ts'
import type { ColumnAxis, NumberAxis, SlotAxis } from './column-axis.ts'
import type { Distribution } from './column-shares.ts'
import { padded, type Written } from './layout.ts'

/** A column's cells in each set of rows. */
type Sets = readonly Float64Array[]

export function writtenIn({ kind, numberForm }: Pick<Column, 'kind' | 'numberForm'>): Written {
  return kind === 'date' ? 'time' : numberForm
}

/** Whole numbers with at most this many values get slots, as names do: their dots would overlap. */
export const maxWholeSlots = 8

export function axisOf(column: Column, sets: Sets): ColumnAxis {
  const { name, kind, categories } = column
  if (categories) return slotAxis(name, categories, kind === 'boolean', sets)
  if (kind !== 'integer') return numberAxis(column, sets)
  const values = new Set(sets.flatMap((cells) => [...new Set(presentCells(cells))]))
  if (values.size > maxWholeSlots) return numberAxis(column, sets)
  const rising = [...values].sort((a, b) => a - b)
  return wholeSlots(column, rising, sets)
}

function wholeSlots(column: Column, values: readonly number[], sets: Sets): SlotAxis {
  const slots = new Map(values.map((value, slot) => [value, slot]))
  const hasMissing = sets.some((cells) => cells.some(Number.isNaN))
  const labels = [...values.map(textOf(column)), ...(hasMissing ? ['missing'] : [])]
  const slotOf = (cell: number) => slots.get(cell) ?? values.length
  return { kind: 'slots', name: column.name, labels, slotOf, domain: [-0.5, labels.length - 0.5] }
}

export const maxNames = 10

/** The slots of names, most frequent first; then of other names, and of missing cells. Booleans keep their order. */
function slotAxis(name: string, categories: readonly string[], isBoolean: boolean, sets: Sets): SlotAxis {
  const shares = new Float64Array(categories.length)
  let hasMissing = false
  for (const cells of sets)
    for (const cell of cells) {
      if (Number.isNaN(cell)) hasMissing = true
      else shares[cell]! += 1 / cells.length
    }
  // a category without rows, as `other` may be, gets no slot
  const used = categories.map((_, index) => index).filter((index) => isBoolean || shares[index]! > 0)
  const ordered = isBoolean ? used : used.sort((a, b) => shares[b]! - shares[a]! || a - b)
  const withSlot = ordered.length <= maxNames + 1 ? ordered : ordered.slice(0, maxNames)
  const labels = withSlot.map((index) => categories[index]!)
  const slots = new Float64Array(categories.length).fill(withSlot.length)
  for (const [slot, index] of withSlot.entries()) slots[index] = slot
  if (withSlot.length < ordered.length) labels.push(`${ordered.length - withSlot.length} others`)
  const missing = labels.length
  if (hasMissing) labels.push(categories.includes('missing') ? 'no value' : 'missing')
  const slotOf = (cell: number) => (Number.isNaN(cell) ? missing : slots[cell]!)
  return { kind: 'slots', name, labels, slotOf, domain: [-0.5, labels.length - 0.5] }
}

const bins = 24
const maxWholeBins = 32

const day = 86_400_000

/** The days that a bin of dates has at least; 0 for times, whose bins may begin anywhere. */
function daysOfBin(form: DateForm): number {
  if (form === 'YYYY-MM') return 30.436875
  return isDaily(form) ? 1 : isWeekly(form) ? 7 : 0
}

function numberAxis(column: Column, sets: Sets): NumberAxis {
  const { low, high, isCut } = extentOf(sets)
  const { name, kind, form } = column
  const about = { kind: 'number', name, written: writtenIn(column), isCut } as const
  const domain = padded([low, high])
  const unit = kind === 'integer' ? 1 : form === undefined ? 0 : daysOfBin(form) * day
  if (unit === 0)
    return { ...about, domain, edges: edgesFrom(domain[0], (domain[1] - domain[0]) / bins, bins) }
  // every bin covers equally many units, so that none looks larger for having one more
  const units = Math.floor((high - low) / unit) + 1
  const width = Math.ceil(units / maxWholeBins)
  const edges = edgesFrom(low - unit / 2, width * unit, Math.ceil(units / width))
  return { ...about, edges, domain: [Math.min(domain[0], edges[0]!), Math.max(domain[1], edges.at(-1)!)] }
}

function edgesFrom(low: number, width: number, count: number): number[] {
  return Array.from({ length: count + 1 }, (_, k) => low + k * width)
}

/** A tail longer than this, relative to the span of the middle 99 %, would leave too little room for the rest. */
const maxTail = 1.5

/** The range of all sets' cells, without long tails, whose cells count in the outermost bins. */
function extentOf(sets: Sets): { low: number; high: number; isCut: boolean } {
  const columns = sets.map(presentCells).filter(({ length }) => length > 0)
  if (columns.length === 0) return { low: 0, high: 1, isCut: false }
  const lowest = (share: number) => Math.min(...columns.map((cells) => quantile(cells, share, Math.floor)))
  const highest = (share: number) => Math.max(...columns.map((cells) => quantile(cells, share, Math.ceil)))
  const [low, high, from, to] = [lowest(0), highest(1), lowest(0.005), highest(0.995)]
  const tail = to > from ? maxTail * (to - from) : Number.POSITIVE_INFINITY
  const [cutsLow, cutsHigh] = [from - low > tail, high - to > tail]
  return { low: cutsLow ? from : low, high: cutsHigh ? to : high, isCut: cutsLow || cutsHigh }
}

export function presentCells(cells: Float64Array): Float64Array {
  return cells.filter((cell) => !Number.isNaN(cell)).sort()
}

export function quantile(rising: ArrayLike<number>, share: number, round = Math.round): number {
  return rising[round(share * (rising.length - 1))]!
}

export function distributionOf(axis: ColumnAxis, cells: Float64Array): Distribution {
  const size = axis.kind === 'number' ? axis.edges.length - 1 : axis.labels.length
  const counts = new Float64Array(size)
  const binOf = axis.kind === 'number' ? binsOf(axis) : axis.slotOf
  let missing = 0
  for (const cell of cells) {
    const bin = binOf(cell)
    if (Number.isNaN(bin)) missing++
    else counts[bin]! += 1
  }
  return { shares: Array.from(counts, (n) => n / cells.length), missing: missing / cells.length }
}

function binsOf({ edges }: NumberAxis): (cell: number) => number {
  const [low, last] = [edges[0]!, edges.length - 2]
  const width = (edges.at(-1)! - low) / (last + 1)
  return (cell) => Math.min(last, Math.max(0, Math.floor((cell - low) / width)))
}
