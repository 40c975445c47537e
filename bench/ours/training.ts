import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TrainRequest, train } from '../../src/index.ts'
import type { Measure } from './worker.ts'

type Options = Required<Pick<TrainRequest, 'dataset' | 'recipe' | 'steps'>>

/**
 * Seconds of a step of the training loop, including all that `train` does between two steps. Each measurement trains
 * from scratch; the first fifth of the steps warms up its session and threads, as for the peers.
 */
export async function training(
  { engine, ...options }: Options & Required<Pick<TrainRequest, 'engine'>>,
  threads: number,
): Promise<Measure> {
  const measure = async () => {
    const out = mkdtempSync(join(tmpdir(), 'moonstep-bench-'))
    const reports: { step: number; at: number }[] = []
    const onProgress = ({ step }: { step: number }) => reports.push({ step, at: performance.now() })
    try {
      await train({ ...options, engine, threads, out, force: true, onProgress })
    } finally {
      rmSync(out, { recursive: true })
    }
    // the last report comes after the run's files are written
    const warm = reports.slice(0, -1).filter(({ step }) => step >= options.steps! / 5)
    const [first, last] = [warm[0]!, warm.at(-1)!]
    return (last.at - first.at) / 1000 / (last.step - first.step)
  }
  await measure()
  return measure
}

/** Seconds of a whole `train`, with its session and files. Each call uses the next seed, also in `out`'s name. */
export async function trainingRun(
  { out, ...options }: Options & { out: string },
  threads: number,
): Promise<Measure> {
  let seed = 0
  return async () => {
    const start = performance.now()
    await train({
      ...options,
      seed,
      engine: 'onnx',
      threads,
      out: out.replace('SEED', String(seed)),
      force: true,
    })
    const seconds = (performance.now() - start) / 1000
    seed += 1
    return seconds
  }
}
