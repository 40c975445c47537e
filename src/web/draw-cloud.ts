import type { Points } from '../core/points.ts'

/** What points are drawn on: `x` and `y` give a coordinate of scaled space in the context's units, CSS pixels. */
export interface Plane {
  readonly context: CanvasRenderingContext2D
  x(value: number): number
  y(value: number): number
}

export interface CloudStyle {
  readonly colour: string
  /** A dot's diameter in CSS pixels. */
  readonly size: number
  readonly opacity?: number | undefined
}

/** Draws points by their first two columns; those of a single column from left to right, spread over the height. */
export function drawCloud(
  { context, x, y }: Plane,
  { data, count, dim }: Points,
  { colour, size, opacity = 0.75 }: CloudStyle,
): void {
  const place = (i: number): [number, number] => [
    x(data[i * dim]!),
    y(dim > 1 ? data[i * dim + 1]! : spread(i)),
  ]
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

/** Smaller where there are more points, so that the cloud's shape stays to be seen. `side` is the picture's. */
export function dotSize(side: number, count: number): number {
  return Math.max(1.2, Math.min(side / 80, (side / 5) * count ** -0.5))
}

/** Below this many pixels a dot is drawn as a square: nobody sees the corners, and it takes half of the time. */
const smallest = 1.5

/** Where on the other axis the i-th point of one column is drawn, in [-1, 1]: evenly, by the golden ratio. */
function spread(i: number): number {
  return 2 * ((i * 0.6180339887498949) % 1) - 1
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
