import * as Plot from '@observablehq/plot'
import { counted } from '../../core/format.ts'
import { planeLayout } from '../marks/axes.ts'
import { renderFigure } from '../marks/figure.ts'
import type { Appearance, Drawn } from '../marks/layout.ts'
import { dotRadius, maxMarks, rowsOf, subsample, subsampleNote } from '../marks/scatter.ts'
import type { FigureDefinition } from './figure.ts'
import { type StatesInPlane, statesInPlane } from './inputs.ts'

export const trajectory = {
  name: 'trajectory',
  description: "every sample's path",
  needs: 'model',
  takes: ['count', 'seed', 'columns'],
  draw: async (request, model) => trajectoryFigure(await statesInPlane(request, model, 300), request),
} as const satisfies FigureDefinition

export function trajectoryFigure(
  { states, names }: Pick<StatesInPlane, 'states' | 'names'>,
  appearance: Appearance,
): Drawn {
  const { count } = states[0]!
  // a corner of a path takes a third of the bytes of a dot
  const max = Math.floor(maxMarks / (2 + states.length / 3))
  const drawn = subsample(count, max)
  const note = subsampleNote('samples', count, max)
  const { layout, panel } = planeLayout(
    { sets: states, names, frame: 440, margin: { top: 44 }, caption: note },
    appearance,
  )
  const { theme, frame } = layout
  const rows = states.map((state) => rowsOf(state, drawn))
  const paths = Plot.line(rows.flat(), {
    z: rows.flatMap((row) => [...row.keys()]),
    stroke: theme.path,
    strokeWidth: 0.7,
    strokeOpacity: Math.min(0.5, Math.max(0.06, 90 / drawn.length)),
  })
  const r = dotRadius(drawn.length, frame)
  const start = Plot.dot(rows[0], { r, fill: theme.data, fillOpacity: 0.7 })
  const end = Plot.dot(rows.at(-1), { r, fill: theme.samples, fillOpacity: 0.9 })
  return renderFigure({
    title: `The paths of ${counted(count, 'sample')} through ${states.length - 1} reverse steps`,
    layout,
    panels: [panel(0, [paths, start, end])],
    legend: [
      { label: 'x_T, noise', color: theme.data, symbol: 'dot' },
      { label: 'path', color: theme.path, symbol: 'line' },
      { label: 'x_0, samples', color: theme.samples, symbol: 'dot' },
    ],
    note,
  })
}
