import type { PredictionType } from '../../src/diffusion/prediction.ts'
import { type Process, processOf } from '../../src/diffusion/process.ts'
import type { SamplerConfig } from '../../src/diffusion/samplers/index.ts'
import type { Schedule } from '../../src/diffusion/schedule.ts'

/** A process as of a card that recommends it. */
export function processWith(
  schedule: Schedule,
  sampler: SamplerConfig,
  timesteps: readonly number[],
  predictionType: PredictionType = 'epsilon',
): Process {
  return processOf({ T: schedule.T, schedule, predictionType, recommended: { sampler, timesteps } })
}
