import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { InputError, messageOf } from '../core/errors.ts'
import { type LoadOptions, type Model, openModel } from './model.ts'
import { type CreateSession, type NodeProvider, providerNames } from './session.ts'
import { download, type ModelSource, readSource } from './source.ts'

/** Sessions of onnxruntime-node, which is loaded with the first. */
export const createNodeSession: CreateSession<NodeProvider> = async (
  bytes,
  { provider, threads = availableParallelism() },
) => {
  const { InferenceSession, Tensor, env } = await import('onnxruntime-node').catch((error) => {
    throw new InputError(missingRuntime(error))
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
 * Loads a model.onnx or sampler.onnx from a path, a `file:` or `http:` URL, its bytes or a Blob.
 * Errors: no such file, or no answer; no moonstep model; digests that differ; a provider that this machine
 * can't run; a failed self-test.
 */
export async function loadModel(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  const { bytes, name } = await readSource(source, readNamed)
  return openModel(bytes, name, { providers: providerNames, createSession: createNodeSession }, options)
}

async function readNamed(name: string): Promise<Uint8Array> {
  if (/^https?:/i.test(name)) return download(name)
  try {
    return await readFile(/^file:/i.test(name) ? new URL(name) : name)
  } catch (error) {
    throw new InputError(
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? `there is no file ${name}: give a model.onnx or sampler.onnx`
        : `cannot read ${name}: ${messageOf(error)}`,
    )
  }
}

/** --ignore-scripts, because the package's own script fetches CUDA libraries that nothing here needs. */
function missingRuntime(error: unknown): string {
  const absent = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND'
  const problem = absent ? 'is not installed' : `does not load (${messageOf(error).split('\n')[0]})`
  return (
    `onnxruntime-node ${problem}: run npm install --ignore-scripts onnxruntime-node ` +
    '(or set ONNXRUNTIME_NODE_INSTALL=skip), which leaves out its download of CUDA libraries'
  )
}
