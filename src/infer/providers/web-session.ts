import { InputError, messageOf } from '../../core/errors.ts'
import { decodeElements, encodeElements, valuesOf } from '../elements.ts'
import type { ProviderDefinition } from '../provider.ts'
import { type AdapterInfo, adapterName, nextTask, type Session } from '../session.ts'

/** A part of onnxruntime-web, such as `onnxruntime-web/wasm`. */
export type WebRuntime = typeof import('onnxruntime-web/wasm')

/** Location of onnxruntime-web's files: a URL prefix, or the URLs of the two files. */
export type WasmPaths = string | { readonly mjs?: string | URL; readonly wasm?: string | URL }

export interface WebSessionOptions {
  readonly wasmPaths?: WasmPaths | undefined
  /** Called when a session's GPU is lost, whether or not anything runs. */
  readonly onDeviceLost?: ((error: Error) => void) | undefined
}

const remedies = {
  wasm: "let the page serve onnxruntime-web's files, or name their place in wasmPaths",
  webgpu: 'use provider simd, or a browser with WebGPU',
}

/**
 * A provider of onnxruntime-web in a page; `load` imports its part of the package with the first session, and `graphFor`
 * makes a graph of our own ready for it.
 */
export function webProvider(
  provider: keyof typeof remedies,
  load: () => Promise<WebRuntime>,
  options: WebSessionOptions,
  graphFor = (bytes: Uint8Array): Uint8Array => bytes,
): ProviderDefinition<keyof typeof remedies> {
  return {
    name: provider,
    createSession: async (bytes, { threads = 1, isForeign }) =>
      createWebSession(graphFor(bytes), await load(), {
        ...options,
        provider,
        isForeign,
        threads: isolated() ? threads : 1,
        logLevel: 'error',
        problem: (reason) => `can't run the model in this page: ${reason}: ${remedies[provider]}`,
      }),
  }
}

interface WebSessionRequest extends WebSessionOptions {
  readonly provider: keyof typeof remedies
  readonly threads: number
  readonly logLevel: 'error' | 'fatal'
  /** Whether onnxruntime may compute shapes on the CPU, which diffusers networks have in their graphs. */
  readonly isForeign?: boolean | undefined
  /** The message if onnxruntime refuses a model. */
  readonly problem: (reason: string | undefined) => string
}

/** Creates a session of onnxruntime-web, in a page or in Node. Throws if the model is refused. */
export async function createWebSession(
  bytes: Uint8Array,
  { InferenceSession, Tensor, env }: WebRuntime,
  {
    provider,
    threads,
    logLevel,
    problem,
    wasmPaths,
    isForeign = false,
    onDeviceLost = () => {},
  }: WebSessionRequest,
): Promise<Session> {
  env.logLevel = logLevel
  env.wasm.numThreads = threads
  if (wasmPaths !== undefined) env.wasm.wasmPaths = wasmPaths as typeof env.wasm.wasmPaths & {}
  const session = await InferenceSession.create(bytes, {
    executionProviders: [provider],
    logSeverityLevel: logLevel === 'fatal' ? 4 : 3,
    graphOptimizationLevel: 'all',
    // otherwise nodes that the provider lacks go to the CPU unseen
    ...(provider === 'wasm' || isForeign ? {} : { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
  }).catch((error) => {
    throw new InputError(`provider ${provider} ${problem(messageOf(error).split('\n')[0])}`, 'not-available')
  })
  const device = provider === 'webgpu' ? ((await env.webgpu.device) as Device) : undefined
  const whileAlive = untilLost(device, onDeviceLost)
  const version = env.versions.web ?? env.versions.common
  return {
    provider,
    adapter: adapterName(device?.adapterInfo),
    onnxruntime: version,
    runtime: `onnxruntime-web ${version}`,
    threads: env.wasm.numThreads,
    tf32: null,
    async run(feeds, outputs) {
      // the runtime's promises alone never yield to the page
      await nextTask()
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, { data, dims, type = 'float32' }]) => [
          name,
          new Tensor(type, encodeElements(type, data) as Float32Array, dims),
        ]),
      )
      const results = await whileAlive(() => session.run(tensors, [...outputs]))
      return Object.fromEntries(outputs.map((name) => [name, decodeElements(results[name]!.data)]))
    },
    inputs: valuesOf(session.inputMetadata),
    outputs: valuesOf(session.outputMetadata),
    release: () => session.release(),
  }
}

/** Threads need shared memory, which a page has only with COOP and COEP headers. */
function isolated(): boolean {
  return (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true
}

/** The parts of GPUDevice in use, which has no types here. */
interface Device {
  readonly adapterInfo?: AdapterInfo
  readonly lost?: Promise<{ readonly message: string }>
}

/** Fails a task once its device is lost, because a run on a lost device may never end. */
function untilLost(device: Device | undefined, onDeviceLost: (error: Error) => void) {
  let lost: Error | undefined
  let fail = (_: Error) => {}
  device?.lost?.then(({ message }) => {
    const problem = `the GPU was lost (${message.split('\n')[0]}): load the model again`
    lost = Object.assign(new Error(problem), { name: 'DeviceLostError' })
    fail(lost)
    onDeviceLost(lost)
  })
  return <R>(task: () => Promise<R>): Promise<R> =>
    new Promise((resolve, reject) => {
      if (lost) return reject(lost)
      fail = reject
      task().then(resolve, async (error) => {
        // a lost GPU fails a run before the loss is reported
        await Promise.race([device?.lost, new Promise((later) => setTimeout(later, 1000))])
        reject(lost ?? error)
      })
    })
}
