import { InputError, requireInteger } from '../core/errors.ts'
import type { Points } from '../core/points.ts'
import { maxSeed } from '../core/random.ts'
import { type Process, type ProcessChoice, processChoiceOf, processOf } from '../diffusion/process.ts'
import { describeSampler } from '../diffusion/samplers/index.ts'
import type { Model } from './model.ts'

/** The sampler and its steps; what is left open is as the card recommends. */
export interface SampleOptions extends ProcessChoice {
  readonly count: number
  /** 0 by default. Sample i of a seed is the same whatever the count. */
  readonly seed?: number | undefined
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

/** The process that options and card agree on. Throws InputError on what the model can't do. */
export function processFor({ file }: Model, options: SampleOptions): Process {
  const process = processOf(file.card, processChoiceOf(options))
  if (file.isSampler && options.trajectory && !file.outputs.includes('trajectory'))
    throw new InputError(
      'this sampler.onnx gives no trajectory: export it with `trajectory`, or sample model.onnx',
      'out-of-range',
    )
  return process
}

/** Errors: numbers out of range, and points or noise of another size. */
export function checkOptions(
  { file }: Model,
  { count, seed = 0, chunkSize = 1, x_T, noise }: SampleOptions,
  process: Process,
): void {
  const { dim } = file.card
  requireInteger('count', count, 1, maxCount)
  requireInteger('seed', seed, 0, maxSeed)
  requireInteger('chunkSize', chunkSize, 1, maxCount)
  const check = (what: string, points: Points) => {
    if (points.count !== count || points.dim !== dim || points.data.length !== count * dim)
      throw new InputError(
        `${what} is [${points.count}, ${points.dim}]: give [${count}, ${dim}]`,
        'out-of-range',
      )
  }
  if (x_T) check('x_T', x_T)
  if (noise && !process.isStochastic)
    throw new InputError(
      `noise is given, but ${describeSampler(process.sampler)} takes none: leave it out`,
      'conflict',
    )
  if (noise && noise.length !== process.timesteps.length)
    throw new InputError(
      `noise is for ${noise.length} steps: give it for ${process.timesteps.length}`,
      'out-of-range',
    )
  noise?.forEach((points, j) => {
    check(`noise[${j}]`, points)
  })
}
