import { InputError, outOfRange, requireIntegers, unknownName } from '../../core/errors.ts'
import { isFolder } from '../../core/files.ts'
import { counted } from '../../core/format.ts'
import { exportNoisePredictor } from '../../export/export-model.ts'
import { descriptionOf, type Model, type ModelSource, type SampleResult } from '../../infer/model.ts'
import { sample } from '../../infer/sample.ts'
import type { ModelCard } from '../../model/card.ts'
import { loadModel } from '../../node/providers.ts'
import { readTrainedRun } from '../../node/run-folder.ts'
import { gatherColumns } from '../../numerics/points.ts'
import { defaultNoiseLevel, isDatasetName, makeDataset } from '../../table/datasets/index.ts'
import { toDataUnits } from '../../table/encodings/decode.ts'
import { isScaled } from '../../table/encodings/encoding.ts'
import { readTable } from '../../table/formats/read-table.ts'
import type { Given } from '../../table/known.ts'
import { type Column, isGenerated, kindsOf, namesOf, type Table } from '../../table/table.ts'
import {
  describeUnknown,
  lackingColumn,
  matchWithOther,
  typesForAnyWord,
  withYesAndNo,
} from '../../table/unknown-names.ts'
import type { AxisNames } from '../marks/layout.ts'
import type { FigureRequest } from './figure.ts'

/** Opens a model.onnx, a sampler.onnx, or a run folder as if exported. Throws as `loadModel` and `readTrainedRun` do. */
export async function openFigureModel(source: ModelSource): Promise<Model> {
  const isRun = typeof source === 'string' && (await isFolder(source))
  const model = isRun ? await exportNoisePredictor(await readTrainedRun(source)) : source
  // figures show what is learned
  return loadModel(model, { withoutFaker: true })
}

/** The model's columns that figures show: all that are learned. */
export function visibleColumns(model: Model): readonly Column[] {
  return descriptionOf(model).encoding.columns.filter((column) => !isGenerated(column))
}

/** Whether the options choose data, or the model's card names a built-in dataset. */
export function hasData({ data, dataset }: FigureRequest, card: ModelCard | undefined): boolean {
  return data !== undefined || dataset !== undefined || !card || builtInOf(card) !== undefined
}

function builtInOf({ dataset, seed }: ModelCard) {
  const isReproducible = dataset && 'name' in dataset && isDatasetName(dataset.name) && seed !== null
  return isReproducible ? dataset : undefined
}

/** The chosen data, else the built-in dataset of the model's card, with its seed; columns as `visibleColumns`. */
export async function figureData(request: FigureRequest, model: Model | undefined): Promise<Table> {
  const { data, dataset, rows, noiseLevel, seed, modelName } = request
  const card = model?.card
  // as in train, a built-in dataset's name is a word, and a path has a dot or a slash
  const path = data ?? (dataset !== undefined && /[./\\]/.test(dataset) ? dataset : undefined)
  if (path !== undefined) {
    const generatorOptions = { dataset: path === dataset ? undefined : dataset, rows, noiseLevel }
    for (const [option, value] of Object.entries(generatorOptions))
      if (value !== undefined) {
        const problem = `\`${option}\` beside the file ${path}, which is taken as it is: leave it out`
        throw new InputError(problem, 'conflict', { option, value })
      }
    return readData(path === data ? 'data' : 'dataset', path, request, model)
  }
  for (const option of ['sheet', 'maxSize'] as const)
    if (request[option] !== undefined)
      throw new InputError(
        `\`${option}\` is for a table's file: give \`data\`, or leave it out`,
        'conflict',
        {
          option,
        },
      )
  const builtIn = card && builtInOf(card)
  if (card && !hasData(request, card)) {
    const problem = `${modelName} does not say how to make its data again (${describeData(card)}): give \`data\`, its file`
    throw new InputError(problem, 'missing', { option: 'data' })
  }
  const name = dataset ?? builtIn?.name ?? 'two-moons'
  const same = builtIn?.name === name ? builtIn : undefined
  const config = {
    name,
    rows: rows ?? same?.rows ?? 1000,
    noiseLevel: noiseLevel ?? same?.noiseLevel ?? defaultNoiseLevel(name),
  }
  const table = makeDataset(config, (same && card?.seed) ?? seed)
  if (card && table.columns.length !== card.dim) {
    const problem = `${name} has ${counted(table.columns.length, 'column')}, ${modelName} has ${card.dim}: give \`data\` with points of the same columns`
    throw new InputError(problem, 'conflict')
  }
  if (!model) return table
  const { columns } = descriptionOf(model).encoding
  return { ...table, columns: columns.map((column, d) => ({ ...column, cells: table.columns[d]!.cells })) }
}

async function readData(
  option: string,
  path: string,
  { columns: chosen, sheet, maxSize, modelName, note }: FigureRequest,
  model: Model | undefined,
): Promise<Table> {
  if (!model) {
    const choice = { columns: chosen }
    const { notes, leftOut, ...table } = await readTable(option, path, { choice, sheet, maxSize })
    for (const line of notes) note(line)
    for (const { name, reason } of leftOut) note(`column ${name} is left out: ${reason}`)
    return table
  }
  const columns = visibleColumns(model)
  const types = typesForAnyWord(kindsOf({ columns }))
  // a model of points accepts columns with other names, in order
  const isOfPoints = isScaled(descriptionOf(model).encoding)
  const choice = isOfPoints ? undefined : { types, columns: namesOf({ columns }) }
  const table = await readTable(option, path, { choice, sheet, maxSize }).catch((error) => {
    throw choice ? lackingColumn(error, path, modelName, option) : error
  })
  for (const line of table.notes) note(line)
  const reference = { name: modelName, columns }
  const { unknown, ...matched } = matchWithOther(withYesAndNo(table, { columns }), reference)
  for (const each of unknown) note(describeUnknown(each, path, modelName, 'drawn as other'))
  return matched
}

function describeData({ dataset }: ModelCard): string {
  if (!dataset) return 'its card names none'
  return `it was trained on ${'file' in dataset ? `the file ${dataset.file}` : dataset.name}`
}

/** Throws InputError on a model of a table, whose intermediate states are not rows. */
export function requirePointsModel({ figure, modelName }: FigureRequest, model: Model): void {
  if (!isScaled(descriptionOf(model).encoding)) {
    const problem = `${figure} is for models of points, and ${modelName} is of a table: take plot columns or plot pairs`
    throw new InputError(problem, 'bad-model')
  }
}

export type StatesInPlane = Awaited<ReturnType<typeof statesInPlane>>

/** The samples' states, x_T first, in data units and the plane's two columns, with the timestep before each step. */
export async function statesInPlane(request: FigureRequest, model: Model, count: number) {
  requirePointsModel(request, model)
  const { indices, names } = planeColumns(request, model.card.columns)
  const { encoding } = descriptionOf(model)
  const { trajectory, timesteps } = await drawSamples(model, request, request.count ?? count, true)
  const states = trajectory!.map((state) => gatherColumns(toDataUnits(encoding, state), indices))
  return { states, timesteps, names }
}

/** Draws samples with the figure's seed and the card's recommended sampler. */
export function drawSamples(
  model: Model,
  { seed, signal, onProgress, note }: FigureRequest,
  count: number,
  trajectory: boolean,
  given?: Given,
): Promise<SampleResult> {
  const progress = ({ done, count }: { done: number; count: number }) =>
    onProgress?.({ done, count, unit: 'samples' })
  return sample(model, { count, seed, trajectory, given, signal, onProgress: progress, onWarning: note })
}

/** The panels' timesteps, from `min` on: the chosen ones, otherwise `count` evenly spaced. */
export function panelTimesteps(
  chosen: readonly number[] | undefined,
  T: number,
  { min, ends: [from, to], count }: { min: number; ends: readonly [number, number]; count: number },
): number[] {
  if (chosen) {
    if (chosen.length > 24) {
      const problem = `at has ${counted(chosen.length, 'timestep')}: give up to 24 panels`
      throw new InputError(problem, 'out-of-range', { option: 'at', value: chosen })
    }
    return requireIntegers('at', chosen, min, T)
  }
  const spaced = Array.from({ length: count }, (_, k) => Math.round(from + ((to - from) * k) / (count - 1)))
  return [...new Set(spaced)]
}

/** The two columns of a plane, by default the first two, with a note. Throws InputError if they are not two. */
export function planeColumns({ figure, columns: chosen, note }: FigureRequest, all: readonly string[]) {
  if (all.length < 2) {
    const problem = `${figure} draws two columns, and there is one, ${all[0]}: plot columns draws its histogram`
    throw new InputError(problem, 'conflict')
  }
  if (chosen && chosen.length !== 2)
    throw outOfRange('columns', chosen.join(','), `${figure} draws two columns: name two`)
  const [x, y] = chosen ?? all
  if (!chosen && all.length > 2)
    note(
      `${x} and ${y} are the first two of ${all.length} columns: \`columns\` chooses others, plot pairs shows all`,
    )
  return { indices: columnIndices(all, [x!, y!]), names: { x: x!, y: y! } }
}

export const scaledNames = ({ x, y }: AxisNames): AxisNames => ({ x: `${x}, scaled`, y: `${y}, scaled` })

/** The indices of these columns. Throws InputError on an unknown or repeated name. */
export function columnIndices(all: readonly string[], names: readonly string[]): number[] {
  return names.map((name, k) => {
    const index = all.indexOf(name)
    if (index < 0) throw unknownName('columns', name, all, { noun: 'column' })
    const about = { option: 'columns', value: names }
    if (names.indexOf(name) !== k)
      throw new InputError(`columns has ${name} twice: name each column once`, 'out-of-range', about)
    return index
  })
}
