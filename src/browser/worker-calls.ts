import { receivedError } from '../core/errors.ts'
import { type Answer, answerOf } from '../infer/session.ts'

// The one protocol between a page and its workers. The page calls a worker's functions and gets promises of their
// answers. Functions among the arguments, or in a plain object among them, are called back in the page; a signal there
// ends the call.

type Callback = (...args: unknown[]) => unknown

/** An argument, or a value in it, that cannot cross to a worker. */
type Place = readonly [argument: number, key?: string]

interface Call {
  readonly type: 'call'
  readonly id: number
  readonly name: string
  readonly args: unknown[]
  readonly callbacks: readonly Place[]
  readonly signals: readonly Place[]
}

type ToWorker =
  | Call
  /** What a callback returned. */
  | { readonly type: 'returned'; readonly id: number; readonly turn: number; readonly value: unknown }
  /** The page no longer waits for the answer. */
  | { readonly type: 'dropped'; readonly id: number }

type CallbackMessage = { readonly type: 'callback'; readonly args: unknown[] } & Readonly<
  Record<'id' | 'callback' | 'turn', number>
>

type FromWorker =
  | { readonly type: 'answer'; readonly id: number; readonly answer: Answer }
  | CallbackMessage
  | ThreadMessage

interface Settling {
  resolve(value: unknown): void
  reject(reason: unknown): void
}

/** A worker's functions as its page calls them. */
export type Remote<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never
}

export interface Connection<T> {
  /** The worker's functions. They throw the worker's errors, what a callback throws, and a signal's reason at once. */
  readonly calls: Remote<T>
  /** Ends the worker and its threads; running calls fail. */
  close(reason: Error): void
}

const transfers = new WeakMap<object, readonly ArrayBufferLike[]>()

/** Marks an answer or an argument of a callback whose buffers move to the page instead of being copied. */
export function moved<T extends object>(value: T, buffers: readonly ArrayBufferLike[]): T {
  transfers.set(value, buffers)
  return value
}

/** Calls a worker's function without waiting for an answer, as for a thread that works until it is ended. */
export function send<T, K extends keyof T & string>(
  worker: Pick<Worker, 'postMessage'>,
  name: K,
  args: T[K] extends (...args: infer A) => unknown ? A : never,
  transfer: Transferable[] = [],
): void {
  const call: Call = { type: 'call', id: -1, name, args, callbacks: [], signals: [] }
  worker.postMessage(call, transfer)
}

/**
 * Connects a page to a worker that answers the calls of `T` by `answerCalls`. A function among the arguments, or in an
 * object among them, is called back in the page, and a signal there ends the call. The page starts the threads that
 * the worker requests.
 *
 * @param worker - The worker.
 * @param name - The worker in errors, such as 'the sampling worker'.
 * @returns The worker's functions, and a way to end it.
 * @example
 * const { calls } = connect<Calls>(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }), 'the reader')
 * const rows = await calls.read(file, { onReading: ({ done, count }) => show(done / count), signal })
 */
export function connect<T>(worker: Worker, name: string): Connection<T> {
  const running = new Map<number, Settling & { readonly callbacks: readonly Callback[] }>()
  const threads: Worker[] = []
  let nextId = 0
  let closed: Error | undefined

  const post = (message: ToWorker) => worker.postMessage(message)
  const close = (reason: Error) => {
    closed ??= reason
    for (const each of [worker, ...threads]) each.terminate()
    for (const { reject } of running.values()) reject(closed)
  }
  const fail = (event: ErrorEvent) => {
    event.preventDefault()
    // an error without a message means that the script was not found or the page's policy forbids it
    const problem = event.message
      ? `failed: ${event.message}`
      : 'does not start: serve the files beside its script'
    close(new Error(`${name} ${problem}`))
  }
  const drop = (id: number, reason: unknown) => {
    post({ type: 'dropped', id })
    running.get(id)?.reject(reason)
  }
  const callBack = async ({ id, callback, turn, args }: CallbackMessage) => {
    try {
      post({ type: 'returned', id, turn, value: await running.get(id)?.callbacks[callback]?.(...args) })
    } catch (error) {
      drop(id, error)
    }
  }
  worker.addEventListener('error', fail)
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    if (data.type === 'callback') callBack(data)
    else if (data.type === 'answer') {
      const { answer, id } = data
      if ('error' in answer) running.get(id)?.reject(receivedError(answer.error))
      else running.get(id)?.resolve(answer.value)
    }
    // a worker ended meanwhile needs none; other messages are for others
    else if (data.type === 'thread' && !closed) threads.push(startThread(data, fail))
  })

  const call = async (name: string, values: unknown[]): Promise<unknown> => {
    const functions: [Place, Callback][] = []
    const signals: [Place, AbortSignal][] = []
    const plain = (value: unknown, ...place: Place) => {
      if (typeof value === 'function') functions.push([place, value as Callback])
      else if (value instanceof AbortSignal) signals.push([place, value])
      else return value
    }
    const args = values.map((value, k) =>
      isPlain(value)
        ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each, k, key)]))
        : plain(value, k),
    )
    for (const [, signal] of signals) signal.throwIfAborted()
    if (closed) throw closed
    const id = nextId++
    const settled = new AbortController()
    for (const [, signal] of signals)
      signal.addEventListener('abort', () => drop(id, signal.reason), { signal: settled.signal })
    const placesOf = (placed: readonly (readonly [Place, unknown])[]) => placed.map(([place]) => place)
    const answer = new Promise<unknown>((resolve, reject) => {
      post({ type: 'call', id, name, args, callbacks: placesOf(functions), signals: placesOf(signals) })
      running.set(id, { resolve, reject, callbacks: functions.map(([, each]) => each) })
    })
    return answer.finally(() => {
      settled.abort()
      running.delete(id)
    })
  }
  const calls = new Proxy({} as Remote<T>, {
    // an object with `then` would be taken for a promise
    get: (_, name) => (name === 'then' ? undefined : (...args: unknown[]) => call(String(name), args)),
  })
  return { calls, close }
}

export async function withWorker<T, R>(worker: Worker, name: string, task: (calls: Remote<T>) => Promise<R>) {
  const { calls, close } = connect<T>(worker, name)
  try {
    return await task(calls)
  } finally {
    close(new Error(`${name} has ended`))
  }
}

/**
 * Answers a page's calls in this worker. Everything of this package can be used in it: threads are started by the page.
 *
 * @param functions - The functions that the page may call.
 * @example
 * const calls = { read: (file: File, options: ReadOptions) => readTable(file, options) }
 * export type Calls = typeof calls
 * answerCalls(calls)
 */
export function answerCalls(functions: object): void {
  startThreadsInPage()
  const running = new Map<number, { returned(turn: number, value: unknown): void; drop(): void }>()
  const post = (message: FromWorker, values: readonly unknown[]) => {
    const buffers = values.flatMap((value) => transfers.get(value as object) ?? [])
    postMessage(message, { transfer: [...new Set(buffers)] as ArrayBuffer[] })
  }

  const answer = async ({ id, name, args, callbacks, signals }: Call) => {
    const controller = new AbortController()
    const { signal } = controller
    const waiting = new Map<number, Settling>()
    let turns = 0
    running.set(id, {
      returned(turn, value) {
        waiting.get(turn)?.resolve(value)
        waiting.delete(turn)
      },
      drop() {
        controller.abort()
        for (const { reject } of waiting.values()) reject(signal.reason)
      },
    })
    const callback =
      (callback: number) =>
      (...args: unknown[]) => {
        const returned = new Promise((resolve, reject) => {
          signal.throwIfAborted()
          const turn = turns++
          waiting.set(turn, { resolve, reject })
          post({ type: 'callback', id, callback, turn, args }, args)
        })
        // not every caller waits
        returned.catch(() => {})
        return returned
      }
    const put = ([argument, key]: Place, value: unknown) => {
      if (key === undefined) args[argument] = value
      else (args[argument] as Record<string, unknown>)[key] = value
    }
    for (const [k, place] of callbacks.entries()) put(place, callback(k))
    for (const place of signals) put(place, signal)
    const run = async () => (functions as Record<string, Callback>)[name]!(...args)
    const answer = await answerOf(run())
    running.delete(id)
    post({ type: 'answer', id, answer }, 'value' in answer ? [answer.value] : [])
  }
  addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
    if (data.type === 'call') answer(data)
    else if (data.type === 'returned') running.get(data.id)?.returned(data.turn, data.value)
    else running.get(data.id)?.drop()
  })
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** A worker's request to its page for a thread, connected through `port`. */
export interface ThreadMessage {
  readonly type: 'thread'
  readonly url: string
  readonly options: WorkerOptions
  readonly port: MessagePort
}

/**
 * Lets the page start this worker's threads, onnxruntime's or our own. In Firefox a worker that starts another may
 * hang: until the new one is registered, both wait on one condition variable, and a notification wakes only one (seen
 * in 153 ESR, about once in a hundred starts on a busy machine).
 */
export function startThreadsInPage(): void {
  globalThis.Worker = ThreadInPage as unknown as typeof Worker
}

/** Starts the thread that a worker requests, and reports its failure. */
export function startThread({ url, options, port }: ThreadMessage, onError: (event: ErrorEvent) => void) {
  const thread = new Worker(url, options)
  thread.addEventListener('error', onError)
  thread.addEventListener('message', ({ data }) => port.postMessage(data))
  port.addEventListener('message', ({ data, ports }) => thread.postMessage(data, [...ports]))
  port.start()
  return thread
}

/** The parts of Worker used by Emscripten's threads and ours. */
class ThreadInPage {
  onmessage: ((event: MessageEvent) => void) | null = null
  readonly #port: MessagePort

  constructor(url: string | URL, options: WorkerOptions = {}) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    port1.addEventListener('message', (event) => this.onmessage?.(event))
    port1.start()
    const { type = 'classic', name = '' } = options
    const { href } = new URL(url, location.href)
    const message: ThreadMessage = { type: 'thread', url: href, options: { type, name }, port: port2 }
    postMessage(message, { transfer: [port2] })
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer)
  }

  /** The page ends it with this worker. */
  terminate(): void {}
}

/** More than a few threads don't help networks of this size. */
export function defaultThreads(): number {
  return Math.min(4, navigator.hardwareConcurrency || 1)
}
