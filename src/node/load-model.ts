import { readInput } from '../core/files.ts'
import { checkOptions } from '../core/options.ts'
import type { LoadOptions, Model } from '../infer/model.ts'
import { loadChecks, openModel } from '../infer/open-model.ts'
import { providerNamed, startSession } from '../infer/provider.ts'
import type { Session, SessionOptions } from '../infer/session.ts'
import { download, type ModelSource, readSource } from '../infer/source.ts'
import { nodeProviders, type ProviderName } from './providers.ts'

export type NodeLoadOptions = LoadOptions<ProviderName>

/** A session of a graph on any provider of Node. Throws: those of `startSession`; a provider that there isn't. */
export async function createNodeSession(
  bytes: Uint8Array,
  { provider, ...options }: SessionOptions & { readonly provider: ProviderName },
): Promise<Session> {
  return startSession(nodeProviders, providerNamed(nodeProviders, provider), bytes, options)
}

/**
 * Loads a model.onnx or sampler.onnx from a path, a `file:` or `http:` URL, its bytes or a Blob.
 * Throws: no such file, or no answer; no moonstep model; digests that differ; a provider that this machine
 * can't run; a failed self-test.
 */
export async function loadModel(source: ModelSource, options: NodeLoadOptions = {}): Promise<Model> {
  checkOptions('loadModel', options, loadChecks)
  const { bytes, name } = await readSource(source, readNamed)
  return openModel(bytes, name, nodeProviders, options)
}

/** The bytes of a path, or of a `file:` or `http:` URL. Throws: no such file, or no answer. */
export async function readNamed(name: string): Promise<Uint8Array> {
  if (/^https?:/i.test(name)) return download(name)
  return readInput(/^file:/i.test(name) ? new URL(name) : name, 'give a model.onnx or sampler.onnx')
}
