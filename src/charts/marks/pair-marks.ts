import * as Plot from '@observablehq/plot'
import type { TableColumn } from '../../table/table.ts'
import { gridMarks } from './axes.ts'
import { quantile } from './column-axes.ts'
import { acrossAxis, type ColumnAxis, downAxis, placeOf, type SlotAxis } from './column-axis.ts'
import type { Frame, Theme } from './layout.ts'
import { solid } from './panels.ts'
import { dotRadius, subsample } from './scatter.ts'

export interface PairSet {
  readonly columns: readonly Pick<TableColumn, 'cells'>[]
  readonly color: string
}

/** Two columns, and their indices among those of a set. */
export interface Pair {
  readonly x: ColumnAxis
  readonly y: ColumnAxis
  readonly column: number
  readonly row: number
}

interface Room {
  readonly frame: Frame
  readonly theme: Theme
  readonly max: number
  /** The results of `belowAxis` and `leftOfAxis`, for frames at an edge. */
  readonly axes: readonly Plot.Markish[]
}

/** Dots for two columns of numbers, tiles for two of names, and a box per name for one of each. */
function pairMarks(pair: Pair, sets: readonly PairSet[], room: Room): Plot.Markish[] {
  const { x, y } = pair
  if (x.kind === 'number' && y.kind === 'number') return dotMarks(pair, sets, room)
  if (x.kind === 'slots' && y.kind === 'slots') return tileMarks(pair, x, y, sets)
  return boxMarks(pair, sets, room)
}

function dotMarks({ x, y, column, row }: Pair, sets: readonly PairSet[], { frame, max }: Room) {
  const dots = interleaved(
    sets.map(({ columns, color }) => {
      const [across, down] = [columns[column]!.cells, columns[row]!.cells]
      return subsample(across.length, max)
        .map((i) => ({ x: placeOf(x, across[i]!), y: placeOf(y, down[i]!), color }))
        .filter((dot) => !Number.isNaN(dot.x + dot.y))
    }),
  )
  const r = dotRadius(dots.length / 2, frame)
  return [Plot.dot(dots, { x: 'x', y: 'y', r, fill: 'color', fillOpacity: 0.6 })]
}

/** Interleaves lists evenly, so that no list's dots cover the others'. */
function interleaved<T>(lists: readonly T[][]): T[] {
  return lists
    .flatMap((list) => list.map((item, k) => ({ item, place: (k + 0.5) / list.length })))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

/** A tile for each pair of names, its area the share of rows: left half of the first set, right half of the second. */
function tileMarks({ column, row }: Pair, x: SlotAxis, y: SlotAxis, sets: readonly PairSet[]) {
  const across = x.labels.length
  const shares = sets.map(({ columns }) => {
    const counts = new Float64Array(across * y.labels.length)
    const [ofX, ofY] = [columns[column]!.cells, columns[row]!.cells]
    for (const [i, cell] of ofX.entries()) counts[y.slotOf(ofY[i]!) * across + x.slotOf(cell)]! += 1
    return counts.map((n) => n / ofX.length)
  })
  const largest = shares.reduce((a, each) => Math.max(a, ...each), 0)
  return sets.map(({ color }, s) => {
    const tiles = Array.from(shares[s]!, (share, k) => {
      const half = 0.47 * Math.sqrt(share / largest)
      const [atX, atY] = [k % across, Math.floor(k / across)]
      const [x1, x2] = s === 0 ? [atX - half, atX] : [atX, atX + half]
      return { x1, x2, y1: atY - half, y2: atY + half }
    }).filter(({ x1, x2 }) => x2 > x1)
    const edges = { x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2' }
    return Plot.rect(tiles, { ...edges, inset: 0, fill: color, fillOpacity: solid })
  })
}

const quantiles = [0.05, 0.25, 0.5, 0.75, 0.95]

/** The numbers of each name's rows: a line for nine in ten, a box for the middle half, and a dot at the median. */
function boxMarks({ x, y, column, row }: Pair, sets: readonly PairSet[], { frame, theme }: Room) {
  const isUpright = x.kind === 'slots'
  const [slots, numbers] = (isUpright ? [x, y] : [y, x]) as [SlotAxis, ColumnAxis]
  const [name, number] = isUpright ? [column, row] : [row, column]
  const pitch = (isUpright ? frame.width : frame.height) / slots.labels.length
  const width = Math.min(7, Math.max(1.5, (0.66 * pitch) / sets.length))
  const rule = isUpright ? Plot.ruleX : Plot.ruleY
  return sets.flatMap(({ columns, color }, s) => {
    const groups: number[][] = slots.labels.map(() => [])
    const names = columns[name]!.cells
    for (const [i, cell] of columns[number]!.cells.entries())
      if (!Number.isNaN(cell)) groups[slots.slotOf(names[i]!)]!.push(placeOf(numbers, cell))
    const boxes = groups.flatMap((cells, k) => {
      if (cells.length === 0) return []
      const rising = Float64Array.from(cells).sort()
      const [low, from, middle, to, high] = quantiles.map((share) => quantile(rising, share))
      return [{ at: k + (s - (sets.length - 1) / 2) * 0.4, low, from, middle, to, high }]
    })
    const at = isUpright ? { x: 'at' } : { y: 'at' }
    const median = isUpright ? { y: 'middle' } : { x: 'middle' }
    const r = Math.max(1, width / 3)
    const span = (start: string, end: string) => (isUpright ? { y1: start, y2: end } : { x1: start, x2: end })
    const style = { stroke: color, strokeLinecap: 'butt' } as const
    return [
      rule(boxes, { ...at, ...span('low', 'high'), ...style, strokeWidth: 1 }),
      rule(boxes, { ...at, ...span('from', 'to'), ...style, strokeWidth: width }),
      Plot.dot(boxes, { ...at, ...median, r, fill: theme.background, stroke: color, strokeWidth: 0.8 }),
    ]
  })
}

export function pairPanel(pair: Pair, drawn: readonly PairSet[], room: Room) {
  const { x, y } = pair
  const { frame, theme, axes } = room
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
      marks: [...grid, ...axes, ...pairMarks(pair, drawn, room)],
    },
  }
}
