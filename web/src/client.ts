import { createSamplingClient, type SamplingClient } from '../../src/browser/client.ts'
import { onnxruntimeWorkers } from '../../src/browser/onnxruntime-workers.ts'
import { provideOnnxruntime } from '../../src/browser/provided-onnxruntime.ts'
import type { OnnxruntimeWebProvider } from '../../src/infer/session.ts'
import type { ProcessChoice } from './process-choice.ts'
import type { OpenModel, State } from './worker/lesson.ts'

// what samples on onnxruntime's providers, which the page loads once its points move
provideOnnxruntime({ workers: onnxruntimeWorkers })

type OnnxSource = OpenModel['onnx']

interface Client {
  readonly client: SamplingClient
  /** The model that it has loaded. */
  onnx: OnnxSource
  loaded: Promise<unknown>
  isLoaded: boolean
  /** Why it can't continue: its GPU is lost. */
  lost: string | undefined
}

const clients = new Map<OnnxruntimeWebProvider, Client>()
const listeners: ((reason: string) => void)[] = []

function startClient(provider: OnnxruntimeWebProvider, onnx: OnnxSource): Client {
  const client = createSamplingClient({
    // its own fallback to WASM is not used, since WASM has a client here; the next request for WebGPU tries again
    onFallback({ webgpuGivenUp }) {
      held.lost = webgpuGivenUp ?? 'the GPU was lost'
      if (clients.get(provider) === held) clients.delete(provider)
      for (const tell of listeners) tell(held.lost)
      client.dispose()
    },
  })
  const held: Client = { client, onnx, loaded: Promise.resolve(), isLoaded: false, lost: undefined }
  clients.set(provider, held)
  return held
}

/** A provider's client with a model loaded; the first one loads onnxruntime's files for it. */
async function clientFor(provider: OnnxruntimeWebProvider, onnx: OnnxSource): Promise<Client> {
  const current = clients.get(provider)
  if (current?.onnx === onnx) return current.loaded.then(() => current)
  const held = current ?? startClient(provider, onnx)
  held.onnx = onnx
  held.isLoaded = false
  const loaded = held.client.load(onnx, { provider }).then(
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
  return held
}

/** Runs onnxruntime in workers, one per provider. */
export const onnxruntime = {
  /** Whether the provider has loaded the model, so that sampling starts at once. */
  isReady(onnx: OnnxSource, provider: OnnxruntimeWebProvider): boolean {
    const current = clients.get(provider)
    return current?.onnx === onnx && current.isLoaded
  },

  /** Calls `tell` with the reason when WebGPU's GPU is lost, whether or not anything ran on it. */
  onLost(tell: (reason: string) => void): void {
    listeners.push(tell)
  },

  /**
   * Returns every state of the trajectory, and what computed it, in words. Throws if this browser can't run the provider, or
   * the GPU is lost; on abort, the signal's reason.
   */
  async sample(
    onnx: OnnxSource,
    provider: OnnxruntimeWebProvider,
    { seed, sampler, numSteps }: ProcessChoice,
    count: number,
    signal: AbortSignal,
  ): Promise<{ states: State[]; by: string }> {
    const held = await clientFor(provider, onnx)
    signal.throwIfAborted()
    const states: State[] = []
    const sampled = held.client.sample({
      count,
      seed,
      sampler,
      numSteps,
      signal,
      onStep({ step, t, x }) {
        states.push({ step, t, points: x })
      },
    })
    const info = await sampled.catch((error) => {
      throw held.lost ? new Error(held.lost) : error
    })
    const where = info.provider === 'webgpu' ? `WebGPU on ${info.adapter ?? 'a GPU'}` : 'WASM'
    const threads = info.threads > 1 ? `, ${info.threads} threads` : ''
    return { states, by: `${where} (${info.runtime}${threads})` }
  },
}
