import { stat } from 'node:fs/promises'
import { InputError } from '../core/errors.ts'
import { linearCombination, type Points } from '../core/points.ts'
import { toEpsilon } from '../diffusion/prediction.ts'
import { exportNoisePredictor } from '../export/export-model.ts'
import type { Model } from '../infer/model.ts'
import { sessionPredictor } from '../infer/session.ts'
import { readTrainedRun } from '../model/run-folder.ts'
import { loadModel } from '../node/load-model.ts'

/** Whether a path is a folder: that of a run. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
}

/** A model.onnx, a sampler.onnx, or a run folder as its export would be. Errors: those of `loadModel` and `readTrainedRun`. */
export async function openFigureModel(path: string): Promise<Model> {
  if (await isFolder(path)) return loadModel(await exportNoisePredictor(await readTrainedRun(path)))
  return loadModel(path)
}

/** The negative predicted noise at points [count, dim] of scaled space and timestep t, whatever the network predicts. */
export async function negativeNoise(model: Model, x_t: Points, t: number): Promise<Points> {
  const { predictionType } = model.file.card
  const output = await model.queue.run(() => sessionPredictor(model.session, predictionType).predict(x_t, t))
  const epsilon = toEpsilon(predictionType, model.schedule.alphaBars[t]!)
  return linearCombination([
    { coefficient: -epsilon.x_t, points: x_t },
    { coefficient: -epsilon.output, points: output },
  ])
}

/** Errors: a sampler.onnx, which holds no network to ask at one t. */
export function requirePredictor(model: Model, name: string, figure: string): void {
  if (model.file.isSampler)
    throw new InputError(`${name} is a sampler.onnx: ${figure} asks the network itself, give the model.onnx`)
}
