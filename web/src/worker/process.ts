import type { Points } from '../../../src/core/points.ts'
import { standardNormals, streams } from '../../../src/core/random.ts'
import { reverseProcess } from '../../../src/diffusion/process.ts'
import { chooseSampler, createSampler } from '../../../src/diffusion/samplers/index.ts'
import { createSchedule } from '../../../src/diffusion/schedule.ts'
import type { Steps } from '../../../src/model/card.ts'
import type { ModelFile } from '../../../src/onnx/read.ts'
import { type ProcessChoice, timestepsOf } from '../process-choice.ts'
import { plainPredictor } from './plain-predictor.ts'

/** The states of the reverse process from x_T [count, dim], in float64. Errors: those of the sampler; the signal's reason. */
export function plainProcess(
  file: ModelFile,
  { sampler, numSteps, seed }: ProcessChoice,
  x_T: Points<Float64Array>,
  signal?: AbortSignal,
) {
  const { card } = file
  const config = chooseSampler({ sampler }, card.recommended.sampler)
  return plainSteps(file, { config, timesteps: timestepsOf(card, numSteps) }, seed, x_T, signal)
}

/** The same by given steps. */
export function plainSteps(
  file: ModelFile,
  { config, timesteps }: Steps,
  seed: number,
  x_T: Points<Float64Array>,
  signal?: AbortSignal,
) {
  const { card } = file
  const { count, dim } = x_T
  const schedule = createSchedule({ kind: 'betas', betas: card.schedule.betas }, card.T)
  return reverseProcess({
    predictor: plainPredictor(file, signal),
    sampler: createSampler(schedule, config, card.predictionType),
    timesteps,
    x_T,
    noise: (step) => normals({ seed, stream: streams.reverseNoise, step, count, dim }),
    signal,
  })
}

/** The seed's start points. */
export function startPoints(file: ModelFile, seed: number, count: number): Points<Float64Array> {
  return normals({ seed, stream: streams.x_T, step: 0, count, dim: file.card.dim })
}

function normals(request: Omit<Parameters<typeof standardNormals>[0], 'start'>): Points<Float64Array> {
  const { count, dim } = request
  return { data: Float64Array.from(standardNormals({ ...request, start: 0 })), count, dim }
}
