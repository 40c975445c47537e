import type { ModelFile } from '../onnx/read.ts'
import { samplerFeeds, startPoints } from './chunk.ts'
import { conditionFeeds, type Session, type Tensor, tensorOf } from './session.ts'
import { chunkOf } from './shared-chunk.ts'

export interface MeasureOptions {
  /** Time limit of a point after its warm-up; it has at least `fewestRuns` runs. */
  readonly seconds: number
  readonly signal?: AbortSignal | undefined
}

/** Measurements of one batch on one session. Seconds are for each run. */
export interface MeasuredPoint {
  readonly batch: number
  /** The first run, which compiles shaders and fills caches; not in the other figures. */
  readonly warmupSeconds: number
  readonly runs: number
  readonly medianSeconds: number
  /** 10th and 90th percentile. */
  readonly p10Seconds: number
  readonly p90Seconds: number
  readonly samplesPerSecond: number
}

const fewestRuns = 3
const mostRuns = 10_000

/** Feeds of a batch: normals, and timesteps spread over 1..T; for a sampler.onnx x_T and the noise of its steps. */
export function feedsOfBatch(file: ModelFile, batch: number): Record<string, Tensor> {
  const { card, description, isSampler } = file
  const ranges = [{ seed: 0, from: 0, count: batch }]
  const single = { ...file, description: { ...description, candidates: undefined } }
  const chunk = chunkOf({ file: single }, [{ process: description.process(), ranges, count: batch }])
  if (isSampler) return samplerFeeds(file, chunk)
  const t = Float32Array.from({ length: batch }, (_, i) => 1 + (i % card.T))
  return {
    x_t: tensorOf(startPoints(chunk)),
    t: { data: t, dims: [batch, 1] },
    ...(chunk.condition && conditionFeeds(chunk.condition)),
  }
}

/** Measures a batch: one network call, or a whole process for a sampler.onnx. */
export async function measurePoint(
  session: Session,
  file: ModelFile,
  batch: number,
  options: MeasureOptions,
): Promise<MeasuredPoint> {
  const feeds = feedsOfBatch(file, batch)
  const output = file.isSampler ? 'x_0' : file.card.predictionType
  return measureRuns(() => session.run(feeds, [output]), batch, options)
}

/** Measures runs of a batch. */
export async function measureRuns(
  run: () => Promise<unknown>,
  batch: number,
  { seconds, signal }: MeasureOptions,
): Promise<MeasuredPoint> {
  const timed = async () => {
    signal?.throwIfAborted()
    const start = performance.now()
    await run()
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
