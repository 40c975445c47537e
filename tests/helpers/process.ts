import type { PredictionType } from '../../src/diffusion/prediction.ts'
import { createProcess, type Process } from '../../src/diffusion/process.ts'
import type { SamplerConfig } from '../../src/diffusion/samplers/index.ts'
import type { Schedule } from '../../src/diffusion/schedule.ts'

/** A process on a schedule. */
export function processWith(
  schedule: Schedule,
  sampler: SamplerConfig,
  timesteps: readonly number[],
  predictionType: PredictionType = 'epsilon',
): Process {
  return createProcess(schedule, predictionType, sampler, timesteps)
}
