import { readFile } from 'node:fs/promises'
import { InputError, messageOf, requireInteger } from '../core/errors.ts'
import { nearestFile } from '../core/files.ts'
import { createChildSession } from './child-session.ts'
import { tf32Allowed } from './cuda.ts'
import { type LoadOptions, type Model, openModel, type Runtime } from './model.ts'
import { createNativeSession } from './onnxruntime-node.ts'
import { createReferenceSession } from './reference-session.ts'
import { type CreateSession, type NodeProvider, providerNames, takingTurns } from './session.ts'
import { download, type ModelSource, readSource } from './source.ts'
import { createWasmSession } from './wasm-node.ts'
import { createChunkWorkers } from './workers.ts'

type Maker = (...args: Parameters<CreateSession<NodeProvider>>) => ReturnType<CreateSession<NodeProvider>>

/** Who makes the sessions of each provider; those whose code lies in other folders come from src/providers.ts. */
const makers: Partial<Record<NodeProvider, Maker>> = {
  cpu: createNativeSession as Maker,
  cuda: createNativeSession as Maker,
  webgpu: createNativeSession as Maker,
  wasm: createWasmSession as Maker,
  reference: createReferenceSession as Maker,
}

/** Adds a provider from outside this folder. */
export function registerProvider<P extends NodeProvider>(provider: P, create: CreateSession<P>): void {
  makers[provider] = create as unknown as Maker
}

const maxThreads = 1024
const maxDeviceId = 1023

/**
 * A session of any provider that is registered; each loads its runtime with the first. Its calls wait their turn,
 * it can be released twice, and nothing of it falls back to another provider. TF32 can only be chosen when CUDA is
 * loaded, so that a choice other than this process's runs in a process of its own.
 * Errors: an option out of range, or of another provider; a provider that this machine can't run.
 */
export const createNodeSession: CreateSession<NodeProvider> = async (bytes, options) => {
  const { provider, threads, deviceId, tf32 } = options
  const create = makers[provider]
  if (!providerNames.includes(provider))
    throw new InputError(`provider is ${provider}: give ${providerNames.join(', ')}`)
  if (!create) throw new InputError(`provider ${provider} is not registered: import it from moonstep`)
  if (threads !== undefined) requireInteger('threads', threads, 1, maxThreads)
  if (deviceId !== undefined) requireInteger('deviceId', deviceId, 0, maxDeviceId)
  for (const [name, value] of Object.entries({ deviceId, tf32 }))
    if (value !== undefined && provider !== 'cuda')
      throw new InputError(`${name} is for provider cuda, not ${provider}: leave it out`)
  const elsewhere = tf32 !== undefined && tf32 !== tf32Allowed()
  return takingTurns(await (elsewhere ? createChildSession : create)(bytes, options))
}

// Node's workers read no TypeScript, which the tests run this file as
const compiled = import.meta.url.endsWith('.js')

const runtime: Runtime<NodeProvider> = {
  providers: providerNames,
  // no GPU through WebGPU: what it would find may be software, and slower than the processor itself
  auto: ['cuda', 'cpu', 'wasm'],
  createSession: createNodeSession,
  createWorkers(bytes, model) {
    const { provider, threads } = model.session
    return provider === 'cpu' && threads > 1 && compiled ? createChunkWorkers(bytes, model) : undefined
  },
}

/**
 * Loads a model.onnx or sampler.onnx from a path, a `file:` or `http:` URL, its bytes or a Blob.
 * Errors: no such file, or no answer; no moonstep model; digests that differ; a provider that this machine
 * can't run; a failed self-test.
 */
export async function loadModel(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  const { bytes, name } = await readSource(source, readNamed)
  return openModel(bytes, name, runtime, options)
}

/** The bytes of a path, or of a `file:` or `http:` URL. Errors: no such file, or no answer. */
export async function readNamed(name: string): Promise<Uint8Array> {
  if (/^https?:/i.test(name)) return download(name)
  try {
    return await readFile(/^file:/i.test(name) ? new URL(name) : name)
  } catch (error) {
    throw new InputError(
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? `there is no file ${name}${await nearestFile(name)}: give a model.onnx or sampler.onnx`
        : `cannot read ${name}: ${messageOf(error)}`,
    )
  }
}
