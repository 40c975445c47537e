import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

/** Renders a plot as a standalone SVG on white, with `title` as text alternative, on a document without a browser. */
export function renderSvg(title: string, options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const svg = Plot.plot({
    ...options,
    document: document as unknown as NonNullable<Plot.PlotOptions['document']>,
  })
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  svg.setAttribute('role', 'img')
  const alternative = document.createElementNS('http://www.w3.org/2000/svg', 'title')
  alternative.textContent = title
  svg.prepend(alternative)
  svg.setAttribute('style', 'background: white; color: #1b1e23')
  return `${svg.outerHTML}\n`
}
