import type { Points } from '../../../src/core/points.ts'
import type { Frame } from './figure.ts'

/** Draws points by their first two columns; those of a single column lie on a line. */
export function drawCloud(
  frame: Frame,
  { data, count, dim }: Points,
  colour: string,
  { opacity = 0.75, size = dotSize(frame.width, count) } = {},
): void {
  const { context, x, y } = frame
  const place = (i: number): [number, number] => [x(data[i * dim]!), y(dim > 1 ? data[i * dim + 1]! : 0)]
  context.globalAlpha = opacity
  if (size < smallest) {
    context.fillStyle = colour
    for (let i = 0; i < count; i++) {
      const [px, py] = place(i)
      context.fillRect(px - size / 2, py - size / 2, size, size)
    }
  } else {
    const dot = dotOf(colour, size)
    const half = size / 2 + 1
    for (let i = 0; i < count; i++) {
      const [px, py] = place(i)
      context.drawImage(dot, px - half, py - half, 2 * half, 2 * half)
    }
  }
  context.globalAlpha = 1
}

/** Below this many pixels a dot is drawn as a square: nobody sees the corners, and it takes half of the time. */
const smallest = 1.5

/** Points between two states, as if each moved on a straight line. */
export function between(from: Points, to: Points, share: number): Points {
  if (share === 0) return from
  const data = from.data.map((value, k) => value + share * (to.data[k]! - value))
  return { data, count: from.count, dim: from.dim }
}

function dotSize(width: number, count: number): number {
  return Math.max(1.2, Math.min(width / 110, (width / 8) * count ** -0.5))
}

const dots = new Map<string, HTMLCanvasElement>()

/** A dot drawn once: copying it is many times faster than filling a circle. */
function dotOf(colour: string, size: number): HTMLCanvasElement {
  const key = `${colour} ${size.toFixed(2)} ${devicePixelRatio}`
  const known = dots.get(key)
  if (known) return known
  const dot = document.createElement('canvas')
  dot.width = dot.height = Math.ceil((size + 2) * devicePixelRatio)
  const context = dot.getContext('2d')!
  const middle = dot.width / 2
  context.fillStyle = colour
  context.arc(middle, middle, (size / 2) * devicePixelRatio, 0, 2 * Math.PI)
  context.fill()
  if (dots.size > 60) dots.clear()
  dots.set(key, dot)
  return dot
}
