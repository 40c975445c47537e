import { describe, expect, it } from 'vitest'
import { pairsFigure } from '../../../src/charts/figures/pairs.ts'
import type { RowSet, RowSets } from '../../../src/charts/figures/row-sets.ts'
import { themes } from '../../../src/charts/marks/layout.ts'
import { type Points, pointsFromRows } from '../../../src/numerics/points.ts'
import { tableOfPoints } from '../../../src/table/table.ts'
import { boxesOf, readSvg, scaleOf, ticksOf, translation } from '../marks/svg.ts'
import { cellsOf, columns, compared, countOf, light, names, setOf, sets, worst } from './compared.ts'

/** The panels of pairs of two columns of numbers. */
function drawPairs(sets: readonly RowSet[]) {
  const numbers = columns.filter(({ name }) => name === 'years' || name === 'day')
  const { svg, notes } = pairsFigure({ columns: numbers, sets }, light)
  return { ...readSvg(svg), notes }
}

describe('the figure of pairs, with columns of all kinds', () => {
  const { panels, legend } = readSvg(pairsFigure(compared, light).svg)
  /** The panel in a row and column of the matrix, whose panels below the diagonal come row by row. */
  const panelAt = (row: string, column: string) => {
    const [r, c] = [names.indexOf(row), names.indexOf(column)]
    return panels[(r * (r + 1)) / 2 + c]!
  }

  it('has fifteen panels, and is the same bytes every time', () => {
    expect(pairsFigure(compared, light).svg).toBe(pairsFigure(compared, light).svg)
    expect(panels.length).toBe(15)
    expect(legend).toEqual(['data, 500 rows', 'samples, 137 rows'])
  })

  it('shows two columns of names as half tiles whose areas are the shares of rows', () => {
    const down = ticksOf(panelAt('paid', 'town'), 'y').map(({ text }) => text)
    const across = ticksOf(panelAt('rooms', 'town'), 'x').map(({ text }) => text)
    expect([down, across.length]).toEqual([['no', 'yes'], 12])
    const expected = sets.map((set) => {
      const [town, paid] = [cellsOf(set, 'town'), cellsOf(set, 'paid')]
      return down.flatMap((label) =>
        across.map((name) => {
          const isIn = (cell: string) =>
            name === '5 others' ? cell !== 'missing' && !across.includes(cell) : cell === name
          return town.filter((cell, i) => isIn(cell) && paid[i] === label).length / town.length
        }),
      )
    })
    const largest = Math.max(...expected.flat())
    const drawn = sets.map((_, s) =>
      boxesOf(panelAt('paid', 'town'), s).map(({ width, height }) => width * height),
    )
    const unit = Math.max(...drawn.flat())
    for (const s of [0, 1]) {
      const shares = expected[s]!.filter((share) => share > 0).map((share) => share / largest)
      expect(
        worst(
          drawn[s]!.map((area) => area / unit),
          shares,
        ),
      ).toBeLessThan(0.02)
    }
  })

  it('shows numbers by names as boxes at the quantiles of the rows of each name', () => {
    const panel = panelAt('years', 'paid')
    const years = scaleOf(panelAt('years', 'town'), 'y')
    const find = (mark: string, tag: string) =>
      [...panel.querySelectorAll(`g[aria-label="${mark}"]`)].map((group) => [...group.querySelectorAll(tag)])
    const [lines, dots] = [find('rule', 'line'), find('dot', 'circle')]
    expect([lines.map(({ length }) => length), dots.length]).toEqual([[2, 2, 2, 2], 2])
    for (const [s, set] of sets.entries())
      for (const [k, label] of ['no', 'yes'].entries()) {
        const paid = cellsOf(set, 'paid')
        const rising = cellsOf(set, 'years')
          .filter((cell, i) => cell !== 'missing' && paid[i] === label)
          .map(Number)
          .sort((a, b) => a - b)
        const at = (share: number) => rising[Math.round(share * (rising.length - 1))]!
        const ends = [lines[2 * s]![k]!, lines[2 * s + 1]![k]!].flatMap((line) =>
          ['y1', 'y2'].map((name) => years(Number(line.getAttribute(name)))).sort((a, b) => a - b),
        )
        const middle = years(Number(dots[s]![k]!.getAttribute('cy')))
        expect(worst([...ends, middle], [at(0.05), at(0.95), at(0.25), at(0.75), at(0.5)])).toBeLessThan(0.02)
      }
  })

  it('shows two columns of numbers as a dot for each row that has both', () => {
    const alike = [setOf('data', 200, 0), setOf('samples', 137, 1)]
    const { panels, notes } = drawPairs(alike)
    const dots = panels.flatMap((panel) => [...panel.querySelectorAll('[aria-label="dot"] circle[fill]')])
    const whole = alike.map((set) => set.table.count - countOf(set, 'years', 'missing'))
    expect([dots.length, notes]).toEqual([whole[0]! + whole[1]!, []])
  })

  it('draws at most two dots for each row of the smaller set, evenly mixed', () => {
    const { panels, notes } = drawPairs(sets)
    expect(notes).toEqual(['274 of 500 points drawn in a panel; the histograms count all'])
    const dots = panels.flatMap((panel) => [...panel.querySelectorAll('[aria-label="dot"] circle[fill]')])
    const isSample = dots.map((dot) => dot.getAttribute('fill') === themes.light.samples)
    const samples = isSample.filter(Boolean).length
    expect(samples).toBe(137 - countOf(sets[1]!, 'years', 'missing'))
    expect(dots.length - samples).toBeLessThanOrEqual(2 * 137)
    // in any stretch of the dots there are as many samples as in all
    for (let from = 0; from + 60 <= dots.length; from += 20) {
      const part = isSample.slice(from, from + 60).filter(Boolean).length / 60
      expect(Math.abs(part - samples / dots.length)).toBeLessThan(0.06)
    }
  })

  it('shows bars side by side on the diagonal, as high as the shares', () => {
    const labels = ticksOf(panelAt('rooms', 'rooms'), 'x')
    expect(labels.map(({ text }) => text)).toEqual(['1', '2', '3', '4', 'missing'])
    const shares = sets.map((set) => labels.map(({ text }) => countOf(set, 'rooms', text) / set.table.count))
    const bars = sets.map((_, s) => boxesOf(panelAt('rooms', 'rooms'), s))
    const scale = bars[0]![0]!.height / shares[0]![0]!
    for (const s of [0, 1]) {
      expect(
        worst(
          bars[s]!.map(({ height }) => height / scale),
          shares[s]!,
        ),
      ).toBeLessThan(1e-3)
      // those of a name stand about its label, the data's left of the samples'
      for (const [k, { at }] of labels.entries())
        expect(Math.sign(bars[s]![k]!.x + bars[s]![k]!.width / 2 - at)).toBe(s === 0 ? -1 : 1)
    }
  })

  it('has the first name at the top', () => {
    const [no, yes] = ticksOf(panelAt('paid', 'town'), 'y')
    expect([no!.text, yes!.text]).toEqual(['no', 'yes'])
    expect(no!.at).toBeLessThan(yes!.at)
  })

  it('has labels that do not touch', () => {
    for (const panel of panels) {
      for (const [axis, room] of [
        ['x', 9],
        ['y', 9],
      ] as const) {
        const labels = [...panel.querySelectorAll(`[aria-label="${axis}-axis tick label"] text`)]
        const isUpright = labels.some((label) => label.getAttribute('transform')!.includes('rotate'))
        const places = labels.map((label) => translation(label)[axis === 'x' ? 0 : 1]).sort((a, b) => a - b)
        const widest = Math.max(...labels.map((label) => label.textContent!.length))
        const needs = axis === 'x' && !isUpright ? widest * 6 : room
        for (const [k, place] of places.slice(1).entries())
          expect(place - places[k]!).toBeGreaterThanOrEqual(needs)
      }
    }
  })
})

describe('the figure of pairs, with columns of numbers', () => {
  const setsOf = (data: Points, samples: Points, names: readonly string[]): RowSets => {
    const columns = names.map((name) => ({ name, kind: 'number' as const }))
    return {
      columns,
      sets: [
        { label: 'data', of: 'data', table: tableOfPoints(columns, data) },
        { label: 'samples', of: 'samples', table: tableOfPoints(columns, samples) },
      ],
    }
  }

  it.each([3, 8, 14])('has labels that do not touch, for %i columns of all magnitudes', (D) => {
    const middles = [1e-12, 3e-9, -2e-5, 0.001, 0.05, 1, -7, 12, 365, 2024, -40_000, 1e5, 3.2e6, -5e8, 1e9]
    // narrow compared with their distance from 0, or wide
    const points = (seed: number) =>
      pointsFromRows(
        Array.from({ length: 30 }, (_, i) =>
          Array.from({ length: D }, (_, d) => {
            const middle = middles[(d * 7) % middles.length]!
            return middle * (1 + (middle === 2024 ? 0.005 : 0.9) * Math.sin(seed + i * (d + 1)))
          }),
        ),
      )
    const columns = Array.from({ length: D }, (_, d) => `a column of a long name ${d}`)
    const { svg } = pairsFigure(setsOf(points(1), points(2), columns), light)
    const { panels } = readSvg(svg)
    // what a character of a figure's font takes, at the widest digit
    const [character, height] = [7, 11]
    let labels = 0
    for (const panel of panels) {
      const find = (axis: string) =>
        [...panel.querySelectorAll(`[aria-label="${axis}-axis tick label"] text`)].map((text) => ({
          text: text.textContent!,
          at: translation(text),
        }))
      const [across, down] = [find('x'), find('y')]
      for (const axis of [across, down]) {
        labels += axis.length
        expect(new Set(axis.map(({ text }) => text)).size).toBe(axis.length)
        for (const { text } of axis) expect(text).toMatch(/^−?\d+(\.\d+)?([kM]|e−?\d+)?$/)
      }
      across.sort((a, b) => a.at[0] - b.at[0])
      for (const [k, { text, at }] of across.slice(1).entries()) {
        const before = across[k]!
        expect(at[0] - before.at[0]).toBeGreaterThan(((text.length + before.text.length) * character) / 2)
      }
      down.sort((a, b) => a.at[1] - b.at[1])
      for (const [k, { at }] of down.slice(1).entries())
        expect(at[1] - down[k]!.at[1]).toBeGreaterThan(height)
      // the column's name stands next to the longest of its labels, and inside the figure
      const names = [...panel.querySelectorAll('[aria-label="y-axis label"]')]
      for (const name of names) {
        const ends = -9 - Math.max(...down.map(({ text }) => text.length)) * character
        expect(translation(name)[0] + height / 2).toBeLessThan(ends + 2)
        const edge = Number(panel.getAttribute('x')) + down[0]!.at[0]
        expect(edge + translation(name)[0]).toBeGreaterThan(0)
      }
      for (const name of panel.querySelectorAll('[aria-label$="-axis label"] text')) {
        const frame = Number(panel.getAttribute('width')) - 64 * 2
        expect(name.textContent!.length * character).toBeLessThan(frame + 16)
      }
    }
    expect(labels).toBeGreaterThan(2 * D)
  })

  it('has the histogram alone for one column', () => {
    const { panels } = readSvg(
      pairsFigure(setsOf(pointsFromRows([[1], [2]]), pointsFromRows([[1], [3]]), ['a']), light).svg,
    )
    expect(panels.length).toBe(1)
  })
})
