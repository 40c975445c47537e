import { InputError } from '../core/errors.ts'
import { readInput } from '../core/files.ts'
import { checkOptions } from '../core/options.ts'
import { download, type LoadOptions, type Model, type ModelSource, readSource } from '../infer/model.ts'
import { loadChecks, openModel } from '../infer/open-model.ts'
import { type Provider, type ProviderDefinition, providerNamed, startSession } from '../infer/provider.ts'
import { wasmBrowser, webgpuBrowser } from '../infer/providers/chromium/providers.ts'
import { cpu } from '../infer/providers/cpu.ts'
import { cuda } from '../infer/providers/cuda.ts'
import { predictorSession } from '../infer/providers/predictor-session.ts'
import { reference } from '../infer/providers/reference.ts'
import { ofRuntime } from '../infer/providers/runtime.ts'
import { simd } from '../infer/providers/simd.ts'
import { wasm } from '../infer/providers/wasm.ts'
import { webgpu } from '../infer/providers/webgpu.ts'
import type { Session, SessionOptions } from '../infer/session.ts'
import { readModel } from '../onnx/read.ts'
import { provideFaker } from '../table/generated/faker.ts'
import { loadNodeFaker } from './faker.ts'

/** TensorFlow's C library, computing in float32. tfjs-node is loaded with the first session. */
export const tensorflow = {
  name: 'tensorflow',
  runsNodes: false,
  async createSession(bytes, options) {
    const file = readModel(bytes)
    const { tensorflowPredictor } = await import('../train/engines/tfjs/predictor.ts')
    const { predictor, threads, runtime, dispose } = await tensorflowPredictor(file.network, options.threads)
    const info = { provider: 'tensorflow', runtime, threads }
    return predictorSession(file, { predictor, precision: Float32Array, info, release: dispose })
  },
} as const satisfies Provider

/** The providers in Node; each is a file and a line here (docs/providers.md). The first is the default. */
const builtIn = [cpu, cuda, webgpu, wasm, simd, webgpuBrowser, wasmBrowser, tensorflow, reference] as const

/** A provider's name in Node; `registerProvider` returns your own as one. */
export type ProviderName = (typeof builtIn)[number]['name']

const registered: [Provider, ...Provider[]] = [...builtIn]

/** All providers currently available in Node. */
export const nodeProviders: readonly [Provider, ...Provider[]] = registered

/**
 * Adds a provider of your own, which `loadModel` and `compare` then accept by name.
 *
 * @param definition - The provider: its name and how to create a session.
 * @returns The name, for the option `provider`.
 * @throws InputError if the name is taken.
 * @example
 * const createSession = async (bytes, { threads }) => new MySession(bytes, threads)
 * const mine = registerProvider({ name: 'mine', createSession })
 * const model = await loadModel('model.onnx', { provider: mine })
 */
export function registerProvider(definition: ProviderDefinition): ProviderName {
  const { name } = definition
  if (name === 'auto' || registered.some((each) => each.name === name))
    throw new InputError(`provider ${name} already exists: give yours another name`, 'conflict', {
      option: 'name',
      value: name,
    })
  registered.push(ofRuntime(definition))
  return name as ProviderName
}

export type NodeLoadOptions = LoadOptions<ProviderName>

/** Starts a session of a graph on any Node provider. Throws if the provider is unknown, or as `startSession` does. */
export async function createNodeSession(
  bytes: Uint8Array,
  { provider, ...options }: SessionOptions & { readonly provider: string },
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
  provideFaker(loadNodeFaker)
  const { bytes, name } = await readSource(source, readNamed)
  return openModel(bytes, name, nodeProviders, options)
}

/** Reads the bytes of a path, or of a `file:` or `http:` URL. Throws if there is no such file, or no answer. */
export async function readNamed(name: string): Promise<Uint8Array> {
  if (/^https?:/i.test(name)) return download(name)
  return readInput(/^file:/i.test(name) ? new URL(name) : name, 'give a model.onnx or sampler.onnx')
}
