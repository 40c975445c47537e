/**
 * Tasks for threads that share a memory. The owner thread starts a phase of tasks of one kind; all threads take them one
 * by one, and the owner returns once all are done. If a thread ends, the owner repeats its task, so a task must have the
 * same result however often it is started.
 */

/** The words that all threads watch: the phase, and the kind and number of its tasks; then those of each task. */
const words = { phase: 0, kind: 1, count: 2, tasks: 16 } as const

/** The words of a task: who took it, and the last phase in which it was done. */
const taskWords = 2

/** The low bits of a task's taker are the thread, from 1, or 0 if free; the high bits are the phase. */
const threadBits = 8
const maxThreads = 2 ** threadBits - 1
const phases = 2 ** (31 - threadBits)

/** How often to poll a word before sleeping, which takes longer than a step usually has to wait. */
const looks = 20_000

/** Maximum sleep of the owner before it checks whether a helper has ended, in milliseconds. */
const maxSleep = 20

/** A thread beside the owner's. */
export interface CrewHelper {
  /** Whether it has ended, so that none of its code still runs. */
  ended(): boolean
}

/** Runs a task of a kind. */
export type Work = (kind: number, task: number) => void

/** Returns the int32 words of a crew for phases of at most `maxTasks` tasks. */
export function crewWords(maxTasks: number): number {
  return words.tasks + taskWords * maxTasks
}

/** The owner's side; the owner is thread 1. */
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

  /** Runs all tasks of a phase. Yields to the caller after starting the phase, before taking tasks itself. */
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
      // a thread still in the previous phase can't take it, because it expects the previous phase's word
      Atomics.store(memory, takerOf(task), this.#phase << threadBits)
      Atomics.store(memory, doneOf(task), -1)
    }
    Atomics.store(memory, words.phase, this.#phase)
    Atomics.notify(memory, words.phase)
  }

  /** Waits until a task is done, or runs it if the thread that took it has ended. */
  async #finish(kind: number, task: number): Promise<void> {
    const memory = this.#memory
    while (Atomics.load(memory, doneOf(task)) !== this.#phase) {
      if (changes(memory, doneOf(task), -1, maxSleep)) continue
      // a thread's end is an event, delivered between tasks of this one
      await new Promise((resolve) => setTimeout(resolve))
      const thread = Atomics.load(memory, takerOf(task)) & maxThreads
      if (!this.#helpers[thread - 2]?.ended()) continue
      this.#work(kind, task)
      return
    }
  }
}

/** The side of a helper, numbered from 2: runs tasks until its thread is ended. */
export function serve(memory: Int32Array, thread: number, work: Work): never {
  for (;;) {
    const phase = Atomics.load(memory, words.phase)
    takeTasks(memory, thread, work)
    changes(memory, words.phase, phase)
  }
}

/** Runs the phase's free tasks. */
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
 * Waits until a word is no longer `value`: polls it for a while, then sleeps, for at most `milliseconds` if given.
 * Returns whether it changed.
 */
function changes(memory: Int32Array, word: number, value: number, milliseconds?: number): boolean {
  const changed = () => Atomics.load(memory, word) !== value
  for (let i = 0; i < looks; i++) if (changed()) return true
  Atomics.wait(memory, word, value, milliseconds)
  return changed()
}
