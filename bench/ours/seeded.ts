import { InferenceSession, Tensor } from 'onnxruntime-node'
import { exportModel } from '../../src/index.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import type { Measure } from './worker.ts'

interface SeededOptions {
  /** A run folder. */
  readonly run: string
  readonly file: 'seeded' | 'sampler'
  readonly count: number
}

/** Seconds of a run of seeded.onnx, or of drawing noise and a run of sampler.onnx, both on bare onnxruntime. */
export async function seededRun({ run, file, count }: SeededOptions, threads: number): Promise<Measure> {
  const made = await exportModel({ run, sampler: {}, seeded: true })
  const session = await InferenceSession.create(made[file]!, {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  })
  const measure = async () => {
    const start = performance.now()
    await session.run(file === 'seeded' ? seedsAndIndices(count) : noiseOf(session, count))
    return (performance.now() - start) / 1000
  }
  await measure()
  return measure
}

function seedsAndIndices(count: number) {
  const of = (numbers: BigInt64Array) => new Tensor('int64', numbers, [count])
  return {
    seed: of(new BigInt64Array(count).fill(7n)),
    index: of(BigInt64Array.from({ length: count }, (_, i) => BigInt(i))),
  }
}

/** The inputs of sampler.onnx; for a table, also that nothing is known. */
function noiseOf({ inputMetadata }: InferenceSession, count: number): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {}
  for (const input of inputMetadata) {
    if (!input.isTensor) continue
    const { name, shape } = input
    const dim = Number(shape.at(-1))
    const draw = (stream: typeof streams.x_T | typeof streams.reverseNoise, step: number) =>
      standardNormals({ seed: 7, stream, step, start: 0, count, dim })
    if (name === 'noise') {
      const steps = Number(shape[0])
      const noise = new Float32Array(steps * count * dim)
      for (let step = 0; step < steps; step++) noise.set(draw(streams.reverseNoise, step), step * count * dim)
      feeds[name] = new Tensor('float32', noise, [steps, count, dim])
    } else {
      const numbers = name === 'x_T' ? draw(streams.x_T, 0) : new Float32Array(count * dim)
      feeds[name] = new Tensor('float32', numbers, [count, dim])
    }
  }
  return feeds
}
