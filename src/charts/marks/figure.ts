/** Marks: the parts that figures are drawn of, as an Observable Plot. */
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import {
  captionLine,
  captionSize,
  type Drawn,
  type Frame,
  fontFamily,
  type Layout,
  type Theme,
} from './layout.ts'

export interface Panel {
  readonly frame: Frame
  readonly title?: string
  readonly options: Plot.PlotOptions
}

interface FigureContent {
  readonly title: string
  readonly layout: Layout
  readonly panels: readonly Panel[]
  readonly legend?: readonly {
    readonly label: string
    readonly color: string
    readonly symbol: 'dot' | 'line'
    /** The pattern of a dashed line. */
    readonly dash?: string
  }[]
  readonly note?: string | undefined
}

/** The room around a frame for its axes; panels' own drawings may overlap there. */
const around = { left: 64, right: 64, top: 24, bottom: 46 }

/** Renders a figure as a standalone SVG file: Observable Plot draws each panel on a document without a browser. */
export function renderFigure({ title, layout, panels, legend = [], note }: FigureContent): Drawn {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const element = (name: string, attributes: Record<string, string | number>, text?: string) => {
    const node = document.createElementNS('http://www.w3.org/2000/svg', name)
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value))
    if (text !== undefined) node.textContent = text
    return node
  }
  const { width, height, size, theme, caption } = layout
  const svg = element('svg', {
    xmlns: 'http://www.w3.org/2000/svg',
    width: size.width,
    height: size.height,
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    color: theme.foreground,
    fill: 'currentColor',
    'font-family': `'${fontFamily}', sans-serif`,
    'font-size': 11,
  })
  svg.append(element('title', {}, title))
  svg.append(element('rect', { width, height, fill: theme.background }))
  const last = layout.frames.at(-1)!
  const room = {
    ...around,
    left: Math.max(around.left, layout.frames[0]!.left),
    bottom: Math.max(around.bottom, height - captionSize(caption) - last.top - last.height - 4),
  }
  for (const panel of panels) {
    const drawn = drawPanel(panel, room, theme, document as unknown as PlotDocument)
    drawn.setAttribute('x', String(panel.frame.left - room.left))
    drawn.setAttribute('y', String(panel.frame.top - around.top))
    svg.append(drawn as unknown as Parameters<typeof svg.append>[0])
  }
  const { left } = layout.frames[0]!
  for (const { label, color, symbol, dash, x, row } of legendPlaces(legend, width - left)) {
    const place = `translate(${left + x},${20 + row * legendRow})`
    const key = element('g', { 'aria-label': 'legend', transform: place })
    key.append(
      symbol === 'dot'
        ? element('circle', { cx: 6, r: 4, fill: color })
        : element('path', {
            d: 'M0,0L14,0',
            stroke: color,
            'stroke-width': 2.5,
            fill: 'none',
            ...(dash && { 'stroke-dasharray': dash }),
          }),
      element('text', { x: 19, y: '0.35em' }, label),
    )
    svg.append(key)
  }
  for (const [k, line] of caption.entries()) {
    const y = height - 10 - captionLine * (caption.length - 1 - k)
    svg.append(element('text', { x: left, y, fill: theme.muted, 'font-size': 9.5 }, line))
  }
  return { svg: `${shortNumbers(wellFormed(svg.outerHTML))}\n`, notes: note === undefined ? [] : [note] }
}

const legendRow = 17

/** The positions of a legend's entries in rows `width` wide, estimated from the font's average character width. */
function legendPlaces<E extends { readonly label: string }>(legend: readonly E[], width: number) {
  let [x, row] = [0, 0]
  return legend.map((entry) => {
    const needs = 40 + entry.label.length * 5.8
    if (x > 0 && x + needs > width) [x, row] = [0, row + 1]
    const place = { ...entry, x, row }
    x += needs
    return place
  })
}

export function legendHeight(legend: readonly { readonly label: string }[], width: number): number {
  return 10 + legendRow * (legendPlaces(legend, width).at(-1)!.row + 1)
}

type PlotDocument = NonNullable<Plot.PlotOptions['document']>

function drawPanel(
  { frame, title, options }: Panel,
  room: typeof around,
  theme: Theme,
  document: PlotDocument,
) {
  const heading =
    title === undefined ? [] : [Plot.text([title], { frameAnchor: 'top', dy: -9, lineAnchor: 'bottom' })]
  const svg = Plot.plot({
    ...options,
    document,
    width: frame.width + room.left + room.right,
    height: frame.height + room.top + room.bottom,
    marginLeft: room.left,
    marginRight: room.right,
    marginTop: room.top,
    marginBottom: room.bottom,
    marks: [...(options.marks ?? []), Plot.frame({ stroke: theme.muted, strokeOpacity: 0.7 }), ...heading],
  })
  // the figure sets these once
  for (const name of ['class', 'fill', 'font-family', 'font-size']) svg.removeAttribute(name)
  svg.querySelector('style')?.remove()
  return svg
}

/** Removes characters that are invalid in XML, which column and category names may contain. */
function wellFormed(svg: string): string {
  return svg.replaceAll(/[^\P{Cc}\n\r\t]|\p{Cs}/gu, '\ufffd')
}

/** Rounds coordinates to a hundredth: smaller files, and the same on machines whose last bits differ. */
function shortNumbers(svg: string): string {
  return svg.replaceAll(
    / (x|y|x1|x2|y1|y2|cx|cy|d|width|height|viewBox|transform)="([^"]*)"/g,
    (_, name: string, value: string) =>
      ` ${name}="${value.replaceAll(/-?\d+\.\d{3,}(e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2)) + 0))}"`,
  )
}
