import { sentError } from '../core/errors.ts'
import type { Model, SampleResult, SampleStep } from '../infer/model.ts'
import { openModel } from '../infer/open-model.ts'
import type { Provider } from '../infer/provider.ts'
import type { WebSessionOptions } from '../infer/providers/web-session.ts'
import { sample } from '../infer/sample.ts'
import {
  type FromWorker,
  type LoadedMessage,
  type LoadMessage,
  type SampleMessage,
  shownSamples,
  type ToWorker,
} from './connection.ts'
import { startThreadsInPage } from './runtime-threads.ts'

/** Controls of a running draw: abort, and wait for the page. */
interface Run {
  readonly controller: AbortController
  /** Ends the wait for the page. */
  ready: () => void
}

/** Serves one model on a provider in this worker, at the page's requests. */
export function serveSampling(makeProvider: (options: WebSessionOptions) => Provider): void {
  startThreadsInPage()
  const runs = new Map<number, Run>()
  /** Set once loaded, before the page samples. */
  let model: Model

  const load = async ({ model: file, name, threads, wasmPaths }: LoadMessage): Promise<LoadedMessage> => {
    const bytes = new Uint8Array(await file.arrayBuffer())
    const own = makeProvider({
      wasmPaths,
      onDeviceLost: (error) => post({ type: 'lost', error: sentError(error) }),
    })
    model = await openModel(bytes, name, [own], { threads })
    const { card, info } = model
    return { card, info }
  }

  const draw = async (id: number, { options, steps }: SampleMessage): Promise<SampleResult> => {
    const run: Run = { controller: new AbortController(), ready: () => {} }
    runs.set(id, run)
    const { signal } = run.controller
    const onStep = async (state: SampleStep) => {
      // only the first chunk
      if (state.from > (options.from ?? 0)) return
      // the process continues with x, so the page gets a copy
      const x = { ...state.x, data: state.x.data.slice() }
      const ready = new Promise<void>((resolve) => {
        run.ready = resolve
      })
      post({ type: 'step', id, state: { ...state, x } }, [x.data.buffer])
      await ready
      signal.throwIfAborted()
    }
    const shown = steps ? { onStep, chunkSize: shownSamples } : {}
    return sample(model, { ...options, signal, ...shown }).finally(() => runs.delete(id))
  }

  const answer = (id: number, work: Promise<LoadedMessage | SampleResult>) =>
    work.then(
      (value) => {
        const states =
          'points' in value ? [value.table.points, value.points, value.x_0, ...(value.trajectory ?? [])] : []
        const buffers = [...new Set(states.map(({ data }) => data.buffer))]
        post({ type: 'done', id, value }, buffers)
      },
      (error) => post({ type: 'failed', id, error: sentError(error) }),
    )

  addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
    const { type, id } = data
    if (type === 'load') answer(id, load(data))
    else if (type === 'sample') answer(id, draw(id, data))
    else if (type === 'ready' || type === 'abort') {
      if (type === 'abort') runs.get(id)?.controller.abort()
      runs.get(id)?.ready()
    }
  })
}

function post(message: FromWorker, transfer: ArrayBufferLike[] = []): void {
  postMessage(message, { transfer: transfer as ArrayBuffer[] })
}
