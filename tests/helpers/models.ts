import { readFileSync } from 'node:fs'
import type { TrainedModel } from '../../src/export/export-model.ts'
import { initialWeights } from '../../src/model/network.ts'
import type { ExportConfig } from '../../src/model/run-config.ts'
import { readSafetensors } from '../../src/model/weights.ts'
import { type GoldenPredictor, golden, goldenPath } from './golden.ts'
import { type PointShape, pointNetwork } from './networks.ts'

export const reference = golden<GoldenPredictor>('noise_predictor.json')

/** The reference model as `export` reads it from a run folder. */
export const referenceModel: TrainedModel = {
  config: {
    T: reference.T,
    schedule: reference.schedule,
    scaler: reference.scaler,
    integerColumns: [],
    predictionType: 'epsilon',
    sampler: { name: 'ddpm', variance: 'fixed_small' },
  },
  weights: readSafetensors(readFileSync(goldenPath('noise_predictor.safetensors'))).tensors,
}

/** An untrained model of any shape. */
export function untrainedModel(shape: Partial<PointShape>, config: Partial<ExportConfig> = {}): TrainedModel {
  const network = pointNetwork({
    dim: shape.dim ?? 2,
    T: shape.T ?? 5,
    hidden: shape.hidden ?? [8, 6],
    timeEmbedding: shape.timeEmbedding ?? { kind: 'one_hot_linear' },
  })
  return {
    config: {
      ...referenceModel.config,
      T: network.T,
      scaler: { min: new Array(network.dim).fill(-2), max: new Array(network.dim).fill(3) },
      ...config,
    },
    weights: initialWeights(network, 1),
  }
}
