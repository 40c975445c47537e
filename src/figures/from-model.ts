import { InputError, requireInteger } from '../core/errors.ts'
import { type FloatArray, gatherColumns, type Points, toFloat32 } from '../core/points.ts'
import { standardNormals, streams } from '../core/random.ts'
import { forwardProcess } from '../diffusion/prediction.ts'
import type { Model } from '../infer/model.ts'
import { type SampleResult, sample } from '../infer/sample.ts'
import { densityFigure } from '../plot/density.ts'
import type { Drawn } from '../plot/figure.ts'
import { mostPairedColumns, pairsFigure } from '../plot/pairs.ts'
import { type Animation, reverseAnimation } from '../plot/reverse.ts'
import { scatterFigure } from '../plot/scatter.ts'
import { trajectoryFigure } from '../plot/trajectory.ts'
import { vectorFieldFigure } from '../plot/vector-field.ts'
import { scale, unscale } from '../table/encoding.ts'
import { type ColumnChoice, pairedColumns, planeColumns } from './columns.ts'
import { type FigureData, figureData } from './data.ts'
import { negativeNoise, requirePredictor } from './model.ts'
import type { FigureRequest } from './request.ts'

type FromModel<R> = (request: FigureRequest, model: Model) => Promise<R>

/** Samples by default, where the data does not say how many. */
const counts = { trajectory: 300, density: 10_000, reverse: 1000, most: 100_000 }

export const samplesOfModel: FromModel<Drawn> = async (request, model) => {
  const { data, samples, names, notes } = await besideData(request, model)
  return withNotes(
    notes,
    scatterFigure(
      {
        title: `${data.count} points of the data beside ${samples.count} samples of the model`,
        clouds: [
          { title: 'data', points: data, of: 'data' },
          { title: 'samples', points: samples, of: 'samples' },
        ],
        names: { x: names[0]!, y: names[1]! },
      },
      request,
    ),
  )
}

export const densityOfModel: FromModel<Drawn> = async (request, model) => {
  const count = request.count ?? counts.density
  // a built-in dataset has as many points as there are samples, so that both maps are as fine
  const fresh = request.data === undefined && request.rows === undefined ? { rows: count } : {}
  const { data, samples, names, notes } = await besideData({ ...request, ...fresh, count }, model)
  return withNotes(notes, densityFigure({ data, samples, names: { x: names[0]!, y: names[1]! } }, request))
}

export const pairsOfModel: FromModel<Drawn> = async (request, model) => {
  const choice = pairedColumns(model.file.card.columns, request.columns, mostPairedColumns)
  const { data, samples, names } = await besideData(request, model, choice)
  return pairsFigure({ data, samples, columns: names }, request)
}

export const forwardOfModel: FromModel<Drawn> = async (request, model) => {
  const { card } = model.file
  const { T } = card
  const choice = planeColumns('forward', card.columns, request.columns)
  const at = panelTimesteps(request.at, T, 0, [0, T], 5)
  const x_0 = toFloat32(scale(toFloat64((await dataOf(request, model)).points), card.scaler))
  const { count, dim } = x_0
  const seed = request.seed ?? 0
  const noise = standardNormals({ seed, stream: streams.trainingNoise, step: 0, start: 0, count, dim })
  const clouds = at.map((t) => {
    const timesteps = new Float64Array(count).fill(t)
    const x_t = forwardProcess(model.schedule, x_0, timesteps, { data: noise, count, dim })
    return { title: `t = ${t}`, points: gatherColumns(x_t, choice.indices), of: 'data' as const }
  })
  const names = scaledNames(choice)
  const title = `${count} points of the data under the forward process at t = ${at.join(', ')}`
  return withNotes(
    choice.notes,
    scatterFigure({ title, clouds, names: { x: names[0], y: names[1] } }, request),
  )
}

/** Arrows along an axis of the field. */
const gridSide = 17
/** The field reaches this far in scaled space, where the data lies in [-1, 1]. */
const gridReach = 2

export const vectorFieldOfModel: FromModel<Drawn> = async (request, model) => {
  const { card } = model.file
  const { T, dim, columns } = card
  requirePredictor(model, request.model!, 'vector-field')
  if (dim !== 2)
    throw new InputError(
      `vector-field is only for models of 2 columns, and ${request.model} has ${dim}: an arrow of ${dim} columns has no place in a plane`,
    )
  const at = panelTimesteps(request.at, T, 1, [T, 1], 6)
  const { trajectory, timesteps } = await draw(model, { ...request, count: 1 }, true)
  const grid = fieldGrid()
  const panels = []
  for (const t of at)
    panels.push({
      t,
      arrows: await negativeNoise(model, grid, t),
      reached: Math.max(1, timesteps.filter((reachedT) => reachedT >= t).length),
    })
  const path = {
    data: Float32Array.from(trajectory!.flatMap(({ data }) => [...data])),
    count: trajectory!.length,
    dim,
  }
  const names = scaledNames({ names: columns })
  return vectorFieldFigure({ grid, panels, path, names }, request)
}

export const trajectoryOfModel: FromModel<Drawn> = async (request, model) => {
  const { states, names, notes } = await statesOf('trajectory', request, model, counts.trajectory)
  return withNotes(notes, trajectoryFigure({ states, names: { x: names[0]!, y: names[1]! } }, request))
}

export const reverseOfModel: FromModel<Animation> = async (request, model) => {
  const { states, timesteps, names, notes } = await statesOf('reverse', request, model, counts.reverse)
  const animation = reverseAnimation({ states, timesteps, names: { x: names[0]!, y: names[1]! } }, request)
  return { ...animation, notes: [...notes, ...animation.notes] }
}

function dataOf(request: FigureRequest, { file: { card } }: Model): Promise<FigureData> {
  return figureData(request, request.seed ?? 0, { name: request.model!, card })
}

/** Data and samples in data units, the chosen columns of them; as many samples as data by default. */
async function besideData(request: FigureRequest, model: Model, columns?: ColumnChoice) {
  const { indices, names, notes } =
    columns ?? planeColumns(request.figure, model.file.card.columns, request.columns)
  const data = (await dataOf(request, model)).points
  const count = request.count ?? Math.min(data.count, counts.most)
  const { points } = await draw(model, { ...request, count }, false)
  return { data: gatherColumns(data, indices), samples: gatherColumns(points, indices), names, notes }
}

/** Every state of the samples in data units, the chosen columns of them. */
async function statesOf(figure: string, request: FigureRequest, model: Model, count: number) {
  const { card } = model.file
  const { indices, names, notes } = planeColumns(figure, card.columns, request.columns)
  const { trajectory, timesteps } = await draw(model, { count, ...given(request) }, true)
  const states = trajectory!.map((state) => gatherColumns(unscale(state, card.scaler), indices))
  return { states, timesteps, names, notes }
}

function given({ count, ...rest }: FigureRequest): Partial<FigureRequest> {
  return count === undefined ? rest : { ...rest, count }
}

function draw(
  model: Model,
  { count, seed, signal, onProgress }: Partial<FigureRequest>,
  trajectory: boolean,
): Promise<SampleResult> {
  return sample(model, {
    count: count!,
    seed,
    trajectory,
    signal,
    onProgress: ({ done, count }) => onProgress?.({ done, count, unit: 'samples' }),
  })
}

/** The timesteps of the panels: those that are chosen, else `count` spaced from one end to the other. */
function panelTimesteps(
  chosen: readonly number[] | undefined,
  T: number,
  lowest: number,
  [from, to]: readonly [number, number],
  count: number,
): number[] {
  if (chosen) {
    if (chosen.length > 24) throw new InputError(`--at has ${chosen.length} timesteps: give up to 24 panels`)
    return chosen.map((t) => requireInteger('a timestep of --at', t, lowest, T))
  }
  const spaced = Array.from({ length: count }, (_, k) => Math.round(from + ((to - from) * k) / (count - 1)))
  return [...new Set(spaced)]
}

/** Points of a square grid, row by row. */
function fieldGrid(): Points {
  const at = (k: number) => -gridReach + (2 * gridReach * k) / (gridSide - 1)
  const data = Float32Array.from({ length: gridSide * gridSide * 2 }, (_, k) => {
    const place = k >> 1
    return at(k % 2 === 0 ? place % gridSide : Math.floor(place / gridSide))
  })
  return { data, count: gridSide * gridSide, dim: 2 }
}

function scaledNames({ names }: Pick<ColumnChoice, 'names'>): [string, string] {
  return [`${names[0]}, scaled`, `${names[1]}, scaled`]
}

function withNotes(notes: readonly string[], drawn: Drawn): Drawn {
  return { ...drawn, notes: [...notes, ...drawn.notes] }
}

function toFloat64({ data, count, dim }: Points<FloatArray>): Points<Float64Array> {
  return { data: Float64Array.from(data), count, dim }
}
