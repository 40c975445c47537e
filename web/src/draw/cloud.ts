import { dotSize, drawCloud } from '../../../src/browser/cloud.ts'
import type { Points } from '../../../src/numerics/points.ts'
import type { Frame } from './figure.ts'

/** Draws a cloud in a figure; the size of its dots depends on their number. */
export function cloud(frame: Frame, points: Points, colour: string, opacity?: number): void {
  drawCloud(frame, points, { colour, size: dotSize(frame.width, points.count), opacity })
}

/** Shades the places where points are likely: the more of them in a cell of the figure, the darker. */
export function density({ context, colours, width, x, y }: Frame, { data, count, dim }: Points): void {
  if (dim < 2) return
  const side = 28
  const cells = new Float64Array(side * side)
  const cell = width / side
  for (let i = 0; i < count; i++) {
    const [column, row] = [Math.floor(x(data[i * dim]!) / cell), Math.floor(y(data[i * dim + 1]!) / cell)]
    if (column >= 0 && column < side && row >= 0 && row < side) cells[row * side + column]!++
  }
  const most = Math.max(...cells)
  context.fillStyle = colours.real
  for (const [k, points] of cells.entries()) {
    context.globalAlpha = (0.3 * points) / most
    if (points > 0) context.fillRect((k % side) * cell, Math.floor(k / side) * cell, cell, cell)
  }
  context.globalAlpha = 1
}

/** Interpolates between two states, as if each point moved in a straight line. */
export function between(from: Points, to: Points, share: number): Points {
  if (share === 0) return from
  const data = from.data.map((value, k) => value + share * (to.data[k]! - value))
  return { data, count: from.count, dim: from.dim }
}
