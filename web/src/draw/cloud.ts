import { dotSize, drawCloud } from '../../../src/browser/cloud.ts'
import type { Points } from '../../../src/numerics/points.ts'
import type { Frame } from './figure.ts'

/** Draws a cloud in a figure; the size of its dots depends on their number. */
export function cloud(frame: Frame, points: Points, colour: string, opacity?: number): void {
  drawCloud(frame, points, { colour, size: dotSize(frame.width, points.count), opacity })
}

/** Interpolates between two states, as if each point moved in a straight line. */
export function between(from: Points, to: Points, share: number): Points {
  if (share === 0) return from
  const data = from.data.map((value, k) => value + share * (to.data[k]! - value))
  return { data, count: from.count, dim: from.dim }
}
