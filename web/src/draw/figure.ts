import { effect, signal } from '@preact/signals-core'
import type { Plane } from '../../../src/browser/cloud.ts'
import { whetherSeen } from '../page.ts'
import { colours } from './theme.ts'

/** What a figure draws with. Coordinates are in scaled space. */
export interface Frame extends Plane {
  readonly colours: typeof colours.value
  /** In CSS pixels. */
  readonly width: number
}

export interface Figure {
  paint(frame: Frame): void
  /** Returns its text alternative. */
  describe(): string
  /** The distance from the centre to the edge, in scaled space. */
  reach(): number
  /** For each axis, places in scaled space and their labels. Default: whole numbers. */
  ticks?(): readonly Ticks[]
}

type Ticks = readonly (readonly [at: number, label: string])[]

const wholeTicks: Ticks = [-2, -1, 0, 1, 2].map((at) => [at, String(at).replace('-', '−')])

/**
 * A square figure of scaled space on a canvas. While visible, it is redrawn whenever its size, the colours or any signal
 * that `paint` or `reach` reads changes.
 */
export function figure(canvas: HTMLCanvasElement, { paint, describe, reach, ticks }: Figure): void {
  const width = signal(0)
  const seen = whetherSeen(canvas)
  new ResizeObserver(([entry]) => {
    width.value = entry!.contentRect.width
  }).observe(canvas)
  effect(() => {
    if (!seen.value || width.value === 0) return
    const frame = blank(canvas, width.value, reach())
    paint(frame)
    const [across = wholeTicks, up = across] = ticks?.() ?? []
    drawTicks(frame, across, up, reach())
  })
  effect(() => {
    canvas.setAttribute('aria-label', describe())
  })
}

/** An empty frame: the background, and the square that contains the data. */
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
  context.fillStyle = frame.colours.surface
  context.fillRect(0, 0, width, width)
  context.strokeStyle = frame.colours.grid
  context.strokeRect(frame.x(-1), frame.y(1), frame.x(1) - frame.x(-1), frame.y(-1) - frame.y(1))
  return frame
}

/** Ticks along the lower and the left edge, with labels; none so close to a corner that it would be cut off. */
function drawTicks({ context, colours, width, x, y }: Frame, across: Ticks, up: Ticks, reach: number): void {
  context.fillStyle = colours.behind
  context.strokeStyle = colours.surface
  context.lineWidth = 4
  context.font = '11px system-ui, sans-serif'
  const write = (label: string, px: number, py: number) => {
    // outlined, to be legible over anything
    context.strokeText(label, px, py)
    context.fillText(label, px, py)
  }
  const inside = ([at]: Ticks[number]) => Math.abs(at) < 0.94 * reach
  context.textAlign = 'center'
  for (const [at, label] of across.filter(inside)) {
    context.fillRect(x(at), width - 5, 1, 5)
    write(label, x(at), width - 8)
  }
  context.textAlign = 'left'
  for (const [at, label] of up.filter(inside)) {
    context.fillRect(0, y(at), 5, 1)
    write(label, 8, y(at) + 4)
  }
}
