import { effect, signal } from '@preact/signals-core'
import type { Plane } from '../../../src/page/cloud.ts'
import { whetherSeen } from '../page.ts'
import { colours } from './theme.ts'

/** What a figure draws with. Coordinates are scaled space's. */
export interface Frame extends Plane {
  readonly colours: typeof colours.value
  /** CSS pixels. */
  readonly width: number
}

export interface Figure {
  paint(frame: Frame): void
  /** Its text alternative. */
  describe(): string
  /** How far from the middle it reaches, in scaled space. */
  reach(): number
}

/**
 * A square figure of scaled space on a canvas. It is drawn again when its size, the colours or any signal that
 * `paint` or `reach` reads changes, and only while it can be seen.
 */
export function figure(canvas: HTMLCanvasElement, { paint, describe, reach }: Figure): void {
  const width = signal(0)
  const seen = whetherSeen(canvas)
  new ResizeObserver(([entry]) => {
    width.value = entry!.contentRect.width
  }).observe(canvas)
  effect(() => {
    if (seen.value && width.value > 0) paint(blank(canvas, width.value, reach()))
  })
  effect(() => {
    canvas.setAttribute('aria-label', describe())
  })
}

/** An empty frame: the paper, and the square that the data lies in. */
function blank(canvas: HTMLCanvasElement, width: number, reach: number): Frame {
  const ratio = devicePixelRatio
  canvas.width = canvas.height = Math.round(width * ratio)
  const context = canvas.getContext('2d')!
  context.scale(ratio, ratio)
  const frame: Frame = {
    context,
    colours: colours.value,
    width,
    x: (value) => ((value + reach) / (2 * reach)) * width,
    y: (value) => ((reach - value) / (2 * reach)) * width,
  }
  context.fillStyle = frame.colours.paper
  context.fillRect(0, 0, width, width)
  context.strokeStyle = frame.colours.grid
  context.strokeRect(frame.x(-1), frame.y(1), frame.x(1) - frame.x(-1), frame.y(-1) - frame.y(1))
  return frame
}
