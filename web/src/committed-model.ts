import type { RunConfig } from '../../src/model/run-config.ts'
import type { DatasetConfig } from '../../src/table/datasets/index.ts'

/** The config.json of a committed run of points. */
export type PointsConfig = RunConfig & { readonly dataset: DatasetConfig; readonly seed: number }

/** A committed run, as plain data that can be sent to the worker. */
export interface CommittedModel {
  /** The folder in models/. */
  readonly name: string
  readonly label: string
  readonly config: PointsConfig
  /** The URL of its weights.safetensors, which the page computes with. */
  readonly weights: string
  /** The URL of its model.onnx, for onnxruntime. */
  readonly onnx: string
}
