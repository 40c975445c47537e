import { receivedError, type SentError } from '../core/errors.ts'
import type { SampleOptions, SampleResult } from '../infer/model.ts'
import { DeviceLostError } from '../infer/session.ts'
import type { FromWorker, LoadedMessage, LoadMessage, SampleMessage } from './protocol.ts'
import { startThread } from './runtime-threads.ts'

export type OnStep = NonNullable<SampleOptions['onStep']>

/** A worker's two services as calls. */
export interface Connection {
  load(message: LoadMessage): Promise<LoadedMessage>
  /** `onStep` may return a promise, for which the process waits. Errors: the signal's reason, at once. */
  sample(
    message: Omit<SampleMessage, 'steps'>,
    onStep?: OnStep | undefined,
    signal?: AbortSignal | undefined,
  ): Promise<SampleResult>
  /** Ends the worker; calls that run fail. */
  close(reason: Error): void
}

interface Call {
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
  readonly onStep?: OnStep | undefined
}

/** Calls a worker. `onLost` is told when the GPU that it computes on is gone. */
export function connect(worker: Worker, onLost: (error: Error) => void): Connection {
  const calls = new Map<number, Call>()
  const threads: Worker[] = []
  let nextId = 0
  let closed: Error | undefined

  const close = (reason: Error) => {
    closed ??= reason
    for (const each of [worker, ...threads]) each.terminate()
    for (const { reject } of calls.values()) reject(closed)
    calls.clear()
  }
  const fail = (event: ErrorEvent) => {
    event.preventDefault()
    // an error without a message: the script was not found, or the page's policy forbids it
    const what = event.message
      ? `failed: ${event.message}`
      : 'does not start: serve the files beside its script'
    close(new Error(`the sampling worker ${what}`))
  }
  worker.addEventListener('error', fail)
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    if (data.type === 'lost') {
      onLost(new DeviceLostError(data.message))
      return
    }
    if (data.type === 'thread') {
      // a worker that was ended meanwhile needs none
      if (!closed) threads.push(startThread(data, fail))
      return
    }
    const { id } = data
    const call = calls.get(id)
    // an aborted call's last messages
    if (!call) return
    if (data.type === 'step') {
      const { step, t, from, x } = data
      const told = async () => call.onStep?.({ step, t, from, x })
      told().then(
        () => worker.postMessage({ type: 'ready', id }),
        (error) => {
          worker.postMessage({ type: 'abort', id })
          settle(id)?.reject(error)
        },
      )
    } else if (data.type === 'done') settle(id)?.resolve(data.value as never)
    else settle(id)?.reject(errorOf(data.error))
  })

  const settle = (id: number): Call | undefined => {
    const call = calls.get(id)
    calls.delete(id)
    return call
  }
  const request = <R>(message: { type: 'load' | 'sample' }, onStep?: OnStep, signal?: AbortSignal) =>
    new Promise<R>((resolve, reject) => {
      signal?.throwIfAborted()
      if (closed) throw closed
      const id = nextId++
      const abort = () => {
        worker.postMessage({ type: 'abort', id })
        settle(id)?.reject(signal!.reason)
      }
      signal?.addEventListener('abort', abort)
      const end = () => signal?.removeEventListener('abort', abort)
      calls.set(id, {
        resolve: (value) => {
          end()
          resolve(value)
        },
        reject: (error) => {
          end()
          reject(error)
        },
        onStep,
      })
      worker.postMessage({ ...message, id })
    })
  return {
    load: (message) => request({ type: 'load', ...message }),
    sample: (message, onStep, signal) =>
      request({ type: 'sample', ...message, steps: onStep !== undefined } as never, onStep, signal),
    close,
  }
}

/** An error as the worker threw it: classes do not survive the way. */
function errorOf(error: SentError): Error {
  return error.name === 'DeviceLostError' ? new DeviceLostError(error.message) : receivedError(error)
}
