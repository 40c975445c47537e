import { InputError, messageOf, receivedError } from '../core/errors.ts'
import { checkOptions, flag, integer, type OptionChecks, oneOf } from '../core/options.ts'
import { downloadBlob, type ModelSource, type SampleResult } from '../infer/model.ts'
import {
  type AdapterInfo,
  adapterName,
  isDeviceLost,
  isSoftware,
  type SessionInfo,
  type WebProvider,
} from '../infer/session.ts'
import { withTablePoints } from '../infer/table-points.ts'
import type { ModelCard } from '../model/card.ts'
import type { TableRow } from '../table/inference/rows.ts'
import { workerOf } from './provided-onnxruntime.ts'
import { type WorkerRuntime, workerRuntimes } from './runtimes.ts'
import type { ClientSampleOptions, LoadRequest, SamplingCalls } from './sampling-worker.ts'
import { type Connection, connect, defaultThreads } from './worker-calls.ts'

export type { ClientSampleOptions } from './sampling-worker.ts'

/** The parts of WebGPU in use, which has no types here. */
interface Gpu {
  requestAdapter(): Promise<{
    readonly info?: AdapterInfo & { readonly isFallbackAdapter?: boolean }
    /** For older browsers. */
    readonly isFallbackAdapter?: boolean
  } | null>
}

/** Why WebGPU can't compute on a GPU in this page; null if it can. */
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
  /** Default: `simd`, our own kernels. `auto` is WebGPU if there is a GPU, else `simd`; `wasm` is onnxruntime's. */
  readonly provider?: WebProvider | 'auto' | undefined
  /** Default: up to 4. onnxruntime's WASM has one thread in a page that is not cross-origin isolated. */
  readonly threads?: number | undefined
  /** As that of `loadModel`: the worker has no faker. Default: false. */
  readonly withoutFaker?: boolean | undefined
}

const loadChecks: OptionChecks<ClientLoadOptions> = {
  provider: oneOf(['simd', 'wasm', 'webgpu', 'auto']),
  threads: integer(1, 1024),
  withoutFaker: flag,
}

/** A model loaded in a worker. */
export interface LoadedModel {
  readonly card: ModelCard
  /** What actually runs it. */
  readonly info: SessionInfo
  /** Why it runs on `simd` and not WebGPU: `auto` found no GPU, or the GPU was lost; otherwise null. */
  readonly webgpuGivenUp: string | null
}

/** Samples in a separate worker, so that the page stays responsive. */
export interface SamplingClient {
  /**
   * Loads a model, replacing an earlier one, from a URL (a string is relative to the page), its bytes or a Blob. Throws
   * as `loadModel` does, and if a named provider is missing or the worker doesn't start.
   */
  load(source: ModelSource, options?: ClientLoadOptions): Promise<LoadedModel>
  /**
   * Draws samples, as `sample` does, one call at a time. If the GPU is lost, it restarts on `simd`. Throws as `sample`
   * does, and if no model is loaded; the signal's reason once it is aborted.
   */
  sample<R extends object = TableRow>(options: ClientSampleOptions): Promise<SampleResult<R>>
  /** Ends the worker and running calls. */
  dispose(): void
}

interface Holder {
  readonly connection: Connection<SamplingCalls>
  readonly loaded: Promise<LoadedModel>
  /** Loads the model on `simd` in another worker, unless that has happened. */
  replace(error: Error): void
}

/**
 * Creates a client that samples in a worker.
 *
 * @param options - `onFallback` receives the model again after the GPU was lost and `simd` loaded it.
 * @returns The client; its worker starts with the first `load`.
 * @example
 * const client = createSamplingClient()
 * await client.load('model.onnx')
 * const { points } = await client.sample({ count: 1000, seed: 7 })
 */
export function createSamplingClient({
  onFallback = () => {},
}: {
  onFallback?: ((loaded: LoadedModel) => void) | undefined
} = {}): SamplingClient {
  let holder: Holder | undefined
  /** Counts loads, to end those that were overtaken. */
  let latest = 0

  const close = (reason: string) => {
    latest++
    holder?.connection.close(new InputError(reason, 'conflict'))
    holder = undefined
  }

  /** Starts a worker that loads the model; another replaces it if the GPU is lost. */
  const hold = (
    { start, wasmPaths }: WorkerRuntime,
    model: NamedBlob,
    settings: Pick<LoadRequest, 'threads' | 'withoutFaker'>,
    webgpuGivenUp: string | null,
  ): Holder => {
    const connection = connect<SamplingCalls>(start(), 'the sampling worker')
    const { calls, close } = connection
    const replace = (error: Error) => {
      if (holder !== created) return
      close(error)
      holder = hold(workerRuntimes.simd, model, settings, error.message)
      holder.loaded.then(onFallback, () => {})
    }
    calls.lost().then(
      (error) => replace(receivedError(error)),
      () => {},
    )
    const loaded = calls.load({ ...model, ...settings, wasmPaths }).then(
      (loaded) => ({ ...loaded, webgpuGivenUp }),
      (error) => {
        close(error)
        throw error
      },
    )
    const created: Holder = { connection, loaded, replace }
    return created
  }

  /** Runs a task with the model, and again on `simd` if its GPU was lost. */
  const withModel = async <R>(
    task: (connection: Connection<SamplingCalls>, loaded: LoadedModel) => Promise<R>,
  ): Promise<R> => {
    for (;;) {
      const current = holder
      if (!current) throw new InputError('no model is loaded: load one first', 'missing')
      try {
        return await task(current.connection, await current.loaded)
      } catch (error) {
        if (!(error instanceof Error && isDeviceLost(error))) throw error
        current.replace(error)
      }
    }
  }

  return {
    async load(source, options = {}) {
      close('another model was loaded: sample that one')
      const mine = latest
      checkOptions('load', options, loadChecks)
      const { provider = 'simd', threads = defaultThreads(), withoutFaker = false } = options
      const requireLatest = () => {
        if (mine !== latest)
          throw new InputError('another model was loaded, or none is wanted any more', 'conflict')
      }
      const [model, lack] = await Promise.all([blobOf(source), provider === 'auto' ? hardwareLack() : null])
      const tryOn = async (each: WebProvider, reason: string | null) => {
        const runtime = await workerOf(each)
        requireLatest()
        holder = hold(runtime, model, { threads, withoutFaker }, reason)
        return withModel(async (_, loaded) => loaded)
      }
      if (provider !== 'auto') return tryOn(provider, null)
      if (lack) return tryOn('simd', lack)
      return tryOn('webgpu', null).catch((error) => tryOn('simd', messageOf(error)))
    },
    sample: (options) =>
      withModel(async ({ calls }) => {
        const { points, ...samples } = await calls.sample(options)
        return points ? { ...samples, points } : withTablePoints(samples)
      }),
    dispose() {
      close('the client was disposed of: create another')
    },
  }
}

type NamedBlob = Pick<LoadRequest, 'model' | 'name'>

async function blobOf(source: ModelSource): Promise<NamedBlob> {
  if (source instanceof Blob)
    return { model: source, name: 'name' in source ? String(source.name) : 'the model' }
  if (source instanceof Uint8Array) return { model: new Blob([source as BlobPart]), name: 'the model' }
  return { model: await downloadBlob(String(source)), name: String(source) }
}
