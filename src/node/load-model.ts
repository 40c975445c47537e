import { readInput } from '../core/files.ts'
import { checkOptions } from '../core/options.ts'
import { download, type LoadOptions, type Model, type ModelSource, readSource } from '../infer/model.ts'
import { loadChecks, openModel } from '../infer/open-model.ts'
import { providerNamed, startSession } from '../infer/provider.ts'
import type { Session, SessionOptions } from '../infer/session.ts'
import { nodeProviders, type ProviderName } from './providers.ts'

export type NodeLoadOptions = LoadOptions<ProviderName>

/** Starts a session of a graph on any Node provider. Throws if the provider is unknown, or as `startSession` does. */
export async function createNodeSession(
  bytes: Uint8Array,
  { provider, ...options }: SessionOptions & { readonly provider: ProviderName },
): Promise<Session> {
  return startSession(nodeProviders, providerNamed(nodeProviders, provider), bytes, options)
}

/**
 * Loads a model.onnx or sampler.onnx.
 *
 * @param source - A path, a `file:` or `http:` URL, the bytes or a Blob.
 * @param options - The provider and its settings.
 * @returns The model, to sample and then to dispose of.
 * @throws InputError if the source can't be read, it is no Moonstep model, its digests differ, this machine can't run
 * the provider, or the self-test fails.
 * @example
 * await using model = await loadModel('model.onnx', { provider: 'cpu' })
 */
export async function loadModel(source: ModelSource, options: NodeLoadOptions = {}): Promise<Model> {
  checkOptions('loadModel', options, loadChecks)
  const { bytes, name } = await readSource(source, readNamed)
  return openModel(bytes, name, nodeProviders, options)
}

/** Reads the bytes of a path, or of a `file:` or `http:` URL. Throws if there is no such file, or no answer. */
export async function readNamed(name: string): Promise<Uint8Array> {
  if (/^https?:/i.test(name)) return download(name)
  return readInput(/^file:/i.test(name) ? new URL(name) : name, 'give a model.onnx or sampler.onnx')
}
