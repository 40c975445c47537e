import { type ModelSource, readSource } from '../infer/source.ts'
import { createNodeSession, readNamed } from '../node/load-model.ts'
import { nodeProviders } from '../node/providers.ts'
import { type CompareOptions, compareModel } from './compare.ts'
import { readReference } from './reference-weights.ts'
import type { Comparison } from './report.ts'

export interface NodeCompareOptions extends CompareOptions {
  /** A run folder, or another model.onnx, whose weights judge in place of the model's own. */
  readonly reference?: string | undefined
}

/**
 * Compares what this machine runs a model.onnx or sampler.onnx with: `compareModel` with the providers of Node.
 * The model comes from a path, a `file:` or `http:` URL, its bytes or a Blob. Errors: no such file, or no answer;
 * those of `compareModel`.
 */
export async function compare(
  source: ModelSource,
  { reference, ...options }: NodeCompareOptions = {},
): Promise<Comparison> {
  const { bytes, name } = await readSource(source, readNamed)
  const judging = reference === undefined ? undefined : await readReference(reference)
  return compareModel(bytes, name, { providers: nodeProviders, open: createNodeSession }, judging, options)
}
