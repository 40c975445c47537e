import { parseHTML } from 'linkedom'

/** A figure's SVG as a document, with what the tests ask of it. */
export function readSvg(svg: string) {
  const root = parseHTML(svg).document.querySelector('svg')!
  const panels = [...root.querySelectorAll('svg')]
  return {
    root,
    panels,
    /** How many elements of a mark each panel has. */
    counts: (mark: string, tag: string) =>
      panels.map((panel) => panel.querySelectorAll(`[aria-label="${mark}"] ${tag}`).length),
    words: [...root.querySelectorAll('text')].map((text) => text.textContent),
    legend: [...root.querySelectorAll('[aria-label="legend"] text')].map((text) => text.textContent),
  }
}

/** The two numbers of `translate(x,y)`. */
export function translation(element: { getAttribute(name: string): string | null }): [number, number] {
  const [, x, y] = /translate\(([^,]+),([^)]+)\)/.exec(element.getAttribute('transform') ?? '')!
  return [Number(x), Number(y)]
}

/** The y of each corner of a line. */
export function heightsOf(line: { getAttribute(name: string): string | null }): number[] {
  const corners = line.getAttribute('d')!.slice(1).split('L')
  return corners.map((corner) => Number(corner.split(',')[1]))
}

type Element = ReturnType<typeof readSvg>['root']

/** The labels of an axis's ticks in a panel, and where along it they stand. */
export function ticksOf(panel: Element, axis: 'x' | 'y'): { text: string; at: number }[] {
  const labels = [...panel.querySelectorAll(`[aria-label="${axis}-axis tick label"] text`)]
  return labels.map((label) => ({
    text: label.textContent!,
    at: translation(label)[axis === 'x' ? 0 : 1],
  }))
}

/** What turns a place along an axis of numbers or shares, in pixels, into what its ticks say. */
export function scaleOf(panel: Element, axis: 'x' | 'y'): (pixels: number) => number {
  const ticks = ticksOf(panel, axis).map(({ text, at }) => ({ at, value: numberOf(text) }))
  const [first, last] = [ticks[0]!, ticks.at(-1)!]
  return (pixels) => first.value + ((pixels - first.at) / (last.at - first.at)) * (last.value - first.value)
}

function numberOf(text: string): number {
  const plain = text.replace('−', '-')
  if (/^\d{4}(-\d\d(-\d\d)?)?$/.test(plain)) return Date.parse(plain)
  return plain.endsWith('%') ? Number(plain.slice(0, -1)) / 100 : Number(plain)
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The rectangles of the k-th group of a panel's bars, bins or tiles: a group for each set of rows. */
export function boxesOf(panel: Element, k: number): Box[] {
  const group = [...panel.querySelectorAll('g[aria-label="rect"]')][k]
  return [...(group?.querySelectorAll('rect') ?? [])].map((rect) => {
    const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => Number(rect.getAttribute(name)))
    return { x: x!, y: y!, width: width!, height: height! }
  })
}
