import { describe, expect, it } from 'vitest'
import { columnsFigure } from '../../../src/charts/figures/columns.ts'
import { type Column, tableOfPoints } from '../../../src/table/table.ts'
import { boxesOf, heightsOf, readSvg, scaleOf, ticksOf } from '../marks/svg.ts'
import { compared, countOf, day, light, names, sets, start, towns, worst } from './compared.ts'

const figure = readSvg(columnsFigure(compared, light).svg)
const panelOf = (name: string) => figure.panels[names.indexOf(name)]!

/** How many rows each bar of a panel stands for, in each set. */
function barsOf(name: string): number[][] {
  const shares = scaleOf(panelOf(name), 'x')
  return sets.map(({ table }, s) =>
    boxesOf(panelOf(name), s).map(({ x, width }) => (shares(x + width) - shares(x)) * table.count),
  )
}

describe('the figure of columns', () => {
  it('has a panel for each column, under its name, with shares of the rows of each set', () => {
    expect(figure.panels.length).toBe(5)
    expect(figure.legend).toEqual(['data, 500 rows', 'samples, 137 rows'])
    for (const name of names) expect(figure.words).toContain(name)
    expect(figure.root.querySelector('title')!.textContent).toBe(
      'town, paid, years, day, rooms: data, 500 rows; samples, 137 rows',
    )
  })

  it('shows names as bars for the ten most frequent, the others together, and missing ones', () => {
    const labels = ticksOf(panelOf('town'), 'y').map(({ text }) => text)
    expect(labels.length).toBe(12)
    expect(labels.slice(10)).toEqual(['5 others', 'missing'])
    const means = towns.map((town) => {
      const shares = sets.map((set) => countOf(set, 'town', town) / set.table.count)
      return { town, mean: (shares[0]! + shares[1]!) / 2 }
    })
    means.sort((a, b) => b.mean - a.mean)
    expect(labels.slice(0, 10)).toEqual(means.slice(0, 10).map(({ town }) => town))
    const bars = barsOf('town')
    for (const [s, set] of sets.entries()) {
      const counts = labels.map((label) => countOf(set, 'town', label))
      counts[10] = means.slice(10).reduce((sum, { town }) => sum + countOf(set, 'town', town), 0)
      expect(worst(bars[s]!, counts)).toBeLessThan(0.05)
      expect(bars[s]!.reduce((a, b) => a + b)).toBeCloseTo(set.table.count, 0)
    }
  })

  it.each([
    ['paid', ['no', 'yes']],
    ['rooms', ['1', '2', '3', '4', 'missing']],
  ])('has bars in order for few values, as in %s', (name, labels) => {
    expect(ticksOf(panelOf(name), 'y').map(({ text }) => text)).toEqual(labels)
    const bars = barsOf(name)
    for (const [s, set] of sets.entries()) {
      const counts = labels.map((label) => countOf(set, name, label))
      expect(worst(bars[s]!, counts)).toBeLessThan(0.05)
    }
  })

  it.each([
    ['years', Array.from({ length: 20 }, (_, k) => String(k))],
    ['day', Array.from({ length: 28 }, (_, k) => new Date(start + k * day).toISOString().slice(0, 10))],
  ])('has a histogram with a bin for each whole value, as in %s', (name, values) => {
    const panel = panelOf(name)
    const [across, shares] = [scaleOf(panel, 'x'), scaleOf(panel, 'y')]
    const bins = boxesOf(panel, 0)
    const numberOf = (value: string) => (name === 'day' ? Date.parse(value) : Number(value))
    const unit = name === 'day' ? day : 1
    // each bin is about its value
    const middles = bins.map(({ x, width }) => across(x + width / 2) / unit)
    expect(
      worst(
        middles,
        values.map((value) => numberOf(value) / unit),
      ),
    ).toBeLessThan(0.05)
    const [data, samples] = sets.map((set) => values.map((value) => countOf(set, name, value)))
    const filled = bins.map(({ y, height }) => (shares(y) - shares(y + height)) * 500)
    expect(worst(filled, data!)).toBeLessThan(0.05)
    const heights = heightsOf(panel.querySelector('g[aria-label="line"] path')!)
    const outline = values.map((_, k) => shares(heights[2 * k]!) * 137)
    expect(worst(outline, samples!)).toBeLessThan(0.05)
  })

  it('shows the share of rows without a number', () => {
    const words = [...panelOf('years').querySelectorAll('[aria-label="text"] text')].map(
      (text) => text.textContent!,
    )
    const shares = sets.map((set) => (100 * countOf(set, 'years', 'missing')) / set.table.count)
    expect(shares[0]).toBeGreaterThan(0)
    expect(words.sort()).toEqual(
      ['missing', 'years', ...shares.map((share) => `${Number(share.toFixed(1))}%`)].sort(),
    )
  })

  it('counts a long tail in the last bin', () => {
    const column: Column = { name: 'price', kind: 'number' }
    const data = Float64Array.from({ length: 1000 }, (_, i) => (i < 997 ? i / 100 : 1e6))
    const table = tableOfPoints([column], { data, count: 1000, dim: 1 })
    const svg = columnsFigure({ columns: [column], sets: [{ label: 'data', of: 'data', table }] }, light).svg
    const { panels, words } = readSvg(svg)
    const shares = scaleOf(panels[0]!, 'y')
    const counts = boxesOf(panels[0]!, 0).map(({ y, height }) => (shares(y) - shares(y + height)) * 1000)
    expect(counts.reduce((a, b) => a + b)).toBeCloseTo(1000, 0)
    expect(counts.every((count) => count < 60)).toBe(true)
    expect(words.join()).toContain('an outermost bin holds all that lies beyond it')
  })

  it('has the same bytes each time', () => {
    expect(columnsFigure(compared, light).svg).toBe(columnsFigure(compared, light).svg)
  })

  it('shortens names so that they fit', () => {
    const categories = [
      'a name that is much longer than there is room for',
      '<b>&amp;</b>',
      'tab\tand bell\u0007',
      '  ',
    ]
    const column: Column = { name: `${'W'.repeat(80)}\u0007`, kind: 'category', categories }
    const data = Float64Array.from({ length: 40 }, (_, i) => i % 4)
    const table = tableOfPoints([column], { data, count: 40, dim: 1 })
    const { svg } = columnsFigure({ columns: [column], sets: [{ label: 'data', of: 'data', table }] }, light)
    const labels = ticksOf(readSvg(svg).panels[0]!, 'y').map(({ text }) => text)
    expect(labels[0]).toMatch(/^a name that is .*…$/)
    expect(labels).toContain('tab and bell')
    // no control character, which XML does not allow but linkedom reads
    expect(svg).not.toMatch(/[^\P{Cc}\n]/u)
    expect(svg).toContain('&lt;b&gt;&amp;amp;&lt;/b&gt;')
  })
})
