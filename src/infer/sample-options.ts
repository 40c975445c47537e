import { InputError, wrongType } from '../core/errors.ts'
import {
  abortSignal,
  anything,
  callback,
  checkOptions,
  flag,
  integer,
  type KnownOptions,
  list,
} from '../core/options.ts'
import type { Points } from '../core/points.ts'
import { maxSeed } from '../core/random.ts'
import { type Process, processChoiceOf, processOf } from '../diffusion/process.ts'
import { describeSampler, samplerChecks } from '../diffusion/samplers/index.ts'
import type { ModelInternals, SampleOptions } from './model.ts'

const maxCount = 100_000_000

/** The process that options and card agree on. Throws InputError on what the model can't do. */
export function processFor({ file }: ModelInternals, options: SampleOptions): Process {
  const process = processOf(file.card, processChoiceOf(options))
  if (file.isSampler && options.trajectory && !file.outputs.includes('trajectory'))
    throw new InputError(
      'this sampler.onnx gives no trajectory: export it with `trajectory`, or sample model.onnx',
      'out-of-range',
    )
  return process
}

/** What `sample` and `sampleStream` take; the process checks its own part. */
const sampleChecks = (): KnownOptions<SampleOptions> => ({
  ...samplerChecks(),
  numSteps: anything,
  timesteps: anything,
  count: integer(1, maxCount),
  seed: integer(0, maxSeed),
  x_T: requirePoints,
  noise: list('points, one for each step'),
  trajectory: flag,
  clip: flag,
  chunkSize: integer(1, maxCount),
  signal: abortSignal,
  onWarning: callback,
  onProgress: callback,
  onStep: callback,
})

/** Throws an InputError unless each option is known and of its type. */
export function checkSampleCall(what: string, options: unknown): void {
  checkOptions(what, options, sampleChecks(), ['count'])
}

function requirePoints(option: string, value: unknown): void {
  const { data, count, dim } = (value ?? {}) as Partial<Points>
  if (!ArrayBuffer.isView(data) || typeof count !== 'number' || typeof dim !== 'number')
    throw wrongType(option, value, 'give points, { data, count, dim }')
}

/** Throws an InputError on points or noise of another size. */
export function checkGivenNoise(
  { file }: ModelInternals,
  { count, x_T, noise }: SampleOptions,
  process: Process,
): void {
  const { dim } = file.card
  const check = (option: string, points: Points) => {
    requirePoints(option, points)
    if (points.count !== count || points.dim !== dim || points.data.length !== count * dim)
      throw new InputError(
        `${option} is [${points.count}, ${points.dim}]: give [${count}, ${dim}]`,
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
