import { shownSamples } from './protocol.ts'

/** Draws clouds of points on a canvas that CSS sizes; draws the last one anew when size or colours change. */
export interface CloudCanvas {
  /** [count, dim] row by row, in scaled space. Of more than two columns the first two are drawn. */
  paint(points: Float32Array, dim: number): void
  /** Lets go of what it listens to. */
  dispose(): void
}

/** Data lies in [-1, 1], the noise it comes from mostly within this. */
const extent = 1.5

/** Points have the canvas's CSS `color`; the rest stays transparent. */
export function createCloudCanvas(canvas: HTMLCanvasElement): CloudCanvas {
  const context = canvas.getContext('2d')!
  let last: { points: Float32Array; dim: number } | undefined

  const draw = () => {
    const scale = devicePixelRatio
    const width = Math.round(canvas.clientWidth * scale)
    const height = Math.round(canvas.clientHeight * scale)
    // a new size clears the canvas, and takes long where it is the old one
    if (canvas.width !== width) canvas.width = width
    if (canvas.height !== height) canvas.height = height
    context.clearRect(0, 0, width, height)
    if (!last) return
    const { points, dim } = last
    const count = Math.min(points.length / dim, shownSamples)
    const size = pointSize(count, Math.min(width, height), scale)
    const unit = Math.min(width, height) / (2 * extent)
    context.fillStyle = getComputedStyle(canvas).color
    for (let i = 0; i < count; i++) {
      const x = points[i * dim]!
      const y = dim > 1 ? points[i * dim + 1]! : spread(i)
      context.fillRect(width / 2 + unit * x - size / 2, height / 2 - unit * y - size / 2, size, size)
    }
  }

  const resizing = new ResizeObserver(draw)
  resizing.observe(canvas)
  const dark = matchMedia('(prefers-color-scheme: dark)')
  dark.addEventListener('change', draw)
  return {
    paint(points, dim) {
      last = { points, dim }
      draw()
    },
    dispose() {
      resizing.disconnect()
      dark.removeEventListener('change', draw)
    },
  }
}

/** A side in pixels: smaller where there are more points, so that the cloud's shape stays to be seen. */
function pointSize(count: number, side: number, scale: number): number {
  return Math.min(4 * scale, Math.max(scale, side / (4 * Math.sqrt(count))))
}

/** Where on the other axis the i-th point of one column is drawn, in [-1, 1]: evenly, by the golden ratio. */
function spread(i: number): number {
  return 2 * ((i * 0.6180339887498949) % 1) - 1
}
