import { createSchedule } from '../../src/diffusion/schedule.ts'
import { exportSampler } from '../../src/export/export-model.ts'
import { initialWeights, postNetwork } from '../../src/model/network.ts'

/** What a network's cost depends on. */
export interface Dimensions {
  readonly T: number
  /** The width of all hidden layers but the last, which is a fifth as wide: like the post's 100, 100, 100, 20. */
  readonly width: number
  readonly dim: number
}

/** The sampler.onnx of an untrained network, DDPM in T steps: it costs as much as a trained one. */
export function untrainedSampler({ T, width, dim }: Dimensions): Promise<Uint8Array> {
  const hidden = [width, width, width, Math.max(1, Math.round(width / 5))]
  const schedule = { kind: 'karras', sigmaMin: 0.04, sigmaMax: 6, rho: 7 } as const
  const network = postNetwork({ dim, hidden }, createSchedule(schedule, T).alphaBars)
  const weights = initialWeights(network, 0)
  return exportSampler({
    config: {
      T,
      schedule,
      scaler: { min: Array(dim).fill(-1), max: Array(dim).fill(1) },
      integerColumns: [],
      predictionType: 'epsilon',
      sampler: { name: 'ddpm', variance: 'fixed_small' },
    },
    weights,
  })
}
