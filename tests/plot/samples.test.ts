import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { twoMoons } from '../../src/data/two-moons.ts'
import { samplesFigure } from '../../src/plot/samples.ts'

const data = twoMoons(30, 0.05, 0)
const samples = twoMoons(20, 0.1, 1)
const svg = samplesFigure(data, samples, ['width', 'height'])
const { document } = parseHTML(svg)

describe('the figure of samples beside the data', () => {
  it('is a standalone SVG with a text alternative', () => {
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
    expect(document.querySelector('title')!.textContent).toBe(
      '30 points of the data beside 20 samples of the model',
    )
  })

  it('draws a dot for each point, in two panels under their names, with the columns at the axes', () => {
    const panels = [...document.querySelectorAll('g[aria-label="dot"] > g')]
    expect(panels.map((panel) => panel.querySelectorAll('circle').length)).toEqual([30, 20])
    const words = [...document.querySelectorAll('text')].map((text) => text.textContent)
    for (const word of ['data', 'samples', 'width', 'height']) expect(words).toContain(word)
  })

  it('has one scale for both directions', () => {
    const [a, b] = [...document.querySelectorAll('circle')].slice(0, 2)
    const at = (circle: typeof a, axis: string) => Number(circle!.getAttribute(axis))
    const pixelsPerUnit = (axis: string, d: number) =>
      (at(b, axis) - at(a, axis)) / (data.data[2 + d]! - data.data[d]!)
    // panels end on whole pixels
    expect(Math.abs(Math.abs(pixelsPerUnit('cx', 0) / pixelsPerUnit('cy', 1)) - 1)).toBeLessThan(0.02)
  })

  it('is the same bytes twice', () => {
    expect(samplesFigure(data, samples, ['width', 'height'])).toBe(svg)
  })
})
