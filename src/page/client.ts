import { InputError, messageOf } from '../core/errors.ts'
import { checkOptions, integer, type KnownOptions, oneOf } from '../core/options.ts'
import type { SampleResult } from '../infer/model.ts'
import { DeviceLostError, type SessionInfo, type WebProvider } from '../infer/session.ts'
import { downloadBlob, type ModelSource } from '../infer/source.ts'
import type { ModelCard } from '../model/card.ts'
import { type Connection, connect } from './connection.ts'
import type { ClientSampleOptions } from './protocol.ts'
import { workerRuntimes } from './runtimes.ts'

/** What we take of WebGPU, which has no types here. */
interface Adapter {
  readonly info?: {
    readonly vendor?: string
    readonly architecture?: string
    readonly description?: string
    readonly isFallbackAdapter?: boolean
  }
  /** Where older browsers say it. */
  readonly isFallbackAdapter?: boolean
}
interface Gpu {
  requestAdapter(): Promise<Adapter | null>
}

/** Imitations of a GPU on the processor. */
const software = /swiftshader|llvmpipe|lavapipe|basic render|\bwarp\b/i

/** Why WebGPU would not compute on a GPU in this page; null where it would. */
export async function hardwareLack(): Promise<string | null> {
  const { gpu } = navigator as { gpu?: Gpu }
  if (!gpu) return 'this page has no WebGPU'
  const adapter = await gpu.requestAdapter().catch(() => null)
  if (!adapter) return 'WebGPU finds no GPU here'
  const { info, isFallbackAdapter } = adapter
  const name = [info?.vendor, info?.architecture, info?.description].filter(Boolean).join(' ')
  return info?.isFallbackAdapter || isFallbackAdapter || software.test(name)
    ? `WebGPU computes on the processor here (${name || 'a fallback adapter'})`
    : null
}

export interface ClientLoadOptions {
  /** `wasm` by default. `auto` is WebGPU on a GPU, else WASM. */
  readonly provider?: WebProvider | 'auto' | undefined
  /** Of WASM in an isolated page: up to 4 by default. Elsewhere there is one. */
  readonly threads?: number | undefined
}

const loadChecks: KnownOptions<ClientLoadOptions> = {
  provider: oneOf(['wasm', 'webgpu', 'auto']),
  threads: integer(1, 1024),
}

/** A model that a worker holds. */
export interface LoadedModel {
  readonly card: ModelCard
  /** What really runs it. */
  readonly info: SessionInfo
  /** Why it runs on WASM where WebGPU could have been: `auto` found none, or the GPU was lost. */
  readonly webgpuGivenUp: string | null
}

/** Samples in a worker of its own, so that the page goes on. */
export interface SamplingClient {
  /**
   * Loads a model, in place of an earlier one, from a URL (a text is relative to the page), its bytes or a Blob.
   * Errors: those of `loadModel`; a provider that is named and lacks; a worker that doesn't start.
   */
  load(source: ModelSource, options?: ClientLoadOptions): Promise<LoadedModel>
  /**
   * Samples the model, as `sample` does. Where the GPU is lost it begins again on WASM. Two calls wait their turn.
   * Errors: those of `sample`; no model loaded; the signal's reason.
   */
  sample(options: ClientSampleOptions): Promise<SampleResult>
  /** Ends the worker and what runs in it. */
  dispose(): void
}

/** A model and the worker that holds it; `loaded` is waited for by whoever samples. */
interface Holder {
  readonly connection: Connection
  readonly loaded: Promise<LoadedModel>
}

/** `onFallback` is told of the model anew when the GPU was lost and WASM has it. */
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
    const connection = connect(start(), (error) => fallBack(error))
    const fallBack = (error: Error) => {
      if (holder !== held) return
      connection.close(error)
      holder = hold('wasm', model, threads, error.message)
      holder.loaded.then(onFallback, () => {})
    }
    const loaded = connection
      .load({ model: model.blob, name: model.name, threads, wasmPaths })
      .then((message) => ({ ...message, webgpuGivenUp }))
      .catch((error) => {
        connection.close(error)
        throw error
      })
    const held: Holder = { connection, loaded }
    return held
  }

  /** Whether the model was on a GPU that was lost, and is on WASM by now. */
  const hasMovedOn = (held: Holder, error: unknown) => error instanceof DeviceLostError && holder !== held

  const current = async (): Promise<{ held: Holder; loaded: LoadedModel }> => {
    for (;;) {
      const held = holder
      if (!held) throw new InputError('no model is loaded: load one first', 'missing')
      try {
        return { held, loaded: await held.loaded }
      } catch (error) {
        if (!hasMovedOn(held, error)) throw error
      }
    }
  }

  return {
    async load(source, options = {}) {
      close('another model was loaded: sample that one')
      const mine = latest
      checkOptions('load', options, loadChecks)
      const { provider = 'wasm', threads = defaultThreads() } = options
      const unlessOvertaken = <R>(value: R): R => {
        if (mine !== latest)
          throw new InputError('another model was loaded, or none is wanted any more', 'conflict')
        return value
      }
      const [model, lack] = unlessOvertaken(
        await Promise.all([blobOf(source), provider === 'auto' ? hardwareLack() : null]),
      )
      const tryOn = (each: WebProvider, reason: string | null) => {
        holder = hold(each, model, threads, reason)
        return current()
      }
      const first = provider === 'webgpu' || (provider === 'auto' && !lack) ? 'webgpu' : 'wasm'
      return tryOn(first, lack).then(
        ({ loaded }) => loaded,
        async (error) => {
          if (provider !== 'auto' || first === 'wasm') throw error
          unlessOvertaken(null)
          return (await tryOn('wasm', messageOf(error))).loaded
        },
      )
    },
    async sample({ signal, onStep, ...options }) {
      for (;;) {
        const { held } = await current()
        try {
          return await held.connection.sample({ options }, onStep, signal)
        } catch (error) {
          if (!hasMovedOn(held, error)) throw error
        }
      }
    },
    dispose() {
      close('the client was disposed of: create another')
    },
  }
}

interface NamedBlob {
  readonly blob: Blob
  /** What to call the model in errors. */
  readonly name: string
}

async function blobOf(source: ModelSource): Promise<NamedBlob> {
  if (source instanceof Blob)
    return { blob: source, name: 'name' in source ? String(source.name) : 'the model' }
  if (source instanceof Uint8Array) return { blob: new Blob([source as BlobPart]), name: 'the model' }
  return { blob: await downloadBlob(String(source)), name: String(source) }
}

/** More than a few threads gain nothing on networks of this size. */
function defaultThreads(): number {
  return Math.min(4, navigator.hardwareConcurrency || 1)
}
