import { InputError } from '../../../src/core/errors.ts'
import type { NoisePredictor } from '../../../src/diffusion/process.ts'
import { nextTask } from '../../../src/infer/session.ts'
import { referencePredictor } from '../../../src/model/compute/reference.ts'
import { type Points, sliceRows } from '../../../src/numerics/points.ts'
import type { ModelFile } from '../../../src/onnx/read.ts'

/** The number of rows between which the worker handles other calls: a few milliseconds for the seed's network. */
const sliceRowCount = 200

const references = new WeakMap<ModelFile, NoisePredictor<Float64Array>>()

/** A file's reference pass, cached: a drag requests many short walks. */
function referenceOf(file: ModelFile): NoisePredictor<Float64Array> {
  const known = references.get(file)
  if (known) return known
  const inside = file.network
  if (inside.kind === 'folded')
    throw new InputError('a sampler.onnx has no network apart from its steps', 'bad-data')
  const reference = referencePredictor(inside.network, inside.weights)
  references.set(file, reference)
  return reference
}

/**
 * The network in plain TypeScript and float64, in slices. A call costs about a microsecond per 1000 weights and row.
 * Throws the signal's reason.
 */
export function plainPredictor(file: ModelFile, signal?: AbortSignal): NoisePredictor<Float64Array> {
  const reference = referenceOf(file)
  return {
    async predict(x_t, t): Promise<Points<Float64Array>> {
      const output = new Float64Array(x_t.data.length)
      for (let from = 0; from < x_t.count; from += sliceRowCount) {
        if (from > 0) await nextTask()
        signal?.throwIfAborted()
        const to = Math.min(from + sliceRowCount, x_t.count)
        const timesteps = typeof t === 'number' ? t : Array.from(t).slice(from, to)
        const part = await reference.predict(sliceRows(x_t, from, to), timesteps)
        output.set(part.data, from * x_t.dim)
      }
      return { data: output, count: x_t.count, dim: x_t.dim }
    },
  }
}
