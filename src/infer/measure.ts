import { processOf } from '../diffusion/process.ts'
import { blockCountOf } from '../model/card.ts'
import type { ModelFile } from '../onnx/read.ts'
import { type Chunk, conditionOfChunk, samplerFeeds, startPoints } from './chunk.ts'
import { conditionFeeds, type Session, type Tensor, tensorOf } from './session.ts'

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
export function feedsOfBatch(file: ModelFile, batch: number): Record<string, Tensor> {
  const { card, isSampler } = file
  const chunk: Chunk = {
    process: processOf(card),
    ranges: [{ seed: 0, from: 0, count: batch }],
    count: batch,
    dim: card.dim,
    blocks: blockCountOf(card),
  }
  if (isSampler) return samplerFeeds(file, chunk)
  const t = Float32Array.from({ length: batch }, (_, i) => 1 + (i % card.T))
  const condition = conditionOfChunk(chunk)
  return {
    x_t: tensorOf(startPoints(chunk)),
    t: { data: t, dims: [batch, 1] },
    ...(condition && conditionFeeds(condition)),
  }
}

/** Runs a batch: one network call, or of a sampler.onnx a whole process. Throws: the session's; the signal's reason. */
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
