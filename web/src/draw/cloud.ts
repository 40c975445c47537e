import type { Points } from '../../../src/core/points.ts'
import { dotSize, drawCloud } from '../../../src/page/cloud.ts'
import type { Frame } from './figure.ts'

/** A cloud over a figure, its dots of a size that suits their number. */
export function cloud(frame: Frame, points: Points, colour: string, opacity?: number): void {
  drawCloud(frame, points, { colour, size: dotSize(frame.width, points.count), opacity })
}

/** Points between two states, as if each moved on a straight line. */
export function between(from: Points, to: Points, share: number): Points {
  if (share === 0) return from
  const data = from.data.map((value, k) => value + share * (to.data[k]! - value))
  return { data, count: from.count, dim: from.dim }
}
