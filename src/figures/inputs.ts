import { stat } from 'node:fs/promises'
import { InputError, requireIntegers } from '../core/errors.ts'
import { gatherColumns } from '../core/points.ts'
import { exportNoisePredictor } from '../export/export-model.ts'
import type { Model, SampleResult } from '../infer/model.ts'
import { sample } from '../infer/sample.ts'
import type { ModelSource } from '../infer/source.ts'
import { readTrainedRun } from '../model/run-folder.ts'
import { loadModel } from '../node/load-model.ts'
import { encodingOf, toDataUnits } from '../table/encoding.ts'
import { planeColumns } from './columns.ts'
import { figureData } from './data.ts'
import type { FigureRequest } from './figure.ts'

/** Whether a source is the path of a folder: that of a run. */
export async function isFolder(source: ModelSource | undefined): Promise<boolean> {
  if (typeof source !== 'string') return false
  return stat(source).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
}

/** A model.onnx, a sampler.onnx, or a run folder as its export would be. Throws as `loadModel` and `readTrainedRun` do. */
export async function openFigureModel(source: ModelSource): Promise<Model> {
  if (!(await isFolder(source))) return loadModel(source)
  return loadModel(await exportNoisePredictor(await readTrainedRun(String(source))))
}

/** Samples by default, where the data does not say how many. */
const maxSamples = 100_000

/** The columns `indices` of data and samples, in data units; as many samples as data by default. */
export async function besideData(request: FigureRequest, model: Model, indices: readonly number[]) {
  const data = (await figureData(request, model)).points
  const count = request.count ?? Math.min(data.count, maxSamples)
  const { points } = await drawSamples(model, request, count, false)
  return { data: gatherColumns(data, indices), samples: gatherColumns(points, indices) }
}

/** Every state of the samples in data units, two columns of them; `count` samples by default. */
export async function statesInPlane(request: FigureRequest, model: Model, count: number) {
  const { card } = model
  const { indices, names } = planeColumns(request, card.columns)
  const { trajectory, timesteps } = await drawSamples(model, request, request.count ?? count, true)
  const states = trajectory!.map((state) => gatherColumns(toDataUnits(encodingOf(card), state), indices))
  return { states, timesteps, names }
}

/** Samples of a figure's seed, by the sampler that the card recommends. */
export function drawSamples(
  model: Model,
  { seed, signal, onProgress }: FigureRequest,
  count: number,
  trajectory: boolean,
): Promise<SampleResult> {
  const progress = ({ done, count }: { done: number; count: number }) =>
    onProgress?.({ done, count, unit: 'samples' })
  return sample(model, { count, seed, trajectory, signal, onProgress: progress })
}

/** The timesteps of the panels, from `min` on: those that are chosen, else `count` spaced from one end to the other. */
export function panelTimesteps(
  chosen: readonly number[] | undefined,
  T: number,
  { min, ends: [from, to], count }: { min: number; ends: readonly [number, number]; count: number },
): number[] {
  if (chosen) {
    if (chosen.length > 24)
      throw new InputError(`at has ${chosen.length} timesteps: give up to 24 panels`, 'out-of-range', {
        option: 'at',
        value: chosen,
      })
    return requireIntegers('at', chosen, min, T)
  }
  const spaced = Array.from({ length: count }, (_, k) => Math.round(from + ((to - from) * k) / (count - 1)))
  return [...new Set(spaced)]
}
