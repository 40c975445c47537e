import { InputError, requireInteger } from '../core/errors.ts'
import type { Points } from '../core/points.ts'
import { maxSeed } from '../core/random.ts'
import { chooseSampler, describeSampler, type SamplerChoice } from '../diffusion/samplers/index.ts'
import { isStochastic, type SamplerConfig } from '../diffusion/samplers/sampler.ts'
import { checkTimesteps, spacedTimesteps } from '../diffusion/schedule.ts'
import type { Plan } from './chunk.ts'
import type { Model } from './model.ts'

/** The sampler and its steps; what is left open is as the card recommends. */
export interface SampleOptions extends SamplerChoice {
  readonly count: number
  /** 0 by default. Sample i of a seed is the same whatever the count. */
  readonly seed?: number | undefined
  /** Steps out of T. */
  readonly numSteps?: number | undefined
  /** An explicit falling list of timesteps instead. */
  readonly timesteps?: readonly number[] | undefined
  /** Start points [count, dim] in place of the seed's. */
  readonly x_T?: Points | undefined
  /** Noise of each step, [steps][count, dim], in place of the seed's. */
  readonly noise?: readonly Points[] | undefined
  /** Whether to return every state on the way. */
  readonly trajectory?: boolean | undefined
  /** Whether to move samples into the ranges of the data's columns. */
  readonly clip?: boolean | undefined
  /** Samples that go through the process together; the samples don't depend on it. */
  readonly chunkSize?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Told of what is odd but legal; console.warn otherwise. */
  readonly onWarning?: ((message: string) => void) | undefined
  readonly onProgress?: ((progress: { done: number; count: number }) => void) | undefined
  /** Told of every state of every chunk, x_T first; the process waits for it, and `seconds` leaves that out. */
  readonly onStep?: ((state: ChunkState) => void | Promise<void>) | undefined
}

/** Where a chunk of samples is on its way. */
export interface ChunkState {
  /** Steps taken so far. */
  readonly step: number
  /** The timestep of `x`. */
  readonly t: number
  /** The index of the chunk's first sample. */
  readonly from: number
  /** [chunk, dim], in scaled space. */
  readonly x: Points
}

const maxCount = 100_000_000

/** The process that options and card agree on. Errors: nothing that the model can do; a sampler.onnx holds another process. */
export function planOf({ file, schedule }: Model, options: SampleOptions): Plan {
  const { card } = file
  const { numSteps, timesteps } = options
  if (timesteps && numSteps !== undefined)
    throw new InputError('give either the number of steps or the timesteps, not both')
  const held = card.sampler
  if (!held) {
    const config = chooseSampler(options, card.recommended.sampler)
    if (timesteps) return { config, timesteps: checkTimesteps(timesteps, schedule.T) }
    return {
      config,
      timesteps: numSteps === undefined ? card.recommended.timesteps : spacedTimesteps(schedule.T, numSteps),
    }
  }
  const { timesteps: heldTimesteps, ...rest } = held
  const config = rest as SamplerConfig
  const chosen = chooseSampler(options, config)
  const differs =
    (chosen !== config && describeSampler(chosen) !== describeSampler(config)) ||
    (numSteps !== undefined && numSteps !== heldTimesteps.length) ||
    (timesteps && timesteps.join() !== heldTimesteps.join())
  if (differs)
    throw new InputError(
      `this sampler.onnx holds ${describeSampler(config)}, timesteps ${heldTimesteps.join(',')}: ` +
        'leave the options out, or sample model.onnx with others',
    )
  if (options.trajectory && !file.outputs.includes('trajectory'))
    throw new InputError(
      'this sampler.onnx gives no trajectory: export it with `trajectory`, or sample model.onnx',
    )
  return { config, timesteps: heldTimesteps }
}

/** Errors: numbers out of range, and points or noise of another size. */
export function checkOptions(
  { file }: Model,
  { count, seed = 0, chunkSize = 1, x_T, noise }: SampleOptions,
  plan: Plan,
): void {
  const { dim } = file.card
  requireInteger('count', count, 1, maxCount)
  requireInteger('seed', seed, 0, maxSeed)
  requireInteger('chunkSize', chunkSize, 1, maxCount)
  const check = (what: string, points: Points) => {
    if (points.count !== count || points.dim !== dim || points.data.length !== count * dim)
      throw new InputError(`${what} is [${points.count}, ${points.dim}]: give [${count}, ${dim}]`)
  }
  if (x_T) check('x_T', x_T)
  if (noise && !isStochastic(plan.config))
    throw new InputError(`noise is given, but ${describeSampler(plan.config)} takes none: leave it out`)
  if (noise && noise.length !== plan.timesteps.length)
    throw new InputError(`noise is for ${noise.length} steps: give it for ${plan.timesteps.length}`)
  noise?.forEach((points, j) => {
    check(`noise[${j}]`, points)
  })
}
