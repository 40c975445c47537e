import type { Points } from '../numerics/points.ts'

/** Maximum number of samples shown during sampling: more would not fit in a frame's time. */
export const maxVisibleSamples = 20_000

/** Data is within [-1, 1], samples a little beyond. */
const dataReach = 1.2
/** Contains 99 in 100 points of standard normal noise in the plane. */
const noiseReach = 2.8

/** The reach of a picture of scaled space from its centre: points of a share alphaBar of signal fill it. */
export function reachOf(alphaBar: number): number {
  return Math.sqrt(alphaBar * dataReach ** 2 + (1 - alphaBar) * noiseReach ** 2)
}

/** A canvas plane: `x` and `y` map a coordinate of scaled space to CSS pixels. */
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

/** Draws points by their first two columns; a single column is drawn left to right, spread over the height. */
export function drawCloud(
  { context, x, y }: Plane,
  { data, count, dim }: Points,
  { colour, size, opacity = 0.75 }: CloudStyle,
): void {
  const dot = size < smallest ? undefined : dotOf(colour, size)
  const width = dot ? size + 2 : size
  context.globalAlpha = opacity
  context.fillStyle = colour
  for (let i = 0; i < count; i++) {
    const left = x(data[i * dim]!) - width / 2
    const top = y(dim > 1 ? data[i * dim + 1]! : spread(i)) - width / 2
    if (dot) context.drawImage(dot, left, top, width, width)
    else context.fillRect(left, top, width, width)
  }
  context.globalAlpha = 1
}

/** Smaller dots for more points, so that the cloud's shape stays visible. `side` is the picture's. */
export function dotSize(side: number, count: number): number {
  return Math.max(1.2, Math.min(side / 80, (side / 5) * count ** -0.5))
}

/** Below this many pixels a dot is drawn as a square: the corners are invisible, and it takes half the time. */
const smallest = 1.5

/** Position in [-1, 1] of the i-th point of one column on the other axis: evenly spread, by the golden ratio. */
function spread(i: number): number {
  return 2 * ((i * 0.6180339887498949) % 1) - 1
}

const dots = new Map<string, HTMLCanvasElement>()

/** A dot drawn once, because copying it is many times faster than filling a circle. */
function dotOf(colour: string, size: number): HTMLCanvasElement {
  const key = `${colour} ${size.toFixed(2)} ${devicePixelRatio}`
  const cached = dots.get(key)
  if (cached) return cached
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

/** Draws a cloud of points on a canvas sized by CSS; redraws when size or colours change. */
export interface CloudCanvas {
  paint(points: Points, reach: number): void
  dispose(): void
}

/** Draws points in the canvas's CSS `color` on a transparent background. */
export function createCloudCanvas(canvas: HTMLCanvasElement): CloudCanvas {
  const context = canvas.getContext('2d')!
  let last: { points: Points; reach: number } | undefined

  const draw = () => {
    const { clientWidth: width, clientHeight: height } = canvas
    const scale = devicePixelRatio
    const [columns, rows] = [Math.round(width * scale), Math.round(height * scale)]
    // setting the size clears the canvas, and is slow even if unchanged
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

/** The element's style; pages change it by custom properties and parts (docs/web.md). */
const elementStyle = `
:host {
  display: block;
  position: relative;
  overflow: hidden;
  aspect-ratio: 1;
  background: var(--moon-sampler-background, #ffffff);
  color: var(--moon-sampler-text, #1f2430);
  --points: var(--moon-sampler-points, #2b59c3);
  --problem: var(--moon-sampler-problem, #a3203f);
}
@media (prefers-color-scheme: dark) {
  :host {
    background: var(--moon-sampler-background, #14171f);
    color: var(--moon-sampler-text, #e8eaf0);
    --points: var(--moon-sampler-points, #8fb4ff);
    --problem: var(--moon-sampler-problem, #ff9aa9);
  }
}
:host([hidden]) { display: none; }
[part='picture'] { position: absolute; inset: 0; cursor: pointer; }
[part='picture']:focus-visible { outline: 3px solid var(--points); outline-offset: -3px; }
canvas { display: block; inline-size: 100%; block-size: 100%; color: var(--points); }
[part='message'] {
  position: absolute;
  inset: auto 0 0 0;
  max-block-size: 100%;
  box-sizing: border-box;
  overflow: auto;
  margin: 0;
  padding: 0.5em 0.75em;
  background: var(--moon-sampler-background, inherit);
  font: 0.875rem / 1.4 system-ui, sans-serif;
  overflow-wrap: anywhere;
}
[part='message']:empty { display: none; }
[part='message'][data-failed] {
  inset: 0;
  display: grid;
  place-content: center start;
  padding: 1em;
  color: var(--problem);
  border: 2px solid;
}
`

const hint = 'Press Enter, or click, for the next seed'

export type ElementView = ReturnType<typeof createElementView>

/** The element's picture of points, with a text over it, in its shadow root. */
export function createElementView(host: HTMLElement, onNext: () => void) {
  const root = host.attachShadow({ mode: 'open', delegatesFocus: true })
  // a constructed sheet works even if the page's policy forbids inline styles
  const style = new CSSStyleSheet()
  style.replaceSync(elementStyle)
  root.adoptedStyleSheets = [style]
  const canvas = document.createElement('canvas')
  const picture = document.createElement('div')
  picture.setAttribute('part', 'picture')
  picture.setAttribute('role', 'img')
  picture.tabIndex = 0
  picture.title = hint
  picture.append(canvas)
  const message = document.createElement('p')
  message.setAttribute('part', 'message')
  message.setAttribute('role', 'status')
  root.append(picture, message)
  picture.addEventListener('click', onNext)
  picture.addEventListener('keydown', (event) => {
    if ((event.key !== 'Enter' && event.key !== ' ') || event.repeat) return
    // Space would scroll the page
    event.preventDefault()
    onNext()
  })
  const describe = (text: string) => picture.setAttribute('aria-label', `${text}. ${hint}.`)
  describe('No samples yet')

  let cloud: CloudCanvas | undefined
  return {
    paint(points: Points, reach: number) {
      cloud ??= createCloudCanvas(canvas)
      cloud.paint(points, reach)
    },
    describe,
    /** Shows a text, below the picture or, if there is none because of it, in its place. */
    say(text: string, isProblem = false) {
      message.toggleAttribute('data-failed', isProblem)
      message.textContent = text
    },
    /** Removes its listeners until it paints again. */
    rest() {
      cloud?.dispose()
      cloud = undefined
    },
  }
}

/** Resolves at the page's next frame, or soon if it paints none: in the background or out of view. */
export function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
      resolve()
    }
    const frame = requestAnimationFrame(end)
    const timer = setTimeout(end, 100)
  })
}
