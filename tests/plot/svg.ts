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
