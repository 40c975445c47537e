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
    const message: ThreadMessage = {
      type: 'thread',
      url: new URL(url, location.href).href,
      options: { type, name },
      port: port2,
    }
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
