const words = { ended: 0, inside: 1 } as const

/** Common start data of our threads. */
export interface ThreadStart {
  /** Memory of its `NativeCalls`. */
  readonly nativeCalls: SharedArrayBuffer
}

/** Maximum wait for a running call before a thread is ended, in milliseconds. */
const maxWait = 30_000

/**
 * A thread's calls into onnxruntime-node, counted in memory shared with the thread that started it. onnxruntime-node
 * aborts the whole process if a thread is ended within a call (Napi::Error: the thread's JavaScript is gone when the
 * call returns), by `terminate` or because the process ends.
 */
export class NativeCalls {
  readonly memory: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(memory = new SharedArrayBuffer(8)) {
    this.memory = memory
    this.#words = new Int32Array(memory)
  }

  /** The thread's side: makes a call. After `stop` on the other side, calls neither begin nor return. */
  async make<R>(call: () => Promise<R>): Promise<R> {
    Atomics.add(this.#words, words.inside, 1)
    try {
      if (Atomics.load(this.#words, words.ended) === 0) return await call()
    } finally {
      Atomics.sub(this.#words, words.inside, 1)
      Atomics.notify(this.#words, words.inside)
    }
    return new Promise(() => {})
  }

  /** The other side: prevents new calls and waits for a running one. Then the thread may be ended. */
  stop(): void {
    Atomics.store(this.#words, words.ended, 1)
    for (;;) {
      const inside = Atomics.load(this.#words, words.inside)
      if (inside === 0 || Atomics.wait(this.#words, words.inside, inside, maxWait) === 'timed-out') return
    }
  }
}
