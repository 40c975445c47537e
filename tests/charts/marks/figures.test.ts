import { describe, expect, it } from 'vitest'
import { cellShares, densityFigure } from '../../../src/charts/figures/density.ts'
import { lossFigure, runningMean } from '../../../src/charts/figures/loss.ts'
import { schedulesFigure } from '../../../src/charts/figures/schedules.ts'
import { trajectoryFigure } from '../../../src/charts/figures/trajectory.ts'
import { vectorFieldFigure } from '../../../src/charts/figures/vector-field.ts'
import { frameFor, sharedDomains } from '../../../src/charts/marks/axes.ts'
import { themes } from '../../../src/charts/marks/layout.ts'
import { rasterize, renderPng } from '../../../src/charts/marks/raster.ts'
import { maxMarks, scatterFigure, subsample } from '../../../src/charts/marks/scatter.ts'
import { pointsFromRows } from '../../../src/numerics/points.ts'
import { twoMoons } from '../../../src/table/datasets/two-moons.ts'
import { heightsOf, readSvg, translation } from './svg.ts'

const data = twoMoons.make(30, 0.05, 0)
const samples = twoMoons.make(20, 0.1, 1)
const light = { theme: 'light' } as const
const names = { x: 'width', y: 'height' }

const cloudsOf = (a = data, b = samples) => ({
  title: 'data beside samples',
  clouds: [
    { title: 'data', points: a, of: 'data' as const },
    { title: 'samples', points: b, of: 'samples' as const },
  ],
  names,
})

describe('a figure', () => {
  const { svg } = scatterFigure(cloudsOf(), light)

  it('is a standalone SVG with a text alternative and the font of its PNG', () => {
    const { root } = readSvg(svg)
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
    expect(root.querySelector('title')!.textContent).toBe('data beside samples')
    expect(root.getAttribute('font-family')).toContain('DejaVu Sans')
  })

  it('has the same bytes each time, as SVG and as PNG, and coordinates of at most two decimals', () => {
    expect(scatterFigure(cloudsOf(), light).svg).toBe(svg)
    expect(Buffer.compare(renderPng(svg, 2), renderPng(svg, 2))).toBe(0)
    expect(svg).not.toMatch(/\d\.\d{3,}/)
  })

  it('has the requested size, with a scaled drawing', () => {
    const sized = scatterFigure(cloudsOf(), { ...light, size: { width: 1600, height: 800 } }).svg
    const { width, height } = rasterize(sized, 1)
    expect([width, height]).toEqual([1600, 800])
    const [own, large] = [svg, sized].map((text) => readSvg(text).root.getAttribute('viewBox')!.split(' '))
    // an eighth more width than height has room for goes to the frames
    expect(Number(large![3])).toBeGreaterThanOrEqual(Number(own![3]) - 0.01)
    expect(Number(large![2]) / Number(large![3])).toBeCloseTo(2, 2)
  })

  it('has the colours of its theme', () => {
    const dark = scatterFigure(cloudsOf(), { theme: 'dark' }).svg
    for (const [text, name] of [
      [svg, 'light'],
      [dark, 'dark'],
    ] as const) {
      const { pixels } = rasterize(text, 0.2)
      const background = Number.parseInt(themes[name].background.slice(1), 16)
      expect((pixels[0]! << 16) | (pixels[1]! << 8) | pixels[2]!).toBe(background)
      expect(text).toContain(`fill="${themes[name].samples}"`)
    }
  })

  it('draws letters from the font of the package', () => {
    const letters = (family: string) =>
      rasterize(
        `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><text y="15" font-family="${family}">moonstep</text></svg>`,
        1,
      ).pixels
    expect(letters('DejaVu Sans').some((value) => value > 0)).toBe(true)
    expect(letters('Arial').equals(letters('DejaVu Sans'))).toBe(true)
  })
})

describe('samples next to data', () => {
  const { panels, counts, words } = readSvg(scatterFigure(cloudsOf(), light).svg)

  it('have a dot for each point, titles, and the columns at the axes', () => {
    expect(counts('dot', 'circle')).toEqual([30, 20])
    for (const word of ['data', 'samples', 'width', 'height']) expect(words).toContain(word)
  })

  it('share their axes, at one scale in both directions', () => {
    // from two dots of the one panel, where the dots of the other must be
    const place = (panel: number, i: number, axis: string) =>
      Number(panels[panel]!.querySelectorAll('circle')[i]!.getAttribute(axis))
    const scaleOf = (axis: string, d: number) =>
      (place(0, 1, axis) - place(0, 0, axis)) / (data.data[2 + d]! - data.data[d]!)
    expect(-scaleOf('cy', 1) / scaleOf('cx', 0)).toBeCloseTo(1, 2)
    for (const [axis, d] of [
      ['cx', 0],
      ['cy', 1],
    ] as const)
      for (let i = 0; i < samples.count; i++) {
        const expected = place(0, 0, axis) + scaleOf(axis, d) * (samples.data[2 * i + d]! - data.data[d]!)
        expect(Math.abs(place(1, i, axis) - expected)).toBeLessThan(0.5)
      }
  })

  it('of too many points are subsampled to less than 5 MB, and the figure notes it', () => {
    const many = twoMoons.make(25_000, 0.05, 0)
    const { svg, notes } = scatterFigure(cloudsOf(many, many), light)
    expect(svg.match(/<circle/g)!.length).toBe(maxMarks)
    expect(svg.length).toBeLessThan(5e6)
    expect(notes).toEqual(['20,000 of 25,000 points drawn in a panel'])
    expect(svg).toContain(`>${notes[0]}</text>`)
  })
})

describe('subsample', () => {
  it('takes one row of each stretch, without a periodic pattern', () => {
    const kept = subsample(100_000, 10_000)
    expect(kept.every((i, k) => Math.floor(i / 10) === k)).toBe(true)
    // every tenth row alone would be of one class
    const classes = new Array(10).fill(0)
    for (const i of kept) classes[i % 10] += 1
    for (const count of classes) expect(Math.abs(count - 1000)).toBeLessThan(150)
    expect(subsample(3, 5)).toEqual([0, 1, 2])
  })
})

describe('axes', () => {
  it('have one scale unless the range of a column is more than three times that of the other', () => {
    const wide = pointsFromRows([
      [0, 0],
      [1000, 1],
    ])
    const domains = sharedDomains([wide], { width: 200, height: 100 })
    expect(domains).toEqual({ x: [-50, 1050], y: [-0.05, 1.05] })
    const even = pointsFromRows([
      [0, 0],
      [2.5, 1],
    ])
    const { x, y } = sharedDomains([even], { width: 200, height: 100 })
    expect((x[1] - x[0]) / (y[1] - y[0])).toBeCloseTo(2, 12)
    expect(frameFor([even], 100)).toEqual({ width: 100, height: 50 })
  })

  it('have room for a column with one value', () => {
    const flat = pointsFromRows([
      [3, 7],
      [3, 7],
    ])
    const { x, y } = sharedDomains([flat], { width: 100, height: 100 })
    expect(x[0] < 3 && x[1] > 3 && y[0] < 7 && y[1] > 7).toBe(true)
  })
})

describe('the vector field', () => {
  const grid = pointsFromRows([
    [-1, -1],
    [1, -1],
    [-1, 1],
    [1, 1],
  ])
  const arrows = pointsFromRows([
    [0, 4],
    [1, 0],
    [0, -1],
    [-1, -1],
  ])
  const path = pointsFromRows([
    [2, 2],
    [1, 1],
    [0.5, 0.5],
  ])
  const panels = [10, 5, 1].map((t, k) => ({ t, arrows, reached: k + 1 }))
  const { svg } = vectorFieldFigure({ grid, panels, path, names: { x: 'a', y: 'b' } }, light)
  const figure = readSvg(svg)

  it('has a panel for each t, an arrow for each place, and the path in another colour', () => {
    expect(figure.panels.length).toBe(3)
    expect(figure.counts('vector', 'path')).toEqual([4, 4, 4])
    for (const t of [10, 5, 1]) expect(figure.words).toContain(`t = ${t}`)
    expect(figure.legend).toEqual(['negative predicted noise', "one sample's reverse path, so far"])
    const [arrow, line] = ['vector', 'line'].map((mark) =>
      figure.panels[0]!.querySelector(`[aria-label="${mark}"]`)!.getAttribute('stroke'),
    )
    expect(new Set([arrow, line]).size).toBe(2)
  })

  it('turns each arrow in its direction, with the square root as its length', () => {
    const drawn = [...figure.panels[0]!.querySelectorAll('[aria-label="vector"] path')]
    const turns = drawn.map((path) =>
      Number(/rotate\(([^)]+)\)/.exec(path.getAttribute('transform')!)?.[1] ?? 0),
    )
    expect(turns.map((turn) => (turn + 360) % 360)).toEqual([0, 90, 180, 225])
    const lengths = drawn.map((path) => Number(/^M0,0L0,-([\d.]+)/.exec(path.getAttribute('d')!)![1]))
    expect(lengths[0]! / lengths[1]!).toBeCloseTo(2, 2)
  })

  it('draws the path up to t, with a dot at its end', () => {
    const corners = figure.panels.map((panel) =>
      [...panel.querySelectorAll('[aria-label="line"] path')].map(
        (line) => line.getAttribute('d')!.split('L').length,
      ),
    )
    expect(corners).toEqual([
      [3, 1],
      [3, 2],
      [3, 3],
    ])
    const [x, y] = translation(figure.panels[2]!.querySelector('[aria-label="vector"] path')!)
    const dot = figure.panels[2]!.querySelector('[aria-label="dot"] circle')!
    // the first arrow stands at (-1, -1), the path ends at (0.5, 0.5)
    const [dx, dy] = [Number(dot.getAttribute('cx')) - x, Number(dot.getAttribute('cy')) - y]
    expect(dx).toBeGreaterThan(0)
    expect(dx).toBeCloseTo(-dy, 1)
  })
})

describe('the schedules', () => {
  it('have a line for each schedule', () => {
    const tables = [
      { name: 'one', alphaBars: [1, 0.75, 0.5, 0] },
      { name: 'two', alphaBars: [1, 0.9, 0.5, 0] },
    ]
    const { legend, panels, words } = readSvg(schedulesFigure(tables, light).svg)
    expect(legend).toEqual(['one', 'two'])
    expect(words).toEqual(expect.arrayContaining(['t', '1 − alphaBar_t', '0', '1', '2', '3']))
    const heights = [...panels[0]!.querySelectorAll('[aria-label="line"] path')].map(heightsOf)
    const [low, high] = [heights[0]![0]!, heights[0]![3]!]
    expect(heights[0]!.map((y) => Number(((y - low) / (high - low)).toFixed(3)))).toEqual([0, 0.25, 0.5, 1])
    expect(heights[1]!.map((y) => Number(((y - low) / (high - low)).toFixed(3)))).toEqual([0, 0.1, 0.5, 1])
  })
})

describe('the loss', () => {
  it('is smoothed by a mean over a window that is shorter at the ends', () => {
    expect(runningMean([3, 1, 2, 6, 4], 3)).toEqual([2, 2, 3, 4, 5])
    expect(runningMean([3, 1, 2], 1)).toEqual([3, 1, 2])
  })

  it('is drawn on a log axis, and keeps the first and the lowest of many steps', () => {
    const losses = Array.from({ length: 10_000 }, (_, i) => (i === 7777 ? 0.01 : i === 0 ? 100 : 1))
    const { panels, words, legend } = readSvg(
      lossFigure({ steps: losses.map((_, i) => i + 1), losses }, light).svg,
    )
    expect(legend).toEqual(['loss of a step', 'mean over 200 steps'])
    for (const word of ['loss', 'training step', '0.1', '1', '10']) expect(words).toContain(word)
    const heights = heightsOf(panels[0]!.querySelector('[aria-label="line"] path')!)
    const [top, bottom, middle] = [Math.min(...heights), Math.max(...heights), heights[500]!]
    expect(heights[0]).toBe(top)
    expect((middle - top) / (bottom - top)).toBeCloseTo(0.5, 2)
  })
})

describe('the trajectory', () => {
  it('has a path for each sample through all states, with a dot at both ends', () => {
    const states = [samples, data, samples, samples].map((points) => ({
      ...points,
      data: points.data.slice(0, 20),
      count: 10,
    }))
    const { panels, counts, legend, words } = readSvg(trajectoryFigure({ states, names }, light).svg)
    const paths = [...panels[0]!.querySelectorAll('[aria-label="line"] path')]
    expect(paths.map((path) => path.getAttribute('d')!.split('L').length)).toEqual(new Array(10).fill(4))
    expect(counts('dot', 'circle')).toEqual([20])
    expect(legend).toEqual(['x_T, noise', 'path', 'x_0, samples'])
    for (const word of ['width', 'height']) expect(words).toContain(word)
  })
})

describe('the density', () => {
  it('counts all points in its cells', () => {
    const cells = cellShares(data, { x: [-2, 3], y: [-1, 2] }, 10)
    expect(cells.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
    const one = pointsFromRows([[0.6, 0.1]])
    expect(cellShares(one, { x: [0, 1], y: [0, 1] }, 2)).toEqual([
      { x1: 0.5, x2: 1, y1: 0, y2: 0.5, share: 1 },
    ])
  })

  it('has two maps on the same axes and a bar of colours', () => {
    const { panels, words } = readSvg(densityFigure({ data, samples, names }, light).svg)
    expect(panels.length).toBe(3)
    for (const word of ['data, 30 points', 'samples, 20 points', '0%', 'width', 'height'])
      expect(words).toContain(word)
    // one of twenty samples is five percent; no cell of the data has as many as the fullest of theirs
    expect(words).toContain('5%')
  })
})
