import type { FloatArray, Points } from '../core/points.ts'
import { standardNormals, streams } from '../core/random.ts'
import { forEach, type Work } from '../core/work.ts'
import { idealDenoiser } from '../diffusion/ideal-denoiser.ts'
import { type Process, walk } from '../diffusion/process.ts'
import { evaluationSeed } from './subsets.ts'

/** A model's process, and what is done to its samples. */
export interface IdealProcess {
  /** By epsilon, which the ideal denoiser predicts. */
  readonly process: Process
  /** What is done to samples at the end, in scaled space: rounding whole numbers, say. */
  readonly finish?: ((x_0: Points<Float64Array>) => Points<Float64Array>) | undefined
}

/** Pairs of a sample and a training point that go through the process in about a tenth of a second. */
const pairsAtOnce = 5e6

/**
 * `count` samples of the ideal denoiser of the training points: x_T and noise as `sample` draws them with seed 0.
 * All in scaled space; float64. Throws the signal's reason.
 */
export async function idealSamples(
  { process, finish = (points) => points }: IdealProcess,
  training: Points<FloatArray>,
  count: number,
  work: Work = {},
): Promise<Points<Float64Array>> {
  const { dim } = training
  const x_0 = { data: new Float64Array(count * dim), count, dim }
  const { schedule, timesteps, stages } = process
  const predictor = idealDenoiser<Float64Array>(schedule, training)
  const rows = Math.max(1, Math.floor(pairsAtOnce / (stages.length * training.count)))
  const chunk = async (start: number) => {
    const size = Math.min(rows, count - start)
    const normals = (stream: typeof streams.x_T | typeof streams.reverseNoise, step: number) => {
      const drawn = standardNormals({ seed: evaluationSeed, stream, step, start, count: size, dim })
      return { data: Float64Array.from(drawn), count: size, dim }
    }
    const states = walk(process, predictor, {
      x_T: normals(streams.x_T, 0),
      noise: (j) => normals(streams.reverseNoise, j),
      signal: work.signal,
    })
    for await (const { step, x } of states) if (step === timesteps.length) x_0.data.set(x.data, start * dim)
  }
  await forEach({ stage: 'ideal denoiser', unit: 'samples' }, count, chunk, work, rows)
  return finish(x_0)
}
