import { readFile } from 'node:fs/promises'
import { exportSampler } from '../../src/export/export-model.ts'
import { loadModel, type NodeProvider, sample } from '../../src/index.ts'
import { readTrainedRun } from '../../src/node/run-folder.ts'
import { type Dimensions, untrainedSampler } from './untrained.ts'
import type { Measure } from './worker.ts'

interface SamplingOptions {
  /** A model's file; a run folder, to export as sampler.onnx with this many steps; or an untrained network. */
  readonly model: string | { readonly run: string; readonly numSteps: number } | Dimensions
  readonly count: number
  /** The number of draws per measurement, for fast ones. */
  readonly repeats: number
  readonly provider?: NodeProvider
}

/** Seconds of `sample`, including noise but not loading. */
export async function sampling(
  { model: source, count, repeats, provider = 'cpu' }: SamplingOptions,
  threads: number,
): Promise<Measure> {
  const model = await loadModel(await bytesOf(source), { provider, threads })
  const measure = async () => {
    const start = performance.now()
    for (let k = 0; k < repeats; k++) await sample(model, { count, seed: k })
    return (performance.now() - start) / 1000 / repeats
  }
  await measure()
  return measure
}

async function bytesOf(source: SamplingOptions['model']): Promise<Uint8Array> {
  if (typeof source === 'string') return readFile(source)
  if (!('run' in source)) return untrainedSampler(source)
  return exportSampler(await readTrainedRun(source.run), { numSteps: source.numSteps })
}
