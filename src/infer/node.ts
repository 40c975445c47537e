import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { InputError, messageOf } from '../core/errors.ts'
import { type LoadOptions, type Model, openModel } from './model.ts'
import type { CreateSession } from './session.ts'

/** Sessions of onnxruntime-node, which is loaded with the first. */
export const createNodeSession: CreateSession = async (
  bytes,
  { provider, threads = availableParallelism() },
) => {
  const { InferenceSession, Tensor, env } = await import('onnxruntime-node').catch((error) => {
    throw new InputError(
      `onnxruntime-node does not load: ${messageOf(error)}: run npm install --ignore-scripts onnxruntime-node`,
    )
  })
  env.logLevel = 'error'
  const session = await InferenceSession.create(bytes, {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    graphOptimizationLevel: 'all',
    // otherwise nodes that the provider lacks go to the CPU unseen
    ...(provider === 'cpu' ? {} : { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
  }).catch((error) => {
    throw new InputError(
      `provider ${provider} can't run the model on this machine: ${messageOf(error).split('\n')[0]}`,
    )
  })
  return {
    provider,
    adapter: null,
    onnxruntime: env.versions.node ?? env.versions.common,
    threads,
    async run(feeds, outputs) {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, { data, dims }]) => [name, new Tensor('float32', data, dims)]),
      )
      const results = await session.run(tensors, [...outputs])
      return Object.fromEntries(outputs.map((name) => [name, results[name]!.data as Float32Array]))
    },
    release: () => session.release(),
  }
}

/**
 * Loads a model.onnx or sampler.onnx from a path, a URL, its bytes or a Blob.
 * Errors: no such file; no moonstep model; digests that differ; a provider that this machine can't run; a
 * failed self-test.
 */
export async function loadModel(
  source: string | URL | Uint8Array | Blob,
  options: LoadOptions = {},
): Promise<Model> {
  const { bytes, name } = await readSource(source)
  return openModel(bytes, name, createNodeSession, options)
}

async function readSource(
  source: string | URL | Uint8Array | Blob,
): Promise<{ bytes: Uint8Array; name: string }> {
  if (source instanceof Uint8Array) return { bytes: source, name: 'the model' }
  if (source instanceof Blob) return { bytes: new Uint8Array(await source.arrayBuffer()), name: 'the model' }
  const name = String(source)
  if (/^https?:/.test(name)) {
    const response = await fetch(name).catch((error) => {
      throw new InputError(`cannot fetch ${name}: ${messageOf(error)}`)
    })
    if (!response.ok) throw new InputError(`cannot fetch ${name}: the server answered ${response.status}`)
    return { bytes: new Uint8Array(await response.arrayBuffer()), name }
  }
  const path = name.startsWith('file:') ? new URL(name) : name
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      error.code === 'ENOENT'
        ? `there is no file ${name}: give a model.onnx or sampler.onnx`
        : `cannot read ${name}: ${error.message}`,
    )
  })
  return { bytes, name }
}
