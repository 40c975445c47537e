import * as Plot from '@observablehq/plot'
import { humanCount } from '../core/format.ts'
import type { Points } from '../core/points.ts'
import { frameFor, planeAxes, sharedDomains } from '../plot/axes.ts'
import { renderFigure } from '../plot/figure.ts'
import { type Appearance, type AxisNames, type Drawn, gridLayout, themes } from '../plot/layout.ts'
import { dotRadius, maxMarks, rowsOf, subsample, subsampleNote } from '../plot/subsample.ts'
import type { FigureDefinition } from './figure.ts'
import { statesInPlane } from './inputs.ts'

/** The samples' paths from noise to data. */
export const trajectory = {
  name: 'trajectory',
  description: "every sample's path",
  needs: 'model',
  takes: ['count', 'seed', 'columns'],
  async draw(request, model) {
    return trajectoryFigure(await statesInPlane(request, model, 300), request)
  },
} as const satisfies FigureDefinition

/** Every sample's path from x_T to x_0; states are [count, 2], x_T first. */
export function trajectoryFigure(
  { states, names }: { states: readonly Points[]; names: AxisNames },
  { theme: themeName, size }: Appearance,
): Drawn {
  const theme = themes[themeName]
  const { count } = states[0]!
  // a path's corner takes a third of the room that a dot takes
  const drawn = subsample(count, Math.floor(maxMarks / (2 + states.length / 3)))
  const note = subsampleNote('samples', count, drawn.length)
  const layout = gridLayout({ frame: frameFor(states, 440), size, margin: { top: 44 }, caption: note })
  const frame = layout.frames[0]!
  const { marks, ...scales } = planeAxes(sharedDomains(states, frame), names, frame, theme, true)
  const corners = states.flatMap((state) => rowsOf(state, drawn).map((row, sample) => ({ ...row, sample })))
  const ends = { x: 'x', y: 'y', r: dotRadius(drawn.length, frame) } as const
  return renderFigure({
    title: `The paths of ${humanCount(count)} samples through ${states.length - 1} reverse steps`,
    layout,
    theme,
    panels: [
      {
        frame,
        options: {
          ...scales,
          marks: [
            ...marks,
            Plot.line(corners, {
              x: 'x',
              y: 'y',
              z: 'sample',
              stroke: theme.path,
              strokeWidth: 0.7,
              strokeOpacity: Math.min(0.5, Math.max(0.06, 90 / drawn.length)),
            }),
            Plot.dot(rowsOf(states[0]!, drawn), { ...ends, fill: theme.data, fillOpacity: 0.7 }),
            Plot.dot(rowsOf(states.at(-1)!, drawn), { ...ends, fill: theme.samples, fillOpacity: 0.9 }),
          ],
        },
      },
    ],
    legend: [
      { label: 'x_T, noise', color: theme.data, symbol: 'dot' },
      { label: 'path', color: theme.path, symbol: 'line' },
      { label: 'x_0, samples', color: theme.samples, symbol: 'dot' },
    ],
    note,
  })
}
