import { InputError, messageOf } from '../core/errors.ts'
import { checkOptions, integer, type KnownOptions, oneOf } from '../core/options.ts'
import type { SampleResult } from '../infer/model.ts'
import { adapterName, isDeviceLost, isSoftware, type WebProvider } from '../infer/session.ts'
import { downloadBlob, type ModelSource } from '../infer/source.ts'
import {
  type ClientSampleOptions,
  type Connection,
  connect,
  type LoadedModel,
  type LoadMessage,
} from './connection.ts'
import { workerRuntimes } from './runtimes.ts'

/** What we take of WebGPU, which has no types here. */
interface Gpu {
  requestAdapter(): Promise<{
    readonly info?: Readonly<Record<string, string>> & { readonly isFallbackAdapter?: boolean }
    /** Where older browsers say it. */
    readonly isFallbackAdapter?: boolean
  } | null>
}

/** Why WebGPU would not compute on a GPU in this page; null where it would. */
async function hardwareLack(): Promise<string | null> {
  const { gpu } = navigator as { gpu?: Gpu }
  if (!gpu) return 'this page has no WebGPU'
  const adapter = await gpu.requestAdapter().catch(() => null)
  if (!adapter) return 'WebGPU finds no GPU here'
  const name = adapterName(adapter.info)
  return adapter.info?.isFallbackAdapter || adapter.isFallbackAdapter || isSoftware(name)
    ? `WebGPU computes on the processor here (${name ?? 'a fallback adapter'})`
    : null
}

export interface ClientLoadOptions {
  /** `simd` by default: our own kernels. `auto` is WebGPU on a GPU, else `simd`; `wasm` is onnxruntime's. */
  readonly provider?: WebProvider | 'auto' | undefined
  /** Up to 4 by default. onnxruntime's WASM has one in a page that is not isolated. */
  readonly threads?: number | undefined
}

const loadChecks: KnownOptions<ClientLoadOptions> = {
  provider: oneOf(['simd', 'wasm', 'webgpu', 'auto']),
  threads: integer(1, 1024),
}

/** Samples in a worker of its own, so that the page goes on. */
export interface SamplingClient {
  /**
   * Loads a model, in place of an earlier one, from a URL (a text is relative to the page), its bytes or a Blob.
   * Throws: those of `loadModel`; a provider that is named and lacks; a worker that doesn't start.
   */
  load(source: ModelSource, options?: ClientLoadOptions): Promise<LoadedModel>
  /**
   * Samples the model, as `sample` does. Where the GPU is lost it begins again on `simd`. Two calls wait their turn.
   * Throws: those of `sample`; no model loaded; the signal's reason.
   */
  sample(options: ClientSampleOptions): Promise<SampleResult>
  /** Ends the worker and what runs in it. */
  dispose(): void
}

/** A worker and the model that it loads. */
interface Holder {
  readonly connection: Connection
  readonly loaded: Promise<LoadedModel>
}

/** `onFallback` is told of the model anew when the GPU was lost and `simd` has it. */
export function createSamplingClient({
  onFallback = () => {},
}: {
  onFallback?: ((loaded: LoadedModel) => void) | undefined
} = {}): SamplingClient {
  let holder: Holder | undefined
  /** Counts loads, so that one that was overtaken ends. */
  let latest = 0

  const close = (reason: string) => {
    latest++
    holder?.connection.close(new InputError(reason, 'conflict'))
    holder = undefined
  }

  /** Starts a worker that loads the model. On a lost GPU another takes its place. */
  const hold = (
    provider: WebProvider,
    model: NamedBlob,
    threads: number,
    webgpuGivenUp: string | null,
  ): Holder => {
    const { start, wasmPaths } = workerRuntimes[provider]
    const connection = connect(start(), (error) => {
      if (holder !== held) return
      connection.close(error)
      holder = hold('simd', model, threads, error.message)
      holder.loaded.then(onFallback, () => {})
    })
    const loaded = connection.load({ ...model, threads, wasmPaths }).then(
      (message) => ({ ...message, webgpuGivenUp }),
      (error) => {
        connection.close(error)
        throw error
      },
    )
    const held: Holder = { connection, loaded }
    return held
  }

  /** Does a task with the model; again where its GPU was lost and `simd` has it by now. */
  const withModel = async <R>(
    task: (connection: Connection, loaded: LoadedModel) => Promise<R>,
  ): Promise<R> => {
    for (;;) {
      const held = holder
      if (!held) throw new InputError('no model is loaded: load one first', 'missing')
      try {
        return await task(held.connection, await held.loaded)
      } catch (error) {
        if (!isDeviceLost(error) || holder === held) throw error
      }
    }
  }

  return {
    async load(source, options = {}) {
      close('another model was loaded: sample that one')
      const mine = latest
      checkOptions('load', options, loadChecks)
      const { provider = 'simd', threads = defaultThreads() } = options
      const requireLatest = () => {
        if (mine !== latest)
          throw new InputError('another model was loaded, or none is wanted any more', 'conflict')
      }
      const [model, lack] = await Promise.all([blobOf(source), provider === 'auto' ? hardwareLack() : null])
      const tryOn = (each: WebProvider, reason: string | null) => {
        requireLatest()
        holder = hold(each, model, threads, reason)
        return withModel(async (_, loaded) => loaded)
      }
      if (provider !== 'auto') return tryOn(provider, null)
      if (lack) return tryOn('simd', lack)
      return tryOn('webgpu', null).catch((error) => tryOn('simd', messageOf(error)))
    },
    sample: (options) => withModel((connection) => connection.sample(options)),
    dispose() {
      close('the client was disposed of: create another')
    },
  }
}

/** A model, and what to call it in errors. */
type NamedBlob = Pick<LoadMessage, 'model' | 'name'>

async function blobOf(source: ModelSource): Promise<NamedBlob> {
  if (source instanceof Blob)
    return { model: source, name: 'name' in source ? String(source.name) : 'the model' }
  if (source instanceof Uint8Array) return { model: new Blob([source as BlobPart]), name: 'the model' }
  return { model: await downloadBlob(String(source)), name: String(source) }
}

/** More than a few threads gain nothing on networks of this size. */
function defaultThreads(): number {
  return Math.min(4, navigator.hardwareConcurrency || 1)
}
