const words = { ended: 0, inside: 1 } as const

/** What a thread of ours is started with, beside what it is for. */
export interface ThreadStart {
  /** Of its `NativeCalls`. */
  readonly nativeCalls: SharedArrayBuffer
}

/** The longest that an end waits for a call that is under way, in milliseconds. */
const maxWait = 30_000

/**
 * A thread's calls into onnxruntime-node, counted in memory that it shares with the thread that started it.
 * onnxruntime-node aborts the whole process where one of its threads is ended within a call (Napi::Error: the thread's
 * JavaScript is gone when the call returns), whether by `terminate` or because the process ends.
 */
export class NativeCalls {
  readonly memory: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(memory = new SharedArrayBuffer(8)) {
    this.memory = memory
    this.#words = new Int32Array(memory)
  }

  /** The thread's side: makes a call. Once the other side has stopped them, a call neither begins nor returns. */
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

  /** The other side: lets no call begin any more, and waits for one that has. The thread may be ended after that. */
  stop(): void {
    Atomics.store(this.#words, words.ended, 1)
    for (;;) {
      const inside = Atomics.load(this.#words, words.inside)
      if (inside === 0 || Atomics.wait(this.#words, words.inside, inside, maxWait) === 'timed-out') return
    }
  }
}
