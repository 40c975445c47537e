/** A worker asks its page for a thread, to be spoken to through `port`. */
export interface ThreadMessage {
  readonly type: 'thread'
  readonly url: string
  readonly options: WorkerOptions
  readonly port: MessagePort
}

/**
 * Has the page start the threads that this worker wants, onnxruntime's or our own. In Firefox a worker that starts another may
 * wait for ever: until the new one is registered, both wait on one condition variable, of which news wakes one
 * (seen in 153 ESR, in one of some hundred starts on a busy machine).
 */
export function startThreadsInPage(): void {
  globalThis.Worker = ThreadInPage as unknown as typeof Worker
}

/** Starts the thread that a worker asks for. A thread that fails is told of. */
export function startThread(
  { url, options, port }: ThreadMessage,
  onError: (event: ErrorEvent) => void,
): Worker {
  const thread = new Worker(url, options)
  thread.addEventListener('error', onError)
  thread.addEventListener('message', ({ data }) => port.postMessage(data))
  port.addEventListener('message', ({ data, ports }) => thread.postMessage(data, [...ports]))
  port.start()
  return thread
}

/** What Emscripten's threads and ours use of a Worker. */
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

  /** The page ends it together with this worker. */
  terminate(): void {}
}
