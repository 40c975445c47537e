import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TrainRequest, train } from '../../src/index.ts'
import { type Measure, secondsOfStep } from '../pool/protocol.ts'

type Options = Required<Pick<TrainRequest, 'dataset' | 'recipe' | 'steps'>>

async function inFolder(measure: (out: string) => Promise<number>): Promise<number> {
  const out = mkdtempSync(join(tmpdir(), 'moonstep-bench-'))
  try {
    return await measure(out)
  } finally {
    rmSync(out, { recursive: true })
  }
}

/** Seconds of a step of `train`, from scratch each time. */
export async function training(
  options: Options & Pick<TrainRequest, 'engine'>,
  threads: number,
): Promise<Measure> {
  const measure = () =>
    inFolder((out) => {
      const request = { ...options, threads, out, force: true }
      return secondsOfStep(options.steps!, (onProgress) => train({ ...request, onProgress }))
    })
  await measure()
  return measure
}

/** Seconds of a whole `train`, with its session and files. Each call uses the next seed. */
export async function trainingRun(options: Options, threads: number): Promise<Measure> {
  let seed = 0
  return () =>
    inFolder(async (out) => {
      const start = performance.now()
      await train({ ...options, seed: seed++, engine: 'onnx', threads, out, force: true })
      return (performance.now() - start) / 1000
    })
}
