import { fontSize } from '../../charts/marks/axes.ts'
import { axisOf, distributionOf } from '../../charts/marks/column-axes.ts'
import { bottomRoom, leftRoom, slotRoom } from '../../charts/marks/column-axis.ts'
import { renderFigure } from '../../charts/marks/figure.ts'
import { type Drawn, gridLayout, shortened } from '../../charts/marks/layout.ts'
import { pairPanel } from '../../charts/marks/pair-marks.ts'
import { belowAxis, columnPanel, leftOfAxis } from '../../charts/marks/panels.ts'
import { heatMatrixFigure } from '../../charts/marks/report.ts'
import { printable } from '../../core/format.ts'
import type { PairQuality } from '../../measure/quality.ts'
import { placeOf } from '../../table/columns.ts'
import { decimals } from '../privacy.ts'
import { type Markup, trusted } from './html.ts'
import { shownTables } from './shown-tables.ts'

/** Figures use the page's colours: light, dark or printed. */
export const appearance = { theme: 'page' } as const

/** A figure as part of the page: one image to screen readers, without Plot's labels of its marks. */
export function figure({ svg }: Drawn): Markup {
  const image = svg.trimEnd().replace(/(<[^<>]*?) aria-label="[^"]*"/g, '$1')
  return trusted(image.replace(/[^\P{C}\n]/gu, (character) => printable(character)))
}

/** A column's figure is as wide as a phone; names have room for a third of it. */
const columnSize = { width: 300, height: 172, names: 104, shares: 40 }
const pairSize = { width: 340, height: 330 }

/** More dots of either set would hide each other and make the file large. */
export const maxDots = 500

export function tableFigures(tables: Parameters<typeof shownTables>[0]) {
  const { against, samples } = shownTables(tables)
  const sets = [against, samples]
  const cellsAt = (d: number) => sets.map(({ columns }) => columns[d]!.cells)
  const indexOf = (name: string) => placeOf(against.columns, name)
  // names as shown, to measure their room
  const axisAt = (d: number) => {
    const { name, categories, ...column } = against.columns[d]!
    const printableColumn = { ...column, name: printable(name), categories: categories?.map(printable) }
    return axisOf(printableColumn, cellsAt(d))
  }

  return {
    /** Whether the outermost bins of a column's histogram include values beyond them. */
    isCut(name: string): boolean {
      const axis = axisAt(indexOf(name))
      return axis.kind === 'number' && axis.isCut
    },

    column(name: string, title: string): Markup {
      const d = indexOf(name)
      const axis = axisAt(d)
      const { width, height, names, shares } = columnSize
      const room = axis.kind === 'slots' ? Math.max(shares, slotRoom(axis, names) + 8) : shares
      const margin = { left: room + 4, right: 14, top: 8, bottom: 26 }
      const frame = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom }
      const layout = gridLayout({ frame, margin }, appearance)
      const { theme, frame: place } = layout
      const colors = [theme.real, theme.samples]
      const drawn = cellsAt(d).map((cells, s) => ({ color: colors[s]!, ...distributionOf(axis, cells) }))
      const panels = [columnPanel(axis, drawn, { frame: place, theme, room: names })]
      return figure(renderFigure({ title, layout, panels }))
    },

    pair([across, down]: readonly [string, string], title: string): Markup {
      const [column, row] = [indexOf(across), indexOf(down)]
      const [x, y] = [axisAt(column), axisAt(row)]
      const [left, below] = [leftRoom(y), bottomRoom(x)]
      const margin = { left, right: 14, top: 10, bottom: below + 30 }
      const { width, height } = pairSize
      const frame = { width: width - left - margin.right, height: height - margin.top - margin.bottom }
      const layout = gridLayout({ frame, margin }, appearance)
      const { theme, frame: place } = layout
      const colors = [theme.real, theme.samples]
      const drawn = sets.map(({ columns }, s) => ({ columns, color: colors[s]! }))
      const axesOf = [
        ...belowAxis(shortened(x.name, place.width, fontSize), place, x, below + 16),
        ...leftOfAxis(shortened(y.name, place.height, fontSize), place, y, left - 10),
      ]
      const room = { frame: place, theme, max: maxDots, axes: axesOf }
      const panels = [pairPanel({ x, y, column, row }, drawn, room)]
      return figure(renderFigure({ title, layout, panels }))
    },
  }
}

export type TableFigures = ReturnType<typeof tableFigures>

/** The distances of pairs: samples from real rows below the diagonal, two sets of real rows above it. */
export function pairMatrix(names: readonly string[], pairs: readonly PairQuality[], max: number): Markup {
  const byNames = new Map(pairs.map((pair) => [JSON.stringify([...pair.columns].sort()), pair]))
  const cellOf = (row: number, column: number) => {
    const pair = byNames.get(JSON.stringify([names[row]!, names[column]!].sort()))
    return row > column ? pair?.distance : pair?.null
  }
  const title = 'The distance of each pair of columns; the table below has the furthest in numbers'
  return figure(
    heatMatrixFigure({ title, names: names.map(printable), cellOf, max, textOf: decimals }, appearance),
  )
}
