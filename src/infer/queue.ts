/** Runs tasks one after another: a second caller waits its turn. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve()

  run<R>(task: () => Promise<R>): Promise<R> {
    const result = this.#last.then(task)
    this.#last = result.catch(() => {})
    return result
  }
}
