import { initialWeights } from '../model/network.ts'
import { exportNoisePredictor } from './export-model.ts'

/** The smallest model.onnx that uses every part of an ordinary one: tells whether a provider runs at all. */
export function smallModel(): Promise<Uint8Array> {
  const network = { dim: 1, T: 2, hidden: [4], timeEmbedding: { kind: 'one_hot_linear' } } as const
  const config = {
    T: 2,
    schedule: { kind: 'linear', betaStart: 0.9, betaEnd: 0.99 },
    scaler: { min: [0], max: [1] },
    integerColumns: [],
    predictionType: 'epsilon',
    sampler: { name: 'ddpm', variance: 'fixed_small' },
  } as const
  return exportNoisePredictor({ config, weights: initialWeights(network, 0) })
}
