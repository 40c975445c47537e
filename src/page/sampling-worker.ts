import { sentError } from '../core/errors.ts'
import type { Points } from '../core/points.ts'
import { type Model, openModel } from '../infer/model.ts'
import { sample } from '../infer/sample.ts'
import { infoOf, type WebProvider } from '../infer/session.ts'
import { type WebRuntime, webProvider } from '../infer/web-session.ts'
import {
  type FromWorker,
  type LoadedMessage,
  type LoadMessage,
  type SampledMessage,
  type SampleMessage,
  shownSamples,
  type ToWorker,
} from './protocol.ts'
import { startThreadsInPage } from './runtime-threads.ts'

/** A sampling's means to be stopped and to wait for the page. */
interface Run {
  readonly controller: AbortController
  /** Ends the wait for the page. */
  ready: () => void
}

/** Makes this worker load one model on a provider's runtime, and sample it as the page asks. */
export function serveSampling(provider: WebProvider, runtime: WebRuntime): void {
  startThreadsInPage()
  const runs = new Map<number, Run>()
  let model: Model | undefined

  const load = async ({ model: file, name, threads, wasmPaths }: LoadMessage): Promise<LoadedMessage> => {
    const bytes = new Uint8Array(await file.arrayBuffer())
    const own = webProvider(provider, async () => runtime, {
      wasmPaths,
      onDeviceLost: ({ message }) => post({ type: 'lost', message }),
    })
    model = await openModel(bytes, name, [own], { threads })
    return { card: model.file.card, info: infoOf(model.session) }
  }

  const draw = async (id: number, { options, steps }: SampleMessage): Promise<SampledMessage> => {
    const run: Run = { controller: new AbortController(), ready: () => {} }
    runs.set(id, run)
    const { signal } = run.controller
    const onStep = async ({ step, t, from, x }: { step: number; t: number; from: number; x: Points }) => {
      if (from > 0) return
      // the process goes on with x: the page gets a copy
      const points = x.data.slice()
      const ready = new Promise<void>((resolve) => {
        run.ready = resolve
      })
      post({ type: 'step', id, step, t, points }, [points.buffer])
      await ready
      signal.throwIfAborted()
    }
    try {
      const { points, x_0, sampler, timesteps, seconds } = await sample(model!, {
        ...options,
        signal,
        ...(steps ? { onStep, chunkSize: shownSamples } : {}),
      })
      return { points, x_0, sampler, timesteps, seconds }
    } finally {
      runs.delete(id)
    }
  }

  const answer = (id: number, work: Promise<LoadedMessage | SampledMessage>) =>
    work.then(
      (value) => {
        const buffers = 'points' in value ? [value.points.data.buffer, value.x_0.data.buffer] : []
        post({ type: 'done', id, value }, buffers)
      },
      (error) => post({ type: 'failed', id, error: sentError(error) }),
    )

  addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
    const { type, id } = data
    if (type === 'load') answer(id, load(data))
    else if (type === 'sample') answer(id, draw(id, data))
    else {
      if (type === 'abort') runs.get(id)?.controller.abort()
      runs.get(id)?.ready()
    }
  })
}

function post(message: FromWorker, transfer: ArrayBufferLike[] = []): void {
  postMessage(message, { transfer: transfer as ArrayBuffer[] })
}
