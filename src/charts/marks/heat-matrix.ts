import * as Plot from '@observablehq/plot'
import { bottomAxis, fontSize, leftAxis } from './axes.ts'
import { renderFigure } from './figure.ts'
import { type Appearance, type Drawn, gridLayout, shortened, textWidth } from './layout.ts'

/** A number for each pair of names, 0 or more. */
export interface HeatMatrix {
  /** The text alternative. */
  readonly title: string
  readonly names: readonly string[]
  /** The number in a cell; undefined leaves it empty. */
  readonly cellOf: (row: number, column: number) => number | undefined
  /** The number with full colour. */
  readonly max: number
  /** Formats the number in a cell. */
  readonly textOf: (value: number) => string
}

/** With more names, the cells are too small for numbers. */
const maxWritten = 20

/** Full colour would hide the number in the cell. */
const [writtenOpacity, plainOpacity] = [0.5, 1]

/** The room for names. */
const nameRoom = 130

/** A matrix of cells, coloured by their numbers, which are written into them if there is room. */
export function heatMatrixFigure(
  { title, names, cellOf, max, textOf }: HeatMatrix,
  appearance: Appearance,
): Drawn {
  const D = names.length
  const isWritten = D <= maxWritten
  const [side, nameSize] = isWritten ? [30, fontSize] : [16, 9]
  const labels = names.map((name) => shortened(name, nameRoom, nameSize))
  const room = Math.ceil(Math.max(...labels.map((label) => textWidth(label, nameSize)))) + 14
  const layout = gridLayout(
    {
      frame: { width: side * D, height: side * D },
      margin: { top: 8, left: room, bottom: room, right: 8 },
    },
    appearance,
  )
  const { theme, frames } = layout
  const frame = frames[0]!
  const cells = names.flatMap((_, row) =>
    names.flatMap((_, column) => {
      const value = cellOf(row, column)
      return value === undefined ? [] : [{ row, column, value, text: textOf(value) }]
    }),
  )
  const edges = {
    x1: ({ column }: (typeof cells)[number]) => column - 0.5,
    x2: ({ column }: (typeof cells)[number]) => column + 0.5,
    y1: ({ row }: (typeof cells)[number]) => row - 0.5,
    y2: ({ row }: (typeof cells)[number]) => row + 0.5,
  }
  const full = isWritten ? writtenOpacity : plainOpacity
  const opacity = ({ value }: (typeof cells)[number]) =>
    Number((max > 0 ? (full * value) / max : 0).toFixed(3))
  const names1 = { ticks: names.map((_, k) => k), tickFormat: (k: number) => labels[k] ?? '', tickSize: 0 }
  const options: Plot.PlotOptions = {
    x: { domain: [-0.5, D - 0.5], axis: null },
    y: { domain: [D - 0.5, -0.5], axis: null },
    opacity: { type: 'identity' },
    marks: [
      Plot.rect(cells, { ...edges, inset: 0.5, fill: theme.samples, fillOpacity: opacity }),
      ...(isWritten ? [Plot.text(cells, { x: 'column', y: 'row', text: 'text', fontSize: 9 })] : []),
      bottomAxis('', frame, { ...names1, label: null, tickRotate: -90, fontSize: nameSize }),
      leftAxis('', frame, { ...names1, label: null, fontSize: nameSize }),
    ],
  }
  return renderFigure({ title, layout, panels: [{ frame, options }] })
}
