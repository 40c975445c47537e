import * as Plot from '@observablehq/plot'
import { InputError } from '../../core/errors.ts'
import { fontSize } from '../marks/axes.ts'
import { distributionOf } from '../marks/column-axes.ts'
import { type ColumnAxis, slotRoom } from '../marks/column-axis.ts'
import { legendHeight, type Panel, renderFigure } from '../marks/figure.ts'
import {
  type Appearance,
  type Drawn,
  type Frame,
  gridLayout,
  shortened,
  type Theme,
  textWidth,
} from '../marks/layout.ts'
import { columnPanel, percentText, type Spread } from '../marks/panels.ts'
import { dataOptions, type FigureDefinition } from './figure.ts'
import { colorOf, columnsAndAxes, type RowSets, rowSets, titleAndLegend } from './row-sets.ts'

/** More panels would fill a book. */
const maxColumns = 120

/** More samples than this don't visibly change the bars. */
const maxSamples = 10_000

export const columns = {
  name: 'columns',
  description: 'how each column is spread, data and samples side by side',
  needs: 'nothing',
  takes: [...dataOptions, 'count', 'seed', 'columns', 'given'],
  draw: async (request, model) => columnsFigure(await rowSets(request, model, maxSamples), request),
} as const satisfies FigureDefinition

const frameSize = { width: 200, height: 150 }
const [maxNames, shares] = [110, 40]

/** One panel per column: bars for names, histograms for numbers and dates, both as shares of all rows. */
export function columnsFigure({ columns, sets }: RowSets, appearance: Appearance): Drawn {
  if (columns.length > maxColumns) {
    const problem = `columns draws up to ${maxColumns} columns, not ${columns.length}: choose some with \`columns\``
    throw new InputError(problem, 'out-of-range', { option: 'columns' })
  }
  const { drawnColumns, axes } = columnsAndAxes({ columns, sets })
  const across = acrossFor(columns.length)
  const slots = axes.filter((axis) => axis.kind === 'slots')
  const names = Math.max(shares, ...slots.map((axis) => slotRoom(axis, maxNames) + 10))
  const width = across * (frameSize.width + names)
  const isCut = axes.some((axis) => axis.kind === 'number' && axis.isCut)
  const caption = `shares of all rows; each panel has its own scale${isCut ? '; an outermost bin holds all that lies beyond it' : ''}`
  const top = 30 + legendHeight(sets, width)
  const margin = { left: names + 12, columnGap: names + 20, rowGap: 56, top, bottom: 34 }
  const rows = Math.ceil(columns.length / across)
  const layout = gridLayout({ rows, columns: across, frame: frameSize, margin, caption }, appearance)
  const { theme } = layout
  const panels = axes.map((axis, d): Panel => {
    const drawn = sets.map((set, s) => {
      const { cells } = drawnColumns[s]![d]!
      return { color: colorOf(theme, set), ...distributionOf(axis, cells) }
    })
    const frame = layout.frames[d]!
    const heading = headingMarks(axis, drawn, frame, theme)
    return columnPanel(axis, drawn, { frame, theme, room: names - 8, heading })
  })
  return renderFigure({ ...titleAndLegend('', { columns, sets }, theme), layout, panels })
}

/** The number of panels per row: about as many as there are rows, but no wider than a page. */
function acrossFor(count: number): number {
  return count <= 3 ? count : Math.min(4, Math.ceil(Math.sqrt(count)))
}

/** The column's name above its panel, and on the right the share of rows without a number, in each set's colour. */
function headingMarks({ name, kind }: ColumnAxis, drawn: readonly Spread[], { width }: Frame, theme: Theme) {
  const place = { dy: -9, lineAnchor: 'bottom' } as const
  const hasMissing = kind === 'number' && drawn.some(({ missing }) => missing > 0)
  const shares = drawn.map(({ missing, color }) => ({ text: percentText(missing), fill: color }))
  const words = hasMissing ? [...shares.reverse(), { text: 'missing', fill: theme.muted }] : []
  const corner = { frameAnchor: 'top-right', textAnchor: 'end', ...place } as const
  let rightOffset = 0
  const marks = words.map(({ text, fill }) => {
    const mark = Plot.text([text], { ...corner, dx: -rightOffset, fill })
    rightOffset += textWidth(text, fontSize) + 6
    return mark
  })
  const title = shortened(name, width - rightOffset - 4, fontSize)
  return [Plot.text([title], { frameAnchor: 'top-left', textAnchor: 'start', ...place }), ...marks]
}
