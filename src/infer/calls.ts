import { receivedError, type SentError, sentError } from '../core/errors.ts'

/** What a thread or process answers a call with. */
export type Answer = { readonly value: unknown } | { readonly error: SentError }

export function answerOf(work: Promise<unknown>): Promise<Answer> {
  return work.then(
    (value) => ({ value }),
    (error) => ({ error: sentError(error) }),
  )
}

/** Calls of a thread or process that answers them in their order. */
export class Calls<V> {
  readonly #waiting: { resolve(value: V): void; reject(error: Error): void }[] = []
  #ended: Error | undefined

  /** How many wait for their answer. */
  get count(): number {
    return this.#waiting.length
  }

  /** Whether the other side is gone. */
  get hasEnded(): boolean {
    return this.#ended !== undefined
  }

  /** Makes a call, which `post` sends. Throws what was thrown on the other side, or why that ended. */
  call(post: () => void): Promise<V> {
    return new Promise((resolve, reject) => {
      if (this.#ended) throw this.#ended
      post()
      this.#waiting.push({ resolve, reject })
    })
  }

  /** Takes the answer to the oldest call. */
  settle(answer: Answer): void {
    const { resolve, reject } = this.#waiting.shift()!
    if ('error' in answer) reject(receivedError(answer.error))
    else resolve(answer.value as V)
  }

  /** The other side is gone: all calls fail. */
  end(reason: Error): void {
    this.#ended ??= reason
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended)
  }
}
