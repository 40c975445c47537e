import type { NoisePredictor } from '../../../src/diffusion/process.ts'
import { nextTask } from '../../../src/infer/session.ts'
import { sliceRows } from '../../../src/numerics/points.ts'

/** The number of rows between which the worker handles other calls: a few milliseconds for the seed's network. */
const sliceRowCount = 200

/** A predictor that lets the worker handle other calls on its way. Throws the signal's reason. */
export function inSlices(
  predictor: NoisePredictor<Float64Array>,
  signal?: AbortSignal,
): NoisePredictor<Float64Array> {
  return {
    async predict(x_t, t) {
      const output = new Float64Array(x_t.data.length)
      for (let from = 0; from < x_t.count; from += sliceRowCount) {
        if (from > 0) await nextTask()
        signal?.throwIfAborted()
        const to = Math.min(from + sliceRowCount, x_t.count)
        const timesteps = typeof t === 'number' ? t : Array.from(t).slice(from, to)
        const part = await predictor.predict(sliceRows(x_t, from, to), timesteps)
        output.set(part.data, from * x_t.dim)
      }
      return { data: output, count: x_t.count, dim: x_t.dim }
    },
  }
}
