import { InputError, outOfRange, wrongType } from '../core/errors.ts'
import { counted } from '../core/format.ts'
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
import { type Process, processChoiceOf, processWarning } from '../diffusion/process.ts'
import { describeSampler, type SamplerChoice, samplerChecks } from '../diffusion/samplers/index.ts'
import type { Points } from '../numerics/points.ts'
import { maxIndex, maxSeed } from '../numerics/random.ts'
import { isScaled } from '../table/encodings/encoding.ts'
import type { ModelInternals, SampleOptions } from './model.ts'

/** Maximum count of `sample`, which keeps all in memory. */
const maxCount = 100_000_000

const ownChecks: KnownOptions<Omit<SampleOptions, keyof SamplerChoice>> = {
  // checked by the process
  numSteps: anything,
  timesteps: anything,
  count: integer(1, maxIndex),
  seed: integer(0, maxSeed),
  from: integer(0, maxIndex),
  x_T: requirePoints,
  noise: list('points, one for each step'),
  trajectory: flag,
  given: requireGiven,
  complete: flag,
  clip: flag,
  chunkSize: integer(1, maxCount),
  signal: abortSignal,
  onWarning: callback,
  onProgress: callback,
  onStep: callback,
}

/** Includes the registered samplers' checks; rebuilt when these change. */
let known: ReturnType<typeof checksWith> | undefined

function checksWith(samplers: KnownOptions<SamplerChoice>) {
  const stream: KnownOptions<SampleOptions> = { ...samplers, ...ownChecks }
  return { samplers, sampleStream: stream, sample: { ...stream, count: integer(1, maxCount) } }
}

/**
 * The process of the card and the options of the function `what`, and its warning. Throws InputError on options that
 * are unknown, of another type, out of range or unsupported by the model.
 */
export function prepare(
  what: 'sample' | 'sampleStream',
  { file }: ModelInternals,
  options: SampleOptions,
): Process {
  const samplers = samplerChecks()
  if (known?.samplers !== samplers) known = checksWith(samplers)
  checkOptions(what, options, known[what], ['count'])
  const { count, from = 0 } = options
  if (count - 1 > maxIndex - from)
    throw outOfRange(
      'count',
      count,
      `give at most ${maxIndex - from + 1} from sample ${from} on: indices end at 2^53`,
    )
  const process = file.description.process(processChoiceOf(options))
  if (file.isSampler && options.trajectory && !file.outputs.includes('trajectory'))
    throw new InputError(
      'this sampler.onnx has no trajectory: export it with `trajectory`, or sample model.onnx',
      'out-of-range',
    )
  if (!isScaled(file.description.encoding) && options.trajectory)
    throw new InputError(
      'a table has no trajectory, as its intermediate states are no rows: leave `trajectory` out',
      'conflict',
      { option: 'trajectory' },
    )
  checkGivenNoise(options, file.card.dim, process)
  const { given, complete } = options
  if (!file.card.encoding && (given !== undefined || complete !== undefined))
    throw new InputError(
      `this model of points takes no conditions: train it with the recipe table to give \`${given === undefined ? 'complete' : 'given'}\``,
      'conflict',
      { option: given === undefined ? 'complete' : 'given' },
    )
  const warning = processWarning(process)
  if (warning) (options.onWarning ?? console.warn)(warning)
  return process
}

function requireGiven(option: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrongType(option, value, "give an object of values by column name, such as { sex: 'female' }")
}

function requirePoints(option: string, value: unknown): void {
  const { data, count, dim } = (value ?? {}) as Partial<Points>
  if (!ArrayBuffer.isView(data) || typeof count !== 'number' || typeof dim !== 'number')
    throw wrongType(option, value, 'give points, { data, count, dim }')
}

/** Throws InputError on points or noise of another size. */
function checkGivenNoise({ count, x_T, noise }: SampleOptions, dim: number, process: Process): void {
  const checkSize = (option: string, points: Points) => {
    if (points.count !== count || points.dim !== dim || points.data.length !== count * dim)
      throw new InputError(
        `${option} is [${points.count}, ${points.dim}]: give [${count}, ${dim}]`,
        'out-of-range',
      )
  }
  if (x_T) checkSize('x_T', x_T)
  if (!noise) return
  if (!process.isStochastic)
    throw new InputError(
      `noise is given, but ${describeSampler(process.sampler)} takes none: leave it out`,
      'conflict',
    )
  if (noise.length !== process.timesteps.length)
    throw new InputError(
      `noise is for ${counted(noise.length, 'step')}: give it for ${process.timesteps.length}`,
      'out-of-range',
    )
  for (const [j, points] of noise.entries()) {
    requirePoints(`noise[${j}]`, points)
    checkSize(`noise[${j}]`, points)
  }
}
