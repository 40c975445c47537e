import type { NoisePredictor } from '../../../src/diffusion/process.ts'
import type { ModelCard } from '../../../src/model/card.ts'
import { referencePredictor } from '../../../src/model/compute/reference.ts'
import { type Description, describeConfig } from '../../../src/model/description.ts'
import type { RunConfig } from '../../../src/model/run-config.ts'
import { type NamedWeights, readSafetensors } from '../../../src/model/weights.ts'
import type { LinearColumn } from '../../../src/table/encodings/scaled.ts'
import { linearColumns } from '../../../src/table/encodings/scaled.ts'
import type { CommittedModel } from '../committed-model.ts'
import { pageFile } from './page-file.ts'

/** A model of points, from a run or from a reader's file. */
export interface PointsModel {
  readonly description: Description
  readonly columns: readonly LinearColumn[]
  /** The network in plain TypeScript and float64. */
  readonly predictor: NoisePredictor<Float64Array>
  readonly origin: Origin
}

/** What config.json or a card says about a model's training. */
export interface Origin {
  readonly dataset?: ModelCard['dataset'] | undefined
  readonly seed?: number | null | undefined
  /** Only of a student. */
  readonly teacher?: ModelCard['teacher']
}

/** The model of a run of points. Throws InputError if the weights don't fit its network. */
export function modelOfRun(config: RunConfig, weights: NamedWeights): PointsModel {
  const description = describeConfig(config)
  return {
    description,
    columns: linearColumns(config),
    predictor: referencePredictor(description.network, weights),
    origin: config,
  }
}

/** The model of a committed run, and its weights.safetensors. Throws InputError if the file is missing or broken. */
export async function fetchRun({
  config,
  weights,
  label,
}: CommittedModel): Promise<{ readonly model: PointsModel; readonly file: Uint8Array }> {
  const file = await pageFile(weights)
  const { tensors } = readSafetensors(file, `the weights of ${label}`)
  return { model: modelOfRun(config, tensors), file }
}
