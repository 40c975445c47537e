import type { WebProvider } from '../../src/infer/session.ts'
import type { SamplingClient } from '../../src/web/client.ts'
import type { ProcessChoice } from './process-choice.ts'
import type { State } from './worker/lesson.ts'

interface Client {
  readonly client: SamplingClient
  /** The model that it was told to load. */
  bytes: Uint8Array
  loaded: Promise<unknown>
  isLoaded: boolean
}

const clients = new Map<WebProvider, Client>()

/** A provider's client with a model; the first one brings onnxruntime's part for it. */
async function clientFor(provider: WebProvider, bytes: Uint8Array): Promise<SamplingClient> {
  const known = clients.get(provider)
  if (known?.bytes === bytes) return known.loaded.then(() => known.client)
  const { createSamplingClient } = await import('../../src/web/client.ts')
  const held = known ?? { client: createSamplingClient(), bytes, loaded: Promise.resolve(), isLoaded: false }
  clients.set(provider, held)
  held.bytes = bytes
  held.isLoaded = false
  const loaded = held.client.load(bytes, { provider }).then(
    () => {
      if (held.loaded === loaded) held.isLoaded = true
    },
    (error) => {
      if (held.loaded === loaded) clients.delete(provider)
      throw error
    },
  )
  held.loaded = loaded
  await loaded
  return held.client
}

/** onnxruntime in workers of its own, one a provider. */
export const onnxruntime = {
  /** Whether the provider holds the model, so that sampling starts at once. */
  isReady(bytes: Uint8Array, provider: WebProvider): boolean {
    const known = clients.get(provider)
    return known?.bytes === bytes && known.isLoaded
  },

  /**
   * Every state of the walk, and what computed it, in words. Errors: a provider that this browser can't run; the
   * signal's reason.
   */
  async sample(
    bytes: Uint8Array,
    provider: WebProvider,
    { seed, sampler, numSteps }: ProcessChoice,
    count: number,
    signal: AbortSignal,
  ): Promise<{ states: State[]; by: string; provider: WebProvider }> {
    const client = await clientFor(provider, bytes)
    signal.throwIfAborted()
    const states: State[] = []
    const { info } = await client.sample({
      count,
      seed,
      sampler,
      numSteps,
      signal,
      onStep({ step, t, points }) {
        // a GPU that is lost on the way begins again on WASM
        if (step === 0) states.length = 0
        states.push({ step, t, points: { data: points, count, dim: points.length / count } })
      },
    })
    const where = info.provider === 'webgpu' ? `WebGPU on ${info.adapter ?? 'a GPU'}` : 'WASM'
    const threads = info.threads > 1 ? `, ${info.threads} threads` : ''
    const ran = info.provider as WebProvider
    return { states, by: `${where} (${info.runtime}${threads})`, provider: ran }
  },
}
