/**
 * Tasks that threads of one memory share. The thread that owns them hands out a phase: so many tasks of one kind; all take
 * them one by one, and the owner returns once all are done. What a thread that ended had taken, the owner does again: so a
 * task must come to the same however often it is begun.
 */

/** The words that all watch: the phase, the kind and number of its tasks; then those of each task. */
const words = { phase: 0, kind: 1, count: 2, tasks: 16 } as const

/** Of a task: who has taken it, and the last phase in which it was done. */
const taskWords = 2

/** The low bits of who has taken a task number the thread, from 1, and are 0 while it is free; the high ones are the phase. */
const threadBits = 8
const maxThreads = 2 ** threadBits - 1
const phases = 2 ** (31 - threadBits)

/** Looks at a word before a thread goes to sleep, which costs more than what a step has to wait for. */
const looks = 20_000

/** The longest that the owner sleeps before it asks whether a helper has ended, in milliseconds. */
const maxSleep = 20

/** A thread beside the owner's. */
export interface CrewHelper {
  /** Whether it has ended: nothing of it runs any more. */
  ended(): boolean
}

/** What a thread does with a task of a kind. */
export type Work = (kind: number, task: number) => void

/** How many int32 words a crew needs for phases of so many tasks at most. */
export function crewWords(maxTasks: number): number {
  return words.tasks + taskWords * maxTasks
}

/** The owner's side, which is thread 1. */
export class Crew {
  readonly #memory: Int32Array
  readonly #work: Work
  readonly #helpers: readonly CrewHelper[]
  #phase = 0

  constructor(memory: Int32Array, work: Work, helpers: readonly CrewHelper[]) {
    if (helpers.length >= maxThreads)
      throw new Error(`${helpers.length} helpers: give ${maxThreads - 1} at most`)
    this.#memory = memory
    this.#work = work
    this.#helpers = helpers
  }

  /** Does all tasks of a phase. Between handing them out and taking its share of them it lets its caller go on. */
  async run(kind: number, count: number): Promise<void> {
    if (this.#helpers.length === 0) {
      for (let task = 0; task < count; task++) this.#work(kind, task)
      return
    }
    this.#handOut(kind, count)
    await null
    takeTasks(this.#memory, 1, this.#work)
    for (let task = 0; task < count; task++) await this.#finish(kind, task)
  }

  #handOut(kind: number, count: number): void {
    const memory = this.#memory
    this.#phase = (this.#phase + 1) % phases
    Atomics.store(memory, words.kind, kind)
    Atomics.store(memory, words.count, count)
    for (let task = 0; task < count; task++) {
      // a thread that is still at the phase before can't take it: it looks for another phase's word
      Atomics.store(memory, takerOf(task), this.#phase << threadBits)
      Atomics.store(memory, doneOf(task), -1)
    }
    Atomics.store(memory, words.phase, this.#phase)
    Atomics.notify(memory, words.phase)
  }

  /** Waits until a task is done, or does it itself if the thread that had taken it has ended. */
  async #finish(kind: number, task: number): Promise<void> {
    const memory = this.#memory
    while (Atomics.load(memory, doneOf(task)) !== this.#phase) {
      if (changes(memory, doneOf(task), -1, maxSleep)) continue
      // a thread's end is an event, which comes between tasks of this one
      await new Promise((resolve) => setTimeout(resolve))
      const thread = Atomics.load(memory, takerOf(task)) & maxThreads
      if (!this.#helpers[thread - 2]?.ended()) continue
      this.#work(kind, task)
      return
    }
  }
}

/** A helper's side, its number from 2: takes tasks until its thread is ended. */
export function serve(memory: Int32Array, thread: number, work: Work): never {
  for (;;) {
    const phase = Atomics.load(memory, words.phase)
    takeTasks(memory, thread, work)
    changes(memory, words.phase, phase)
  }
}

/** Does the tasks of the phase that nobody has taken. */
function takeTasks(memory: Int32Array, thread: number, work: Work): void {
  const phase = Atomics.load(memory, words.phase)
  const [kind, count] = [Atomics.load(memory, words.kind), Atomics.load(memory, words.count)]
  const free = phase << threadBits
  for (let task = 0; task < count; task++) {
    if (Atomics.compareExchange(memory, takerOf(task), free, free | thread) !== free) continue
    work(kind, task)
    Atomics.store(memory, doneOf(task), phase)
    Atomics.notify(memory, doneOf(task))
  }
}

function takerOf(task: number): number {
  return words.tasks + taskWords * task
}

function doneOf(task: number): number {
  return takerOf(task) + 1
}

/**
 * Waits until a word is no longer `value`: looks at it for a while, then sleeps, for so many milliseconds at most if given.
 * Returns whether it has changed.
 */
function changes(memory: Int32Array, word: number, value: number, milliseconds?: number): boolean {
  const changed = () => Atomics.load(memory, word) !== value
  for (let i = 0; i < looks; i++) if (changed()) return true
  Atomics.wait(memory, word, value, milliseconds)
  return changed()
}
