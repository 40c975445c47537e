import { describe, expect, it } from 'vitest'
import { exportSampler } from '../../src/export/export-model.ts'
import { feedsOfBatch } from '../../src/infer/measure.ts'
import { predictorSession } from '../../src/infer/providers/predictor-session.ts'
import type { SessionInfo } from '../../src/infer/session.ts'
import type { Points } from '../../src/numerics/points.ts'
import { readModel } from '../../src/onnx/read.ts'
import { referenceModel } from '../helpers/models.ts'
import { conformance } from './conformance.ts'

describe('provider reference', () =>
  conformance({
    provider: 'reference',
    // it says that it has one thread, whatever was asked for
    threads: 2,
    largest: 300,
    info: {
      adapter: null,
      onnxruntime: null,
      runtime: expect.stringMatching(/^moonstep [\d.]+, float64$/),
      threads: 1,
      tf32: null,
    },
    tolerances: { call: 2e-6, sample: 2e-6 },
  }))

it('a session of a predictor runs a process in the given precision', async () => {
  const file = readModel(await exportSampler(referenceModel, { sampler: 'ddim', numSteps: 3 }))
  for (const [precision, rounded] of [
    [Float64Array, false],
    [Float32Array, true],
  ] as const) {
    const seen: number[] = []
    const predictor = {
      async predict({ data, count, dim }: Points<Float64Array>) {
        seen.push(...data)
        return { data: data.map((x) => x / 3), count, dim }
      },
    }
    const options = { predictor, precision: precision as typeof Float64Array, info: {} as SessionInfo }
    const { x_0 } = await predictorSession(file, options).run(feedsOfBatch(file, 20), ['x_0'])
    expect(x_0).toBeInstanceOf(Float32Array)
    expect(seen.every((x) => x === Math.fround(x))).toBe(rounded)
  }
})
