import { readFile } from 'node:fs/promises'
import { InputError } from '../core/errors.ts'
import { runFiles } from '../model/run-folder.ts'
import { readSafetensors, writeSafetensors } from '../model/safetensors.ts'
import type { WeightTensor } from '../model/weights.ts'
import { type EngineState, unflatten } from './engine.ts'

/** The weights that a run is sampled with: the moving average where one is kept. */
export function resultWeights(state: EngineState, shapes: readonly [string, readonly number[]][]) {
  return unflatten(state.average ?? state.parameters, shapes)
}

/** What `--resume` needs, and the weights: by path, to be written together. */
export function checkpointFiles(
  run: string,
  state: EngineState,
  shapes: readonly [string, readonly number[]][],
): [path: string, content: Uint8Array][] {
  const { parameters, firstMoment, secondMoment, average } = state
  const tensors = new Map<string, WeightTensor>()
  for (const [name, data] of Object.entries({ parameters, firstMoment, secondMoment, average }))
    if (data) tensors.set(name, { shape: [data.length], data })
  const files = runFiles(run)
  return [
    [files.checkpoint, writeSafetensors(tensors, { step: String(state.step) })],
    [files.weights, writeSafetensors(resultWeights(state, shapes))],
  ]
}

/** Errors: no checkpoint, or one of another network. */
export async function loadCheckpoint(run: string, parameterCount: number): Promise<EngineState> {
  const { checkpoint } = runFiles(run)
  const bytes = await readFile(checkpoint).catch(() => {
    throw new InputError(`${run} has no checkpoint to resume from: train it anew with --force`)
  })
  const { tensors, metadata } = readSafetensors(bytes, checkpoint)
  const flat = (name: string) => {
    const data = tensors.get(name)?.data
    if (data?.length !== parameterCount)
      throw new InputError(`${checkpoint}: ${name} is not of the network in config.json`)
    return data
  }
  return {
    parameters: flat('parameters'),
    firstMoment: flat('firstMoment'),
    secondMoment: flat('secondMoment'),
    average: tensors.has('average') ? flat('average') : undefined,
    step: Number(metadata.step),
  }
}
