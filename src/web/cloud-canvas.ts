import type { Points } from '../core/points.ts'
import { dotSize, drawCloud } from './draw-cloud.ts'

/** Draws a cloud of points on a canvas that CSS sizes; draws it anew when size or colours change. */
export interface CloudCanvas {
  /** Points in scaled space, as far as `reach` from the middle. */
  paint(points: Points, reach: number): void
  /** Lets go of what it listens to. */
  dispose(): void
}

/** Points have the canvas's CSS `color`; the rest stays transparent. */
export function createCloudCanvas(canvas: HTMLCanvasElement): CloudCanvas {
  const context = canvas.getContext('2d')!
  let last: { points: Points; reach: number } | undefined

  const draw = () => {
    const { clientWidth: width, clientHeight: height } = canvas
    const scale = devicePixelRatio
    const [columns, rows] = [Math.round(width * scale), Math.round(height * scale)]
    // a new size clears the canvas, and takes long where it is the old one
    if (canvas.width !== columns) canvas.width = columns
    if (canvas.height !== rows) canvas.height = rows
    context.setTransform(scale, 0, 0, scale, 0, 0)
    context.clearRect(0, 0, width, height)
    if (!last) return
    const { points, reach } = last
    const side = Math.min(width, height)
    const unit = side / (2 * reach)
    const plane = {
      context,
      x: (value: number) => width / 2 + unit * value,
      y: (value: number) => height / 2 - unit * value,
    }
    drawCloud(plane, points, {
      colour: getComputedStyle(canvas).color,
      size: dotSize(side, points.count),
      opacity: 1,
    })
  }

  const resizing = new ResizeObserver(draw)
  resizing.observe(canvas)
  const dark = matchMedia('(prefers-color-scheme: dark)')
  dark.addEventListener('change', draw)
  return {
    paint(points, reach) {
      last = { points, reach }
      draw()
    },
    dispose() {
      resizing.disconnect()
      dark.removeEventListener('change', draw)
    },
  }
}
