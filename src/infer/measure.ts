import { standardNormals, streams } from '../core/random.ts'
import { processOf } from '../diffusion/process.ts'
import type { ModelCard } from '../model/card.ts'
import type { ModelFile } from '../onnx/read.ts'
import type { Session, Tensor } from './session.ts'

export interface MeasureOptions {
  /** How long a point may run after its warm-up; at least `fewestRuns` runs in any case. */
  readonly seconds: number
  readonly signal?: AbortSignal | undefined
}

/** Runs of one batch on one session. Seconds are of one run. */
export interface MeasuredPoint {
  readonly batch: number
  /** The first run, which compiles shaders and fills caches; none of the others. */
  readonly warmupSeconds: number
  readonly runs: number
  readonly medianSeconds: number
  /** A tenth of the runs took no longer, a tenth no less. */
  readonly p10Seconds: number
  readonly p90Seconds: number
  readonly samplesPerSecond: number
}

const fewestRuns = 3
const mostRuns = 10_000

/** Feeds of a batch: normals, and timesteps spread over 1..T. A sampler.onnx gets x_T and the noise of its steps. */
export function feedsOfBatch({ card, isSampler }: ModelFile, batch: number): Record<string, Tensor> {
  const normals = (stream: 0 | 1, step: number) =>
    standardNormals({ seed: 0, stream, step, start: 0, count: batch, dim: card.dim })
  const x: Tensor = { data: normals(streams.x_T, 0), dims: [batch, card.dim] }
  if (!isSampler) {
    const t = Float32Array.from({ length: batch }, (_, i) => 1 + (i % card.T))
    return { x_t: x, t: { data: t, dims: [batch, 1] } }
  }
  return { x_T: x, ...noiseOf(card, batch, normals) }
}

function noiseOf(card: ModelCard, batch: number, normals: (stream: 1, step: number) => Float32Array) {
  const { isStochastic, timesteps } = processOf(card)
  if (!isStochastic) return {}
  const rows = timesteps.length
  const data = new Float32Array(rows * batch * card.dim)
  for (let j = 0; j < rows; j++) data.set(normals(streams.reverseNoise, j), j * batch * card.dim)
  return { noise: { data, dims: [rows, batch, card.dim] } }
}

/** Runs a batch: one network call, or of a sampler.onnx a whole process. Errors: the session's; the signal's reason. */
export async function measurePoint(
  session: Session,
  file: ModelFile,
  batch: number,
  { seconds, signal }: MeasureOptions,
): Promise<MeasuredPoint> {
  const feeds = feedsOfBatch(file, batch)
  const output = file.isSampler ? 'x_0' : file.card.predictionType
  const timed = async () => {
    signal?.throwIfAborted()
    const start = performance.now()
    await session.run(feeds, [output])
    return (performance.now() - start) / 1000
  }
  const warmupSeconds = await timed()
  const times: number[] = []
  const end = performance.now() + 1000 * seconds
  while (times.length < fewestRuns || (performance.now() < end && times.length < mostRuns))
    times.push(await timed())
  times.sort((a, b) => a - b)
  const quantile = (q: number) => times[Math.round(q * (times.length - 1))]!
  const medianSeconds = quantile(0.5)
  return {
    batch,
    warmupSeconds,
    runs: times.length,
    medianSeconds,
    p10Seconds: quantile(0.1),
    p90Seconds: quantile(0.9),
    samplesPerSecond: batch / medianSeconds,
  }
}
