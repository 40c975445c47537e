/** Lets callers in one after another. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve()

  /** Waits for its turn, and gives what ends it. */
  async enter(): Promise<() => void> {
    const before = this.#last
    const { promise, resolve } = turn()
    this.#last = promise
    await before
    return resolve
  }

  /** Runs a task in a turn of its own. */
  async run<R>(task: () => Promise<R>): Promise<R> {
    const leave = await this.enter()
    try {
      return await task()
    } finally {
      leave()
    }
  }
}

function turn(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
