import { receivedError, type SentError, sentError } from '../core/errors.ts'

/** The answer of a thread or process to a call. */
export type Answer = { readonly value: unknown } | { readonly error: SentError }

export function answerOf(work: Promise<unknown>): Promise<Answer> {
  return work.then(
    (value) => ({ value }),
    (error) => ({ error: sentError(error) }),
  )
}

/** Calls to a thread or process that answers them in order. */
export class Calls<V> {
  readonly #waiting: { resolve(value: V): void; reject(error: Error): void }[] = []
  #ended: Error | undefined

  /** Number of calls waiting for their answer. */
  get count(): number {
    return this.#waiting.length
  }

  /** Whether the other side has ended. */
  get hasEnded(): boolean {
    return this.#ended !== undefined
  }

  /** Makes a call, sent by `post`. Throws the other side's error, or why it ended. */
  call(post: () => void): Promise<V> {
    return new Promise((resolve, reject) => {
      if (this.#ended) throw this.#ended
      post()
      this.#waiting.push({ resolve, reject })
    })
  }

  /** Settles the oldest call with its answer. */
  settle(answer: Answer): void {
    const { resolve, reject } = this.#waiting.shift()!
    if ('error' in answer) reject(receivedError(answer.error))
    else resolve(answer.value as V)
  }

  /** Fails all calls, because the other side has ended. */
  end(reason: Error): void {
    this.#ended ??= reason
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended)
  }
}
