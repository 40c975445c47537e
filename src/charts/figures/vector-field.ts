import * as Plot from '@observablehq/plot'
import { InputError } from '../../core/errors.ts'
import { counted } from '../../core/format.ts'
import { toEpsilon } from '../../diffusion/prediction.ts'
import { descriptionOf, internalsOf, type Model } from '../../infer/model.ts'
import { sessionPredictor } from '../../infer/session.ts'
import { joinRows, linearCombination, type Points } from '../../numerics/points.ts'
import { planeLayout } from '../marks/axes.ts'
import { renderFigure } from '../marks/figure.ts'
import type { Appearance, AxisNames, Drawn } from '../marks/layout.ts'
import { rowsOf } from '../marks/scatter.ts'
import type { FigureDefinition } from './figure.ts'
import { drawSamples, panelTimesteps, planeColumns, requirePointsModel, scaledNames } from './inputs.ts'

const gridSide = 17
/** The field's extent in scaled space, where the data lies in [-1, 1]. */
const gridReach = 2

export const vectorField = {
  name: 'vector-field',
  description: "arrows of the negative predicted noise, and one sample's reverse path",
  needs: 'model',
  takes: ['seed', 'at'],
  async draw(request, model) {
    requirePointsModel(request, model)
    const { card } = model
    const { T, dim, columns } = card
    const { modelName } = request
    if (card.sampler) {
      const problem = `${modelName} is a sampler.onnx: vector-field calls the network alone, give the model.onnx`
      throw new InputError(problem, 'bad-model')
    }
    if (dim !== 2) {
      const problem = `vector-field is only for models of 2 columns, and ${modelName} has ${dim}: an arrow of ${counted(dim, 'column')} has no place in a plane`
      throw new InputError(problem, 'bad-model')
    }
    const at = panelTimesteps(request.at, T, { min: 1, ends: [T, 1], count: 6 })
    const { trajectory, timesteps } = await drawSamples(model, request, 1, true)
    const grid = fieldGrid()
    const panels: FieldPanel[] = []
    for (const t of at) {
      const reached = Math.max(1, timesteps.filter((reachedT) => reachedT >= t).length)
      panels.push({ t, arrows: await negativeNoise(model, grid, t), reached })
    }
    const names = scaledNames(planeColumns(request, columns).names)
    return vectorFieldFigure({ grid, panels, path: joinRows(trajectory!), names }, request)
  },
} as const satisfies FigureDefinition

function fieldGrid(): Points {
  const at = (k: number) => -gridReach + (2 * gridReach * k) / (gridSide - 1)
  const data = Float32Array.from({ length: gridSide * gridSide * 2 }, (_, k) => {
    const place = k >> 1
    return at(k % 2 === 0 ? place % gridSide : Math.floor(place / gridSide))
  })
  return { data, count: gridSide * gridSide, dim: 2 }
}

/** The negative predicted noise at points [count, dim] of scaled space and timestep t, for any prediction type. */
export async function negativeNoise(model: Model, x_t: Points, t: number): Promise<Points> {
  const { predictionType } = model.card
  const output = await sessionPredictor(internalsOf(model).session, predictionType).predict(x_t, t)
  const epsilon = toEpsilon(predictionType, descriptionOf(model).schedule.alphaBars[t]!)
  return linearCombination([
    { coefficient: -epsilon.x_t, points: x_t },
    { coefficient: -epsilon.output, points: output },
  ])
}

interface FieldPanel {
  readonly t: number
  /** The negative predicted noise at each point of the grid, [count, 2] in scaled space. */
  readonly arrows: Points
  /** The number of states on the path up to t. */
  readonly reached: number
}

interface VectorField {
  /** The arrows' positions, [count, 2] in scaled space. */
  readonly grid: Points
  readonly panels: readonly FieldPanel[]
  /** One sample's states from x_T to x_0, [states, 2] in scaled space. */
  readonly path: Points
  readonly names: AxisNames
}

const caption = "an arrow's length: the square root of its noise's, scaled in each panel"

const longest = 1.15

/** Arrows of the negative predicted noise at descending t, with one sample's reverse path up to each t. */
export function vectorFieldFigure(
  { grid, panels: fields, path, names }: VectorField,
  appearance: Appearance,
): Drawn {
  const frame = { width: 220, height: 220 }
  const { layout, panel } = planeLayout(
    { sets: [grid, path], names, frame, count: fields.length, across: 3, caption },
    appearance,
  )
  const { theme } = layout
  const spacing = layout.frame.width / Math.sqrt(grid.count)
  const [places, states] = [rowsOf(grid), rowsOf(path)]
  const line = { stroke: theme.path, strokeLinejoin: 'round' } as const
  const panels = fields.map(({ t, arrows, reached }, k) => {
    const directions = rowsOf(arrows)
    const lengths = directions.map(([x, y]) => Math.hypot(x, y))
    const strongest = Math.max(...lengths) || 1
    const marks = [
      Plot.vector(places, {
        length: lengths.map((length) => Math.sqrt(length / strongest) * longest * spacing),
        // Plot rotates clockwise from straight up
        rotate: directions.map(([x, y]) => (Math.atan2(x, y) * 180) / Math.PI),
        stroke: theme.data,
        strokeWidth: 1,
      }),
      Plot.line(states, { ...line, strokeWidth: 1, strokeOpacity: 0.45 }),
      Plot.line(states.slice(0, reached), { ...line, strokeWidth: 2.2 }),
      Plot.dot(states.slice(reached - 1, reached), { r: 4, fill: theme.path, stroke: theme.background }),
    ]
    return { ...panel(k, marks, { length: { type: 'identity' } }), title: `t = ${t}` }
  })
  return renderFigure({
    title: `The negative predicted noise at t = ${fields.map(({ t }) => t).join(', ')}, and one sample's reverse path`,
    layout,
    panels,
    legend: [
      { label: 'negative predicted noise', color: theme.data, symbol: 'line' },
      { label: "one sample's reverse path, so far", color: theme.path, symbol: 'line' },
    ],
  })
}
