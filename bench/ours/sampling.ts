import { readFile } from 'node:fs/promises'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { exportSampler } from '../../src/export/export-model.ts'
import { exportModel, loadModel, sample } from '../../src/index.ts'
import { feedsOfBatch } from '../../src/infer/measure.ts'
import { initialWeights, postNetwork } from '../../src/model/network.ts'
import { readTrainedRun } from '../../src/node/run-folder.ts'
import { readModel } from '../../src/onnx/read.ts'
import { type Measure, timed } from '../pool/protocol.ts'

/** What the cost of a network depends on; the last hidden layer is a fifth as wide, like the post's 100, 100, 100, 20. */
export interface Dimensions {
  readonly T: number
  readonly width: number
  readonly dim: number
}

interface SamplingOptions {
  /** A model's file; a run folder, to export as sampler.onnx with this many steps; or an untrained network. */
  readonly model: string | { readonly run: string; readonly numSteps: number } | Dimensions
  readonly count: number
  /** The number of draws per measurement, for fast ones. */
  readonly repeats: number
}

/** Seconds of `sample`, including noise but not loading. */
export async function sampling(
  { model: source, count, repeats }: SamplingOptions,
  threads: number,
): Promise<Measure> {
  const model = await loadModel(await bytesOf(source), { provider: 'cpu', threads })
  return timed(async () => {
    for (let k = 0; k < repeats; k++) await sample(model, { count, seed: k })
  }, repeats)
}

async function bytesOf(source: SamplingOptions['model']): Promise<Uint8Array> {
  if (typeof source === 'string') return readFile(source)
  if (!('run' in source)) return untrainedSampler(source)
  return exportSampler(await readTrainedRun(source.run), { numSteps: source.numSteps })
}

/** The sampler.onnx of an untrained network, DDPM in T steps: it costs as much as a trained one. */
function untrainedSampler({ T, width, dim }: Dimensions): Promise<Uint8Array> {
  const hidden = [width, width, width, Math.max(1, Math.round(width / 5))]
  const schedule = { kind: 'karras', sigmaMin: 0.04, sigmaMax: 6, rho: 7 } as const
  const weights = initialWeights(postNetwork({ dim, hidden }, createSchedule(schedule, T).alphaBars), 0)
  const scaler = { min: Array(dim).fill(-1), max: Array(dim).fill(1) }
  const sampler = { name: 'ddpm', variance: 'fixed_small' } as const
  return exportSampler({
    config: { T, schedule, scaler, integerColumns: [], predictionType: 'epsilon', sampler },
    weights,
  })
}

interface SeededOptions {
  /** A run folder. */
  readonly run: string
  readonly file: 'seeded' | 'sampler'
  readonly count: number
}

/** Seconds of a run of seeded.onnx, or of drawing noise and a run of sampler.onnx, both on bare onnxruntime. */
export async function seededRun({ run, file, count }: SeededOptions, threads: number): Promise<Measure> {
  const bytes = (await exportModel({ run, sampler: {}, seeded: true }))[file]!
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: threads, logSeverityLevel: 3 })
  const seeds = {
    seed: new Tensor('int64', new BigInt64Array(count).fill(7n), [count]),
    index: new Tensor(
      'int64',
      BigInt64Array.from({ length: count }, (_, i) => BigInt(i)),
      [count],
    ),
  }
  const model = file === 'sampler' ? readModel(bytes) : undefined
  return timed(async () => {
    const noise = Object.entries(model ? feedsOfBatch(model, count) : {})
    const feeds = noise.map(([name, { data, dims }]) => [
      name,
      new Tensor('float32', data as Float32Array, dims),
    ])
    await session.run(model ? Object.fromEntries(feeds) : seeds)
  })
}
