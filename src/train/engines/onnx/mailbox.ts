import type { Batch } from '../../engine.ts'
import { gradientRunner } from './gradient-runner.ts'
import { fillRows, roomForRows } from './rows.ts'
import type { HelperStart, RowFeeds, StepSession, StepTensor } from './session.ts'

/** The words that both sides watch: whether the helper is present, and how many requests and answers there were. */
const words = { there: 0, asked: 1, answered: 2 } as const
const wordBytes = 64

/** How often to poll a word before sleeping, which takes longer than a step usually has to wait: about 0.3 ms. */
const looks = 100_000

/** Maximum sleep of the engine's thread before it checks whether the helper has ended, in milliseconds. */
const maxSleep = 20

/**
 * Shared memory between the engine's thread and a helper's: three words that both watch, then the loss and the rows of
 * the helper's share. Parameters and gradient are in the engine's own memory. Each side creates a mailbox on the same
 * memory. A waiting side polls its word for a while, then sleeps until it is notified.
 */
export class Mailbox {
  readonly #start: Omit<HelperStart, 'bytes'>
  readonly #words: Int32Array
  readonly #loss: Float32Array
  readonly #rows: RowFeeds

  constructor(start: Omit<HelperStart, 'bytes'>) {
    const { memory, sizes } = start
    let at = wordBytes
    const take = (numbers: number) => {
      const data = new Float32Array(memory, at, numbers)
      at += data.byteLength
      return data
    }
    const rowsOf = (size: number): StepTensor => ({
      data: take(size * sizes.rows),
      dims: [size, sizes.rows],
    })
    const { x_t, target, t, factors } = sizes.row
    this.#start = start
    this.#words = new Int32Array(memory, 0, wordBytes / 4)
    this.#loss = take(1)
    this.#rows = { x_t: rowsOf(x_t), target: rowsOf(target), t: rowsOf(t), factors: rowsOf(factors) }
  }

  /** Allocates a mailbox's memory. */
  static memoryFor({ row, rows }: HelperStart['sizes']): SharedArrayBuffer {
    const numbers = row.x_t + row.target + row.t + row.factors
    return new SharedArrayBuffer(wordBytes + 4 * (1 + rows * numbers))
  }

  /** Whether the helper's session is ready. */
  get isAttended(): boolean {
    return Atomics.load(this.#words, words.there) === 1
  }

  /** The number of answers so far. */
  get answers(): number {
    return Atomics.load(this.#words, words.answered)
  }

  /**
   * Engine's side: hands the helper its rows of a batch, starting at row `from`, and requests their gradient. Returns
   * false if the helper's session isn't ready yet.
   */
  ask(batch: Batch, from: number): boolean {
    if (!this.isAttended) return false
    fillRows(this.#rows, batch, from)
    Atomics.add(this.#words, words.asked, 1)
    Atomics.notify(this.#words, words.asked)
    return true
  }

  /**
   * Engine's side: waits for the answer and returns the loss; the gradient is then in place. While it waits, it calls
   * `requireHelper` between tasks, which throws if the helper has ended.
   */
  async answer(requireHelper: () => void): Promise<number> {
    const asked = Atomics.load(this.#words, words.asked)
    for (let seen = asked - 1; seen !== asked; seen = this.answers) {
      if (this.changes('answered', seen, maxSleep)) continue
      // a thread's end is an event, delivered between tasks
      await new Promise((resolve) => setTimeout(resolve))
      requireHelper()
    }
    return this.#loss[0]!
  }

  /** Helper's side: answers until its thread is ended. Throws what the session throws. */
  async serve(session: StepSession): Promise<never> {
    const { gradient, sizes } = this.#start
    const run = gradientRunner(session, this.#start)
    const rows = roomForRows(sizes.row, sizes.rows)
    Atomics.store(this.#words, words.there, 1)
    for (let done = 0; ; done++) {
      while (!this.changes('asked', done));
      for (const name of Object.keys(rows) as (keyof RowFeeds)[]) rows[name].data.set(this.#rows[name].data)
      this.#loss[0] = await run(rows, gradient)
      Atomics.store(this.#words, words.answered, done + 1)
      Atomics.notify(this.#words, words.answered)
    }
  }

  /**
   * Waits until a word is no longer `value`, sleeping for at most `milliseconds` if given. Returns whether it changed:
   * a notification may also arrive late, for a change already seen.
   */
  changes(word: 'asked' | 'answered', value: number, milliseconds?: number): boolean {
    const changed = () => Atomics.load(this.#words, words[word]) !== value
    for (let i = 0; i < looks; i++) if (changed()) return true
    Atomics.wait(this.#words, words[word], value, milliseconds)
    return changed()
  }
}
