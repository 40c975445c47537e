import * as Plot from '@observablehq/plot'
import { InputError } from '../../core/errors.ts'
import type { Model } from '../../infer/model.ts'
import { fontSize } from '../marks/axes.ts'
import { distributionOf } from '../marks/column-axes.ts'
import { bottomRoom, type ColumnAxis, leftRoom } from '../marks/column-axis.ts'
import { type Panel, renderFigure } from '../marks/figure.ts'
import { type Appearance, type Drawn, gridLayout, shortened } from '../marks/layout.ts'
import { type PairSet, pairPanel } from '../marks/pair-marks.ts'
import { barMarks, belowAxis, histogramMarks, leftOfAxis, percentText, topOf } from '../marks/panels.ts'
import { maxMarks, subsampleNote } from '../marks/scatter.ts'
import { dataOptions, type FigureDefinition, type FigureRequest } from './figure.ts'
import { figureData, hasData, visibleColumns } from './inputs.ts'
import { chosenColumns, colorOf, columnsAndAxes, type RowSets, rowSets, titleAndLegend } from './row-sets.ts'

/** More columns than this would make the panels too small to read. */
const maxColumns = 20

const maxSamples = 100_000

export const pairs = {
  name: 'pairs',
  description: 'each pair of columns, data and samples over each other',
  needs: 'model',
  takes: [...dataOptions, 'count', 'seed', 'columns', 'given'],
  async draw(request, model) {
    const columns = chosenColumns(request, visibleColumns(model), model)
    if (columns.length > maxColumns)
      throw new InputError(
        `pairs draws up to ${maxColumns} columns, not ${columns.length}: choose some with \`columns\``,
        'out-of-range',
        { option: 'columns', value: columns.map(({ name }) => name) },
      )
    return pairsFigure(await twoSets(request, model), request)
  },
} as const satisfies FigureDefinition

/** Data and samples; with a condition, the rows that meet it if there is data, otherwise samples without and with it. */
async function twoSets(request: FigureRequest, model: Model): Promise<RowSets> {
  // throws, because there is nothing to compare the samples with
  if (!request.given && !hasData(request, model.card)) await figureData(request, model)
  const { columns, sets } = await rowSets(request, model, maxSamples)
  const [before, after, data = before] = sets
  return { columns, sets: [data!, after!] }
}

/** Below the diagonal each pair of columns, one set of rows over the other; on it, each column's distribution. */
export function pairsFigure({ columns, sets }: RowSets, appearance: Appearance): Drawn {
  const D = columns.length
  const side = D <= 3 ? 170 : D <= 10 ? 124 : 112
  const { drawnColumns, axes } = columnsAndAxes({ columns, sets })
  const numbers = axes.filter(({ kind }) => kind === 'number').length
  const sizes = sets.map(({ table }) => table.count)
  // the dots of a much larger set would hide the other's
  const max = Math.floor(Math.min(maxMarks / Math.max(1, numbers * (numbers - 1)), 2 * Math.min(...sizes)))
  const part = numbers > 1 ? subsampleNote('points', Math.max(...sizes), max) : undefined
  const note =
    part && `${part} in a panel; ${numbers < D ? 'bars, boxes, tiles and ' : 'the '}histograms count all`
  const caption = [
    note,
    axes.some((axis) => axis.kind === 'number' && axis.isCut) &&
      'at the edge of a panel: all that lies beyond it',
    0 < numbers && numbers < D && 'box: the middle half of the rows; line: nine in ten; dot: the median',
    numbers < D - 1 && "a tile's area: the share of the rows",
  ]
  const left = Math.max(...axes.slice(1).map(leftRoom), 58)
  const below = Math.max(...axes.map(bottomRoom))
  const margin = { top: 44, left, columnGap: 20, rowGap: 14, bottom: below + 30 }
  const lines = caption.filter((line) => line).join('\n')
  const frame = { width: side, height: side }
  const layout = gridLayout({ rows: D, columns: D, frame, margin, caption: lines }, appearance)
  const { theme } = layout
  // a name must fit its panel
  const names = columns.map(({ name }) => shortened(name, layout.frame.width, fontSize))
  const drawn: PairSet[] = sets.map((set, s) => ({ columns: drawnColumns[s]!, color: colorOf(theme, set) }))
  const panels = layout.frames
    .filter(({ row, column }) => row >= column)
    .map((frame): Panel => {
      const { row, column } = frame
      const [x, y] = [axes[column]!, axes[row]!]
      const bottom = row === D - 1 ? belowAxis(names[column]!, frame, x, below + 16) : []
      if (row === column) return { frame, options: onDiagonal(x, row, drawn, bottom) }
      const leftMarks = column === 0 ? leftOfAxis(names[row]!, frame, y, left - 10) : []
      return pairPanel({ x, y, column, row }, drawn, { frame, theme, max, axes: [...bottom, ...leftMarks] })
    })
  const named = titleAndLegend('Each pair of ', { columns, sets }, theme)
  return renderFigure({ ...named, layout, panels, note })
}

function onDiagonal(axis: ColumnAxis, d: number, sets: readonly PairSet[], bottom: Plot.Markish[]) {
  const drawn = sets.map(({ columns, color }) => ({ color, ...distributionOf(axis, columns[d]!.cells) }))
  const hasMissing = drawn.some(({ missing }) => missing > 0)
  const words = hasMissing ? drawn.map(({ missing, color }) => ({ text: percentText(missing), color })) : []
  const marks = axis.kind === 'number' ? histogramMarks(axis, drawn) : barMarks(axis, drawn, false)
  const corner = { frameAnchor: 'top-right', textAnchor: 'end', lineAnchor: 'top' } as const
  const texts = words.map(({ text, color }, s) => {
    const line = s === 0 ? `missing ${text}` : text
    return Plot.text([line], { ...corner, dx: -4, dy: 4 + 11 * s, fill: color, fontSize: 9 })
  })
  return {
    x: { domain: axis.domain, axis: null },
    // leave room for the text above the bars
    y: { domain: [0, topOf(drawn) * (hasMissing ? 1.4 : 1)], axis: null },
    marks: [...bottom, ...marks, ...texts],
  }
}
