import { InputError } from '../core/errors.ts'
import { standardNormals, streams } from '../core/random.ts'
import { chooseSampler, describeSampler, type SamplerChoice } from '../diffusion/samplers/create.ts'
import { isStochastic, type SamplerConfig } from '../diffusion/samplers/sampler.ts'
import { checkTimesteps, spacedTimesteps } from '../diffusion/timesteps.ts'
import type { Model } from '../infer/model.ts'
import { sample } from '../infer/sample.ts'
import { infoOf, type SessionInfo } from '../infer/session.ts'
import type { Teacher } from '../model/schemas.ts'
import type { Pairs } from '../train/batches.ts'
import { distillation } from './student.ts'

/** How the teacher is sampled: DPM-Solver++ (2M) in 20 steps, or T where that is less. */
export interface TeacherChoice extends SamplerChoice {
  readonly numSteps?: number | undefined
  /** An explicit falling list instead. */
  readonly timesteps?: readonly number[] | undefined
}

/** Errors: a sampler that takes noise on its way; steps or an option that there are not. */
export function teacherProcess(
  { numSteps, timesteps, ...choice }: TeacherChoice,
  T: number,
): Pick<Teacher, 'sampler' | 'timesteps'> {
  const sampler: SamplerConfig = chooseSampler(choice, { name: 'dpmsolver++', order: 2 })
  if (isStochastic(sampler))
    throw new InputError(
      `${describeSampler(sampler)} takes noise on its way, so that no sample belongs to a start: a student needs ` +
        'dpmsolver++, or ddim with eta 0',
    )
  if (timesteps && numSteps !== undefined)
    throw new InputError('give either the number of steps or the timesteps, not both')
  return {
    sampler,
    timesteps: timesteps
      ? checkTimesteps(timesteps, T)
      : spacedTimesteps(T, numSteps ?? Math.min(distillation.numSteps, T)),
  }
}

export interface DrawnPairs {
  readonly pairs: Pairs
  readonly seconds: number
  /** What sampled the teacher. */
  readonly session: SessionInfo
}

/**
 * The pairs [pairs, dim] that a teacher's card field speaks of: x_T of Philox stream 7, and what the teacher makes of
 * it, in scaled space. Errors: those of `sample`; the signal's reason.
 */
export async function drawPairsOf(
  model: Model,
  { sampler, timesteps, pairs: count, seed }: Omit<Teacher, 'name' | 'sha256'>,
  watch: {
    readonly signal?: AbortSignal | undefined
    readonly onProgress?: ((progress: { done: number; count: number }) => void) | undefined
    readonly onWarning?: ((message: string) => void) | undefined
  },
): Promise<DrawnPairs> {
  const { dim } = model.file.card
  const noise = standardNormals({ seed, stream: streams.pairs, step: 0, start: 0, count, dim })
  const x_T = { data: noise, count, dim }
  const { name, ...rest } = sampler
  const result = await sample(model, { count, x_T, sampler: name, ...rest, timesteps, ...watch })
  return { pairs: { x_T, x_0: result.x_0 }, seconds: result.seconds, session: infoOf(result) }
}
