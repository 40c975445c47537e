import type { Batch } from '../../engine.ts'
import { fillRows } from './rows.ts'
import type { HelperStart, RowFeeds, StepSession, StepTensor } from './session.ts'

/** The words that both sides watch: whether the helper is there, how often it was asked, how often it has answered. */
const words = { there: 0, asked: 1, answered: 2 } as const
const wordBytes = 64

/** Looks at a word before a thread goes to sleep, which costs more than what a step has to wait for: some 0.3 ms. */
const looks = 100_000

/** The longest that the engine's thread sleeps before it asks whether the helper has ended, in milliseconds. */
const maxSleep = 20

/**
 * What passes between the engine's thread and a helper's, in memory that they share: three words that both watch, then
 * the loss, the gradient and the rows of the helper's share. Either side makes one of the same memory. A side that
 * waits looks at its word for a while, then sleeps until it is notified.
 */
export class Mailbox {
  readonly #words: Int32Array
  readonly #loss: StepTensor
  readonly #gradient: StepTensor
  readonly #rows: RowFeeds
  readonly #parameters: StepTensor

  constructor({ memory, parameters: shared, sizes }: Omit<HelperStart, 'bytes'>) {
    const { parameters, row, rows } = sizes
    let at = wordBytes
    const take = (...dims: [number, number]): StepTensor => {
      const data = new Float32Array(memory, at, dims[0] * dims[1])
      at += data.byteLength
      return { data, dims }
    }
    this.#words = new Int32Array(memory, 0, wordBytes / 4)
    this.#loss = take(1, 1)
    this.#gradient = take(1, parameters)
    this.#rows = {
      x_t: take(row.x_t, rows),
      target: take(row.target, rows),
      t: take(row.t, rows),
      weights: take(row.weights, rows),
    }
    this.#parameters = { data: new Float32Array(shared), dims: [1, parameters] }
  }

  /** Memory for one. */
  static memoryFor({ parameters, row, rows }: HelperStart['sizes']): SharedArrayBuffer {
    const numbers = row.x_t + row.target + row.t + row.weights
    return new SharedArrayBuffer(wordBytes + 4 * (1 + parameters + rows * numbers))
  }

  /** Whether the helper's session is there. */
  get isAttended(): boolean {
    return Atomics.load(this.#words, words.there) === 1
  }

  /** How often the helper has answered. */
  get answers(): number {
    return Atomics.load(this.#words, words.answered)
  }

  /**
   * The engine's side: hands the helper its rows of a batch, from the `from`th on, and asks for their gradient. Returns
   * false where its session isn't there yet.
   */
  ask(batch: Batch, from: number): boolean {
    if (!this.isAttended) return false
    fillRows(this.#rows, batch, from)
    Atomics.add(this.#words, words.asked, 1)
    Atomics.notify(this.#words, words.asked)
    return true
  }

  /**
   * The engine's side: waits for the answer, copies the gradient into `gradient` and returns the loss. While it waits,
   * it calls `requireHelper` between tasks, which throws once the helper has ended.
   */
  async answer(gradient: Float32Array, requireHelper: () => void): Promise<number> {
    const asked = Atomics.load(this.#words, words.asked)
    for (let seen = asked - 1; seen !== asked; seen = this.answers) {
      if (this.changes('answered', seen, maxSleep)) continue
      // a thread's end is an event, which comes between tasks
      await new Promise((resolve) => setTimeout(resolve))
      requireHelper()
    }
    gradient.set(this.#gradient.data)
    return this.#loss.data[0]!
  }

  /** The helper's side: answers until its thread is ended. Throws what the session throws. */
  async serve(session: StepSession): Promise<never> {
    // a runtime takes no memory that is shared
    const shared = { ...this.#rows, parameters: this.#parameters }
    const own = Object.entries(shared).map(([name, tensor]) => [name, tensor, unshared(tensor)] as const)
    const feeds = Object.fromEntries(own.map(([name, , tensor]) => [name, tensor]))
    const into = { gradient: unshared(this.#gradient) }
    Atomics.store(this.#words, words.there, 1)
    for (let done = 0; ; done++) {
      while (!this.changes('asked', done));
      for (const [, { data }, tensor] of own) tensor.data.set(data)
      const results = await session.run(feeds, ['loss', 'gradient'], into)
      this.#loss.data.set(results.loss!)
      this.#gradient.data.set(results.gradient!)
      Atomics.store(this.#words, words.answered, done + 1)
      Atomics.notify(this.#words, words.answered)
    }
  }

  /**
   * Waits until a word is no longer `value`; if given, after `milliseconds` of sleep at most. Returns whether it has
   * changed: a sleeper is also woken by the news of a change that it has seen already.
   */
  changes(word: 'asked' | 'answered', value: number, milliseconds?: number): boolean {
    const changed = () => Atomics.load(this.#words, words[word]) !== value
    for (let i = 0; i < looks; i++) if (changed()) return true
    Atomics.wait(this.#words, words[word], value, milliseconds)
    return changed()
  }
}

function unshared({ data, dims }: StepTensor): StepTensor {
  return { data: new Float32Array(data.length), dims }
}
