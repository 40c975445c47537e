import * as Plot from '@observablehq/plot'
import { InputError } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import type { FloatArray, Points } from '../core/points.ts'
import {
  acrossTicks,
  bottomAxis,
  characterWidth,
  downTicks,
  gridMarks,
  leftAxis,
  leftMargin,
  paddedRange,
} from '../plot/axes.ts'
import { type Panel, renderFigure } from '../plot/figure.ts'
import { type Appearance, type Drawn, gridLayout } from '../plot/layout.ts'
import { dotRadius, maxMarks, subsample, subsampleNote } from '../plot/scatter.ts'
import { dataOptions, type FigureDefinition } from './figure.ts'
import { besideData, columnIndices } from './inputs.ts'

/** More columns than this leave a panel too small to see anything in. */
const maxColumns = 20

/** Each pair of columns of data and samples. */
export const pairs = {
  name: 'pairs',
  description: 'a scatter matrix of all columns',
  needs: 'model',
  takes: [...dataOptions, 'count', 'seed', 'columns'],
  async draw(request, model) {
    const { columns: all } = model.card
    const { columns = all } = request
    const indices = columnIndices(all, columns)
    if (columns.length > maxColumns)
      throw new InputError(
        `pairs draws up to ${maxColumns} columns, not ${columns.length}: choose some with \`columns\``,
        'out-of-range',
        { option: 'columns', value: columns },
      )
    return pairsFigure({ ...(await besideData(request, model, indices)), columns }, request)
  },
} as const satisfies FigureDefinition

const bins = 24
const bars = { x1: 'x1', x2: 'x2', y: 'share', fillOpacity: 0.45, inset: 0 }

/**
 * A scatter matrix: below the diagonal each pair of columns, data and samples over each other; on it each column's
 * histogram, as shares of the points.
 */
export function pairsFigure(
  { data, samples, columns }: { data: Points<FloatArray>; samples: Points; columns: readonly string[] },
  appearance: Appearance,
): Drawn {
  const D = columns.length
  const side = D <= 3 ? 170 : D <= 10 ? 124 : 112
  const max = Math.floor(maxMarks / Math.max(1, D * (D - 1)))
  const part = subsampleNote('points', Math.max(data.count, samples.count), max)
  const note = part && `${part} in a panel; the histograms count all`
  const domains = columns.map((_, d) => paddedRange([data, samples], d))
  const left = Math.max(...domains.slice(1).map(leftMargin), 58)
  const layout = gridLayout(
    {
      rows: D,
      columns: D,
      frame: { width: side, height: side },
      margin: { top: 44, left, columnGap: 20, rowGap: 14 },
      caption: note,
    },
    appearance,
  )
  const { theme } = layout
  // a name has no more room than its panel
  const room = Math.floor(layout.frames[0]!.width / characterWidth)
  const names = columns.map((name) => (name.length > room ? `${name.slice(0, room - 1)}…` : name))
  // the two that are told apart best, for here one lies over the other
  const [ofData, ofSamples] = [theme.path, theme.samples]
  const sets = [data, samples]
  const dots = interleaved(
    sets.map(({ data, count }, k) =>
      subsample(count, max).map((i) => ({
        values: data.subarray(i * D, (i + 1) * D),
        color: k === 0 ? ofData : ofSamples,
      })),
    ),
  )
  const panels = layout.frames
    .filter(({ row, column }) => row >= column)
    .map((frame): Panel => {
      const { row, column } = frame
      const across = acrossTicks(domains[column]!, frame)
      const bottom = row === D - 1 ? [bottomAxis(names[column]!, frame, across)] : []
      if (row === column) {
        const histograms = sets.map((points) => histogram(points, row, domains[row]!))
        const top = histograms.flat().reduce((a, { share }) => Math.max(a, share), 0) * 1.08
        const outline = histograms[1]!.flatMap(({ x1, x2, share }) => [
          [x1, share],
          [x2, share],
        ])
        return {
          frame,
          options: {
            x: { domain: domains[row]!, axis: null },
            y: { domain: [0, top], axis: null },
            marks: [
              ...bottom,
              Plot.rectY(histograms[0]!, { ...bars, fill: ofData }),
              Plot.line(outline, { stroke: ofSamples, strokeWidth: 1.6 }),
            ],
          },
        }
      }
      const down = { ...downTicks(domains[row]!, frame), labelOffset: left - 10 }
      const beside = column === 0 ? [leftAxis(names[row]!, frame, down)] : []
      const scatter = Plot.dot(dots, {
        x: ({ values }) => values[column],
        y: ({ values }) => values[row],
        r: dotRadius(dots.length / 2, frame),
        fill: 'color',
        fillOpacity: 0.6,
      })
      return {
        frame,
        options: {
          x: { domain: domains[column]!, axis: null },
          y: { domain: domains[row]!, axis: null },
          marks: [
            ...gridMarks(frame, theme, { x: across.ticks, y: down.ticks }),
            ...bottom,
            ...beside,
            scatter,
          ],
        },
      }
    })
  return renderFigure({
    title: `Each pair of ${columns.join(', ')}: ${counted(data.count, 'point')} of the data, ${counted(samples.count, 'sample')} of the model`,
    layout,
    panels,
    legend: [
      { label: 'data', color: ofData, symbol: 'dot' },
      { label: 'samples', color: ofSamples, symbol: 'dot' },
    ],
    note,
  })
}

/** The items of lists in turn, so that the dots of neither lie over the other's. */
function interleaved<T>(lists: readonly T[][]): T[] {
  const longest = Math.max(...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, k) => lists.flatMap((list) => list.slice(k, k + 1))).flat()
}

function histogram(
  { data, count, dim }: Points<FloatArray>,
  d: number,
  [low, high]: readonly [number, number],
) {
  const counts = new Float64Array(bins)
  const width = (high - low) / bins
  for (let i = 0; i < count; i++)
    counts[Math.min(bins - 1, Math.max(0, Math.floor((data[i * dim + d]! - low) / width)))]! += 1
  return Array.from(counts, (n, k) => ({ x1: low + k * width, x2: low + (k + 1) * width, share: n / count }))
}
